"""Which Alertmanager an image runs, and what that version understands."""

import re
from typing import Optional, Tuple

Version = Tuple[int, int, int]

# Everything up to here is understood by every Alertmanager that the charm supports.
BASELINE: Version = (0, 20, 0)

# The command line flags that came after the baseline, and when; from each release's
# cmd/alertmanager/main.go.
FLAG_SINCE = {
    "web.config.file": (0, 22, 0),
    "cluster.tls-config": (0, 24, 0),
    "cluster.allow-insecure-public-advertise-address-discovery": (0, 24, 0),
    "data.maintenance-interval": (0, 25, 0),
    "web.systemd-socket": (0, 25, 0),
    "cluster.label": (0, 26, 0),
    "enable-feature": (0, 27, 0),
    "auto-gomemlimit.ratio": (0, 28, 0),
    "silences.max-silences": (0, 28, 0),
    "silences.max-silence-size-bytes": (0, 28, 0),
    "dispatch.maintenance-interval": (0, 29, 0),
    "cluster.peer-name": (0, 30, 0),
    "cluster.peers-resolve-timeout": (0, 30, 0),
    "dispatch.start-delay": (0, 30, 0),
    "alerts.per-alertname-limit": (0, 31, 0),
    "log.silences": (0, 32, 0),
}

# The flags of the baseline, all still there in 0.34.
BASELINE_FLAGS = frozenset(
    {
        "config.file",
        "storage.path",
        "data.retention",
        "alerts.gc-interval",
        "web.external-url",
        "web.route-prefix",
        "web.listen-address",
        "web.get-concurrency",
        "web.timeout",
        "cluster.listen-address",
        "cluster.advertise-address",
        "cluster.peer",
        "cluster.peer-timeout",
        "cluster.gossip-interval",
        "cluster.pushpull-interval",
        "cluster.tcp-timeout",
        "cluster.probe-timeout",
        "cluster.probe-interval",
        "cluster.settle-timeout",
        "cluster.reconnect-interval",
        "cluster.reconnect-timeout",
        "log.level",
        "log.format",
        "version",
        "help",
    }
)

_TAG = re.compile(r":v?(\d+)\.(\d+)(?:\.(\d+))?(?:[-_+.][\w.+-]*)?(?:@[\w:+.-]+)?$")


def of_image(image: str) -> Optional[Version]:
    """Read Alertmanager's version off an image reference.

    image: for example ``registry:5000/prom/alertmanager:v0.28.1``.
    Returns (0, 28, 1); None where the tag is no version (``latest``, a digest, a private scheme).
    """
    found = _TAG.search(image)
    if not found or "/" in found.group(0):
        return None
    major, minor, patch = found.groups()
    return int(major), int(minor), int(patch or 0)


def text(version: Version) -> str:
    """Write a version as Alertmanager does: 0.28.1."""
    return ".".join(map(str, version))


def understands(version: Optional[Version], flag: str) -> Optional[bool]:
    """Tell whether that version has that command line flag; None if nobody can tell.

    flag: its name without dashes, for example ``cluster.label``.
    """
    if flag in BASELINE_FLAGS:
        return True
    if version is None:
        return None
    return version >= FLAG_SINCE.get(flag, (1 << 30, 0, 0))
