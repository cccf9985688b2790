"""Texts in quotes, with escapes, as Go's strconv.Unquote reads them."""

import re
from typing import Optional

# Neither half characters nor what lies beyond the last one.
_ESCAPE = re.compile(
    r"\\(?:[abfnrtv\\\"']|[0-3][0-7]{2}|x[0-9a-fA-F]{2}|u(?![dD][89a-fA-F])[0-9a-fA-F]{4}"
    r"|U(?:0000(?![dD][89a-fA-F])|000[1-9a-fA-F]|0010)[0-9a-fA-F]{4})"
)
_INSIDE = re.compile(rf"(?:[^\\\n]|{_ESCAPE.pattern})*")


def unquote(text: str) -> Optional[str]:
    """Give what a text in single or double quotes stands for; None if Go does not read it.

    Bytes that are no UTF-8 stand in it as Python's surrogateescape has them.
    """
    quote, inner = text[0], text[1:-1]
    # The other kind of quote needs no escape, and has none.
    other = {'"': "\\'", "'": '\\"'}[quote]
    if not _INSIDE.fullmatch(inner) or any(each == other for each in _ESCAPE.findall(inner)):
        return None
    text = _ESCAPE.sub(lambda escape: _expand(escape.group()), inner)
    # Several bytes may make one character.
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "surrogateescape")


def _expand(escape: str) -> str:
    """Give a character, or a byte as Python's surrogateescape has it."""
    if escape[1] not in "x01234567":
        # Python has the same escapes, and more.
        return escape.encode().decode("unicode_escape")
    code = int(escape[2:], 16) if escape[1] == "x" else int(escape[1:], 8)
    return chr(code) if code < 0x80 else chr(0xDC00 + code)
