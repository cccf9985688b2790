"""Units: what scaling and removing change, and how units and pods come together."""

from __future__ import annotations

from typing import Any

from sandbox.juju.go_values import quote
from sandbox.juju.juju_errors import JujuError
from sandbox.juju.model.action_schema import check_action
from sandbox.juju.model.entities import Action, Application, Status, Unit
from sandbox.juju.model.model_state import parse_pod_spec
from sandbox.juju.model.relations import Relations, bury, leave_scope
from sandbox.kubernetes.kubelet.cluster_types import ClusterError
from sandbox.kubernetes.objects import DeployError, from_metadata

PROVISIONER = "juju.worker.caasunitprovisioner"
IN_OPERATOR = {"workload-context": False}


class Units(Relations):
    """The commands about units. Each checks first and changes then, or raises JujuError."""

    def scale(self, app: str, units: int) -> None:
        """``juju scale-application``. Units come and go with their pods: see ``match_units``."""
        with self.lock:
            application = self.application(app)
            if application.life != "alive":
                raise JujuError(
                    f"cannot set scale for application {quote(app)} to {units}:"
                    " application is not found or not alive"
                )
            application.scale = units
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

    def update_status(self, app: str) -> None:
        """The update-status hook is due in every unit, as it is every five minutes."""
        with self.lock:
            for unit in self.application(app).units.values():
                unit.update_status = True
            self.notify()

    def restart_operator(self, app: str) -> bool:
        """The operator pod restarts: what agents had in memory is gone, and maybe the disk.

        Returns whether.
        """
        with self.lock:
            application = self.application(app)
            for unit in application.units.values():
                for view in unit.relations.values():
                    view.cache.clear()
            return self.operator.restart(application)

    # -- actions -----------------------------------------------------------------------------------

    def queue_action(self, unit: str, name: str, params: dict[str, Any] | None = None) -> Action:
        """``juju run-action``: queued; ``status`` of the result tells when it has run."""
        with self.lock:
            found = self.unit(unit)
            return self._queue(found, name, check_action(found, name, params or {}))

    def queue_command(self, unit: str, command: str) -> Action:
        """``juju exec --operator``: shell lines to run like an action."""
        with self.lock:
            return self._queue(self.unit(unit), self.runner, IN_OPERATOR, command)

    @property
    def runner(self) -> str:
        """What Juju calls the program that has commands run in a unit's context."""
        return "juju-exec" if self.juju_version.since(3) else "juju-run"

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
        self.notify()
        return action

    # -- coming and going --------------------------------------------------------------------------

    def add_new_units(self, application: Application, count: int) -> None:
        """Adds units, whose agents then begin with install."""
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

    def let_go(self, unit: Unit, force_after: float | None = None) -> None:
        """The unit is to go, when its hooks have run or at the latest after so many seconds."""
        unit.life = "dying"
        if force_after is not None:
            unit.forced_at = self.now + force_after
        # what no hook has seen attached goes without one (worker/uniter/storage/resolver.go)
        unit.storage = {name: attached for name, attached in unit.storage.items() if attached}

    def unit_died(self, unit: Unit) -> None:
        """The agent of a unit is done: the unit leaves what it is still in and is gone."""
        unit.life = "dead"
        for relation in list(self.model.relations.values()):
            if unit.name in relation.scope:
                leave_scope(self.model, relation, [unit.name])
        application = unit.app
        application.units.pop(unit.name, None)
        if unit.pod and application.life == "alive":
            self.cluster.delete_claims(application.name, unit.pod)
        self.operator.forget(unit)
        if application.leader == unit.name:
            alive = [other.name for other in application.in_order() if other.life == "alive"]
            application.leader = alive[0] if alive else None
        self.bury_application(application)

    def bury_application(self, application: Application) -> None:
        """Lets an application that is dying and has no units go from the model and the cluster."""
        if application.life == "dying" and not application.units:
            for relation in self.model.relations_of(application.name):
                if not relation.scope:
                    del self.model.relations[relation.id]
            bury(self.model, application.name)
            self.cluster.delete(application.name)

    # -- pods --------------------------------------------------------------------------------------

    def follow_pods(self, app: Application) -> None:
        """Brings units and pods together (Juju: caasunitprovisioner's updateUnitsFromCloud).

        The bond lasts as long as the unit.
        """
        pods = sorted(pod.name for pod in self.cluster.pods(app.name))
        if app.life != "alive":
            return
        self.match_units(app, pods)
        for unit, pod in zip(_unbound(app), _free(app, pods)):
            unit.pod = pod
            for name in app.charm.storage:
                unit.storage.setdefault(f"{name}/{unit.number}", False)
        self.notify()

    def match_units(self, app: Application, pods: list[str]) -> None:
        """Lets units go whose pod has gone while the scale wants fewer, and come with a pod that no
        unit has. New units get new numbers; those of the highest pods go first.
        """
        alive = [unit for unit in app.units.values() if unit.life == "alive"]
        lost = [unit for unit in alive if unit.pod not in pods]
        surplus = max(len(alive) - app.scale, 0)
        for unit in sorted(lost, key=pod_rank, reverse=True)[:surplus]:
            self.let_go(unit)
        self.add_new_units(app, min(len(_free(app, pods)), app.scale) - len(_unbound(app)))

    def provision(self, app: Application) -> None:
        """Hands the spec to the cluster if it, the charm or the scale is news (Juju:
        caasunitprovisioner).
        """
        news = (app.pod_spec, app.modified_version, app.scale)
        if app.pod_spec is None or news == app.applied or (app.scale == 0 and app.applied is None):
            return
        app.applied = news
        try:
            self.cluster.apply(
                from_metadata(
                    parse_pod_spec(app.pod_spec),
                    app.charm.metadata,
                    app=app.name,
                    scale=app.scale,
                    model=self.model.name,
                    model_uuid=self.model.uuid,
                    modified_version=app.modified_version,
                    juju_version=self.juju_version,
                    charm_folder=str(app.charm.directory),
                )
            )
            app.error = ""
        except (DeployError, ClusterError) as error:
            app.error = str(error)
            reason = getattr(error, "reason", "")
            self.log_controller("ERROR", PROVISIONER, f"{error} {reason}".strip())


def _unbound(app: Application) -> list[Unit]:
    return [unit for unit in app.in_order() if unit.pod is None and unit.life == "alive"]


def _free(app: Application, pods: list[str]) -> list[str]:
    bound = {unit.pod for unit in app.units.values()}
    return [pod for pod in pods if pod not in bound]


def pod_rank(unit: Unit) -> tuple:
    """Units of low pods first: a StatefulSet loses its highest ordinals."""
    ordinal = int(unit.pod.rsplit("-", 1)[1]) if unit.pod else 1 << 30
    return (ordinal, unit.number)
