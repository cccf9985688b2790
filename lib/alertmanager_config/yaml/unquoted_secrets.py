"""Secrets without quotes, of which YAML takes one sign, and what follows, for its own."""

import re

import yaml

from .scalars import NULL

SECRET_KEY = re.compile("passw|secret|token|credential|key", re.IGNORECASE)
"""The name of a key whose value is likely to be a secret."""
# A comment that is one by accident: people put a blank after the sign.
_CUTS = re.compile(r"[ \t]*#[^\s#]")


def describe_loss(event: yaml.ScalarEvent, kind: str, text: str) -> str:
    """Say what YAML makes of a secret; "" if it stays whole. text: all that is read."""
    if event.style:
        return ""
    if event.anchor is not None and kind == NULL:
        return "is empty: YAML takes text after & for an anchor"
    if not _CUTS.match(text, event.end_mark.index):
        return ""
    message = "is empty" if kind == NULL else "is cut off"
    return f"{message}: YAML takes text after # for a comment"
