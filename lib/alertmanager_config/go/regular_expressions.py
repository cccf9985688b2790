r"""Regular expressions as Go's ``regexp`` package compiles and matches them.

Alertmanager compiles every regular expression with it. The rules are those of Go's regexp/syntax
package (doc.go, parse.go, perl_groups.go) under its Perl flags: no back-references, no look-around,
counts up to 1000, groups nested up to 1000 deep. The reader goes through a text once, from left to
right, with a stack of its own, so that no text can exhaust Python's.

Python's own engine does the matching, on a translation: Go's syntax looks the same, but ``\d`` and
``\w`` mean ASCII, ``$`` means the very end, ``{,5}`` means itself, flags such as ``(?i)`` may
stand anywhere, and there are ``\z``, ``\Q…\E``, ``\pL`` and ``[[:alpha:]]``.

Not checked: the memory that very many large character classes would take ("expression too
large" for some 26,000 of ``\pL``).
"""

import re
import unicodedata
from functools import lru_cache, partial
from typing import (
    Callable,
    Dict,
    FrozenSet,
    Iterable,
    List,
    NamedTuple,
    Optional,
    Pattern,
    Tuple,
    Union,
)

from ..problem import Fault
from ..version import EVERY, before
from . import unicode_classes

MAX_REPEAT = 1000
MAX_HEIGHT = 1000
# 128 MiB of instructions of 40 bytes each.
MAX_SIZE = (128 << 20) // 40
LAST = 0x10FFFF  # the last character there is

# (?<name>...) came with Go 1.22, which first built Alertmanager 0.28.
_NO_SHORT_NAMES = before(28)

_LETTER_ESCAPES = {"a": "\a", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
# The flag that gives them another meaning, if one does; what they are with it and without it, in
# Python's syntax. Words are made of ASCII letters here.
_SIGNS = {
    "^": ("m", "(?m:^)", r"(?:\A)"),
    "$": ("m", "(?m:$)", r"(?:\Z)"),
    ".": ("s", "(?s:.)", r"[^\n]"),
    r"\A": ("", "", r"(?:\A)"),
    r"\z": ("", "", r"(?:\Z)"),
    r"\b": ("", "", r"(?a:(?<=\w)(?!\w)|(?<!\w)(?=\w))"),
    r"\B": ("", "", r"(?a:(?<=\w)(?=\w)|(?<!\w)(?!\w))"),
}
_DOTTED = "iI\u0130\u0131"
# Each part, and the method of _Reader that reads it. How much a repetition takes first, which a ?
# behind it says, does not alter what matches.
_PART = re.compile(
    r"(?P<open>\((?:\?(?:(?P<named>P?<)[A-Za-z0-9_]+>"
    r"|(?P<on>[imsU]*)(?:-(?P<off>[imsU]+))?(?P<end>[:)])))?)"
    r"|(?P<close>\))|(?P<bar>\|)|(?P<class>\[\^?)|(?P<sign>[\^$.]|\\[AzbB])"
    r"|(?P<repeat>(?P<python>[*+?]"
    r"|\{(?P<low>0|[1-9][0-9]*)(?P<comma>,(?P<high>0|[1-9][0-9]*)?)?\})\??)"
    r"|(?P<quoted>\\Q(?P<text>.*?)(?:\\E|\Z))|(?P<escape>\\)"
    r"|(?P<literal>[^()|[\\*+?{^$.]+|\{)",
    re.DOTALL,
)
# How a group begins that is none, longer beginnings first, and what is wrong with it.
_WRONG_GROUPS = {
    ("(?<=", "(?<!"): "it looks behind, which Alertmanager's expressions cannot",
    ("(?=", "(?!"): "it looks ahead, which Alertmanager's expressions cannot",
    ("(?P<", "(?<"): "a named group needs a name of letters, digits and underscores",
    ("(?",): "it has a (? that Alertmanager's expressions do not know",
}
_COUNTS = {"*": (0, -1), "+": (1, -1), "?": (0, 1)}
_ESCAPED = re.compile(
    r"\\(?:x\{(?P<braced>[0-9A-Fa-f]+)\}|x(?P<hex>[0-9A-Fa-f]{2})"
    r"|(?P<octal>0[0-7]{0,2}|[1-7][0-7]{1,2})|(?P<letter>[afnrtv])|(?P<sign>[\0-/:-@\[-`{-\x7f]))"
)
_POSIX_CLASS = re.compile(r"\[:(?P<negated>\^?)(?P<name>.*?):\]", re.DOTALL)
_NAMED_CLASS = re.compile(
    r"\\(?:(?P<perl>[dswDSW])|(?P<unicode>[pP])(?:\{(?P<not>\^?)(?P<name>[^}]*)\}|(?P<letter>.)))",
    re.DOTALL,
)


class Untranslatable(Exception):
    """This module cannot tell what an expression matches; or it is not one."""


@lru_cache(maxsize=1024)
def find_faults(pattern: str) -> List[Fault]:
    """Say what is wrong with a pattern that Alertmanager anchors at both ends.

    Nothing after the first fault that holds for every version is looked at.
    """
    return _read(pattern).faults


def find_first_fault(pattern: str) -> Optional[str]:
    """Say the first thing that is wrong with a pattern for every version, or None."""
    faults = find_faults(pattern)
    return next((fault.message for fault in faults if fault.versions == EVERY), None)


def matches(pattern: str, text: str) -> bool:
    """Tell whether a matcher's pattern matches a label's value, which is to say the whole of it.

    Raises Untranslatable. Takes long where the pattern is made for that.
    """
    return bool(_compile(pattern).search(text))


@lru_cache(maxsize=256)
def _compile(pattern: str) -> Pattern:
    reader = _read(pattern)
    if not reader.is_translatable:
        raise Untranslatable("it is none, or flags stand between two repetitions")
    pieces = (piece if isinstance(piece, str) else piece() for piece in reader.pieces)
    try:
        return re.compile("".join(pieces))
    except (re.error, RecursionError, OverflowError) as error:
        raise Untranslatable(type(error).__name__) from None


def _read(pattern: str) -> "_Reader":
    reader = _Reader(pattern)
    try:
        reader.read()
    except _Invalid as invalid:
        reader.faults.append(Fault(str(invalid)))
        reader.is_translatable = False
    return reader


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


class _Group(NamedTuple):
    """An open parenthesis: the flags outside of it, and the parts of each alternative."""

    captures: bool
    flags: FrozenSet[str]
    alternatives: List[List[_Node]]


# A piece of the translation, or what writes it.
_Piece = Union[str, Callable[[], str]]
Ranges = Tuple[Tuple[int, int], ...]
# What a class of characters holds, or what finds that, which takes its time: it is left for later.
_Held = Union[Ranges, Callable[[], Ranges]]


class _Reader:
    """Reads a pattern, in the frame into which Alertmanager puts it (pkg/labels/matcher.go).

    The frame makes odd patterns valid, such as one whose parentheses close and open again.
    flags: letters of what holds here: i, letters match whatever their case; m, ^ and $ match at
    lines' ends, too; s, . matches a line's end, too. faults: what some versions refuse.
    """

    def __init__(self, pattern: str):
        self.text = f"^(?:{pattern})$"
        self.at = 0
        self.flags: FrozenSet[str] = frozenset()
        self.stack = [_Group(False, self.flags, [[]])]
        self.after_repeat = False
        self.faults: List[Fault] = []
        self.pieces: List[_Piece] = []
        self.is_translatable = True

    def read(self) -> None:
        """Read all of it. Raises _Invalid."""
        while self.at < len(self.text):
            part = _PART.match(self.text, self.at)
            self.at = part.end()
            getattr(self, f"_{part.lastgroup}")(part)
            self.after_repeat = part.lastgroup == "repeat"
        if len(self.stack) > 1:
            raise _Invalid("a ) is missing")
        self._add(self._finish(self.stack[0]), "")

    def _literal(self, part: "re.Match") -> None:
        for char in part.group():
            self._add_literal(char)

    def _add_literal(self, char: str) -> None:
        folded = "i" in self.flags and char.lower() != char.upper()
        alone = ((ord(char), ord(char)),)
        self._add(_LITERAL, partial(_write_class, [alone]) if folded else re.escape(char))

    def _add(self, node: _Node, piece: _Piece) -> None:
        if node.height > MAX_HEIGHT:
            raise _Invalid("it nests too deeply")
        if node.size > MAX_SIZE:
            raise _Invalid("it is too large")
        self.stack[-1].alternatives[-1].append(node)
        self.pieces.append(piece)

    def _sign(self, part: "re.Match") -> None:
        flag, with_it, without = _SIGNS[part.group()]
        self._add(_LITERAL if flag else _LEAF, with_it if flag in self.flags else without)

    # Groups.

    def _open(self, part: "re.Match") -> None:
        for beginnings, message in _WRONG_GROUPS.items():
            if part.group() == "(" and self.text.startswith(beginnings, part.start()):
                raise _Invalid(message)
        if part.group("named") == "<":
            message = "it has a group written (?<name>...); write (?P<name>...)"
            self.faults.append(Fault(message, _NO_SHORT_NAMES, official=True))
        if part.group("end") != ")":
            self.stack.append(_Group(part.group("end") is None, self.flags, [[]]))
            self.pieces.append("(?:")
        self.flags = (self.flags | set(part.group("on") or "")) - set(part.group("off") or "")

    def _bar(self, part: "re.Match") -> None:
        self.stack[-1].alternatives.append([])
        self.pieces.append(part.group())

    def _close(self, part: "re.Match") -> None:
        if len(self.stack) < 2:
            raise _Invalid("it has a ) too many")
        group = self.stack.pop()
        self.flags = group.flags
        node = self._finish(group)
        if group.captures:
            node = _Node(node.height + 1, node.size + 2, node.copies)
        self._add(node, part.group())

    @staticmethod
    def _finish(group: _Group) -> _Node:
        return _join("alternate", [_join("concat", parts) for parts in group.alternatives])

    # Repetition.

    def _repeat(self, part: "re.Match") -> None:
        python = part.group("python")
        low, high = _COUNTS.get(python) or _read_counts(part)
        if self.after_repeat:
            raise _Invalid("two repetitions follow one another, such as ** or {2}+")
        parts = self.stack[-1].alternatives[-1]
        if not parts:
            raise _Invalid("a repetition such as * or + has nothing before it to repeat")
        # Where flags stand between two, Python would take them for one of another kind.
        last = self.pieces[-1]
        self.is_translatable &= not (isinstance(last, str) and last[0] in "*+?{")
        node = parts.pop()
        copies = node.copies
        if python.startswith("{"):
            copies = max(high, low, 1) * node.copies if high else 1
            if copies > MAX_REPEAT and (low >= 2 or high >= 2):
                raise _Invalid(f"counts within one another ask for more than {MAX_REPEAT} copies")
        size = _repeat_size(node.size, low, high)
        self._add(_Node(node.height + 1, size, copies), python)

    # Escapes.

    def _quoted(self, part: "re.Match") -> None:
        for char in part.group("text"):
            self._add_literal(char)

    def _escape(self, part: "re.Match") -> None:
        self.at = part.start()
        held = self._named_class()
        if held is None:
            self._add_literal(chr(self._escaped_char()))
        else:
            self._add(_LEAF, partial(_write_class, [held], fold="i" in self.flags))

    def _named_class(self) -> Optional[_Held]:
        r"""Read \d, \pL, \p{Greek} and the like; None if none is here."""
        match = _NAMED_CLASS.match(self.text, self.at)
        if match is None:
            return None
        self.at = match.end()
        perl = match.group("perl")
        if perl:
            ranges = _read_classes()[match.group().lower()]
            return _complement(ranges) if perl.isupper() else ranges
        if match.group("letter") == "{":
            raise _Invalid("it has \\p{ without }")
        name = match.group("name") or match.group("letter") or ""
        negated = (match.group("unicode") == "P") != bool(match.group("not"))
        versions = unicode_classes.unknown_to(name)
        if versions == EVERY:
            raise _Invalid("it has \\p with an unknown Unicode class")
        if versions:
            message = "it has \\p with a name that only newer versions know"
            self.faults.append(Fault(message, versions, official=True))
        return partial(_find_category, name, negated)

    def _escaped_char(self) -> int:
        """Read an escaped character, and give its code."""
        match = _ESCAPED.match(self.text, self.at)
        if match is None:
            raise _Invalid(_explain_escape(self.text[self.at + 1]))
        self.at = match.end()
        kind, text = match.lastgroup, match.group(match.lastgroup)
        if kind in ("letter", "sign"):
            return ord(_LETTER_ESCAPES.get(text, text))
        code = int(text, 8 if kind == "octal" else 16)
        if code > LAST:
            raise _Invalid(_explain_escape("x"))
        return code

    # Character classes.

    def _class(self, part: "re.Match") -> None:
        held: List[_Held] = []
        while not held or not self.text.startswith("]", self.at):
            held.append(self._posix_class() or self._named_class() or self._range())
        self.at += 1
        negated = part.group() == "[^"
        self._add(_LEAF, partial(_write_class, held, negated, fold="i" in self.flags))

    def _posix_class(self) -> Optional[Ranges]:
        match = _POSIX_CLASS.match(self.text, self.at)
        if match is None:
            return None
        ranges = _read_classes().get(f"[:{match.group('name')}:]")
        if ranges is None:
            raise _Invalid("it has an unknown class of the form [:name:]")
        self.at = match.end()
        return _complement(ranges) if match.group("negated") else ranges

    def _range(self) -> Ranges:
        low = high = self._class_char()
        after = self.text[self.at + 1 : self.at + 2]
        if self.text.startswith("-", self.at) and after not in ("", "]"):
            self.at += 1
            high = self._class_char()
            if high < low:
                raise _Invalid("a range in [ ] ends before it begins")
        return ((low, high),)

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


def _repeat_size(size: int, low: int, high: int) -> int:
    if high < 0:
        return 2 + size if low == 0 else 1 + low * size
    return max(high * size + high - low, 1)


def _explain_escape(char: str) -> str:
    if char == "x":
        return "it has \\x without the digits of a character"
    hint = "; it cannot refer back to a group" if char in "123456789" else ""
    return f"it has an unknown escape{hint}"


def _read_counts(match: "re.Match") -> Tuple[int, int]:
    """Read how often at least and at most something repeats; -1 stands for no limit."""
    # The beginning of more digits is too large as well.
    low = int(match.group("low")[:9])
    high = int((match.group("high") or "-1")[:9]) if match.group("comma") else low
    if low > MAX_REPEAT or high > MAX_REPEAT or 0 <= high < low:
        raise _Invalid(f"a count such as {{2,5}} must not fall or exceed {MAX_REPEAT}")
    return low, high


# The translation.


def _write_class(held: Iterable[_Held], negated: bool = False, fold: bool = True) -> str:
    """Write a class in Python's syntax, as a whole to which a repetition may be attached."""
    ranges = [pair for each in held for pair in (each() if callable(each) else each)]
    if not fold:
        return _write_ranges(ranges, negated)
    # To Python, i is the dotted capital and the dotless letter of Turkish, too; not to Go.
    inside = {char for char in _DOTTED if any(low <= ord(char) <= high for low, high in ranges)}
    if inside & set("iI"):
        inside |= set("iI")
    own = inside if not negated else set(_DOTTED) - inside
    rest = f"(?![{_DOTTED}])(?i:{_write_ranges(ranges, negated)})"
    return f"(?:{rest}|[{''.join(sorted(own))}])" if own else f"(?:{rest})"


@lru_cache(maxsize=16)
def _find_category(name: str, negated: bool) -> Ranges:
    """Find all characters of a Unicode category such as L or Lu, or all others."""
    if name == "Any":
        return () if negated else ((0, LAST),)
    if not unicode_classes.is_category(name):
        raise Untranslatable("Unicode script")  # Python does not know them
    found: List[Tuple[int, int]] = []
    for code in range(LAST + 1):
        if unicodedata.category(chr(code)).startswith(name):
            if found and found[-1][1] == code - 1:
                found[-1] = (found[-1][0], code)
            else:
                found.append((code, code))
    return _complement(tuple(found)) if negated else tuple(found)


@lru_cache(maxsize=1)
def _read_classes() -> Dict[str, Ranges]:
    r"""Read what \d, [:alpha:] and the like hold.

    A line of the file has one, and characters or ranges of them, with Python's escapes.
    """
    classes = {}
    file = __file__.rpartition("regular_expressions")[0] + "character_classes.txt"
    with open(file, encoding="utf-8") as lines:
        for name, *ranges in map(str.split, lines):
            unescaped = [each.encode().decode("unicode_escape") for each in ranges]
            classes[name] = tuple((ord(each[0]), ord(each[-1])) for each in unescaped)
    return classes


def _complement(ranges: Ranges) -> Ranges:
    """Give what lies between ranges that stand in order."""
    edges = [0, *(edge for low, high in ranges for edge in (low - 1, high + 1)), LAST]
    return tuple((low, high) for low, high in zip(edges[::2], edges[1::2]) if low <= high)


def _write_ranges(ranges: List[Tuple[int, int]], negated: bool) -> str:
    if not ranges:  # such as \P{Any}
        return "(?s:.)" if negated else "(?!)"
    inside = "".join(f"\\U{low:08x}-\\U{high:08x}" for low, high in ranges)
    return f"[{'^' if negated else ''}{inside}]"
