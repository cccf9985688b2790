"""The running pods, as the charm's handlers see them: where they are, what they say, what is
remembered of it by all units.

What it takes to speak to pods is imported where it is needed: most hooks speak to none.
"""

from typing import TYPE_CHECKING, List, Tuple

from charmhelpers.core import hookenv
from charms.layer.alertmanager import addresses
from charms.layer.pod_spec import tools

if TYPE_CHECKING:
    from charms.layer import alertmanager_api as api
    from charms.layer.alertmanager import proof
    from charms.layer.alertmanager.served import Served


def namespace() -> str:
    """Return the Kubernetes namespace that the pods are in."""
    model = hookenv.model_name()
    if model != addresses.CONTROLLERS_MODEL:
        return model
    try:
        with open(addresses.NAMESPACE_FILE, encoding="utf-8") as file:
            return file.read().strip()
    except OSError:
        return model  # as Juju calls it, which is all that is known here


def living_units() -> List[str]:
    """Return the names of the units that are not on their way out, this one among them."""
    units = hookenv.goal_state()["units"]
    living = {unit for unit, state in units.items() if state["status"] != "dying"}
    return sorted(living | {hookenv.local_unit()}, key=addresses.number_of)


def ordinal() -> int:
    """Return the number of the pod whose name this unit goes by."""
    return addresses.ordinal_of(hookenv.local_unit(), living_units())


def own_pod_exists() -> bool:
    """Tell whether Kubernetes has given this unit's pod an address: else there is none to ask."""
    try:
        return bool(tools.run("unit-get", "--format=json", "private-address").strip())
    except tools.ToolError:
        return False


def pods(served: "Served", ordinals) -> "List[api.Alertmanager]":
    """Return the pods with these ordinals, ready to be asked."""
    from charms.layer import alertmanager_api as api

    application, inside = hookenv.application_name(), namespace()
    hosts = [addresses.pod_host(application, number, inside) for number in ordinals]
    return [api.Alertmanager.of(host, served) for host in hosts]


def states(asked: "List[api.Alertmanager]") -> "List[Tuple[api.Alertmanager, proof.PodState]]":
    """Ask pods what they run; return those that answer, with what they say."""
    from charms.layer import alertmanager_api as api
    from charms.layer.alertmanager import proof

    answers = api.ask(asked, api.Alertmanager.metrics)
    return [
        (pod, proof.read_metrics(answer))
        for pod, answer in zip(asked, answers)
        if isinstance(answer, str)
    ]


def refusal(asked: "List[api.Alertmanager]") -> str:
    """Have pods read their configuration again; return what the first one says that will not.

    Returns "" if none refuses.
    """
    from charms.layer import alertmanager_api as api

    for answer in api.ask(asked, api.Alertmanager.reload):
        if isinstance(answer, str) and answer:
            return answer
    return ""


def memory() -> "proof.Memory":
    """Return what the units remember in common; it outlives the operator's disk and any leader."""
    from charms.layer.alertmanager import proof

    told = hookenv.leader_get() or {}
    return proof.Memory(
        told.get("proven") or "", told.get("refused") or "", told.get("sentence") or ""
    )


def remember(**news: str) -> None:
    """Change what the units remember; only the leader may."""
    hookenv.leader_set(**news)
