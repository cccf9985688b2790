"""What the controller remembers: applications, units, relations. Data only; nothing here
decides.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import Any, Dict, NamedTuple

from sandbox.juju.model.charm import Base, Charm, Endpoint

Settings = Dict[str, str]


class Hook(NamedTuple):
    """One hook to run, as Juju's hook.Info; ``name`` is what the charm's file is called."""

    kind: str
    name: str
    relation_id: int | None = None
    remote_unit: str = ""
    remote_app: str = ""
    departing_unit: str = ""
    change_version: int = 0
    storage_id: str = ""


@dataclass
class Status:
    """A status with its message; ``since`` is the controller's clock in seconds."""

    state: str
    message: str = ""
    since: float = 0.0


@dataclass
class Bag:
    """One side's settings in one relation, and how often they changed."""

    settings: Settings = field(default_factory=dict)
    version: int = 0

    def replace(self, settings: Settings) -> None:
        """Stores ``settings``; an equal set is no change, as in Juju's settings documents."""
        if settings != self.settings:
            self.settings = dict(settings)
            self.version += 1


class End(NamedTuple):
    """One end of a relation: which application, which of its endpoints."""

    app: str
    endpoint: Endpoint

    def __str__(self) -> str:
        return f"{self.app}:{self.endpoint.name}"


def relation_key(ends: tuple[End, ...]) -> str:
    """How Juju names a relation: the requirer first."""
    ordered = sorted(ends, key=lambda end: (end.endpoint.role != "requirer", str(end)))
    return " ".join(map(str, ordered))


@dataclass
class Relation:
    """A relation between two applications."""

    id: int
    ends: tuple[End, ...]
    life: str = "alive"
    units: dict[str, Bag] = field(default_factory=dict)
    """Bags of every unit that ever was in the relation: Juju keeps them readable."""
    scope: set[str] = field(default_factory=set)
    """The units that are in the relation now."""
    apps: dict[str, Bag] = field(default_factory=dict)

    def local(self, app: str) -> End:
        """The end of ``app``."""
        return next(end for end in self.ends if end.app == app)

    def remote(self, app: str) -> End:
        """The end opposite to ``app``."""
        return next(end for end in self.ends if end.app != app)

    def remote_units(self, unit: Unit) -> list[str]:
        """The units that ``unit`` sees on the other side, sorted."""
        other = self.remote(unit.app.name).app
        return sorted(u for u in self.scope if u.split("/")[0] == other)

    def label(self, app: str) -> str:
        """The id as a charm of ``app`` sees it, for example ``prometheus:3``."""
        return f"{self.local(app).endpoint.name}:{self.id}"


@dataclass
class RelationView:
    """How far one unit has followed one relation (Juju: worker/uniter/relation/state.go)."""

    created: bool = False
    members: dict[str, int] = field(default_factory=dict)
    apps: dict[str, int] = field(default_factory=dict)
    changed_pending: str = ""
    cache: dict[str, Settings] = field(default_factory=dict)
    """Remote members' settings as last read: a charm sees news only in their -changed hook."""


@dataclass
class Failure:
    """A hook that failed and waits for its retry."""

    hook: Hook
    message: str
    delay: float
    retry_at: float


@dataclass
class Action:
    """One run of an action, or of the shell lines ``command`` in the operator."""

    id: str
    name: str
    params: dict[str, Any]
    unit: str
    enqueued: float
    command: str | None = None
    started: float | None = None
    completed: float | None = None
    status: str = "pending"
    message: str = ""
    results: dict[str, Any] = field(default_factory=dict)
    log: list[str] = field(default_factory=list)


class Image(NamedTuple):
    """An oci-image resource."""

    path: str
    username: str = ""
    password: str = ""

    def __repr__(self) -> str:
        return f"Image({self.path!r})"


@dataclass
class Unit:
    """A unit and how far its agent has come."""

    app: Application
    number: int
    workload: Status
    agent: Status
    life: str = "alive"
    forced_at: float | None = None
    """When the unit goes whether its hooks have run or not."""
    installed: bool = False
    started: bool = False
    stopped: bool = False
    removed: bool = False
    status_set: bool = False
    """Whether the charm has ever set its status."""
    leader: bool = False
    """Whether the unit has noticed that it leads; who leads is ``Application.leader``."""
    leader_settings_seen: int = 0
    config_seen: dict[str, Any] | None = None
    addresses_seen: str | None = None
    modified_seen: int = 0
    update_status: bool = False
    queued: Hook | None = None
    failed: Failure | None = None
    relations: dict[int, RelationView] = field(default_factory=dict)
    storage: dict[str, bool] = field(default_factory=dict)
    """Storage ids, and whether their -attached hook has run."""
    actions: deque[Action] = field(default_factory=deque)
    version: str = ""
    pod: str | None = None

    @property
    def name(self) -> str:
        """For example ``alertmanager/0``."""
        return f"{self.app.name}/{self.number}"

    @property
    def tag(self) -> str:
        """For example ``unit-alertmanager-0``."""
        return f"unit-{self.app.name}-{self.number}"


@dataclass
class Application:
    """An application; ``charm`` is None for the other side of a relation that a test plays."""

    name: str
    charm: Charm | None
    endpoints: dict[str, Endpoint]
    scale: int
    status: Status
    life: str = "alive"
    units: dict[str, Unit] = field(default_factory=dict)
    next_number: int = 0
    leader: str | None = None
    leader_settings: Settings = field(default_factory=dict)
    leader_settings_version: int = 1
    config: dict[str, Any] = field(default_factory=dict)
    resources: dict[str, Image] = field(default_factory=dict)
    base: Base | None = None
    """What it was deployed on; None without a charm."""
    revision: int = 0
    modified_version: int = 0
    """Grows with every refresh and attached resource (Juju: CharmModifiedVersion)."""
    pod_spec: str | None = None
    applied: tuple | None = None
    error: str = ""
    """Why the last pod spec could not be deployed."""

    def in_order(self) -> list[Unit]:
        """Its units by number."""
        return sorted(self.units.values(), key=lambda unit: unit.number)

    def settings(self) -> dict[str, Any]:
        """Every option with the value in force, None where there is none."""
        values = {name: option.default for name, option in self.charm.options.items()}
        values.update(self.config)
        return values


class LogLine(NamedTuple):
    """One line of ``juju debug-log``."""

    time: float
    entity: str
    level: str
    module: str
    message: str


@dataclass
class Model:
    """The whole model. ``name`` is the Kubernetes namespace too."""

    name: str
    uuid: str
    began: float = 0.0
    applications: dict[str, Application] = field(default_factory=dict)
    relations: dict[int, Relation] = field(default_factory=dict)
    next_relation: int = 0
    log: list[LogLine] = field(default_factory=list)
    actions: dict[str, Action] = field(default_factory=dict)
    proxy: dict[str, str] = field(default_factory=dict)
    """The model's proxy for charms: HTTP_PROXY, HTTPS_PROXY, FTP_PROXY, NO_PROXY."""

    def unit(self, name: str) -> Unit | None:
        """The unit of that name."""
        app = self.applications.get(name.split("/", maxsplit=1)[0])
        return app.units.get(name) if app else None

    def relations_of(self, app: str) -> list[Relation]:
        """The relations of an application, oldest first."""
        return [r for r in self.relations.values() if any(end.app == app for end in r.ends)]
