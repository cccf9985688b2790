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

import subprocess
import threading
from pathlib import Path
from typing import Any, Callable, Sequence

from sandbox.juju.agent.hook_history import Fault, HookRun
from sandbox.juju.agent.hook_process import HookProcess
from sandbox.juju.agent.unit_agent import Agent
from sandbox.juju.go_values import quote
from sandbox.juju.juju_errors import HookFailed, JujuError
from sandbox.juju.model.applications import Applications
from sandbox.juju.model.entities import Action, Unit
from sandbox.juju.model.operator_disk import SYSTEM_PATH
from sandbox.kubernetes.kubelet import Pod


class Controller(Applications):
    """One model and its agents.

    state_dir: where charms and agents have their files. python: the interpreter for hooks, the
    running one by default.
    model: its name, also the Kubernetes namespace. cluster: the cluster half; without one there are
    only the pods of ``set_pods``. clock: the time in seconds; without one time stands still but for
    ``advance``. hook_timeout: seconds after which a hook is killed, None for never, as in Juju.
    juju: which Juju to behave like, ``2.9`` or ``3.6``; ``juju_version`` then has the full one.
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
        super().__init__(state_dir, python, model=model, cluster=cluster, clock=clock, juju=juju)
        self.update_status_interval = 300
        self.closing = False
        self.hook_timeout = hook_timeout
        self._agent = Agent(self, hook_process)
        self.history = self._agent.history
        self.server = self._agent.server
        self._cluster_news = threading.Event()
        if self.has_cluster:
            threading.Thread(target=self._follow_cluster, daemon=True).start()

    def __enter__(self) -> Controller:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Ends the hooks that run, stops answering tools, wakes whoever waits; once."""
        if self.closing:
            return
        self.closing = True
        self._agent.close()
        self._cluster_news.set()
        with self.lock:
            self.notify()

    # -- hooks -------------------------------------------------------------------------------------

    def step(self, unit: Unit) -> bool:
        """Does the next thing that is due for a unit; False if nothing was."""
        with self.lock:
            operation = self._agent.order.next_operation(unit, self.now)
            if operation is None:
                return False
            self._agent.execute(unit, operation)
            self.notify()
            return True

    def idle(self) -> bool:
        """Whether no hook runs and none is due."""
        with self.lock:
            return not any(
                unit.agent.state == "executing" or self._agent.order.next_operation(unit, self.now)
                for unit in self.units()
            )

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
                self._agent.skip(found)
            self.notify()

    def run_action(self, unit: str, name: str, params: dict[str, Any] | None = None) -> Action:
        """``juju run-action --wait``: runs the action now and returns it."""
        action = self.queue_action(unit, name, params)
        self.settle(expect_errors=True)
        return action

    def runs(self, hook: str | None = None, unit: str | None = None) -> list[HookRun]:
        """The hook runs so far, oldest first, of one hook or unit only if given."""
        return [r for r in self.history if hook in (None, r.hook) and unit in (None, r.unit)]

    # -- the cluster -------------------------------------------------------------------------------

    def delete_operator(self, app: str) -> None:
        """The operator pod is deleted: the hook that runs is killed and will have failed, as in
        Juju, and the pod starts anew.
        """
        with self.lock:
            self.application(app)
            self._agent.stop(app)
            self.restart_operator(app)
            self.notify()

    def execute_in_operator(self, app: str, words: list[str]) -> subprocess.CompletedProcess:
        """``kubectl exec`` in the operator's pod, in the folder of its agents."""
        return subprocess.run(
            [*self.cluster.operator_command(app), *words],
            cwd=str(self.operator.agents),
            env={"PATH": SYSTEM_PATH, "LANG": "C.UTF-8"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
        )

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

    def set_pods(self, app: str, pods: Sequence[Pod], service: str | None = None) -> None:
        """The cluster now has these pods and, if given, this Service address. Only without a
        cluster.
        """
        with self.lock:
            self.cluster.set(app, list(pods), service)
            self.follow_pods(self.application(app))

    def inject(
        self, unit: str, effect: str | Callable[[], object], call: int = 0, **where: str | None
    ) -> Fault:
        """Lets something happen once in the unit's next hook; ``Fault`` says what and where."""
        fault = Fault(unit, effect, call, **where)
        self._agent.faults[:] = [known for known in self._agent.faults if not known.hit] + [fault]
        return fault


def _story(run: HookRun) -> str:
    """A failed hook in a few lines."""
    calls = [
        f"  {' '.join(call.argv)} -> {call.code} {call.stderr.strip()}" for call in run.calls[-5:]
    ]
    return "\n".join(
        [f"{run.unit} {run.hook}: {run.error}", *run.output[-40:], "last tools:", *calls]
    )
