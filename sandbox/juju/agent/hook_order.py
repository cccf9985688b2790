"""What a unit's agent does next, and what it remembers of it afterwards.

The order of checks is that of Juju 2.9's worker/uniter: resolver.go, relation/resolver.go,
leadership/resolver.go, storage/resolver.go and operation/runhook.go. Each of them compares what the
unit has acted on with what is so now.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from sandbox.juju.model.entities import Action, Hook, Relation, RelationView, Unit
from sandbox.juju.model.model_state import ModelState
from sandbox.juju.model.relations import enter_scope, leave_scope


class Observation(NamedTuple):
    """What there was when a hook began: if it succeeds, the unit has acted on this and no more."""

    config: dict[str, Any]
    addresses: str
    leader_settings: int
    modified: int


class Operation(NamedTuple):
    """The next step of a unit: ``kind`` is hook, action, upgrade, accept-leadership,
    resign-leadership or die. A hook comes with what is ``seen``.
    """

    kind: str
    hook: Hook | None = None
    action: Action | None = None
    seen: Observation | None = None


class HookOrder:
    """Decides for every unit of a model."""

    def __init__(self, state: ModelState) -> None:
        self._state = state
        self._model = state.model

    def next_operation(self, unit: Unit, now: float) -> Operation | None:
        """What is due now, None if nothing is."""
        if unit.life == "dead":
            return None
        if unit.life == "dying" and unit.forced_at is not None and unit.forced_at <= now:
            return Operation("die")
        idle = unit.queued is None and unit.failed is None
        if unit.installed and unit.life == "alive" and idle:
            self._enter_scopes(unit)
            for relation_id, view in sorted(unit.relations.items()):
                relation = self._model.relations[relation_id]
                if relation.life == "alive" and not view.created:
                    return self._hook(unit, self._relation_hook(unit, relation, "relation-created"))
        return self._leadership(unit, idle) or self._in_turn(unit, now, idle)

    def _in_turn(self, unit: Unit, now: float, idle: bool) -> Operation | None:
        if unit.actions and unit.queued is None and self._state.pod_runs(unit):
            return Operation("action", action=unit.actions[0])
        if idle:
            operation = self._storage(unit)
            if operation:
                return operation
        if unit.failed:
            # nothing but the failed hook, when its time has come
            return self._hook(unit, unit.failed.hook) if unit.failed.retry_at <= now else None
        if unit.queued and unit.queued.kind != "install":
            return self._hook(unit, unit.queued)
        if unit.life == "dying":
            return self._teardown(unit)
        return self._alive(unit)

    def _leadership(self, unit: Unit, idle: bool) -> Operation | None:
        if not unit.installed:
            return None
        leads = unit.app.leader == unit.name
        dying = unit.life == "dying"
        if leads and not unit.leader and idle and not dying:
            return Operation("accept-leadership")
        if unit.leader and (not leads or dying):
            return Operation("resign-leadership")
        news = unit.leader_settings_seen != unit.app.leader_settings_version
        if idle and not unit.leader and not dying and news:
            return self._hook(unit, Hook("leader-settings-changed", "leader-settings-changed"))
        return None

    def _storage(self, unit: Unit) -> Operation | None:
        """On Kubernetes storage is attached after start, unlike on machines."""
        if not unit.started:
            return None
        for storage_id, attached in sorted(unit.storage.items()):
            name = storage_id.split("/")[0]
            if unit.life == "alive" and not attached:
                kind = "storage-attached"
            elif unit.life == "dying" and attached:
                kind = "storage-detaching"
            else:
                continue
            return self._hook(unit, Hook(kind, f"{name}-{kind}", storage_id=storage_id))
        return None

    def _teardown(self, unit: Unit) -> Operation:
        hook = self._next_relation_hook(unit)
        if hook is None and unit.started and not unit.stopped:
            hook = Hook("stop", "stop")
        elif hook is None and unit.installed and not unit.removed:
            hook = Hook("remove", "remove")
        return self._hook(unit, hook) if hook else Operation("die")

    def _alive(self, unit: Unit) -> Operation | None:
        if not unit.installed:
            return self._hook(unit, Hook("install", "install"))
        if unit.modified_seen != unit.app.modified_version:
            return Operation("upgrade")
        if (unit.config_seen, unit.addresses_seen) != self.observe(unit)[:2]:
            return self._hook(unit, Hook("config-changed", "config-changed"))
        hook = self._next_relation_hook(unit)
        if hook is None and unit.update_status:
            hook = Hook("update-status", "update-status")
        return self._hook(unit, hook) if hook else None

    def _hook(self, unit: Unit, hook: Hook) -> Operation:
        return Operation("hook", hook=hook, seen=self.observe(unit))

    def observe(self, unit: Unit) -> Observation:
        """What a hook that begins now acts on."""
        app = unit.app
        return Observation(
            app.settings(),
            self._state.service_address(app.name),
            app.leader_settings_version,
            app.modified_version,
        )

    # -- relations ---------------------------------------------------------------------------------

    def _enter_scopes(self, unit: Unit) -> None:
        for relation in self._model.relations_of(unit.app.name):
            endpoint = relation.local(unit.app.name).endpoint
            known = relation.id in unit.relations or endpoint.name not in unit.app.charm.endpoints
            if relation.life == "alive" and not known:
                unit.relations[relation.id] = RelationView()
                enter_scope(relation, unit.name, self._state.address_settings(unit.app.name))

    def _relation_hook(self, unit: Unit, relation: Relation, kind: str, **facts) -> Hook:
        end = relation.local(unit.app.name)
        facts.setdefault("remote_app", relation.remote(unit.app.name).app)
        return Hook(kind, f"{end.endpoint.name}-{kind}", relation_id=relation.id, **facts)

    def _next_relation_hook(self, unit: Unit) -> Hook | None:
        if unit.life == "alive":
            self._enter_scopes(unit)
        for relation_id, view in sorted(unit.relations.items()):
            relation = self._model.relations[relation_id]
            hook = self._hook_of_relation(unit, relation, view)
            if hook:
                return hook
        return None

    def _hook_of_relation(self, unit: Unit, relation: Relation, view: RelationView) -> Hook | None:
        """One relation's next hook: the same five questions, in the same order, as
        nextHookForRelation.
        """
        broken = unit.life != "alive" or relation.life != "alive"
        members = (
            {} if broken else {u: relation.units[u].version for u in relation.remote_units(unit)}
        )

        def hook(kind: str, member: str, **facts) -> Hook:
            facts.setdefault("change_version", members.get(member, view.members.get(member, 0)))
            return self._relation_hook(unit, relation, kind, remote_unit=member, **facts)

        if view.changed_pending:
            return hook("relation-changed", view.changed_pending)
        for member in sorted(view.members):
            if member not in members:
                return hook("relation-departed", member, departing_unit=_departing(unit, member))
        if broken:
            return self._relation_hook(unit, relation, "relation-broken")
        for app, bag in sorted(relation.apps.items()):
            other = relation.remote(unit.app.name).app
            if app == other and view.apps.get(app, 0) != bag.version:
                return hook("relation-changed", "", remote_app=app, change_version=bag.version)
        return self._news_of_members(hook, view, members)

    def _news_of_members(self, hook, view: RelationView, members: dict[str, int]) -> Hook | None:
        for member in sorted(members):
            if member not in view.members:
                return hook("relation-joined", member)
        for member in sorted(members):
            if members[member] != view.members[member]:
                return hook("relation-changed", member)
        return None

    # -- after a hook ------------------------------------------------------------------------------

    def commit(self, unit: Unit, operation: Operation) -> None:
        """Records that the hook of ``operation`` has succeeded, and queues what must follow it
        directly.
        """
        hook = operation.hook
        unit.failed = None
        unit.queued = None
        if hook.relation_id is not None:
            self._relation_committed(unit, hook)
        elif hook.kind == "install":
            unit.installed = True
            unit.modified_seen = operation.seen.modified
        elif hook.kind == "config-changed":
            unit.config_seen = operation.seen.config
            unit.addresses_seen = operation.seen.addresses
            if not unit.started:
                unit.queued = Hook("start", "start")
        elif hook.kind == "upgrade-charm":
            unit.queued = Hook("config-changed", "config-changed")
        elif hook.kind == "leader-settings-changed":
            unit.leader_settings_seen = operation.seen.leader_settings
        elif hook.kind == "update-status":
            unit.update_status = False
        elif hook.storage_id:
            _storage_committed(unit, hook)
        elif hook.kind in ("start", "stop", "remove"):
            unit.started = unit.started or hook.kind == "start"
            unit.stopped = unit.stopped or hook.kind == "stop"
            unit.removed = unit.removed or hook.kind == "remove"

    def _relation_committed(self, unit: Unit, hook: Hook) -> None:
        view = unit.relations[hook.relation_id]
        if hook.kind == "relation-created":
            view.created = True
        elif hook.kind == "relation-broken":
            relation = self._model.relations[hook.relation_id]
            del unit.relations[hook.relation_id]
            leave_scope(self._model, relation, [unit.name])
        elif hook.kind == "relation-departed":
            del view.members[hook.remote_unit]
            view.cache.pop(hook.remote_unit, None)
        elif hook.remote_unit:
            view.members[hook.remote_unit] = hook.change_version
            joined = hook.kind == "relation-joined"
            view.changed_pending = hook.remote_unit if joined else ""
        else:
            view.apps[hook.remote_app] = hook.change_version


def _storage_committed(unit: Unit, hook: Hook) -> None:
    unit.storage[hook.storage_id] = True
    if hook.kind == "storage-detaching":
        del unit.storage[hook.storage_id]


def _departing(unit: Unit, member: str) -> str:
    local_stays = unit.life == "alive" and unit.app.life == "alive"
    return member if local_stays else unit.name
