"""Under which names the pods of an application are reached, and which unit goes by which.

Juju's own addresses will not do where each pod matters: private-address and ingress-address are the
Service's, and pod addresses change without a hook. Names stay.
"""

from typing import Iterable, List

from charmhelpers.core import hookenv
from charms.layer.pod_spec.hook_tools import ToolError, run_tool

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
    return sorted({unit, *units}, key=_number_of).index(unit)


def read_living_units() -> List[str]:
    """Return the names of the units that are not being removed, this one among them; asks Juju."""
    units = hookenv.goal_state()["units"]
    living = {unit for unit, state in units.items() if state["status"] != "dying"}
    return sorted(living | {hookenv.local_unit()}, key=_number_of)


def read_namespace() -> str:
    """Return the Kubernetes namespace of this model's pods."""
    model = hookenv.model_name()
    if model != CONTROLLERS_MODEL:
        return model
    try:
        with open(NAMESPACE_FILE, encoding="utf-8") as file:
            return file.read().strip()
    except OSError:
        return model  # as Juju calls it, which is all that is known here


def has_pod_address() -> bool:
    """Tell whether Kubernetes has given this unit's pod an address; asks Juju."""
    try:
        return bool(run_tool("unit-get", "--format=json", "private-address").strip())
    except ToolError:
        return False


def _number_of(unit: str) -> int:
    return int(unit.rpartition("/")[2])
