r"""Match texts with the regular expressions of Go, in which Alertmanager's matchers are written.

Python's own engine does the matching, on a translation: Go's syntax looks the same, but ``\d`` and
``\w`` mean ASCII, ``$`` means the very end, ``{,5}`` means itself, flags such as ``(?i)`` may
stand anywhere, and there are ``\z``, ``\Q…\E``, ``\pL`` and ``[[:alpha:]]``. Source: regexp/syntax
(doc.go, parse.go, perl_groups.go). Whether an expression is valid is validation's business.
"""

import re
import unicodedata
from functools import lru_cache
from typing import List, NamedTuple, Pattern, Tuple

Ranges = Tuple[Tuple[int, int], ...]

LAST = 0x10FFFF  # the last character there is
_DOTTED = "iI\u0130\u0131"

_PERL = {
    "d": "09",
    "s": "\t\n\f\r  ",
    "w": "09AZ__az",
}
_POSIX = {
    "alnum": "09AZaz",
    "alpha": "AZaz",
    "ascii": "\x00\x7f",
    "blank": "\t\t  ",
    "cntrl": "\x00\x1f\x7f\x7f",
    "digit": "09",
    "graph": "!~",
    "lower": "az",
    "print": " ~",
    "punct": "!/:@[`{~",
    "space": "\t\r  ",
    "upper": "AZ",
    "word": "09AZ__az",
    "xdigit": "09AFaf",
}
_LETTER_ESCAPES = {"a": "\a", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
# Of ASCII alone, as Go understands them.
_EMPTY = {
    "A": r"\A",
    "z": r"\Z",
    "b": r"(?a:(?<=\w)(?!\w)|(?<!\w)(?=\w))",
    "B": r"(?a:(?<=\w)(?=\w)|(?<!\w)(?!\w))",
}
_COUNT = re.compile(r"\{[0-9]+(?:,[0-9]*)?\}")
_FLAGS = re.compile(r"\(\?(?P<on>[imsU]*)(?:-(?P<off>[imsU]+))?(?P<end>[:)])")
_NAMED = re.compile(r"\(\?P?<[A-Za-z0-9_]+>")
_OCTAL = re.compile("[0-7]{1,3}")
_HEX = re.compile(r"\{([0-9A-Fa-f]+)\}|([0-9A-Fa-f]{2})")
_UNICODE = re.compile(r"\\[pP](?:\{(\^?)(\w+)\}|(\w))")
_POSIX_CLASS = re.compile(r"\[:(\^?)([a-z]+):\]")


class Untranslatable(Exception):
    """This module cannot tell what an expression matches; or it is none."""


def matches(pattern: str, text: str) -> bool:
    """Tell whether a matcher's pattern matches a label's value, which is to say the whole of it.

    Raises Untranslatable. Takes long where the pattern is made for that.
    """
    return bool(_compiled(pattern).search(text))


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> Pattern:
    # In this frame, as Alertmanager does it (pkg/labels/matcher.go).
    try:
        return re.compile(_Translation(f"^(?:{pattern})$").text())
    except (re.error, RecursionError, OverflowError, IndexError, ValueError) as error:
        raise Untranslatable(type(error).__name__) from None


class _Flags(NamedTuple):
    fold: bool = False  # i: letters match whatever their case
    lines: bool = False  # m: ^ and $ match at lines' ends too
    all: bool = False  # s: . matches a line's end too


class _Translation:
    """Reads the expression once, from left to right, and writes it anew piece by piece.

    Every piece is a whole to which a repetition may be attached.
    """

    def __init__(self, source: str):
        self._source, self._at = source, 0
        self._flags = _Flags()
        self._outer: List[_Flags] = []

    def text(self) -> str:
        """Return the expression in Python's syntax."""
        pieces = []
        while self._at < len(self._source):
            pieces.append(self._piece())
        return "".join(pieces)

    def _piece(self) -> str:
        char = self._source[self._at]
        longer = {"(": self._open, "\\": self._escape, "[": self._class}.get(char)
        if longer:
            return longer()
        count = _COUNT.match(self._source, self._at)
        if char in "*+?" or count:
            return self._repetition(count.group() if count else char)
        self._at += 1
        if char == ")":
            self._flags = self._outer.pop()
        if char in ")|":
            return char
        if char == ".":
            return "(?s:.)" if self._flags.all else r"[^\n]"
        return f"(?:{self._edge(char)})" if char in "^$" else self._literal(char)

    def _repetition(self, text: str) -> str:
        self._at += len(text)
        if self._source.startswith("?", self._at):
            self._at += 1  # how much it takes first does not alter what matches
        return text

    def _edge(self, char: str) -> str:
        if self._flags.lines:
            return f"(?m:{char})"
        return r"\A" if char == "^" else r"\Z"

    def _literal(self, chars: str) -> str:
        return "".join(f"(?:{self._character(char)})" for char in chars)

    def _character(self, char: str) -> str:
        if not self._flags.fold:
            return re.escape(char)
        if char in _DOTTED:
            return self._set(((ord(char), ord(char)),))
        return f"(?i:{re.escape(char)})"

    def _set(self, ranges: Ranges, negated: bool = False) -> str:
        """Write a character class; its letters match in any case if a flag asks for that."""
        if not self._flags.fold:
            return _written(ranges, negated)
        # To Python, i is the dotted capital and the dotless letter of Turkish, too; not to Go.
        inside = {char for char in _DOTTED if any(low <= ord(char) <= high for low, high in ranges)}
        if inside & set("iI"):
            inside |= set("iI")
        own = inside if not negated else set(_DOTTED) - inside
        rest = f"(?![{_DOTTED}])(?i:{_written(ranges, negated)})"
        return f"(?:{rest}|[{''.join(sorted(own))}])" if own else f"(?:{rest})"

    def _open(self) -> str:
        named = _NAMED.match(self._source, self._at)
        flags = _FLAGS.match(self._source, self._at)
        if named or not flags:
            self._at += len(named.group()) if named else 1
            self._outer.append(self._flags)
            return "(?:"
        self._at = flags.end()
        groups = flags.end("end") and flags.group("end") == ":"
        if groups:
            self._outer.append(self._flags)
        names = {"i": "fold", "m": "lines", "s": "all"}
        for letters, value in ((flags.group("on"), True), (flags.group("off") or "", False)):
            changed = {names[letter]: value for letter in letters if letter in names}
            self._flags = self._flags._replace(**changed)
        return "(?:" if groups else ""

    def _escape(self) -> str:
        following = self._source[self._at + 1]
        if following in _EMPTY:
            self._at += 2
            return f"(?:{_EMPTY[following]})"
        if following == "Q":
            text, _, rest = self._source[self._at + 2 :].partition("\\E")
            self._at = len(self._source) - len(rest)
            return self._literal(text)
        ranges = self._named_class()
        if ranges is not None:
            return self._set(ranges)
        return self._literal(self._escaped())

    def _class(self) -> str:
        self._at += 1
        negated = self._take("^")
        ranges: List[Tuple[int, int]] = []
        first = True
        while first or not self._take("]"):
            first = False
            named = self._posix_class() or self._named_class()
            if named is not None:
                ranges += named
                continue
            low = high = self._class_char()
            if self._source[self._at] == "-" and self._source[self._at + 1] != "]":
                self._at += 1
                high = self._class_char()
            ranges.append((ord(low), ord(high)))
        return self._set(tuple(ranges), negated)

    def _class_char(self) -> str:
        if self._source[self._at] == "\\":
            return self._escaped()
        self._at += 1
        return self._source[self._at - 1]

    def _take(self, char: str) -> bool:
        here = self._source[self._at] == char
        self._at += here
        return here

    def _posix_class(self):
        found = _POSIX_CLASS.match(self._source, self._at)
        if not found:
            return None
        self._at = found.end()
        ranges = _pairs(_POSIX[found.group(2)])
        return _complement(ranges) if found.group(1) else ranges

    def _named_class(self):
        r"""Read \d, \pL and the like; None if none is here."""
        if self._source[self._at] != "\\":
            return None
        following = self._source[self._at + 1]
        if following.lower() in _PERL:
            self._at += 2
            ranges = _pairs(_PERL[following.lower()])
            return _complement(ranges) if following.isupper() else ranges
        found = _UNICODE.match(self._source, self._at)
        if not found:
            return None
        self._at = found.end()
        ranges = _category(found.group(2) or found.group(3))
        return _complement(ranges) if (following == "P") != bool(found.group(1)) else ranges

    def _escaped(self) -> str:
        """Read an escaped character."""
        char = self._source[self._at + 1]
        self._at += 2
        if char in _LETTER_ESCAPES:
            return _LETTER_ESCAPES[char]
        if char == "x":
            found = _HEX.match(self._source, self._at)
            self._at = found.end()
            return chr(int(found.group(1) or found.group(2), 16))
        if char in "01234567":
            digits = _OCTAL.match(self._source, self._at - 1).group()
            self._at += len(digits) - 1
            return chr(int(digits, 8))
        return char


def _pairs(text: str) -> Ranges:
    return tuple((ord(low), ord(high)) for low, high in zip(text[::2], text[1::2]))


def _complement(ranges: Ranges) -> Ranges:
    gaps, start = [], 0
    for low, high in sorted(ranges):
        if start < low:
            gaps.append((start, low - 1))
        start = max(start, high + 1)
    return (*gaps, (start, LAST)) if start <= LAST else tuple(gaps)


@lru_cache(maxsize=16)
def _category(name: str) -> Ranges:
    """Find all characters of a Unicode category such as L or Lu."""
    if name == "Any":
        return ((0, LAST),)
    if len(name) > 2:
        raise Untranslatable("Unicode script")  # Python does not know them
    found: List[Tuple[int, int]] = []
    for code in range(LAST + 1):
        if unicodedata.category(chr(code)).startswith(name):
            if found and found[-1][1] == code - 1:
                found[-1] = (found[-1][0], code)
            else:
                found.append((code, code))
    return tuple(found)


def _written(ranges: Ranges, negated: bool = False) -> str:
    """Write a character class."""
    if not ranges:  # such as \P{Any}
        return "(?s:.)" if negated else "(?!)"
    inside = "".join(f"\\U{low:08x}-\\U{high:08x}" for low, high in ranges)
    return f"[{'^' if negated else ''}{inside}]"
