"""What Alertmanager's metrics say of a pod: its version, and which configuration it runs."""

import math
import re
from dataclasses import dataclass
from typing import Optional

_SAMPLE = re.compile(r"^(alertmanager_\w+)(?:\{([^}]*)\})? (\S+)$", re.MULTILINE)
_VERSION = re.compile(r"(?:^|,)version=\"(\w[-\w.+~]{0,63})\"", re.ASCII)


@dataclass(frozen=True)
class PodMetrics:
    """What one pod says of itself: see read_metrics."""

    version: str
    config_hash: int
    is_reloaded: bool

    @property
    def short_hash(self) -> str:
        """The hash as ConfigFiles.short_hash shows it."""
        return self.config_hash.to_bytes(6, "little").hex()[:6]


@dataclass(frozen=True)
class PodsSummary:
    """What the pods said when they were last asked.

    asked: how many were; answering: how many answered; live: how many of those ran what they had
    been given. short_hash: the configuration of the first that answered. version: the newest
    Alertmanager of those that answered last.
    """

    asked: int = 0
    answering: int = 0
    live: int = 0
    short_hash: str = ""
    version: str = ""


def read_metrics(text: str) -> PodMetrics:
    """Read off /metrics which version runs with which configuration.

    is_reloaded is false if the last reload failed: the process goes on with the one before then.
    Never raises: whoever answers may be somebody else than Alertmanager.
    """
    values = {}
    version = ""
    for name, labels, value in _SAMPLE.findall(text):
        values[name] = value
        if name == "alertmanager_build_info":
            found = _VERSION.search(labels)
            version = found.group(1) if found else ""
    config_hash = _whole_number(values.get("alertmanager_config_hash"))
    return PodMetrics(
        version,
        config_hash if config_hash < 1 << 48 else 0,
        _whole_number(values.get("alertmanager_config_last_reload_successful")) == 1,
    )


def _whole_number(value: Optional[str]) -> int:
    """Read a whole number that is not negative; return 0 if it is not one."""
    try:
        number = float(value) if value else math.nan
    except ValueError:
        return 0
    return int(number) if math.isfinite(number) and number >= 0 else 0
