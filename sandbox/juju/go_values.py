"""Values as Go's standard library reads and prints them."""

from __future__ import annotations

import json
import math
from typing import Any

BOOLEANS = {
    **dict.fromkeys(("1", "t", "T", "true", "True", "TRUE"), True),
    **dict.fromkeys(("0", "f", "F", "false", "False", "FALSE"), False),
}
"""The words that strconv.ParseBool takes."""


def quote(text: str) -> str:
    """``text`` as %q prints it."""
    return json.dumps(text, ensure_ascii=False)


def in_go(value: Any) -> str:
    """A number or word out of YAML as %#v prints it."""
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else f"{'-' if value < 0 else '+'}Inf"
    return json.dumps(value, ensure_ascii=False, default=str)
