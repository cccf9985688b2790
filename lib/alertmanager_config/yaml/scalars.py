"""How Alertmanager's YAML reader understands one scalar.

Alertmanager 0.20 to 0.35 reads its configuration with gopkg.in/yaml.v2, which follows neither
YAML 1.1 nor 1.2 exactly: ``y`` and ``on`` are booleans, ``010`` is eight, ``1:30`` is text. What
stands here was read from its ``resolve.go`` (v2.2.2 to v2.4.0), and is compared with amtool by the
tests.
"""

import re
from datetime import datetime
from typing import Dict, Optional, Tuple

STR = "str"
BOOL = "bool"
INT = "int"
FLOAT = "float"
NULL = "null"
TIMESTAMP = "timestamp"

# Types and values, and the words for them with blanks between them.
_MEANINGS: Dict[Tuple[str, object], str] = {
    (NULL, None): "~ null Null NULL",
    (BOOL, True): "y Y yes Yes YES true True TRUE on On ON",
    (BOOL, False): "n N no No NO false False FALSE off Off OFF",
    (FLOAT, float("inf")): ".inf .Inf .INF +.inf +.Inf +.INF",
    (FLOAT, float("-inf")): "-.inf -.Inf -.INF",
    (FLOAT, float("nan")): ".nan .NaN .NAN",
}
WORDS = {word: meaning for meaning, words in _MEANINGS.items() for word in words.split()}
WORDS[""] = (NULL, None)
"""Words that are no text unless they are quoted, with the type and value that they have."""

_INTEGER = re.compile(
    r"[-+]?(?:0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO][0-7]+|(?P<old>0[0-7]+)|0|[1-9][0-9]*)\Z"
)
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\Z")
_DATE = re.compile(
    r"(?P<year>[0-9]{4})-(?P<month>[0-9]{1,2})-(?P<day>[0-9]{1,2})"
    r"(?:(?P<sep>[Tt ])(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{1,2}):(?P<second>[0-9]{1,2})"
    r"(?:[.,][0-9]+)?(?P<zone>Z|[-+][0-9]{2}:[0-9]{2})?)?\Z"
)
_DATE_PARTS = ("year", "month", "day", "hour", "minute", "second")
# Go's integers are 64 bits wide; a longer text is a float or plain text to it.
_LONGEST_INTEGER = 80


def resolve(text: str) -> Tuple[str, object]:
    """Give type and value that an unquoted, untagged scalar has for Alertmanager.

    Returns (kind, value): kind is one of the module's constants STR … TIMESTAMP, value a str for
    these two, else bool, int, float or None.
    """
    if text in WORDS:
        return WORDS[text]
    return _number(text) if text[0] in "+-.0123456789" else (STR, text)


def _number(text: str) -> Tuple[str, object]:
    if _is_timestamp(text):
        return TIMESTAMP, text
    # A leading dot goes to Go's own float parser, which knows no underscores.
    bare = text if text[0] == "." else text.replace("_", "")
    integer = _integer(bare)
    if integer is not None:
        return INT, integer
    if _FLOAT.match(bare):
        value = float(bare)
        if value not in (float("inf"), float("-inf")):
            return FLOAT, value
    return STR, text


def _integer(text: str) -> Optional[int]:
    match = _INTEGER.match(text)
    if not match or len(text) > _LONGEST_INTEGER:
        return None
    value = int(text, 8 if match.group("old") else 0)
    # Go tries a signed 64-bit number, then an unsigned one, which takes no sign.
    highest = 2**63 if text[0] in "+-" else 2**64
    return value if -(2**63) <= value < highest else None


def _is_timestamp(text: str) -> bool:
    match = _DATE.match(text)
    if not match:
        return False
    separator, zone = match.group("sep"), match.group("zone")
    if (separator == " " and zone) or (separator in ("T", "t") and not zone):
        return False
    year, *others = (int(match.group(part) or 0) for part in _DATE_PARTS)
    try:
        # Go knows a year 0, which Python does not; it is as long as the year 4.
        datetime(year or 4, *others)
    except ValueError:
        return False
    return True
