"""Under which names the pods of an application are reached inside the cluster.

Juju's own addresses will not do: private-address and ingress-address are the Service's, behind
which Alertmanager's clustering breaks, and pod addresses change without a hook. Names stay.
"""

from typing import Iterable

WEB_PORT = 9093
GOSSIP_PORT = 9094
CONTROLLERS_MODEL = "controller"
"""The one model whose namespace has another name than it: ``controller-NAME``, of the controller
(juju/juju caas/kubernetes/provider/bootstrap.go, DecideControllerNamespace)."""
NAMESPACE_FILE = "/var/run/secrets/kubernetes.io/serviceaccount/namespace"
"""Where Kubernetes tells an operator pod its namespace."""


def headless_name(application: str) -> str:
    """Name the Service that resolves to every pod, ready or not; Juju makes one per StatefulSet."""
    return f"{application}-endpoints"


def headless_host(application: str, namespace: str) -> str:
    """Name it so that other namespaces find it, whatever the cluster's domain is called."""
    return f"{headless_name(application)}.{namespace}.svc"


def pod_host(application: str, ordinal: int, namespace: str) -> str:
    """Name one pod of the StatefulSet; ordinal counts from 0."""
    return f"{application}-{ordinal}.{headless_host(application, namespace)}"


def ordinal_of(unit: str, units: Iterable[str]) -> int:
    """Tell which pod's name a unit publishes.

    unit: for example ``alertmanager/3``; units: all that live, in any order, this one included
    or not. Unit numbers need not be the pods' ordinals (juju/juju#15701), but
    as many units as pods, ranked by number, cover exactly the ordinals that there are.
    """
    return sorted({unit, *units}, key=number_of).index(unit)


def number_of(unit: str) -> int:
    """Read the number off a unit's name."""
    return int(unit.rpartition("/")[2])
