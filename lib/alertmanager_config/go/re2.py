r"""Whether a text is a regular expression that Go's ``regexp`` package accepts.

Alertmanager compiles every regular expression with it. The rules are those of Go's regexp/syntax
package (parse.go) under its Perl flags: no back-references, no look-around, counts up to 1000,
groups nested up to 1000 deep. What follows reads the text once, from left to right, with a stack
of its own, so that no text can exhaust Python's.

Not checked: the memory that very many large character classes would take ("expression too
large" for some 26,000 of ``\pL``).
"""

import re
from functools import lru_cache
from typing import List, NamedTuple, Optional, Tuple

from ..version import EVERY, VersionSet, before
from . import unicode_classes

MAX_REPEAT = 1000
MAX_HEIGHT = 1000
# 128 MiB of instructions of 40 bytes each.
MAX_SIZE = (128 << 20) // 40

# (?<name>...) came with Go 1.22, which first built Alertmanager 0.28.
_NO_SHORT_NAMES = before(28)

_PERL_CLASSES = frozenset("dDsSwW")
_POSIX_CLASSES = frozenset(
    [
        *("alnum", "alpha", "ascii", "blank", "cntrl", "digit", "graph", "lower", "print"),
        *("punct", "space", "upper", "word", "xdigit"),
    ]
)
_EMPTY_OPERATORS = frozenset("AbBz")
_C_ESCAPES = frozenset("afnrtv")
_OCTAL = frozenset("01234567")
_COUNT = re.compile(r"\{(0|[1-9][0-9]*)(,(0|[1-9][0-9]*)?)?\}")
_NAME = re.compile(r"[A-Za-z0-9_]+\Z")
_HEX_BRACES = re.compile(r"\{([0-9A-Fa-f]+)\}")
_HEX_TWO = re.compile(r"[0-9A-Fa-f]{2}")


class Fault(NamedTuple):
    """What is wrong with a regular expression, and for which versions it is wrong.

    official: whether that is so in the official builds only, since it depends on the Go used.
    """

    message: str
    versions: VersionSet = EVERY
    official: bool = False


@lru_cache(maxsize=1024)
def faults(pattern: str) -> List[Fault]:
    """Say what is wrong with a pattern that Alertmanager anchors at both ends.

    Nothing after the first fault that holds for every version is looked at.
    """
    # Alertmanager puts the pattern into this frame before it compiles it, which makes odd
    # patterns valid, such as one whose parentheses close and open again.
    parser = _Parser(f"^(?:{pattern})$")
    try:
        parser.parse()
    except _Invalid as invalid:
        parser.found.append(Fault(str(invalid)))
    return parser.found


class _Invalid(Exception):
    """No version accepts the pattern."""


class _Node(NamedTuple):
    """A parsed part: how high its tree is, how large compiled, how often it repeats its inside.

    flat: the height of its highest child, if it is a concatenation or alternation that an
        enclosing one of the same kind swallows; else 0.
    """

    height: int
    size: int
    copies: int
    kind: str = ""
    flat: int = 0


_LITERAL = _Node(1, 1, 1, "literal")
_LEAF = _Node(1, 1, 1)


class _Group:
    """An open parenthesis: its finished alternatives, and the parts of the present one."""

    __slots__ = ("alternatives", "captures", "parts")

    def __init__(self, captures: bool):
        self.captures = captures
        self.alternatives: List[_Node] = []
        self.parts: List[_Node] = []


class _Parser:
    def __init__(self, text: str):
        self.text = text
        self.at = 0
        self.stack = [_Group(captures=False)]
        self.after_repeat = False
        self.found: List[Fault] = []

    def parse(self) -> None:
        operators = {
            "(": self._open,
            ")": self._close,
            "|": self._bar,
            "[": self._class,
            "*": self._star,
            "+": self._star,
            "?": self._star,
            "{": self._count,
            "\\": self._escape,
        }
        while self.at < len(self.text):
            repeats = False
            operator = operators.get(self.text[self.at])
            if operator is None:
                self._literal()
                self.at += 1
            else:
                repeats = operator()
            self.after_repeat = bool(repeats)
        if len(self.stack) > 1:
            raise _Invalid("a ) is missing")
        self._limit(self._finish(self.stack[0]))

    def _literal(self) -> None:
        self.stack[-1].parts.append(_LITERAL)

    def _leaf(self) -> None:
        self.stack[-1].parts.append(_LEAF)

    def _push(self, node: _Node) -> None:
        self._limit(node)
        self.stack[-1].parts.append(node)

    @staticmethod
    def _limit(node: _Node) -> None:
        if node.height > MAX_HEIGHT:
            raise _Invalid("it nests too deeply")
        if node.size > MAX_SIZE:
            raise _Invalid("it is too large")

    # Groups.

    def _open(self) -> None:
        if not self.text.startswith("(?", self.at):
            self.stack.append(_Group(captures=True))
            self.at += 1
        elif self.text.startswith(("(?P<", "(?<"), self.at):
            self._open_named()
        else:
            self._flags()

    def _open_named(self) -> None:
        start = self.text.index("<", self.at) + 1
        end = self.text.find(">", start)
        if self.text[start : start + 1] in ("=", "!"):
            raise _Invalid("it looks behind, which Alertmanager's expressions cannot")
        if end < 0 or not _NAME.match(self.text[start:end]):
            raise _Invalid("a named group needs a name of letters, digits and underscores")
        if self.text[self.at + 2] == "<":
            message = "it has a group written (?<name>...); write (?P<name>...)"
            self.found.append(Fault(message, _NO_SHORT_NAMES, official=True))
        self.stack.append(_Group(captures=True))
        self.at = end + 1

    def _flags(self) -> None:
        place = self.at + 2
        negated = seen = False
        # There is an end, since the frame around the pattern has a ).
        while True:
            char = self.text[place]
            place += 1
            if char in "imsU":
                seen = True
            elif char == "-" and not negated:
                negated, seen = True, False
            elif char in ":)" and (seen or not negated):
                if char == ":":
                    self.stack.append(_Group(captures=False))
                self.at = place
                return
            else:
                break
        if self.text.startswith(("(?=", "(?!"), self.at):
            raise _Invalid("it looks ahead, which Alertmanager's expressions cannot")
        raise _Invalid("it has (? that begins nothing that Alertmanager's expressions know")

    def _bar(self) -> None:
        group = self.stack[-1]
        group.alternatives.append(_join("concat", group.parts))
        group.parts = []
        self.at += 1

    def _close(self) -> None:
        if len(self.stack) < 2:
            raise _Invalid("it has a ) too many")
        group = self.stack.pop()
        node = self._finish(group)
        if group.captures:
            node = _Node(node.height + 1, node.size + 2, node.copies)
        self._push(node)
        self.at += 1

    @staticmethod
    def _finish(group: _Group) -> _Node:
        return _join("alternate", [*group.alternatives, _join("concat", group.parts)])

    # Repetition.

    def _star(self) -> bool:
        char = self.text[self.at]
        self.at += 1
        self._repeat(*{"*": (0, -1), "+": (1, -1), "?": (0, 1)}[char], counted=False)
        return True

    def _count(self) -> bool:
        match = _COUNT.match(self.text, self.at)
        if not match:
            self._literal()
            self.at += 1
            return False
        self.at = match.end()
        low = _small(match.group(1))
        high = low if match.group(2) is None else _small(match.group(3) or "-1")
        if low > MAX_REPEAT or high > MAX_REPEAT or 0 <= high < low:
            raise _Invalid(f"a count such as {{2,5}} may not fall, nor be over {MAX_REPEAT}")
        self._repeat(low, high, counted=True)
        return True

    def _repeat(self, low: int, high: int, counted: bool) -> None:
        if self.text.startswith("?", self.at):
            self.at += 1
        if self.after_repeat:
            raise _Invalid("two repetitions follow one another, such as ** or {2}+")
        parts = self.stack[-1].parts
        if not parts:
            raise _Invalid("a repetition such as * or + has nothing before it to repeat")
        node = parts.pop()
        times = max(high, low, 1) if high else 1
        copies = (times * node.copies if high else 1) if counted else node.copies
        if counted and (low >= 2 or high >= 2) and copies > MAX_REPEAT:
            raise _Invalid(f"counts within one another ask for more than {MAX_REPEAT} copies")
        self._push(_Node(node.height + 1, _repeated_size(node.size, low, high), copies))

    # Escapes.

    def _escape(self) -> None:
        following = self.text[self.at + 1 : self.at + 2]
        if following in _EMPTY_OPERATORS and following:
            self._leaf()
            self.at += 2
        elif following == "Q":
            end = self.text.find("\\E", self.at + 2)
            stop = len(self.text) if end < 0 else end
            self.stack[-1].parts.extend([_LITERAL] * (stop - self.at - 2))
            self.at = len(self.text) if end < 0 else end + 2
        elif self._char_group():
            self._leaf()
        else:
            self._escaped_char()
            self._literal()

    def _char_group(self) -> bool:
        r"""Step over \d, \pL, \p{Greek} and the like; False if none is here."""
        following = self.text[self.at + 1 : self.at + 2]
        if following in ("p", "P"):
            self._unicode_class()
            return True
        if following in _PERL_CLASSES and following:
            self.at += 2
            return True
        return False

    def _unicode_class(self) -> None:
        name, end = self.text[self.at + 2 : self.at + 3], self.at + 3
        if name == "{":
            close = self.text.find("}", end)
            if close < 0:
                raise _Invalid("it has \\p{ without }")
            name, end = self.text[end:close], close + 1
        if name.startswith("^"):
            name = name[1:]
        versions = unicode_classes.unknown_to(name)
        if versions == EVERY:
            raise _Invalid("it has \\p with a name that is no Unicode class")
        if versions:
            message = "it has \\p with a name that only newer versions know"
            self.found.append(Fault(message, versions, official=True))
        self.at = end

    def _escaped_char(self) -> int:
        """Step over an escaped character, and give its code."""
        char = self.text[self.at + 1 : self.at + 2]
        place = self.at + 2
        if char == "x":
            code, self.at = self._hexadecimal(place)
            return code
        if char in _OCTAL and (char == "0" or self.text[place : place + 1] in _OCTAL):
            return self._octal(place - 1)
        self.at = place
        if char in _C_ESCAPES:
            return ord({"a": "\a", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}[char])
        if ord(char) >= 0x80 or char.isalnum():
            hint = "; it cannot refer back to a group" if char in "123456789" else ""
            raise _Invalid(f"it has an escape that means nothing{hint}")
        return ord(char)

    def _octal(self, start: int) -> int:
        end = start
        while end < start + 3 and self.text[end : end + 1] in _OCTAL and end < len(self.text):
            end += 1
        self.at = end
        return int(self.text[start:end], 8)

    def _hexadecimal(self, place: int) -> Tuple[int, int]:
        match = _HEX_BRACES.match(self.text, place)
        digits = match.group(1).lstrip("0") if match else None
        if match and len(digits) < 7 and int(digits or "0", 16) <= 0x10FFFF:
            return int(digits or "0", 16), match.end()
        match = _HEX_TWO.match(self.text, place)
        if match:
            return int(match.group(), 16), match.end()
        raise _Invalid("it has \\x without the digits of a character")

    # Character classes.

    def _class(self) -> None:
        self.at += 1
        if self.text.startswith("^", self.at):
            self.at += 1
        first = True
        while first or not self.text.startswith("]", self.at):
            first = False
            if self._posix_class():
                continue
            if self.text.startswith("\\", self.at) and self._char_group():
                continue
            low = self._class_char()
            if self.text.startswith("-", self.at) and self.text[self.at + 1 : self.at + 2] not in (
                "",
                "]",
            ):
                self.at += 1
                if self._class_char() < low:
                    raise _Invalid("a range in [ ] ends before it begins")
        self.at += 1
        self._leaf()

    def _posix_class(self) -> bool:
        if not self.text.startswith("[:", self.at) or len(self.text) - self.at < 3:
            return False
        end = self.text.find(":]", self.at + 2)
        if end < 0:
            return False
        name = self.text[self.at + 2 : end]
        if (name[1:] if name.startswith("^") else name) not in _POSIX_CLASSES:
            raise _Invalid("it has [:name:] with a name that is no class")
        self.at = end + 2
        return True

    def _class_char(self) -> int:
        if self.at >= len(self.text):
            raise _Invalid("a [ is never closed")
        if self.text[self.at] == "\\":
            return self._escaped_char()
        self.at += 1
        return ord(self.text[self.at - 1])


def _join(kind: str, parts: List[_Node]) -> _Node:
    """Make one node of a concatenation or an alternation, as flat as Go makes it."""
    if not parts:
        return _LEAF
    if len(parts) == 1:
        return parts[0]
    if kind == "concat" and all(part is _LITERAL for part in parts):
        return _Node(1, len(parts), 1, "text")
    inner = max(part.flat if part.kind == kind else part.height for part in parts)
    size = sum(part.size for part in parts)
    if kind == "alternate":
        size += len(parts) - 1
    return _Node(inner + 1, size, max(part.copies for part in parts), kind, inner)


def _repeated_size(size: int, low: int, high: int) -> int:
    if high < 0:
        return 2 + size if low == 0 else 1 + low * size
    return max(high * size + high - low, 1)


def _small(digits: str) -> int:
    """Read a count; one with very many digits is only known to be too large."""
    return int(digits) if len(digits) < 9 else MAX_REPEAT + 1


def first_fault(pattern: str) -> Optional[str]:
    """Say the first thing that is wrong with a pattern for every version, or None."""
    return next((fault.message for fault in faults(pattern) if fault.versions == EVERY), None)
