"""The model as ``juju status``, ``show-unit`` and ``show-application`` tell it: plain dicts.

The keys are those of Juju 2.9's cmd/juju/status/formatted.go and cmd/juju/application/show*.go.
"""

from __future__ import annotations

import time
import uuid
from typing import Any

from sandbox.juju.controller import Controller
from sandbox.juju.model.applications import charm_url
from sandbox.juju.model.entities import Application, Relation, Status, Unit


def full_status(controller: Controller, apps: list[str] | None = None) -> dict[str, Any]:
    """Everything that ``juju status --format yaml`` shows, of these applications or units only."""
    model = controller.model
    wanted = {name.split("/")[0] for name in apps or model.applications}
    return {
        "model": {
            "name": model.name,
            "type": "caas",
            "controller": "sandbox",
            "cloud": "sandbox",
            "region": "localhost",
            "version": str(controller.juju_version),
            "model-status": _status(Status("available", notes(controller), model.began)),
            "sla": "unsupported",
        },
        "machines": {},
        "applications": {
            name: application(controller, app)
            for name, app in sorted(model.applications.items())
            if name in wanted and app.charm is not None
        },
        "controller": {"timestamp": time.strftime("%H:%M:%SZ", time.gmtime(controller.now))},
    }


def notes(controller: Controller) -> str:
    """What the cluster does differently from what was asked for, such as run another version."""
    told = {
        f"{app}: {pod.message}"
        for app in controller.model.applications
        for pod in controller.cluster.pods(app)
        if pod.message and not pod.reason
    }
    return "; ".join(sorted(told))


def application(controller: Controller, app: Application) -> dict[str, Any]:
    """One application with its units."""
    charm, address = app.charm, controller.service_address(app.name)
    shown = {
        "charm": _charm_url(controller, app),
        **_platform(controller, app),
        "charm-origin": "local",
        "charm-name": charm.name,
        "charm-rev": app.revision,
        "charm-version": charm.version,
        "scale": app.scale,
        "provider-id": address and str(uuid.uuid5(uuid.UUID(controller.model.uuid), app.name)),
        "address": address,
        "exposed": False,
        "life": "" if app.life == "alive" else app.life,
        "application-status": _status(controller.application_status(app)),
        "relations": _relations_of(controller, app),
        "units": {
            unit.name: unit_report(controller, unit)
            for unit in sorted(app.units.values(), key=lambda unit: unit.number)
        },
        "version": version(controller, app),
        "endpoint-bindings": dict.fromkeys(["", *sorted(app.endpoints)], "alpha"),
    }
    return _without_empty(shown, keep=("exposed", "charm-rev"))


def version(controller: Controller, app: Application) -> str:
    """What the charm said runs, else the first container's image."""
    for unit in sorted(app.units.values(), key=lambda unit: -unit.number):
        if unit.version:
            return unit.version
    if app.pod_spec is None:
        return ""
    container = controller.pod_spec(app.name)["containers"][0]
    return container.get("image") or container.get("imageDetails", {}).get("imagePath", "")


def unit_report(controller: Controller, unit: Unit) -> dict[str, Any]:
    """One unit. A failed hook is told by the workload's status; the agent is idle then."""
    agent = unit.agent
    if agent.state == "error":
        agent = Status("idle", "", agent.since)
    workload = _status(controller.status(unit.name))
    if unit.failed and unit.failed.hook.relation_id in controller.model.relations:
        relation = controller.model.relations[unit.failed.hook.relation_id]
        workload["message"] += f" for {relation.remote(unit.app.name)}"
    shown = {
        "workload-status": workload,
        "juju-status": dict(_status(agent), version=str(controller.juju_version)),
        "leader": unit.app.leader == unit.name,
        "open-ports": open_ports(controller, unit),
        "address": controller.pod_address(unit),
        "provider-id": unit.pod,
    }
    return _without_empty(shown)


def open_ports(controller: Controller, unit: Unit) -> list[str]:
    """The ports that the pod's containers declare, once there is a pod."""
    if unit.app.pod_spec is None or controller.pod_of(unit) is None:
        return []
    return [
        f"{port['containerPort']}/{port.get('protocol') or 'TCP'}"
        for container in controller.pod_spec(unit.app.name)["containers"]
        for port in container.get("ports") or ()
    ]


def show_unit(controller: Controller, unit: Unit) -> dict[str, Any]:
    """One unit with the bags of its relations, as ``juju show-unit`` has it."""
    relations = [
        _relation_info(relation, unit) for relation in controller.model.relations_of(unit.app.name)
    ]
    shown = {
        "workload-version": unit.version,
        "opened-ports": [],
        "charm": _charm_url(controller, unit.app),
        "leader": unit.app.leader == unit.name,
        "life": unit.life,
        "relation-info": relations,
        "provider-id": unit.pod,
        "address": controller.pod_address(unit),
    }
    return _without_empty(shown, keep=("opened-ports", "leader"))


def relations(controller: Controller) -> list[list[str]]:
    """The rows of ``juju status --relations``: who provides what to whom, and how it stands."""
    rows = []
    for relation in controller.model.relations.values():
        ends = {end.endpoint.role: end for end in relation.ends}
        interface = ends["provider"].endpoint.interface
        message = "" if relation.scope else "joining"
        shown = message if relation.life == "alive" else "broken"
        rows.append([str(ends["provider"]), str(ends["requirer"]), interface, "regular", shown])
    return sorted(rows)


def _relation_info(relation: Relation, unit: Unit) -> dict[str, Any]:
    remote = relation.remote(unit.app.name)
    app_bag = relation.apps.get(remote.app)
    return {
        "relation-id": relation.id,
        "endpoint": relation.local(unit.app.name).endpoint.name,
        "related-endpoint": remote.endpoint.name,
        "application-data": dict(app_bag.settings) if app_bag else {},
        "local-unit": _bag(relation, unit.name),
        "related-units": {name: _bag(relation, name) for name in relation.remote_units(unit)},
    }


def _bag(relation: Relation, unit: str) -> dict[str, Any]:
    bag = relation.units.get(unit)
    in_scope = unit in relation.scope
    return {"in-scope": in_scope, "data": dict(sorted(bag.settings.items())) if bag else {}}


def _charm_url(controller: Controller, app: Application) -> str:
    return charm_url(controller.juju_version, app.charm, app.base, app.revision)


def _platform(controller: Controller, app: Application) -> dict[str, Any]:
    """What an application runs on: a series in 2.9, a base in 3."""
    base = app.base
    if controller.juju_version.since(3):
        return {"base": {"name": base.name, "channel": base.track}}
    return {"series": base.series, "os": base.name}


def _relations_of(controller: Controller, app: Application) -> dict[str, list[Any]]:
    """Who is related on each endpoint: names in 2.9, mappings in 3 (cmd/juju/status/formatted)."""
    related: dict[str, list[Any]] = {}
    relations = controller.model.relations_of(app.name)
    for relation in sorted(relations, key=lambda one: one.remote(app.name).app):
        endpoint, remote = relation.local(app.name).endpoint, relation.remote(app.name).app
        told = {"related-application": remote, "interface": endpoint.interface, "scope": "global"}
        in_words = told if controller.juju_version.since(3) else remote
        related.setdefault(endpoint.name, []).append(in_words)
    return dict(sorted(related.items()))


def _status(status: Status) -> dict[str, str]:
    shown = {"current": status.state, "message": status.message, "since": _time(status.since)}
    return _without_empty(shown, keep=("message",)) if status.message else _without_empty(shown)


def _time(seconds: float) -> str:
    """As Go prints it: Z stands for UTC."""
    shown = time.strftime("%d %b %Y %H:%M:%S%z", time.localtime(seconds))
    zone = shown[-5:]
    return shown[:-5] + ("Z" if zone == "+0000" else f"{zone[:3]}:{zone[3:]}")


def _without_empty(shown: dict[str, Any], keep: tuple = ()) -> dict[str, Any]:
    return {key: value for key, value in shown.items() if value or key in keep}
