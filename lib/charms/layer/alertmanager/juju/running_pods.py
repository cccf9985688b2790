"""Find the running pods, and ask them."""

from typing import List, Sequence, Tuple

from charms.layer.alertmanager.domain import pod_metrics
from charms.layer.alertmanager.domain.pod_metrics import PodMetrics
from charms.layer.alertmanager.domain.web_endpoint import WebEndpoint
from charms.layer.alertmanager.juju.alertmanager_api import Alertmanager, ask
from charms.layer.pod_spec import pod_host


def find_pods(
    application: str, namespace: str, endpoint: WebEndpoint, ordinals: Sequence[int]
) -> List[Alertmanager]:
    """Return an application's pods with these ordinals, ready to be asked."""
    return [
        Alertmanager.of(pod_host(application, ordinal, namespace), endpoint) for ordinal in ordinals
    ]


def read_metrics(asked: Sequence[Alertmanager]) -> List[Tuple[Alertmanager, PodMetrics]]:
    """Ask pods what they run; return those that answer, with what they say."""
    return [
        (pod, pod_metrics.read_metrics(answer))
        for pod, answer in zip(asked, ask(asked, Alertmanager.metrics))
        if isinstance(answer, str)
    ]


def reload(asked: Sequence[Alertmanager]) -> str:
    """Have pods read their configuration again; return what the first says that refuses, or ""."""
    answers = ask(asked, Alertmanager.reload)
    return next((answer for answer in answers if answer and isinstance(answer, str)), "")
