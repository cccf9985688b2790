"""Storage as ``juju status`` tells it (cmd/juju/storage)."""

from __future__ import annotations

import time
from typing import Any

from sandbox.juju.controller import Controller
from sandbox.juju.model.entities import Unit
from sandbox.kubernetes.objects import storage_of


def storage(controller: Controller) -> dict[str, Any]:
    """The storages of all units and the filesystems that they are, {} if there is none."""
    told: dict[str, Any] = {"storage": {}, "filesystems": {}}
    since = time.strftime("%d %b %Y %H:%M:%SZ", time.gmtime(controller.model.began))
    for number, (unit, name, size) in enumerate(_instances(controller)):
        location = unit.app.charm.storage_location(name)
        status = {"current": "attached", "since": since}
        units = {unit.name: {"location": location, "life": "alive"}}
        told["storage"][name] = {
            "kind": "filesystem",
            "life": "alive",
            "status": status,
            "persistent": False,
            "attachments": {"units": units},
        }
        mounted = {"mount-point": location, "read-only": False, "life": "alive"}
        told["filesystems"][str(number)] = {
            "provider-id": f"{name.replace('/', '-')}-{unit.pod}",
            "storage": name,
            "attachments": {"containers": {unit.name: mounted}, "units": units},
            "pool": "kubernetes",
            "size": size,
            "life": "alive",
            "status": status,
        }
    return told if told["storage"] else {}


def rows(controller: Controller) -> list[list[str]]:
    """The rows of ``juju status --storage``, none if there is no storage."""
    heading = [
        "Storage Unit",
        "Storage ID",
        "Type",
        "Pool",
        "Mountpoint",
        "Size",
        "Status",
        "Message",
    ]
    found = []
    for unit, name, size in _instances(controller):
        shown = f"{size / 1024:.1f} GiB" if size >= 1024 else f"{size} MiB"
        place = unit.app.charm.storage_location(name)
        found.append([unit.name, name, "filesystem", "kubernetes", place, shown, "attached", ""])
    return [heading, *found] if found else []


def _instances(controller: Controller) -> list[tuple[Unit, str, int]]:
    """Each unit's storages by name, and their sizes in MiB."""
    sizes = {
        app.name: {one.name: one.size for one in storage_of(app.charm.metadata)}
        for app in controller.model.applications.values()
        if app.charm is not None
    }
    return [
        (unit, name, sizes[unit.app.name][name.partition("/")[0]])
        for unit in controller.units()
        for name in sorted(unit.storage)
    ]
