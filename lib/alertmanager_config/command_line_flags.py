"""Alertmanager's command line flags: since when, and with which values.

Read off cmd/alertmanager/main.go and featurecontrol/featurecontrol.go of the releases from 0.20 to
0.35. Alertmanager does not start with a flag or a value that it does not know.
"""

import re
from typing import Dict, FrozenSet, Iterable, NamedTuple, Optional

from .go.durations import parse_go
from .go.regular_expressions import find_first_fault
from .version import Version

BASELINE: Version = (0, 20, 0)
"""Up to here every Alertmanager that is known here understands everything."""

DURATION, INTEGER, RATIO, SWITCH, FEATURES, TEXT = (
    "a duration like 15s or 1h30m",
    "a whole number",
    "a number above 0, up to 1",
    "no value: write --FLAG or --no-FLAG",
    "a list of features, with commas between them; not classic-mode and utf8-strict-mode at once",
    "a text",
)
POSITIVE, REGEX = "a duration above 0, like 15s or 1h30m", "a regular expression of RE2"


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

_VALUES = {
    INTEGER: re.compile(r"-?[0-9]{1,18}"),
    RATIO: re.compile(r"0?\.[0-9]*[1-9][0-9]*|1(\.0*)?"),
    TEXT: re.compile(r".+", re.DOTALL),
}


class Flag(NamedTuple):
    """since: the first version that has it. value: what it may be set to.

    is_file: whether it names a file that Alertmanager reads when it starts. positive: the first
    version that does not start with a duration of 0, if others do.
    """

    since: Version = BASELINE
    value: str = TEXT
    is_file: bool = False
    positive: Optional[Version] = None


FLAGS: Dict[str, Flag] = {
    "alerts.gc-interval": Flag(value=POSITIVE),
    "alerts.per-alertname-limit": Flag((0, 31, 0), INTEGER),
    "api.connect.max-request-body-bytes": Flag((0, 35, 0), INTEGER),
    "api.connect.read-max-bytes": Flag((0, 35, 0), INTEGER),
    "api.connect.send-max-bytes": Flag((0, 35, 0), INTEGER),
    "api.connect.stream-concurrency": Flag((0, 35, 0), INTEGER),
    "api.connect.stream-idle-timeout": Flag((0, 35, 0), DURATION),
    "api.connect.stream-lifetime": Flag((0, 35, 0), DURATION),
    "api.connect.unary-concurrency": Flag((0, 35, 0), INTEGER),
    "api.connect.unary-timeout": Flag((0, 35, 0), DURATION),
    "auto-gomemlimit": Flag((0, 35, 0), SWITCH),
    "auto-gomemlimit.ratio": Flag((0, 28, 0), RATIO),
    "auto-gomemlimit.refresh-interval": Flag((0, 35, 0), DURATION),
    "cluster.advertise-address": Flag(),
    "cluster.allow-insecure-public-advertise-address-discovery": Flag((0, 24, 0), SWITCH),
    "cluster.gossip-interval": Flag(value=DURATION, positive=(0, 35, 0)),
    "cluster.label": Flag((0, 26, 0)),
    "cluster.listen-address": Flag(),
    "cluster.peer": Flag(),
    "cluster.peer-name": Flag((0, 30, 0)),
    "cluster.peer-timeout": Flag(value=DURATION, positive=(0, 35, 0)),
    "cluster.peers-resolve-timeout": Flag((0, 30, 0), DURATION, positive=(0, 35, 0)),
    "cluster.probe-interval": Flag(value=DURATION, positive=(0, 35, 0)),
    "cluster.probe-timeout": Flag(value=DURATION, positive=(0, 35, 0)),
    "cluster.pushpull-interval": Flag(value=DURATION, positive=(0, 35, 0)),
    "cluster.reconnect-interval": Flag(value=DURATION, positive=(0, 35, 0)),
    "cluster.reconnect-timeout": Flag(positive=(0, 35, 0)),
    "cluster.settle-timeout": Flag(value=DURATION),
    "cluster.tcp-timeout": Flag(value=DURATION, positive=(0, 35, 0)),
    "cluster.tls-config": Flag((0, 24, 0), is_file=True),
    "config.file": Flag(),
    "data.maintenance-interval": Flag((0, 25, 0), POSITIVE),
    "data.retention": Flag(positive=(0, 35, 0)),
    "dispatch.maintenance-interval": Flag((0, 29, 0), POSITIVE),
    "dispatch.start-delay": Flag((0, 30, 0), DURATION),
    "enable-feature": Flag((0, 27, 0), FEATURES),
    "help": Flag(),
    "log.format": Flag(),
    "log.level": Flag(),
    "log.silences": Flag((0, 32, 0), SWITCH),
    "silences.max-silence-size-bytes": Flag((0, 28, 0), INTEGER),
    "silences.max-silences": Flag((0, 28, 0), INTEGER),
    "storage.path": Flag(),
    "version": Flag(),
    "web.config.file": Flag((0, 22, 0)),
    "web.cors.origin": Flag((0, 34, 2), REGEX),
    "web.external-url": Flag(),
    "web.get-concurrency": Flag(value=INTEGER),
    "web.listen-address": Flag(),
    "web.route-prefix": Flag(),
    "web.systemd-socket": Flag((0, 25, 0)),
    "web.timeout": Flag(value=DURATION),
}


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
        wanted = set(value.split(","))
        return wanted <= set(KNOWN_FEATURES) and not wanted >= _EXCLUSIVE
    if flag.value in (DURATION, POSITIVE):
        length = parse_go(value)
        return length is not None and (length > 0 or (flag.value == DURATION and length == 0))
    if flag.value == REGEX:
        return value != "" and find_first_fault(value) is None
    return bool(_VALUES[flag.value].fullmatch(value))


def is_too_short(version: Version, name: str, value: str) -> bool:
    """Tell whether a version does not start with a duration because Go makes 0 of it."""
    flag = FLAGS.get(resolve_name(name))
    since = flag.positive if flag else None
    if since is None or version < since:
        return False
    return parse_go(value) == 0


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
