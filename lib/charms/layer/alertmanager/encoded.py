"""Options that hold a whole file: the text itself, or base64 of it."""

import base64
import binascii
import re

_BASE64 = re.compile(r"[A-Za-z0-9+/]+={0,2}")


def text_of(value: str) -> str:
    """Return the file's text.

    value: plain text, or base64 of UTF-8 text with or without line breaks. No file that an option
    may hold consists of base64's letters alone: YAML mappings have a colon, PEM has dashes.
    """
    packed = "".join(value.split())
    if not packed or len(packed) % 4 or not _BASE64.fullmatch(packed):
        return value
    try:
        return base64.b64decode(packed, validate=True).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError):
        return value
