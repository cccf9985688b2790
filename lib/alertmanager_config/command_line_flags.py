"""Alertmanager's command line flags: since when, and with which values.

Read off cmd/alertmanager/main.go and featurecontrol/featurecontrol.go of the releases from 0.20 to
0.35. Alertmanager does not start with a flag or a value that it does not know.
"""

import math
import re
from typing import Callable, Dict, FrozenSet, Iterable, NamedTuple, Optional

from .go.durations import parse_flag, parse_go
from .go.regular_expressions import find_first_fault
from .version import Version, VersionSet, before, only, since

BASELINE: Version = (0, 20, 0)
"""Up to here every Alertmanager that is known here understands everything."""

DURATION, INTEGER, BYTES, NUMBER, SWITCH, FEATURES, TEXT = (
    "a duration like 15s or 1h30m",
    "a whole number",
    "a whole number of bytes",
    "a number such as 0.9",
    "no value: write --FLAG or --no-FLAG",
    "a list of features, with commas between them; not classic-mode and utf8-strict-mode at once",
    "a text",
)
POSITIVE, NOT_NEGATIVE = "a duration above 0, like 15s or 1h30m", "a duration of 0 or more"
REGEX = "a regular expression of RE2"


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
_EXCLUSIVE = frozenset(["classic-mode", "utf8-strict-mode"])

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
# The least nanoseconds of each kind.
_DURATIONS: Dict[str, Optional[int]] = {DURATION: None, NOT_NEGATIVE: 0, POSITIVE: 1}


class Flag(NamedTuple):
    """since: the first version that has it. value: what it may be set to.

    is_file: whether it names a file that Alertmanager reads when it starts. positive: the versions
    that only start with a duration above 0, if others do with less.
    """

    since: Version = BASELINE
    value: str = TEXT
    is_file: bool = False
    positive: VersionSet = 0


# What flags are, and their names with blanks between them.
_TABLE = {
    Flag(value=DURATION): "cluster.settle-timeout web.timeout",
    Flag(value=DURATION, positive=since(35)): "cluster.gossip-interval cluster.peer-timeout "
    "cluster.probe-interval cluster.probe-timeout cluster.pushpull-interval "
    "cluster.reconnect-timeout cluster.tcp-timeout data.retention",
    Flag(value=INTEGER): "web.get-concurrency",
    Flag(value=NOT_NEGATIVE, positive=since(35)): "cluster.reconnect-interval",
    Flag(value=POSITIVE): "alerts.gc-interval",
    Flag(): "cluster.advertise-address cluster.listen-address cluster.peer config.file help "
    "log.format log.level storage.path version web.external-url web.listen-address "
    "web.route-prefix",
    Flag((0, 22, 0)): "web.config.file",
    Flag((0, 24, 0), SWITCH): "cluster.allow-insecure-public-advertise-address-discovery",
    Flag((0, 24, 0), is_file=True): "cluster.tls-config",
    Flag((0, 25, 0), NOT_NEGATIVE, positive=since(25) & before(26) | since(35)): " "
    "data.maintenance-interval",
    Flag((0, 25, 0)): "web.systemd-socket",
    Flag((0, 26, 0)): "cluster.label",
    Flag((0, 27, 0), FEATURES): "enable-feature",
    Flag((0, 28, 0), INTEGER): "silences.max-silence-size-bytes silences.max-silences",
    Flag((0, 28, 0), NUMBER): "auto-gomemlimit.ratio",
    Flag((0, 29, 0), POSITIVE): "dispatch.maintenance-interval",
    Flag((0, 30, 0), DURATION): "dispatch.start-delay",
    Flag((0, 30, 0), DURATION, positive=since(35)): "cluster.peers-resolve-timeout",
    Flag((0, 30, 0)): "cluster.peer-name",
    Flag((0, 31, 0), INTEGER): "alerts.per-alertname-limit",
    Flag((0, 32, 0), SWITCH): "log.silences",
    Flag((0, 34, 2), REGEX): "web.cors.origin",
    Flag((0, 35, 0), BYTES): "api.connect.max-request-body-bytes",
    Flag((0, 35, 0), DURATION): "api.connect.stream-idle-timeout api.connect.stream-lifetime "
    "api.connect.unary-timeout auto-gomemlimit.refresh-interval",
    Flag((0, 35, 0), INTEGER): "api.connect.read-max-bytes api.connect.send-max-bytes "
    "api.connect.stream-concurrency api.connect.unary-concurrency",
    Flag((0, 35, 0), SWITCH): "auto-gomemlimit",
}
FLAGS: Dict[str, Flag] = {name: flag for flag, names in _TABLE.items() for name in names.split()}


def resolve_name(name: str) -> str:
    """Return the flag that a name stands for: --no-log.silences sets log.silences."""
    positive = name[3:] if name.startswith("no-") else name
    return positive if positive in FLAGS and FLAGS[positive].value == SWITCH else name


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
    if flag.value == SWITCH or value is None:
        return flag.value == SWITCH and value is None
    if flag.value == FEATURES:
        wanted = set(value.split(",")) if value else set()
        return wanted <= set(KNOWN_FEATURES) and not wanted >= _EXCLUSIVE
    if flag.value in _DURATIONS:
        length = parse_flag(value)
        least = _DURATIONS[flag.value]
        return length is not None and (least is None or length >= least)
    return flag.value not in _TESTS or _TESTS[flag.value](value)


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


_TESTS: Dict[str, Callable[[str], bool]] = {
    BYTES: lambda value: bool(_BYTES.fullmatch(value)),
    INTEGER: lambda value: _read_number(value) is not None,
    NUMBER: lambda value: _read_number(value) is not None,
    REGEX: lambda value: find_first_fault(value) is None,
}


def find_value_fault(version: Version, name: str, value: str) -> str:
    """Say what to do if a version does not start with a duration that others take, or ""."""
    flag = FLAGS.get(resolve_name(name))
    length = parse_flag(value) if flag and flag.value in _DURATIONS else None
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
