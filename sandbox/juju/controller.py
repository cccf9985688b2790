"""The controller: one model, and the loop that runs the hooks that are due in it.

In a test::

    with Controller(tmp_path) as juju:
        juju.deploy(charm, resources={"alertmanager-image": "prom/alertmanager:v0.25.0"})
        juju.settle()
        assert juju.status("alertmanager/0").state == "active"

Nothing happens behind the test's back: hooks run in ``settle`` only, time stands still but for
``advance``, and there are the pods that ``set_pods`` says. The daemon uses the same class with the
real clock, threads and a cluster.
"""

from __future__ import annotations

import threading
import traceback
import uuid
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Callable, Iterator, NamedTuple, Sequence

from sandbox.juju.agent.hook_history import Fault, HookRun
from sandbox.juju.agent.next_operation import Resolver
from sandbox.juju.agent.operator import API_ADDRESS, HookProcess, Operator
from sandbox.juju.agent.unit_agent import Agent
from sandbox.juju.go_values import quote
from sandbox.juju.hooktools.tool_server import ToolServer
from sandbox.juju.juju_errors import HookFailed, JujuError
from sandbox.juju.juju_version import Version
from sandbox.juju.model import displayed_status
from sandbox.juju.model.addresses import Network, NoCluster
from sandbox.juju.model.applications import Commands, pod_rank
from sandbox.juju.model.entities import (
    Action,
    Application,
    Bag,
    LogLine,
    Model,
    Relation,
    Status,
    Unit,
)
from sandbox.juju.model.stored_pod_spec import parse_pod_spec
from sandbox.kubernetes import objects
from sandbox.kubernetes.kubelet import ClusterError

PROVISIONER = "juju.worker.caasunitprovisioner"


class Pod(NamedTuple):
    """A pod where a test plays the cluster; the cluster half's own pods have at least these
    fields.
    """

    name: str
    ip: str | None = None
    ready: bool = True
    reason: str = ""
    message: str = ""
    phase: str = "Running"


class Controller(Commands):
    """One model and its agents.

    state_dir: where charms and agents have their files. python: the interpreter for hooks, the
    running one by default.
    model: its name, also the Kubernetes namespace. cluster: the cluster half; without one there are
    only the pods of ``set_pods``. clock: the time in seconds; without one time stands still but for
    ``advance``. hook_timeout: seconds after which a hook is killed, None for never, as in Juju.
    juju: which Juju to behave like, ``2.9``, ``3.6`` or a single version; ``juju_version`` then has
    the full one. hook_process: what runs a hook, a process of its own by default.
    """

    def __init__(
        self,
        state_dir: str | Path,
        python: str | None = None,
        *,
        model: str = "lma",
        cluster: Any = None,
        clock: Callable[[], float] | None = None,
        hook_timeout: float | None = None,
        juju: str = "2.9",
        hook_process: Callable[..., HookProcess] = HookProcess,
    ) -> None:
        self.lock = threading.RLock()
        self.changed = threading.Condition(self.lock)
        self._clock = clock or (lambda: 0.0)
        self._skipped = 0.0
        self._changes = 0
        self.model = Model(model, str(uuid.uuid4()), self.now)
        self.update_status_interval = 300
        self.juju_version = Version.named(juju)
        self.hook_timeout = hook_timeout
        self.hook_process = hook_process
        self.history: list[HookRun] = []
        self.cluster = cluster or NoCluster()
        self.has_cluster = cluster is not None
        self.network = Network(self.cluster)
        self.operator = Operator(Path(state_dir).resolve(), python)
        self.resolver = Resolver(
            self.model,
            self.network.service,
            self.network.relation_settings,
            self._actions_blocked,
        )
        self._agent = Agent(self)
        self.server = ToolServer(self._agent.answer)
        self.runner = "juju-exec" if self.juju_version.since(3) else "juju-run"
        self.operator.make_runner(self.runner, self.server.address)
        self.closing = False
        self._cluster_news = threading.Event()
        if self.has_cluster:
            threading.Thread(target=self._follow_cluster, daemon=True).start()

    def __enter__(self) -> Controller:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Ends the hooks that run, stops answering tools, wakes whoever waits."""
        self.closing = True
        self._agent.stop()
        self.server.close()
        self._cluster_news.set()
        with self.lock:
            self._notify()

    # -- time and turns ----------------------------------------------------------------------------

    @property
    def now(self) -> float:
        """The controller's time in seconds."""
        return self._clock() + self._skipped

    def advance(self, seconds: float) -> None:
        """Lets time pass, for example to the retry of a failed hook."""
        with self.lock:
            self._skipped += seconds
            self._notify()

    @contextmanager
    def unlocked(self) -> Iterator[None]:
        """Lets others in while a hook's process runs."""
        self.lock.release()
        try:
            yield
        finally:
            self.lock.acquire()

    def step(self, unit: Unit) -> bool:
        """Does the next thing that is due for a unit; False if nothing was."""
        with self.lock:
            operation = self.resolver.next_operation(unit, self.now)
            if operation is None:
                return False
            self._agent.execute(unit, operation)
            self._notify()
            return True

    def idle(self) -> bool:
        """Whether no hook runs and none is due."""
        with self.lock:
            return not any(
                unit.agent.state == "executing" or self.resolver.next_operation(unit, self.now)
                for unit in self.units()
            )

    def skip_failed(self, unit: Unit) -> None:
        """Lets a failed hook count as done."""
        self._agent.skip(unit)

    def delete_operator(self, app: str) -> None:
        """The operator pod is deleted: the hook that runs is killed and will have failed, as in
        Juju, and the pod starts anew.
        """
        with self.lock:
            self.application(app)
            self._agent.stop(app)
            self.restart_operator(app)
            self._notify()

    def _notify(self) -> None:
        self._changes += 1
        self.changed.notify_all()

    def changes(self) -> int:
        """Counts what may make an agent act; it grows with each."""
        return self._changes

    def wait(self, seen: int, timeout: float) -> None:
        """Until ``changes`` is no longer ``seen``, or ``timeout`` seconds."""
        with self.lock:
            self.changed.wait_for(lambda: self._changes != seen, timeout)

    def cluster_changed(self) -> None:
        """Hears that the cluster's pods or Service addresses are not what they were.

        The cluster may call it while the controller waits for the cluster, so it only takes note.
        """
        self._cluster_news.set()

    def _follow_cluster(self) -> None:
        while not self.closing:
            self._cluster_news.wait()
            self._cluster_news.clear()
            with self.lock:
                for app in list(self.model.applications.values()):
                    self.follow_pods(app)

    def _actions_blocked(self, unit: Unit) -> bool:
        """Juju holds all actions of a unit back until its pod runs."""
        pod = self.network.pod(unit)
        return self.has_cluster and (pod is None or pod.phase != "Running")

    def settle(self, expect_errors: bool = False, limit: int = 1000) -> None:
        """Runs hooks, one of each unit in turn, until nothing is due.

        HookFailed at the first hook that fails, unless ``expect_errors``; JujuError if ``limit``
        turns were not enough.
        """
        for _ in range(limit):
            busy = [unit for unit in self.units() if self._turn(unit, expect_errors)]
            if not busy:
                return
        raise JujuError(f"hooks are still due after {limit} turns")

    def _turn(self, unit: Unit, expect_errors: bool) -> bool:
        began = len(self.history)
        stepped = self.step(unit)
        for run in self.history[began:]:
            if run.error and unit.failed and not expect_errors:
                raise HookFailed(_story(run))
        return stepped

    # -- inspection --------------------------------------------------------------------------------

    def application(self, name: str) -> Application:
        """The application; JujuError if there is none."""
        if name not in self.model.applications:
            raise JujuError(f"application {quote(name)} not found")
        return self.model.applications[name]

    def unit(self, name: str) -> Unit:
        """The unit, also as ``app/leader``; JujuError if there is none."""
        app, _, which = name.partition("/")
        if which == "leader" and app in self.model.applications:
            name = self.model.applications[app].leader or name
        unit = self.model.unit(name)
        if unit is None:
            raise JujuError(f"unit {quote(name)} not found")
        return unit

    def units(self) -> list[Unit]:
        """All units, by application and number."""
        with self.lock:
            applications = self.model.applications.values()
            units = [unit for app in applications for unit in app.units.values()]
        return sorted(units, key=lambda unit: (unit.app.name, unit.number))

    def status(self, unit: str) -> Status:
        """What ``juju status`` shows for a unit, with pods taken into account."""
        found = self.unit(unit)
        return displayed_status.unit_status(found, self.network.pod(found))

    def charm_status(self, unit: str) -> Status:
        """What the charm itself set last."""
        return self.unit(unit).workload

    def application_status(self, app: Application) -> Status:
        """What ``juju status`` shows for an application."""
        return displayed_status.application_status(
            app, {name: self.status(name) for name in app.units}
        )

    def goal_state(self, app: Application) -> dict[str, Any]:
        """What ``goal-state`` prints."""
        return displayed_status.goal_state(self.model, app)

    def pod_spec(self, app: str) -> dict[str, Any]:
        """The committed pod spec, parsed; JujuError if there is none yet."""
        text = self.application(app).pod_spec
        if text is None:
            raise JujuError(f"k8s spec for application {app} not found")
        return parse_pod_spec(text)

    def bag(self, relation: Relation, who: str) -> Bag:
        """The settings of a unit (``prometheus/0``) or an application in a relation."""
        bags = relation.units if "/" in who else relation.apps
        return bags.setdefault(who, Bag())

    def databag(self, relation: Relation, who: str) -> dict[str, str]:
        """A copy of what a unit or an application has set in a relation, as committed."""
        return dict(self.bag(relation, who).settings)

    def runs(self, hook: str | None = None, unit: str | None = None) -> list[HookRun]:
        """The hook runs so far, oldest first, of one hook or unit only if given."""
        return [r for r in self.history if hook in (None, r.hook) and unit in (None, r.unit)]

    def log(self, unit: Unit, level: str, module: str, message: str) -> None:
        """Adds a line to debug-log; modules of the charm get the unit's name in front."""
        if not module.startswith("juju."):
            module = f"unit.{unit.name}.{module}"
        self._log(f"application-{unit.app.name}", level, module, message)

    def log_controller(self, level: str, module: str, message: str) -> None:
        """Adds a line to debug-log that no agent wrote."""
        self._log("controller-0", level, module, message)

    def log_mistake(self, error: Exception) -> str:
        """Adds the traceback of a defect of the sandbox, which is being handled, to debug-log.

        Returns a line for whoever has met it.
        """
        self.log_controller("ERROR", "sandbox", traceback.format_exc().strip())
        why = " ".join(f"{type(error).__name__}: {error}".split())
        return f"the sandbox has made a mistake ({why}): see juju debug-log"

    def _log(self, entity: str, level: str, module: str, message: str) -> None:
        with self.lock:
            self.model.log.append(LogLine(self.now, entity, level, module, message))
            self.changed.notify_all()

    def log_lines(self, unit: str | None = None) -> list[str]:
        """``LEVEL message`` of every line that a charm logged or printed, of one unit only if
        given.
        """
        prefix = f"unit.{unit}." if unit else "unit."
        lines = [line for line in self.model.log if line.module.startswith(prefix)]
        return [f"{line.level} {line.message}" for line in lines]

    # -- the test as cluster and as bad luck -------------------------------------------------------

    def set_pods(self, app: str, pods: Sequence[Pod], service: str | None = None) -> None:
        """The cluster now has these pods and, if given, this Service address. Only without a
        cluster.
        """
        with self.lock:
            self.cluster.set(app, list(pods), service)
            self.follow_pods(self.application(app))

    def run_action(self, unit: str, name: str, params: dict[str, Any] | None = None) -> Action:
        """``juju run-action --wait``: runs the action now and returns it."""
        action = self.queue_action(unit, name, params)
        self.settle(expect_errors=True)
        return action

    def inject(
        self, unit: str, effect: str | Callable[[], object], call: int = 0, **where: str | None
    ) -> Fault:
        """Lets something happen once in the unit's next hook; ``Fault`` says what and where."""
        fault = Fault(unit, effect, call, **where)
        self._agent.faults[:] = [known for known in self._agent.faults if not known.hit] + [fault]
        return fault

    # -- for the agents ----------------------------------------------------------------------------

    def download_resource(self, unit: Unit, name: str) -> str:
        """Writes a resource for a unit and returns the path."""
        model = f"https://{API_ADDRESS}/model/{self.model.uuid}"
        where = f"HTTP request failed: Get {model}/units/{unit.tag}/resources/{name}"
        if unit.app.life != "alive":
            # Juju removes the resources when it makes the application dying (state/application.go,
            # destroyOps; state/resources.go, verifyApplication).
            raise JujuError(f"{where}: application {quote(unit.app.name)} dying or dead")
        if name not in unit.app.resources:
            raise JujuError(f"{where}: resource#{unit.app.name}/{name} not found")
        return self.operator.write_image(unit, unit.app.resources[name])

    def follow_pods(self, app: Application) -> None:
        """Brings units and pods together (Juju: caasunitprovisioner's updateUnitsFromCloud).

        The bond lasts as long as the unit. Where there is a cluster, units go when their pod has
        gone and the scale wants fewer, and come when a pod comes that no unit has.
        """
        pods = sorted(pod.name for pod in self.cluster.pods(app.name))
        if app.life != "alive" or app.charm is None:
            return
        if self.has_cluster:
            self._drop_surplus(app, pods)
        bound = {unit.pod for unit in app.units.values()}
        free = [pod for pod in pods if pod not in bound]
        if self.has_cluster:
            self._add_units(app, min(len(free), app.scale) - len(_unbound(app)))
        for unit, pod in zip(_unbound(app), free):
            unit.pod = pod
            for name in app.charm.storage:
                unit.storage.setdefault(f"{name}/{unit.number}", False)
        self._notify()

    def _drop_surplus(self, app: Application, pods: list[str]) -> None:
        alive = [unit for unit in app.units.values() if unit.life == "alive"]
        lost = [unit for unit in alive if unit.pod not in pods]
        for unit in sorted(lost, key=pod_rank, reverse=True)[: max(len(alive) - app.scale, 0)]:
            self._remove_unit(unit)

    def provision(self, app: Application) -> None:
        """Hands the spec to the cluster if it, the charm or the scale is news (Juju:
        caasunitprovisioner).
        """
        news = (app.pod_spec, app.modified_version, app.scale)
        if app.pod_spec is None or news == app.applied or (app.scale == 0 and app.applied is None):
            return
        app.applied = news
        try:
            spec = parse_pod_spec(app.pod_spec)
            self.cluster.apply(
                objects.from_metadata(
                    spec,
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
        except (objects.DeployError, ClusterError) as error:
            app.error = str(error)
            reason = getattr(error, "reason", "")
            self.log_controller("ERROR", PROVISIONER, f"{error} {reason}".strip())


def _unbound(app: Application) -> list[Unit]:
    units = [unit for unit in app.units.values() if unit.pod is None and unit.life == "alive"]
    return sorted(units, key=lambda unit: unit.number)


def _story(run: HookRun) -> str:
    """A failed hook in a few lines."""
    calls = [
        f"  {' '.join(call.argv)} -> {call.code} {call.stderr.strip()}" for call in run.calls[-5:]
    ]
    return "\n".join(
        [f"{run.unit} {run.hook}: {run.error}", *run.output[-40:], "last tools:", *calls]
    )
