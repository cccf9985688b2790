"""Texts in quotes, with escapes, as Go's strconv.Unquote reads them."""

import re
from typing import Optional

_SIMPLE = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v", "\\": "\\"}
_ESCAPE = re.compile(
    r"\\(?:(?P<simple>[abfnrtv\\\"'])|x(?P<byte>[0-9a-fA-F]{2})|u(?P<short>[0-9a-fA-F]{4})"
    r"|U(?P<long>[0-9a-fA-F]{8})|(?P<octal>[0-7]{3})|(?P<other>.|\Z))",
    re.DOTALL,
)


def unquote(text: str) -> Optional[str]:
    """Give what a text in single or double quotes stands for; None if Go does not read it."""
    quote, inner = text[0], text[1:-1]
    if "\n" in inner:
        return None
    pieces = []
    start = 0
    for escape in _ESCAPE.finditer(inner):
        char = _read_escape(escape, quote)
        if char is None:
            return None
        pieces += [inner[start : escape.start()], char]
        start = escape.end()
    return "".join([*pieces, inner[start:]])


def _read_escape(escape: "re.Match", quote: str) -> Optional[str]:
    simple, digits = escape.group("simple"), escape.group(escape.lastgroup or 0)
    if simple:
        return quote if simple == quote else _SIMPLE.get(simple)
    if escape.lastgroup == "other":
        return None
    code = int(digits, 8 if escape.lastgroup == "octal" else 16)
    highest = 0xFF if escape.lastgroup == "octal" else 0x10FFFF
    return chr(code) if code <= highest and not 0xD800 <= code < 0xE000 else None
