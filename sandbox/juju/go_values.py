"""Values as Go's standard library reads and prints them."""

from __future__ import annotations

import json

BOOLEANS = {
    **dict.fromkeys(("1", "t", "T", "true", "True", "TRUE"), True),
    **dict.fromkeys(("0", "f", "F", "false", "False", "FALSE"), False),
}
"""The words that strconv.ParseBool takes."""


def quote(text: str) -> str:
    """``text`` as %q prints it."""
    return json.dumps(text, ensure_ascii=False)
