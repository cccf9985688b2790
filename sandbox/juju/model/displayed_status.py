"""Which status people see, derived from what charm, agent and pod say (Juju 2.9:
core/status/caas.go, goal state).
"""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

from sandbox.juju.go_values import quote
from sandbox.juju.model.entities import Application, Model, Relation, Status, Unit

_SEVERITY = ("error", "blocked", "maintenance", "waiting", "active", "terminated", "unknown")
WAITING = "waiting for container"
HARMLESS = ("", "Completed", "ContainerCreating", "FailedMount", "PodInitializing", "Terminating")
TROUBLES = {
    "CrashLoopBackOff": "crash loop backoff",
    "ErrImagePull": "OCI image pull error",
    "Error": "container error",
}


def unit_status(unit: Unit, pod: Any | None) -> Status:
    """The workload status that ``juju status`` shows (UnitDisplayStatus).

    An active charm is not shown as active before its pod is ready. A pod in trouble puts the unit's
    agent into error, which shows over all that the charm says.
    """
    charm = unit.workload
    if unit.failed:
        return Status("error", unit.failed.message, unit.agent.since)
    if charm.state == "terminated":
        return charm
    trouble = pod_trouble(pod)
    if trouble:
        return Status("error", trouble, charm.since)
    if pod is None or not pod.ready:
        return _without_container(charm, unit.app.pod_spec is not None)
    return charm if _modified(charm) else Status("running", "", charm.since)


def pod_trouble(pod: Any | None) -> str:
    """What is wrong with a pod in Juju's words, "" if nothing is (provider/resources/pod.go)."""
    if pod is None or pod.ready or pod.reason in HARMLESS:
        return ""
    word = TROUBLES.get(pod.reason, f"unknown container reason {quote(pod.reason)}")
    return f"{word}: {pod.message}"


def _without_container(charm: Status, expected: bool) -> Status:
    if _modified(charm) and not (charm.state == "active" and expected):
        return charm
    return Status("waiting", WAITING if expected else charm.message, charm.since)


def _modified(charm: Status) -> bool:
    """Whether the charm has said anything yet."""
    return charm.state != "waiting" or charm.message not in (WAITING, "installing agent")


def application_status(app: Application, shown: dict[str, Status]) -> Status:
    """The application's status: a failed deployment, else what the leader set, else the worst of
    its units.

    shown: the displayed status of each unit.
    """
    if app.error:
        return Status("error", app.error)
    if app.status.state != "unset":
        return app.status
    ranks = {state: rank for rank, state in enumerate(_SEVERITY)}
    waiting = Status("waiting", "waiting for container")
    return min(shown.values(), key=lambda one: ranks.get(one.state, 99), default=waiting)


def goal_state(model: Model, app: Application) -> dict[str, Any]:
    """What ``goal-state`` prints: own units with self; the other side of every relation."""
    relations: dict[str, dict[str, Any]] = {}
    for relation in model.relations_of(app.name):
        other = model.applications[relation.remote(app.name).app]
        seen = relations.setdefault(relation.local(app.name).endpoint.name, {})
        seen[other.name] = {"status": _relation_state(relation), "since": _time(0)}
        seen.update(_goal_units(other))
    return {"units": _goal_units(app), "relations": relations}


def _relation_state(relation: Relation) -> str:
    if relation.life == "dying":
        return "broken"
    apps = {unit.split("/")[0] for unit in relation.scope}
    return "joined" if apps else "joining"


def _goal_units(app: Application) -> dict[str, Any]:
    return {
        unit.name: {
            "status": "dying" if unit.life == "dying" else unit.workload.state,
            "since": _time(unit.workload.since),
        }
        for unit in app.in_order()
        if unit.life != "dead"
    }


def _time(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, timezone.utc).strftime("%Y-%m-%d %H:%M:%SZ")
