"""What one hook may read and write while it runs.

Reads are taken once and kept for the hook. Writes are of two kinds (Juju 2.9:
worker/uniter/runner/context/context.go): relation settings and the pod spec wait in
a buffer that ``commit`` hands over in one go when the hook has succeeded; statuses, leader
settings, the version and log lines take effect at once.
"""

from __future__ import annotations

from typing import Any

from sandbox.juju.go_values import quote
from sandbox.juju.juju_errors import JujuError
from sandbox.juju.model.applications import Applications
from sandbox.juju.model.entities import Action, Bag, Hook, Relation, Settings, Status, Unit
from sandbox.juju.model.model_state import parse_pod_spec

API_ADDRESS = "127.0.0.1:17070"
"""Where a charm is told that the controller is; nothing answers there."""
NOT_LEADER = "this unit is not the leader"


class RelationContext:
    """One relation as one hook sees it: its members, their cached settings, own settings with
    pending changes.
    """

    def __init__(self, unit: Unit, relation: Relation, hook: Hook | None) -> None:
        self._unit = unit
        self._relation = relation
        self._cache = unit.relations[relation.id].cache
        self._others: dict[str, Settings] = {}
        self._apps: dict[str, Settings] = {}
        self._own: dict[bool, Settings] = {}
        self.members = set(unit.relations[relation.id].members)
        self.name = relation.local(unit.app.name).endpoint.name
        self.label = relation.label(unit.app.name)
        self.remote_app = relation.remote(unit.app.name).app
        if hook and hook.relation_id == relation.id and hook.remote_unit:
            self._prepare(hook)

    def _prepare(self, hook: Hook) -> None:
        """The unit that the hook is about joins or leaves the list first; what was read of it is
        forgotten.
        """
        self._cache.pop(hook.remote_unit, None)
        if hook.kind == "relation-departed":
            self.members.discard(hook.remote_unit)
        else:
            self.members.add(hook.remote_unit)

    def own(self, app: bool) -> Settings:
        """The unit's or (``app``) the application's settings, to read and to change."""
        if app not in self._own:
            self._own[app] = dict(self._own_bag(app).settings)
        return self._own[app]

    def _own_bag(self, app: bool) -> Bag:
        bags = self._relation.apps if app else self._relation.units
        return bags.setdefault(self._unit.app.name if app else self._unit.name, Bag())

    def read(self, name: str, app: bool) -> Settings:
        """Somebody's settings, as the hook may know them; JujuError where Juju denies them."""
        if app:
            return self._read_app(name)
        cache = self._cache if name in self.members else self._others
        if name not in cache:
            if name not in self._relation.units:
                raise JujuError("permission denied")
            cache[name] = dict(self._relation.units[name].settings)
        return cache[name]

    def _read_app(self, name: str) -> Settings:
        """An application's settings. A follower may not read its own application's."""
        if name != self.remote_app:
            raise JujuError("permission denied")
        if name not in self._apps:
            bag = self._relation.apps.get(name)
            self._apps[name] = dict(bag.settings) if bag else {}
        return self._apps[name]

    def refresh_network(self, settings: Settings) -> None:
        """Brings the addresses that Juju itself writes up to date, under what the charm set in
        this hook.
        """
        stale = self._own_bag(False).settings
        for key, value in settings.items():
            if self.own(False).get(key) == stale.get(key):
                self.own(False)[key] = value

    def commit(self) -> None:
        """Hands over what the hook set."""
        for app, settings in self._own.items():
            self._own_bag(app).replace(settings)


class HookContext:
    """The state behind the hook tools during one hook or one action."""

    def __init__(
        self, state: Applications, unit: Unit, hook: Hook | None, action: Action | None
    ) -> None:
        self._leads = True
        self._status: Status | None = None
        self._config: dict[str, Any] | None = None
        self._spec: str | None = None
        self.state = state
        self.unit = unit
        self.hook = hook
        self.action = action
        self.action_failed = False
        self.status_set = False
        relations = state.model.relations
        self.relations = {
            number: RelationContext(unit, relations[number], hook) for number in unit.relations
        }

    # -- reads -------------------------------------------------------------------------------------

    @property
    def relation(self) -> RelationContext | None:
        """The relation that the hook is about."""
        return self.relations.get(self.hook.relation_id) if self.hook else None

    def config(self) -> dict[str, Any]:
        """Every option, None where it has no value."""
        if self._config is None:
            self._config = self.unit.app.settings()
        return self._config

    def leads(self) -> bool:
        """Whether the unit leads; once it does not, it does not for the rest of the hook."""
        self._leads = self._leads and self.unit.app.leader == self.unit.name
        return self._leads

    def status(self) -> Status:
        """The unit's status, as it was when the hook first asked."""
        if self._status is None:
            self._status = self.unit.workload
        return self._status

    def download_resource(self, name: str) -> str:
        """Path of the resource's file, written anew on every call; JujuError if there is none."""
        app, uuid = self.unit.app, self.state.model.uuid
        address = f"https://{API_ADDRESS}/model/{uuid}/units/{self.unit.tag}/resources/{name}"
        problem = f"HTTP request failed: Get {address}:"
        if app.life != "alive":
            # Juju removes the resources when it makes the application dying (state/application.go,
            # destroyOps; state/resources.go, verifyApplication).
            raise JujuError(f"{problem} application {quote(app.name)} dying or dead")
        if name not in app.resources:
            raise JujuError(f"{problem} resource#{app.name}/{name} not found")
        return self.state.operator.write_image(self.unit, app.resources[name])

    # -- immediate writes --------------------------------------------------------------------------

    def log(self, level: str, message: str) -> None:
        """One line from the charm for debug-log."""
        prefix = f"{self.relation.label}: " if self.relation else ""
        self.state.log(self.unit, level, "juju-log", prefix + message)

    def set_status(self, state: str, message: str) -> None:
        """The unit's status."""
        self.status_set = True
        self.unit.workload = Status(state, message, self.state.now)

    def set_leader_settings(self, settings: Settings) -> None:
        """Changes the settings that all units may read; leader only."""
        if not self.leads():
            raise JujuError("cannot write settings: not the leader")
        app = self.unit.app
        merged = {**app.leader_settings, **settings}
        merged = {key: value for key, value in merged.items() if value}
        if merged != app.leader_settings:
            app.leader_settings = merged
            app.leader_settings_version += 1

    # -- buffered writes ---------------------------------------------------------------------------

    def set_spec(self, text: str) -> None:
        """The pod spec. Leadership is checked first, then the text, at once."""
        if not self.leads():
            message = (
                f"{quote(self.unit.name)} is not the leader but is setting application k8s spec"
            )
            self.state.log(self.unit, "ERROR", "juju.worker.uniter.context", message)
            raise JujuError(NOT_LEADER)
        parse_pod_spec(text)
        self._spec = text

    # -- the end -----------------------------------------------------------------------------------

    def commit(self, process: str) -> None:
        """Hands the buffer over, all of it or, with a JujuError, none."""
        if process == "config-changed":
            addresses = self.state.address_settings(self.unit.app.name)
            for relation in self.relations.values():
                relation.refresh_network(addresses)
        if self._spec is not None and not self.leads():
            raise JujuError(NOT_LEADER)
        for relation in self.relations.values():
            relation.commit()
        if self._spec is not None:
            self.unit.app.pod_spec = self._spec
        if self._spec is not None or (process == "upgrade-charm" and self.leads()):
            # Only then Juju looks for another spec, charm or resource (2.9 runner/context.go).
            self.state.provision(self.unit.app)
