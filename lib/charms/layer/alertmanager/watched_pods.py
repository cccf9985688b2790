"""Leave a watcher behind once a hook has left pods that do not answer, or run something else."""

import math
import time
from dataclasses import dataclass, field
from typing import Tuple

from charms.layer.alertmanager.domain import pod_metrics
from charms.layer.alertmanager.domain.pod_metrics import PodsSummary
from charms.layer.alertmanager.inputs import Inputs
from charms.layer.alertmanager.juju import alertmanager_api
from charms.layer.alertmanager.juju.alertmanager_api import Alertmanager
from charms.layer.pod_spec import watcher_process


@dataclass(frozen=True)
class Watch:
    """What a watcher is told.

    unit: Juju's name. pods: whom to ask. config_hash: of what they were given. seen: what they said
    in the hook. replacing: see UnitRecord. due: when there is news even if they say the same, in
    seconds since 1970.
    """

    unit: str
    pods: Tuple[Alertmanager, ...] = field(repr=False)  # with a password
    config_hash: int
    seen: PodsSummary
    replacing: Tuple[float, ...] = ()
    due: float = math.inf

    @property
    def since(self) -> float:
        """When the pods said something new last, in seconds since 1970."""
        return self.seen.unchanged_since

    def is_news(self) -> bool:
        """Ask the pods, as hooks do, and tell whether they say something else than in the hook."""
        said = [metrics for _, metrics in alertmanager_api.read_metrics(self.pods)]
        now, seen = time.time(), self.seen
        found = pod_metrics.summarise(len(self.pods), said, self.config_hash, seen, now)
        replaced = [each.count_replaced(self.replacing) for each in (seen, found)]
        return not found.is_like(seen) or replaced[0] != replaced[1] or self.due <= now


def start(inputs: Inputs) -> None:
    """Leave a watcher behind if this hook leaves something to wait for."""
    record, pods = inputs.state.unit, inputs.pods_asked
    given, seen = record.given, record.pods
    is_late = inputs.is_leader and (seen.live < seen.asked or bool(record.replacing))
    if not (pods and (is_late or seen.answering < seen.asked)):
        return
    is_judged_later = seen.live < seen.answering and time.time() < given.doubted_until
    due = min(
        given.doubted_until if is_judged_later else math.inf, seen.settles_at(record.replacing)
    )
    watch = Watch(inputs.unit, pods, given.config_hash, seen, record.replacing, due)
    watcher_process.start(watch, record.watched)


end = watcher_process.end
