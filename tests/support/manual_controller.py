"""The sandbox's controller as a test drives it.

Nothing happens behind the test's back: hooks run in ``settle`` only, time stands still but for
``advance``, and there are the pods that ``set_pods`` says, or those of a real cluster. Every hook
with every tool call is kept in ``history``, and faults can be injected::

    with ManualController(tmp_path) as juju:
        juju.deploy(charm, resources={"alertmanager-image": "prom/alertmanager:v0.25.0"})
        juju.settle()
        assert juju.status("alertmanager/0").state == "active"
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Callable, NamedTuple, Sequence

from sandbox.daemon import Daemon
from sandbox.juju import Controller, JujuError, Pod
from sandbox.juju.agent.hook_process import HookProcess, HookRun
from sandbox.juju.agent.unit_agent import Agent
from sandbox.juju.hooktools import Reply
from sandbox.juju.model.charm import Endpoint
from sandbox.juju.model.entities import Action, Application, Bag, Relation, Status, Unit
from sandbox.juju.model.relations import enter_scope, leave_scope
from sandbox.juju.model.units import pod_rank
from sandbox.kubernetes.objects import Workload, render


class HookFailed(JujuError):
    """A hook failed while ``settle`` was told to expect none; ``str()`` ends with its log."""


class ToolCallRecord(NamedTuple):
    """One call of a hook tool. ``wrote`` tells whether it succeeded in changing something,
    buffered or not.
    """

    argv: list[str]
    stdin: str | None
    code: int
    stdout: str
    stderr: str
    wrote: bool

    @property
    def tool(self) -> str:
        """The tool's name."""
        return self.argv[0]


@dataclass
class RecordedRun(HookRun):
    """A run with every tool call, so that a test can count and order them."""

    unit: str = ""
    remote_unit: str = ""
    relation_id: int | None = None
    calls: list[ToolCallRecord] = field(default_factory=list)
    committed: bool = False
    seconds: float = 0.0

    @property
    def output(self) -> list[str]:
        """The lines that it has printed."""
        return [line for _, line in self.lines]

    def calls_of(self, *tools: str) -> list[ToolCallRecord]:
        """The calls of these tools, in order."""
        return [call for call in self.calls if call.tool in tools]

    @property
    def writes(self) -> list[ToolCallRecord]:
        """The calls that changed something."""
        return [call for call in self.calls if call.wrote]


@dataclass
class Fault:
    """Something to happen in the next hook of ``unit`` (only in ``hook``, if given), once.

    effect: ``fail`` makes the tool call with the index ``call`` (from 0) exit 1 without effect;
    ``kill`` kills the hook's processes instead of that call; ``kill-after`` kills them right after
    it; ``commit`` lets the hook end well and its buffered writes be lost; ``forget`` lets them be
    kept, and the agent end before it has noted that the hook is done: Juju's operation is still
    pending then, and the hook runs again (worker/uniter/resolver.go); a function is called right
    before that call. tool: counts only calls of this tool.
    """

    unit: str
    effect: str | Callable[[], object]
    call: int = 0
    hook: str | None = None
    tool: str | None = None
    hit: bool = False

    def meets(self, run: RecordedRun) -> bool:
        """Whether it is meant for this run."""
        return not self.hit and self.unit == run.unit and self.hook in (None, run.hook)

    def strikes(self, run: RecordedRun, argv: list[str]) -> bool:
        """Whether the call that ``run`` is about to make is the one."""
        if (
            self.effect in ("commit", "forget")
            or not self.meets(run)
            or self.tool not in (None, argv[0])
        ):
            return False
        before = len(run.calls_of(self.tool)) if self.tool else len(run.calls)
        return before == self.call


class PlayedCluster:
    """Stands where the cluster half would: there are the pods and addresses that a test says there
    are.
    """

    def __init__(self) -> None:
        self._pods: dict[str, list] = {}
        self._services: dict[str, str] = {}
        self.workloads: dict[str, Any] = {}

    def start(self) -> None:
        """Nothing is to be started."""

    def stop(self) -> None:
        """Nothing is to be ended."""

    def set(self, app: str, pods: list, service: str | None) -> None:
        """From now on ``app`` has these pods and, unless None, this Service address."""
        self._pods[app] = list(pods)
        if service is not None:
            self._services[app] = service

    def rename(self, model: str) -> None:
        """The namespace has another name."""

    def apply(self, workload: Workload) -> None:
        """Remembers the last workload of each application; DeployError if it cannot be deployed."""
        render(workload)
        self.workloads[workload.app] = workload

    def delete(self, app: str) -> None:
        """Forgets an application."""
        for known in (self._pods, self._services, self.workloads):
            known.pop(app, None)

    def delete_claims(self, app: str, pod: str) -> None:
        """Nothing is stored here."""

    def pods(self, app: str) -> list:
        """The pods of an application."""
        return self._pods.get(app, [])

    def service_address(self, app: str) -> str | None:
        """The Service address of an application."""
        return self._services.get(app)

    def services(self, app: str) -> dict[str, str]:
        """The Service addresses of an application by name."""
        address = self.service_address(app)
        return {app: address, f"{app}-endpoints": "None"} if address else {}

    def operator_command(self, app: str) -> list[str]:
        """What to put in front of a hook: nothing, hooks reach what the machine reaches."""
        return []


class ManualAgent(Agent):
    """Records hooks and their tool calls, and lets faults happen to them.

    start: makes the process of a hook.
    """

    def __init__(self, state: ManualController, start: Callable[..., HookProcess]) -> None:
        super().__init__(state)
        self._start_process = start
        self.faults: list[Fault] = []
        self.history: list[RecordedRun] = []

    def _start(self, *arguments: Any) -> HookProcess:
        return self._start_process(*arguments)

    def _end_left_processes(self, app: str) -> None:
        if isinstance(self._start_process, type):  # others are no processes, and leave none
            super()._end_left_processes(app)

    def _begin(self, context, name, environment) -> RecordedRun:
        run = RecordedRun(name, environment, unit=context.unit.name)
        if context.hook:
            run.remote_unit, run.relation_id = context.hook.remote_unit, context.hook.relation_id
        self.history.append(run)
        return run

    def _run(self, context, run, script) -> None:
        began, expired = time.monotonic(), threading.Event()

        def expire() -> None:
            expired.set()
            self.stop(context.unit.app.name)

        timeout = self._state.hook_timeout
        timer = threading.Timer(timeout, expire) if timeout else None
        if timer:
            timer.start()
        try:
            super()._run(context, run, script)
        finally:
            if timer:
                timer.cancel()
        run.seconds = time.monotonic() - began
        if expired.is_set():
            run.error = f"still running after {timeout:g} s, killed"

    def _commit(self, context, run) -> None:
        meant = [fault for fault in self.faults if fault.meets(run)]
        fault = next((fault for fault in meant if fault.effect in ("commit", "forget")), None)
        if fault:
            fault.hit = True
        if fault and fault.effect == "commit":
            run.error = "cannot apply changes: the controller was told to lose them"
            return
        super()._commit(context, run)
        run.committed = not run.error
        if fault and run.committed:
            run.error = "the agent ended before it noted that the hook was done"

    def _reply(self, running, argv, directory, stdin) -> Reply:
        _, run, process = running
        fault = next((fault for fault in self.faults if fault.strikes(run, argv)), None)
        effect = fault.effect if fault else None
        if callable(effect):
            fault.hit = True
            effect()
        if effect in ("fail", "kill"):
            reply = Reply(1, "", "ERROR the controller was told to fail this call\n")
        else:
            reply = super()._reply(running, argv, directory, stdin)
        told = (reply.code, reply.stdout, reply.stderr, reply.wrote)
        run.calls.append(ToolCallRecord(argv, stdin, *told))
        if fault:
            fault.hit = True
        if effect in ("kill", "kill-after"):
            process.kill()
        return reply


class ManualController(Controller):
    """One model, whose agents do something when they are told.

    state_dir, python, model, cluster, juju: as for Controller; without a cluster there are only the
    pods of ``set_pods``. clock: the time in seconds; without one time stands still but for
    ``advance``. hook_timeout: seconds after which a hook is killed, None for never, as in Juju.
    hook_process: what runs a hook, a process of its own by default.
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
        self._clock = clock or (lambda: 0.0)
        self._skipped = 0.0
        self.hook_timeout = hook_timeout
        super().__init__(
            state_dir,
            python,
            model=model,
            cluster=cluster or PlayedCluster(),
            juju=juju,
            make_agent=lambda state: ManualAgent(state, hook_process),
        )
        self._plays_pods = cluster is None
        self.history = self._agent.history

    def __enter__(self) -> ManualController:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # -- time and hooks ----------------------------------------------------------------------------

    @property
    def now(self) -> float:
        """The test's time in seconds."""
        return self._clock() + self._skipped

    def advance(self, seconds: float) -> None:
        """Lets time pass, for example to the retry of a failed hook."""
        with self.lock:
            self._skipped += seconds
            self.notify()

    def step(self, unit: Unit) -> bool:
        """Does the next thing that is due for a unit of a charm; False if nothing was."""
        return unit.app.charm is not None and super().step(unit)

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

    # -- what came of it ---------------------------------------------------------------------------

    def runs(self, hook: str | None = None, unit: str | None = None) -> list[RecordedRun]:
        """The hook runs so far, oldest first, of one hook or unit only if given."""
        return [r for r in self.history if hook in (None, r.hook) and unit in (None, r.unit)]

    def charm_status(self, unit: str) -> Status:
        """What the charm itself set last."""
        return self.unit(unit).workload

    def log_lines(self, unit: str | None = None) -> list[str]:
        """``LEVEL message`` of every line that a charm logged or printed, of one unit only if
        given.
        """
        prefix = f"unit.{unit}." if unit else "unit."
        lines = [line for line in self.model.log if line.module.startswith(prefix)]
        return [f"{line.level} {line.message}" for line in lines]

    # -- the cluster -------------------------------------------------------------------------------

    def set_pods(self, app: str, pods: Sequence[Pod], service: str | None = None) -> None:
        """The cluster now has these pods and, if given, this Service address. Only without a
        cluster.
        """
        with self.lock:
            self.cluster.set(app, list(pods), service)
            self.follow_pods(self.application(app))

    def set_leader(self, app: str, unit: str) -> None:
        """Moves leadership, which in Juju happens when the leader's lease runs out."""
        with self.lock:
            if unit not in self.application(app).units:
                raise JujuError(f'unit "{unit}" not found')
            self.application(app).leader = unit
            self.notify()

    def pod_runs(self, unit: Unit) -> bool:
        """Whether actions of the unit may run; where no pods are played, they always may."""
        return self._plays_pods or super().pod_runs(unit)

    def scale(self, app: str, units: int) -> None:
        """``juju scale-application``; where pods are played, units do not wait for theirs."""
        with self.lock:
            super().scale(app, units)
            application = self.application(app)
            if self._plays_pods or application.charm is None:
                alive = [unit for unit in application.in_order() if unit.life == "alive"]
                self.add_new_units(application, units - len(alive))
                for unit in sorted(alive, key=pod_rank)[units:]:
                    self.let_go(unit)
                self.follow_pods(application)

    def follow_pods(self, app: Application) -> None:
        """Brings units and pods together, but for what has no charm."""
        if app.charm is not None:
            super().follow_pods(app)

    def match_units(self, app: Application, pods: list[str]) -> None:
        """Lets units come and go with pods, if these are real ones."""
        if not self._plays_pods:
            super().match_units(app, pods)

    # -- the other side of relations ---------------------------------------------------------------

    def add_remote_app(
        self, name: str, endpoint: str, interface: str, units: int = 1, role: str = ""
    ) -> None:
        """An application without a charm: the test writes its side of relations with ``write``.

        role: provider or requirer; by default whatever fits the first endpoint of that interface in
        the model.
        """
        with self.lock:
            self.check_new_application(name)
            if not role:
                known = [e for a in self.model.applications.values() for e in a.endpoints.values()]
                others = [e.role for e in known if e.interface == interface]
                role = "requirer" if others[:1] == ["provider"] else "provider"
            ends = {endpoint: Endpoint(endpoint, role, interface)}
            application = Application(name, None, ends, units, Status("unset"))
            self.model.applications[name] = application
            self.add_new_units(application, units)

    def write(self, relation: Relation, who: str, settings: dict[str, str | None]) -> None:
        """Sets the bag of a remote unit (``prometheus/0``) or application; None removes a key."""
        with self.lock:
            bag = self.bag(relation, who)
            merged = {**bag.settings, **settings}
            bag.replace({key: value for key, value in merged.items() if value})
            self.notify()

    def databag(self, relation: Relation, who: str) -> dict[str, str]:
        """A copy of what a unit or an application has set in a relation, as committed."""
        return dict(self.bag(relation, who).settings)

    def bag(self, relation: Relation, who: str) -> Bag:
        """The settings of a unit (``prometheus/0``) or an application in a relation."""
        bags = relation.units if "/" in who else relation.apps
        return bags.setdefault(who, Bag())

    def relate(self, one: str, other: str) -> Relation:
        """``juju relate``; units without a charm are in the relation at once."""
        with self.lock:
            relation = super().relate(one, other)
            for end in relation.ends:
                application = self.model.applications[end.app]
                if application.charm is None:
                    for unit in application.units:
                        enter_scope(relation, unit, {})
            return relation

    def break_relation(self, relation: Relation) -> None:
        """Lets a relation end; a side without a charm leaves here."""
        gone = [u for u in relation.scope if self.model.unit(u).app.charm is None]
        super().break_relation(relation)
        leave_scope(self.model, relation, gone)

    def add_new_units(self, application: Application, count: int) -> None:
        """Adds units; those without a charm are in their relations at once."""
        before = set(application.units)
        super().add_new_units(application, count)
        if application.charm is None:
            for relation in self.model.relations_of(application.name):
                for unit in set(application.units) - before:
                    if relation.life == "alive":
                        enter_scope(relation, unit, {})

    def let_go(self, unit: Unit, force_after: float | None = None) -> None:
        """The unit is to go; one without a charm goes at once."""
        super().let_go(unit, force_after)
        if unit.app.charm is None:
            self.unit_died(unit)


def _story(run: RecordedRun) -> str:
    """A failed hook in a few lines."""
    calls = [
        f"  {' '.join(call.argv)} -> {call.code} {call.stderr.strip()}" for call in run.calls[-5:]
    ]
    return "\n".join(
        [f"{run.unit} {run.hook}: {run.error}", *run.output[-40:], "last tools:", *calls]
    )


def daemon_without_cluster(folder: Path, **options: Any) -> Daemon:
    """A Daemon whose controller plays the pods, with the real clock."""

    def controller(
        folder: Path, python: str | None, *, cluster: PlayedCluster, **more: Any
    ) -> ManualController:
        del cluster
        return ManualController(folder, python, clock=time.time, **more)

    return Daemon(folder, cluster=lambda *_: PlayedCluster(), controller=controller, **options)
