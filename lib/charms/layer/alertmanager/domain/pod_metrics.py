"""What Alertmanager's metrics say of a pod: its version, and which configuration it runs."""

import math
import re
from dataclasses import dataclass, replace
from typing import Optional, Sequence, Tuple

_SAMPLE = re.compile(
    r"^(alertmanager_\w+|process_start_time_seconds)(?:\{([^}]*)\})? (\S+)$", re.MULTILINE
)
CLOCK_ERROR = 3.0
"""Seconds by which a process may seem to have started at another time than before."""
SETTLED = 60
"""Seconds after which Juju replaces no more pods: as soon as one is ready, it takes the next."""
_VERSION = re.compile(r"(?:^|,)version=\"(\w[-\w.+~]{0,63})\"", re.ASCII)


@dataclass(frozen=True)
class PodMetrics:
    """What one pod says of itself: see read_metrics."""

    version: str
    config_hash: int
    is_reloaded: bool
    started: float = 0

    @property
    def short_hash(self) -> str:
        """The hash as ConfigFiles.short_hash shows it."""
        return self.config_hash.to_bytes(6, "little").hex()[:6]


@dataclass(frozen=True)
class PodsSummary:
    """What the pods said when they were last asked.

    asked: how many were; answering: how many answered; live: how many of those ran what they had
    been given; refusing: how many had failed to reload it. short_hash: the configuration of the
    first that answered. version: the newest Alertmanager of those that answered last. started: when
    the process of each that answered did, in seconds since 1970, by its own clock. silent_since:
    when it was found that none answers, by the charm's clock; 0 if one does. config_hash: of what
    they had been given. unchanged_since: when they first said so, or one was found to be replaced.
    """

    asked: int = 0
    answering: int = 0
    live: int = 0
    refusing: int = 0
    short_hash: str = ""
    version: str = ""
    started: Tuple[float, ...] = ()
    silent_since: float = 0
    config_hash: int = 0
    unchanged_since: float = 0

    def is_like(self, other: "PodsSummary") -> bool:
        """Whether the status would say the same of both, but for how many have been replaced."""
        return self == replace(other, started=self.started, unchanged_since=self.unchanged_since)

    def count_replaced(self, replacing: Sequence[float]) -> int:
        """Return how many of those that answer are none of the processes that started then.

        0 if that is none. A node whose clock is set tells another time of the same process.
        """
        return sum(
            all(abs(start - before) > CLOCK_ERROR for before in replacing)
            for start in filter(None, self.started if replacing else ())
        )

    def settles_at(self, replacing: Sequence[float]) -> float:
        """Return when a replacement is over if all stays as it is; infinity if it is not then."""
        is_under_way = self.answering < self.asked or not self.count_replaced(replacing)
        return math.inf if is_under_way else self.unchanged_since + SETTLED


def summarise(
    asked: int, answers: Sequence[PodMetrics], config_hash: int, before: PodsSummary, now: float
) -> PodsSummary:
    """Sum up what the pods say.

    asked: how many were. answers: of those that answered. config_hash: of what they were given.
    before: the summary when they were last asked. now: seconds since 1970.
    """
    found = PodsSummary(
        asked,
        len(answers),
        sum(pod.is_reloaded and pod.config_hash == config_hash for pod in answers),
        sum(not pod.is_reloaded for pod in answers),
        answers[0].short_hash if answers else "",
        max((pod.version for pod in answers), default="") or before.version,
        tuple(pod.started for pod in answers),
        0 if answers or not asked else before.silent_since or now,
        config_hash,
        before.unchanged_since,
    )
    return found if found.is_like(before) else replace(found, unchanged_since=now)


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
    config_hash = int(_number(values.get("alertmanager_config_hash")))
    return PodMetrics(
        version,
        config_hash if config_hash < 1 << 48 else 0,
        _number(values.get("alertmanager_config_last_reload_successful")) == 1,
        _number(values.get("process_start_time_seconds")),
    )


def _number(value: Optional[str]) -> float:
    """Read a number that is not negative; return 0 if it is not one."""
    try:
        number = float(value) if value else math.nan
    except ValueError:
        return 0
    return number if math.isfinite(number) and number >= 0 else 0
