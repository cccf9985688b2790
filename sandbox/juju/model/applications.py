"""What the ``juju`` commands do to the model. Nothing here runs a hook: the agents notice by
themselves.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Callable, Union

from sandbox.juju.agent.next_operation import bury, enter_scope, leave_scope
from sandbox.juju.go_values import quote
from sandbox.juju.juju_errors import JujuError
from sandbox.juju.juju_version import Version
from sandbox.juju.model.action_schema import check_action
from sandbox.juju.model.charm import Charm, Endpoint, check_application_name
from sandbox.juju.model.entities import (
    Action,
    Application,
    End,
    Image,
    Relation,
    Status,
    Unit,
    relation_key,
)
from sandbox.juju.model.series_and_bases import (
    Asked,
    Platform,
    check_refresh,
    check_refreshed,
    check_unified,
    choose,
    choose_in_bundle,
)

ResourceLike = Union[str, Image]
DEPRECATED = "podspec charms are deprecated. Support for them will be removed soon."
FORCE_AFTER = 60.0
"""Seconds that Juju gives units to stop when they are removed with --force and not --no-wait."""
IN_OPERATOR = {"workload-context": False}
_FIXED = {
    "deployment": ("deployment info for services", "deployment info"),
    "storage": ("storage on a statefulset", "storage declarations"),
    "devices": ("node selectors (configured from charm devices)", "device declarations"),
}


class Commands:
    """The verbs of ``Controller``. Every one checks first and changes then, or raises JujuError."""

    # -- applications ------------------------------------------------------------------------------

    def deploy(
        self,
        charm_dir: str | Path,
        app: str | None = None,
        resources: dict[str, ResourceLike] | None = None,
        units: int = 1,
        config: dict[str, Any] | None = None,
        *,
        asked: Asked | None = None,
        tell: Callable[[str], object] = str,
    ) -> Application:
        """``juju deploy`` of a folder: an application named like its charm unless ``app`` is given.

        asked: the series or base to run on. tell: called with each line that Juju prints meanwhile,
        some of them before the controller refuses.
        """
        with self.lock:
            charm = Charm.read(charm_dir)
            name = app or charm.name
            platform = choose(self.juju_version, charm, asked or Asked())
            self._check_images(charm, resources or {})
            self._check_version(charm)
            tell(f"Located local charm {quote(charm.name)}, revision 0")
            if self.juju_version.since(3, 2):
                tell(f"WARNING deploying podspec charm {quote(charm.name)}: {DEPRECATED}")
            self._check_resources(charm, resources or {})
            where = str(platform.base) if self.juju_version.since(3) else platform.series
            local = f"local charm {quote(charm.name)}, revision 0"
            tell(f"Deploying {quote(name)} from {local} on {where}")
            check_unified(self.juju_version, platform.series, platform.base, platform.series)
            return self._deploy(
                charm, name, platform, resources=resources or {}, units=units, config=config or {}
            )

    def deploy_from_bundle(
        self,
        charm_dir: str | Path,
        app: str,
        *,
        series: str = "",
        force: bool = False,
        **more: Any,
    ) -> Application:
        """One application of a bundle with ``bundle: kubernetes``.

        series: what the bundle says of it. more: ``resources``, ``units`` and ``config``.
        """
        with self.lock:
            charm = Charm.read(charm_dir)
            self._check_version(charm)
            platform = choose_in_bundle(self.juju_version, charm, series, force)
            return self._deploy(charm, app, platform, **more)

    def _deploy(
        self,
        charm: Charm,
        name: str,
        platform: Platform,
        *,
        resources: dict[str, ResourceLike],
        units: int,
        config: dict[str, Any],
    ) -> Application:
        self._check_new_application(name)
        images = self._check_resources(charm, resources)
        self._check_images(charm, resources)
        settings = _coerce(charm, config)
        charm = self.operator.keep(charm, name, 0)
        application = Application(name, charm, charm.endpoints, units, Status("unset"))
        application.config, application.resources = settings, images
        application.platform = platform
        self.model.applications[name] = application
        self._add_peer_relations(application)
        self._add_units(application, units)
        self._notify()
        return application

    def _check_images(self, charm: Charm, given: dict[str, ResourceLike]) -> None:
        missing = [name for name in charm.resources if name not in given]
        if missing:
            raise JujuError(f"local charm missing OCI images for: {', '.join(missing)}")

    def _check_new_application(self, name: str) -> None:
        check_application_name(name)
        if name in self.model.applications:
            raise JujuError(f"cannot add application {quote(name)}: application already exists")

    def _check_version(self, charm: Charm) -> None:
        if not self.juju_version.since(*charm.min_juju_version):
            wanted = ".".join(str(number) for number in charm.min_juju_version)
            raise JujuError(
                f"charm's min version ({wanted}) is higher than this juju model's version"
                f" ({self.juju_version})"
            )

    def _check_resources(self, charm: Charm, given: dict[str, ResourceLike]) -> dict[str, Image]:
        for name in given:
            if name not in charm.resources:
                raise JujuError(f"unrecognized resource {quote(name)}")
        return {
            name: image if isinstance(image, Image) else Image(image)
            for name, image in given.items()
        }

    def refresh(
        self,
        app: str,
        charm_dir: str | Path,
        resources: dict[str, ResourceLike] | None = None,
        force: bool = False,
        *,
        force_series: bool = False,
        tell: Callable[[str], object] = str,
    ) -> None:
        """``juju refresh --path``: a new charm, with upgrade-charm in every unit.

        A unit in error waits until its hook has succeeded, unless ``force``: then that hook is
        retried with the new charm, and upgrade-charm does not run. force_series: also if the charm
        does not support what the application runs on, which stays as it is. tell: as for
        ``deploy``.
        """
        with self.lock:
            application = self.application(app)
            charm = Charm.read(charm_dir)
            check_refresh(self.juju_version, application.platform, charm, force_series)
            if charm.name != application.charm.name:
                raise JujuError(
                    f"cannot refresh {quote(application.charm.name)} to {quote(charm.name)}"
                )
            self._check_version(charm)
            revision = application.revision + 1
            local = f"local charm {quote(charm.name)}, revision {revision}"
            tell(f"Added {local}, to the model")
            _check_fixed(application.charm, charm)
            self._check_upgrade(application, charm, force_series)
            application.resources.update(self._check_resources(charm, resources or {}))
            application.revision = revision
            application.charm = self.operator.keep(charm, app, application.revision)
            application.endpoints = charm.endpoints
            application.config = {k: v for k, v in application.config.items() if k in charm.options}
            application.modified_version += 1
            application.force_upgrade = force
            self._add_peer_relations(application)
            self._notify()

    def _check_upgrade(self, application: Application, charm: Charm, force_series: bool) -> None:
        """What the controller's state refuses (state/application.go, SetCharm)."""
        url = charm_url(self.juju_version, charm, application.platform, application.revision + 1)
        try:
            check_refreshed(self.juju_version, application.platform, charm, force_series)
            for relation in self.model.relations_of(application.name):
                endpoint = relation.local(application.name).endpoint
                if charm.endpoints.get(endpoint.name) != endpoint:
                    key = relation_key(relation.ends)
                    raise JujuError(f"would break relation {quote(key)}")
        except JujuError as error:
            raise JujuError(
                f"cannot upgrade application {quote(application.name)} to charm {quote(url)}:"
                f" {error}"
            ) from None

    def attach_resource(self, app: str, name: str, image: ResourceLike) -> None:
        """``juju attach-resource``: another image, with upgrade-charm in every unit."""
        with self.lock:
            application = self.application(app)
            application.resources.update(self._check_resources(application.charm, {name: image}))
            application.modified_version += 1
            self._notify()

    def config(self, app: str, values: dict[str, Any] | None = None) -> dict[str, Any]:
        """``juju config``: changes options if any are given; returns all with the values in
        force.
        """
        with self.lock:
            application = self.application(app)
            application.config.update(_coerce(application.charm, values or {}))
            self._notify()
            return application.settings()

    def reset_config(self, app: str, *options: str) -> None:
        """``juju config --reset``."""
        with self.lock:
            application = self.application(app)
            _known(application.charm, options)
            for option in options:
                application.config.pop(option, None)
            self._notify()

    def remove_application(self, app: str, force_after: float | None = None) -> None:
        """``juju remove-application``: its relations break, its units stop, then it is gone.

        A unit whose hook fails stays until it is resolved. force_after: seconds after which units
        go all the same (``--force``: FORCE_AFTER).
        """
        with self.lock:
            application = self.application(app)
            application.life = "dying"
            for relation in self.model.relations_of(app):
                if not relation.peer:
                    self._break(relation)
            for unit in list(application.units.values()):
                self._remove_unit(unit, force_after)
            self._bury(application)
            self._notify()

    def destroy_model(self, force_after: float | None = None) -> None:
        """``juju destroy-model``: removes all applications. The sandbox's one model stays."""
        with self.lock:
            for app in list(self.model.applications):
                self.remove_application(app, force_after)

    # -- units -------------------------------------------------------------------------------------

    def scale(self, app: str, units: int) -> None:
        """``juju scale-application``. New units get new numbers; the highest pods go first.

        Where there is a cluster, units come and go with their pods: see ``follow_pods``.
        """
        with self.lock:
            application = self.application(app)
            if units < 0:
                raise JujuError("scaling to a negative number of units is not possible")
            if application.life != "alive":
                raise JujuError(
                    f"cannot set scale for application {quote(app)} to {units}:"
                    " application is not found or not alive"
                )
            application.scale = units
            if not self.has_cluster or application.charm is None:
                alive = [unit for unit in _in_order(application) if unit.life == "alive"]
                self._add_units(application, units - len(alive))
                for unit in sorted(alive, key=pod_rank)[units:]:
                    self._remove_unit(unit)
            self.provision(application)
            self.follow_pods(application)

    def add_unit(self, app: str, count: int = 1) -> None:
        """``juju add-unit``."""
        self.scale(app, self.application(app).scale + count)

    def remove_unit(self, app: str, count: int = 1) -> None:
        """``juju remove-unit --num-units``."""
        scale = self.application(app).scale
        if count > scale:
            raise JujuError(f"cannot remove more units than currently exist: {scale} < {count}")
        self.scale(app, scale - count)

    def set_leader(self, app: str, unit: str) -> None:
        """Moves leadership, which in Juju happens when the leader's lease runs out."""
        with self.lock:
            if unit not in self.application(app).units:
                raise JujuError(f"unit {quote(unit)} not found")
            self.application(app).leader = unit
            self._notify()

    def resolved(self, unit: str, retry: bool = True) -> None:
        """``juju resolved``: the failed hook is due again at once, or with ``retry`` false counts
        as done.
        """
        with self.lock:
            found = self.unit(unit)
            if found.failed is None:
                raise JujuError(f"unit {quote(unit)} is not in an error state")
            if retry:
                found.failed.retry_at = self.now
            else:
                self.skip_failed(found)
            self._notify()

    def update_status(self, app: str) -> None:
        """The update-status hook is due in every unit, as it is every five minutes."""
        with self.lock:
            for unit in self.application(app).units.values():
                unit.update_status = True
            self._notify()

    def restart_operator(self, app: str) -> bool:
        """The operator pod restarts: what agents had in memory is gone.

        Its disk too if the charm asks for Juju 2.8 or newer, because it has no volume of its own
        then. Returns whether.
        """
        with self.lock:
            application = self.application(app)
            for unit in application.units.values():
                for number, view in unit.relations.items():
                    view.cache.clear()
                    view.known_dying = self.model.relations[number].life != "alive"
            lost = application.charm.min_juju_version >= (2, 8, 0)
            if lost:
                self.operator.lose_disk(application)
            return lost

    def queue_action(self, unit: str, name: str, params: dict[str, Any] | None = None) -> Action:
        """``juju run-action``: queued; ``status`` of the result tells when it has run."""
        with self.lock:
            found = self.unit(unit)
            return self._queue(found, name, check_action(found, name, params or {}))

    def queue_command(self, unit: str, command: str) -> Action:
        """``juju exec --operator``: shell lines to run like an action."""
        with self.lock:
            return self._queue(self.unit(unit), self.runner, IN_OPERATOR, command)

    def queue_local_command(self, unit: str, command: str) -> Action:
        """What a process in the operator has juju-run do: no action, it has no number."""
        with self.lock:
            found = self.unit(unit)
            return self._add_action(
                found, Action("", "run-commands", IN_OPERATOR, unit, self.now, command)
            )

    def _queue(
        self, unit: Unit, name: str, params: dict[str, Any], command: str | None = None
    ) -> Action:
        number = str(len(self.model.actions) + 1)
        action = Action(number, name, params, unit.name, self.now, command)
        self.model.actions[number] = action
        return self._add_action(unit, action)

    def _add_action(self, unit: Unit, action: Action) -> Action:
        unit.actions.append(action)
        self._notify()
        return action

    # -- relations ---------------------------------------------------------------------------------

    def relate(self, one: str, other: str) -> Relation:
        """``juju relate``: each side is an application or ``application:endpoint``."""
        with self.lock:
            pairs = [
                (a, b)
                for a in self._ends(one)
                for b in self._ends(other)
                if a.endpoint.fits(b.endpoint)
            ]
            if not pairs:
                raise JujuError("no relations found")
            if len(pairs) > 1:
                raise JujuError(_ambiguous(one, other, pairs))
            ends = pairs[0]
            self._check_new(ends)
            return self._add_relation(ends)

    def _check_new(self, ends: tuple) -> None:
        key = relation_key(ends)
        problems = [
            f"application {quote(end.app)} is not alive"
            for end in ends
            if self.model.applications[end.app].life != "alive"
        ]
        if any(set(ends) == set(known.ends) for known in self.model.relations.values()):
            problems.append(f"relation {key} already exists")
        for problem in problems:
            raise JujuError(f"cannot add relation {quote(key)}: {problem}")

    def remove_relation(self, one: str, other: str) -> None:
        """``juju remove-relation``: the units depart, then both sides see it broken."""
        with self.lock:
            for relation in self.model.relations.values():
                if not relation.peer and _matches(relation, one, other):
                    self._break(relation)
                    self._notify()
                    return
            raise JujuError(f"relation matching {quote(f'{one} {other}')} not found")

    def _ends(self, spelled: str) -> list[End]:
        name, _, endpoint = spelled.partition(":")
        application = self.application(name)
        if endpoint and endpoint not in application.endpoints:
            raise JujuError(f"application {quote(name)} has no {quote(endpoint)} relation")
        wanted = [endpoint] if endpoint else list(application.endpoints)
        return [End(name, application.endpoints[key]) for key in wanted]

    def _add_relation(self, ends: tuple) -> Relation:
        relation = Relation(self.model.next_relation, ends)
        self.model.next_relation += 1
        self.model.relations[relation.id] = relation
        for end in ends:
            application = self.model.applications[end.app]
            if application.charm is None:
                for unit in application.units:
                    enter_scope(relation, unit, {})
        self._notify()
        return relation

    def _add_peer_relations(self, application: Application) -> None:
        related = {
            r.local(application.name).endpoint.name
            for r in self.model.relations_of(application.name)
        }
        for endpoint in application.endpoints.values():
            if endpoint.role == "peer" and endpoint.name not in related:
                self._add_relation((End(application.name, endpoint),))

    def _break(self, relation: Relation) -> None:
        """Each side's agents leave by themselves; a side without a charm leaves here."""
        relation.life = "dying"
        gone = [u for u in relation.scope if self.model.unit(u).app.charm is None]
        leave_scope(self.model, relation, gone)

    # -- the other side, played by a test ----------------------------------------------------------

    def add_remote_app(
        self, name: str, endpoint: str, interface: str, units: int = 1, role: str = ""
    ) -> None:
        """An application without a charm: the test writes its side of relations with ``write``.

        role: provider or requirer; by default whatever fits the first endpoint of that interface in
        the model.
        """
        with self.lock:
            self._check_new_application(name)
            if not role:
                known = [e for a in self.model.applications.values() for e in a.endpoints.values()]
                others = [e.role for e in known if e.interface == interface and e.role != "peer"]
                role = "requirer" if others[:1] == ["provider"] else "provider"
            ends = {endpoint: Endpoint(endpoint, role, interface)}
            application = Application(name, None, ends, units, Status("unset"))
            self.model.applications[name] = application
            self._add_units(application, units)

    def write(self, relation: Relation, who: str, settings: dict[str, str | None]) -> None:
        """Sets the bag of a remote unit (``prometheus/0``) or application; None removes a key."""
        with self.lock:
            bag = self.bag(relation, who)
            merged = dict(bag.settings)
            for key, value in settings.items():
                merged[key] = value
                if not value:
                    del merged[key]
            bag.replace(merged)
            self._notify()

    # -- helpers -----------------------------------------------------------------------------------

    def _add_units(self, application: Application, count: int) -> None:
        for _ in range(count):
            unit = Unit(
                application,
                application.next_number,
                Status("waiting", "installing agent", self.now),
                Status("allocating", "", self.now),
            )
            application.next_number += 1
            application.units[unit.name] = unit
            application.leader = application.leader or unit.name
            for relation in self.model.relations_of(application.name):
                if application.charm is None and relation.life == "alive":
                    enter_scope(relation, unit.name, {})

    def _remove_unit(self, unit: Unit, force_after: float | None = None) -> None:
        unit.life = "dying"
        if force_after is not None:
            unit.forced_at = self.now + force_after
        # what no hook has seen attached goes without one (worker/uniter/storage/resolver.go)
        unit.storage = {name: attached for name, attached in unit.storage.items() if attached}
        if unit.app.charm is None:
            self.unit_died(unit)

    def unit_died(self, unit: Unit) -> None:
        """The agent of a unit is done: the unit leaves what it is still in and is gone."""
        unit.life = "dead"
        for relation in list(self.model.relations.values()):
            if unit.name in relation.scope:
                leave_scope(self.model, relation, [unit.name])
        application = unit.app
        application.units.pop(unit.name, None)
        self.operator.forget(unit)
        if application.leader == unit.name:
            alive = [other.name for other in _in_order(application) if other.life == "alive"]
            application.leader = alive[0] if alive else None
        self._bury(application)

    def _bury(self, application: Application) -> None:
        if application.life == "dying" and not application.units:
            for relation in self.model.relations_of(application.name):
                if relation.peer or not relation.scope:
                    del self.model.relations[relation.id]
            bury(self.model, application.name)
            self.cluster.delete(application.name)


def charm_url(version: Version, charm: Charm, platform: Platform, revision: int) -> str:
    """How Juju names a charm that came from a folder."""
    series = "" if version.since(3) else f"{platform.series}/"
    return f"local:{series}{charm.name}-{revision}"


def _check_fixed(old: Charm, new: Charm) -> None:
    """What no refresh may change (Juju: setCharmWithAgentValidation in
    apiserver/facades/client/application, whose three lines are one here).
    """
    before, after = old.fixed(), new.fixed()
    for part, (cannot, what) in _FIXED.items():
        if before[part] != after[part]:
            raise JujuError(
                f"Juju on containers does not support updating {cannot}."
                f" The new charm's metadata contains updated {what}."
                " You'll need to deploy a new charm rather than upgrading if you need this change."
            )


def _coerce(charm: Charm, values: dict[str, Any]) -> dict[str, Any]:
    _known(charm, values)
    return {name: charm.options[name].coerce(value) for name, value in values.items()}


def _known(charm: Charm, names: Any) -> None:
    for name in names:
        if name not in charm.options:
            raise JujuError(f"unknown option {quote(name)}")


def _in_order(application: Application) -> list[Unit]:
    return sorted(application.units.values(), key=lambda unit: unit.number)


def pod_rank(unit: Unit) -> tuple:
    """Units of low pods first: a StatefulSet loses its highest ordinals."""
    ordinal = int(unit.pod.rsplit("-", 1)[1]) if unit.pod else 1 << 30
    return (ordinal, unit.number)


def _ambiguous(one: str, other: str, pairs: list) -> str:
    found = "; ".join(sorted(quote(relation_key(pair)) for pair in pairs))
    return f"ambiguous relation: {quote(f'{one} {other}')} could refer to {found}"


def _matches(relation: Relation, one: str, other: str) -> bool:
    def fits(end: End, spelled: str) -> bool:
        return spelled in (end.app, str(end))

    first, second = relation.ends
    return (fits(first, one) and fits(second, other)) or (fits(first, other) and fits(second, one))
