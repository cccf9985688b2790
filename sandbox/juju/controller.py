"""The controller: one model and its agents."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any, Callable

from sandbox.juju.agent.unit_agent import Agent
from sandbox.juju.go_values import quote
from sandbox.juju.juju_errors import JujuError
from sandbox.juju.model.applications import Applications
from sandbox.juju.model.entities import Unit
from sandbox.juju.model.operator_disk import SYSTEM_PATH


class Controller(Applications):
    """One model and its agents, which do the next thing that is due for a unit in ``step``.

    state_dir: where charms and agents have their files. python: the interpreter for hooks, the
    running one by default. model: its name, also the Kubernetes namespace. cluster: the cluster
    half. juju: which Juju to behave like, ``2.9`` or ``3.6``; ``juju_version`` then has the full
    one. make_agent: makes what runs the hooks.
    """

    def __init__(
        self,
        state_dir: str | Path,
        python: str | None = None,
        *,
        model: str = "lma",
        cluster: Any,
        juju: str = "2.9",
        make_agent: Callable[[Applications], Agent] = Agent,
    ) -> None:
        super().__init__(state_dir, python, model=model, cluster=cluster, juju=juju)
        self.update_status_interval = 300
        self.closing = False
        self._agent = make_agent(self)
        self.server = self._agent.server

    def close(self) -> None:
        """Ends the hooks that run, stops answering tools, wakes whoever waits; once."""
        if self.closing:
            return
        self.closing = True
        self._agent.close()
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
                if unit.app.charm is not None
            )

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
        """Hears that the cluster's pods or Service addresses are not what they were."""
        with self.lock:
            for app in list(self.model.applications.values()):
                self.follow_pods(app)
