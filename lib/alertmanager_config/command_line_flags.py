"""Alertmanager's command line flags: since when, and with which values.

Read off cmd/alertmanager/main.go and featurecontrol/featurecontrol.go of the releases from 0.20 to
0.35. Alertmanager does not start with a flag or a value that it does not know.
"""

import math
import re
from functools import partial
from typing import Callable, Dict, FrozenSet, Iterable, NamedTuple, Optional, Tuple

from .go.durations import parse_flag, parse_go
from .go.regular_expressions import find_first_fault
from .version import Version, VersionSet, only, parse_versions

BASELINE: Version = (0, 20, 0)
"""Up to here every Alertmanager that is known here understands everything."""


class Feature(NamedTuple):
    """since: the first version that has it. until: the first that does not any more, if any."""

    since: Version
    until: Optional[Version] = None


KNOWN_FEATURES: Dict[str, Feature] = {
    "alert-names-in-metrics": Feature((0, 31, 0)),
    "auto-gomaxprocs": Feature((0, 28, 0), (0, 33, 0)),
    "auto-gomemlimit": Feature((0, 28, 0)),
    "classic-mode": Feature((0, 27, 0)),
    "event-recorder": Feature((0, 33, 0)),
    "group-key-in-metrics": Feature((0, 33, 0)),
    "muted-alerts-in-nflog": Feature((0, 35, 0)),
    "receiver-name-in-metrics": Feature((0, 27, 0)),
    "utf8-strict-mode": Feature((0, 27, 0)),
}

# As Go's strconv.ParseFloat reads it, with which kingpin reads whole numbers, too.
_NUMBER = re.compile(
    r"nan|[-+]?(?:inf(?:inity)?"
    r"|(?:D(?:_?D)*\.?(?:D(?:_?D)*)?|\.D(?:_?D)*)(?:e[-+]?D(?:_?D)*)?"
    r"|0x(?:_?H)*\.?(?:H(?:_?H)*)?p[-+]?D(?:_?D)*)".replace("D", "[0-9]").replace("H", "[0-9a-f]"),
    re.IGNORECASE,
)
# As much as anybody writes of what strconv.ParseInt reads.
_BYTES = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,17}|0[xX][0-9a-fA-F]{1,15})")
_DAYS_SINCE: Version = (0, 26, 0)


def _read_number(text: str) -> Optional[float]:
    """Give what Go's strconv.ParseFloat makes of a text; None if it refuses it."""
    if not _NUMBER.fullmatch(text):
        return None
    plain = text.lower().replace("_", "")
    try:
        number = float.fromhex(plain) if "x" in plain else float(plain)
    except (OverflowError, ValueError):
        return None
    is_too_large = math.isinf(number) and "inf" not in plain
    return None if is_too_large else number


def _is_duration(text: str, least: float = -math.inf) -> bool:
    """Tell whether this is a length of time of so many nanoseconds at least."""
    length = parse_flag(text)
    return length is not None and length >= least


def _are_features(text: str) -> bool:
    wanted = set(text.split(",")) if text else set()
    return wanted <= set(KNOWN_FEATURES) and not {"classic-mode", "utf8-strict-mode"} <= wanted


# What a flag may be set to: in words, and what tells whether a value is that.
_KINDS: Dict[str, Tuple[str, Callable[[str], bool]]] = {
    "bytes": ("a whole number of bytes", lambda value: bool(_BYTES.fullmatch(value))),
    "duration": ("a duration like 15s or 1h30m", _is_duration),
    "duration-above-0": ("a duration above 0, like 15s or 1h30m", partial(_is_duration, least=1)),
    "duration-from-0": ("a duration of 0 or more", partial(_is_duration, least=0)),
    "features": (
        "a list of features, with commas between them; not classic-mode and utf8-strict-mode "
        "at once",
        _are_features,
    ),
    "file": ("a text", lambda value: True),
    "integer": ("a whole number", lambda value: _read_number(value) is not None),
    "number": ("a number such as 0.9", lambda value: _read_number(value) is not None),
    "regex": ("a regular expression of RE2", lambda value: find_first_fault(value) is None),
    "switch": ("no value: write --FLAG or --no-FLAG", lambda value: False),
    "text": ("a text", lambda value: True),
}


class Flag(NamedTuple):
    """since: the first version that has it. kind: what it may be set to, one of _KINDS.

    A file is one that Alertmanager reads when it starts. positive: the versions that only start
    with a duration above 0, if others do with less. value: the kind, for a message. takes: whether
    it takes a value.
    """

    since: Version
    kind: str
    positive: VersionSet
    value: str
    takes: Callable[[str], bool]


# A line of the file has the name of a flag, and the fields of Flag up to the positive versions.
with open(__file__.rpartition(".")[0] + ".txt", encoding="utf-8") as _lines:
    FLAGS: Dict[str, Flag] = {
        name: Flag(tuple(map(int, first.split("."))), kind, parse_versions(positive), *_KINDS[kind])
        for name, first, kind, *positive in map(str.split, _lines)
    }


def resolve_name(name: str) -> str:
    """Return the flag that a name stands for: --no-log.silences sets log.silences."""
    positive = name[3:] if name.startswith("no-") else name
    return positive if positive in FLAGS and FLAGS[positive].kind == "switch" else name


def understands(version: Optional[Version], name: str) -> Optional[bool]:
    """Tell whether that version has that flag; None if nobody can tell.

    name: without dashes, for example ``cluster.label``.
    """
    flag = FLAGS.get(resolve_name(name))
    if flag and flag.since == BASELINE:
        return True
    if version is None:
        return None
    return bool(flag) and version >= flag.since


def is_valid_value(name: str, value: Optional[str]) -> bool:
    """Tell whether a flag takes a value; None stands for no value at all.

    Of flags that are not in the table, nothing is known, and so everything is taken.
    """
    flag = FLAGS.get(resolve_name(name))
    if flag is None:
        return True
    if flag.kind == "switch" or value is None:
        return flag.kind == "switch" and value is None
    return flag.takes(value)


def find_value_fault(version: Version, name: str, value: str) -> str:
    """Say what to do if a version does not start with a duration that others take, or ""."""
    flag = FLAGS.get(resolve_name(name))
    length = parse_flag(value) if flag and "duration" in flag.kind else None
    if flag is None or length is None:
        return ""
    if version < _DAYS_SINCE and parse_go(value) is None:
        return "give it in hours, minutes and seconds"
    return "give it a time above 0" if only(version) & flag.positive and length <= 0 else ""


def find_clash(args: Iterable[str]) -> str:
    """Say why Alertmanager does not start with flags each of which it takes by itself, or "".

    Its code looks at the size of the memory that it may use only if that is to be limited.
    """
    given = dict(arg.partition("=")[::2] for arg in args)
    if "--auto-gomemlimit" not in given and "auto-gomemlimit" not in find_features(args):
        return ""
    ratio = _read_number(given.get("--auto-gomemlimit.ratio", "0.9"))
    if ratio is not None and (ratio <= 0 or ratio > 1):
        return "--auto-gomemlimit.ratio must be above 0, and 1 at most"
    length = parse_flag(given.get("--auto-gomemlimit.refresh-interval", "0"))
    return "--auto-gomemlimit.refresh-interval cannot be negative" if (length or 0) < 0 else ""


def find_features(args: Iterable[str]) -> FrozenSet[str]:
    """Return the features that command line flags ask for."""
    prefix = "--enable-feature="
    listed = (arg[len(prefix) :].split(",") for arg in args if arg.startswith(prefix))
    return frozenset(name for names in listed for name in names)


def lacks_feature(version: Version, feature: str) -> bool:
    """Tell whether a version does not start with a feature."""
    known = KNOWN_FEATURES.get(feature)
    if known is None:
        return False
    return version < known.since or (known.until is not None and version >= known.until)
