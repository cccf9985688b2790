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
    """Give what a text in single or double quotes stands for; None if Go does not read it."""
    quote, inner = text[0], text[1:-1]
    # The other kind of quote needs no escape, and has none.
    other = {'"': "\\'", "'": '\\"'}[quote]
    if not _INSIDE.fullmatch(inner) or any(each == other for each in _ESCAPE.findall(inner)):
        return None
    # Python has the same escapes, and more.
    return _ESCAPE.sub(lambda escape: escape.group().encode().decode("unicode_escape"), inner)
