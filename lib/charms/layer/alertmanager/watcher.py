"""Leave a watcher behind once a hook has left pods that do not answer, or run something else."""

import time
from dataclasses import dataclass, field
from typing import Tuple

from charms.layer.alertmanager.domain import pod_metrics
from charms.layer.alertmanager.domain.pod_metrics import PodsSummary
from charms.layer.alertmanager.inputs import Inputs
from charms.layer.alertmanager.juju import alertmanager_api
from charms.layer.alertmanager.juju.alertmanager_api import Alertmanager
from charms.layer.pod_spec import watchers


@dataclass(frozen=True)
class Watch:
    """What a watcher is told.

    unit: Juju's name. pods: whom to ask. config_hash: of what they were given. seen: what they said
    in the hook. due: when a hook would act on that, too, in seconds since 1970; 0 if never.
    """

    unit: str
    pods: Tuple[Alertmanager, ...] = field(repr=False)  # with a password
    config_hash: int
    seen: PodsSummary
    due: float

    def is_news(self) -> bool:
        """Ask the pods, as hooks do, and tell whether they say something else than in the hook."""
        answers = alertmanager_api.read_metrics(self.pods)
        said = [metrics for _, metrics in answers]
        now = time.time()
        found = pod_metrics.summarise(len(self.pods), said, self.config_hash, self.seen, now)
        return found != self.seen or 0 < self.due <= now


def start(inputs: Inputs, pods: Tuple[Alertmanager, ...]) -> None:
    """Leave a watcher behind if this hook leaves something to wait for; pods: those it asked."""
    record = inputs.state.unit
    given, seen = record.given, record.pods
    is_late = inputs.is_leader and (seen.live < seen.asked or bool(record.replacing))
    if not pods or not (is_late or seen.answering < seen.asked):
        return
    is_judged_later = seen.live < seen.answering and time.time() < given.doubted_until
    due = given.doubted_until if is_judged_later else 0
    watchers.start(Watch(inputs.unit, pods, given.config_hash, seen, due))


end = watchers.end
