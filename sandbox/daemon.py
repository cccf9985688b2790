"""The sandbox as a program: a controller with threads and clock, a cluster, and ``juju`` to talk
to.

One daemon is one sandbox with one model. Everything it needs and starts is below its state folder
or dies with it.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import threading
import time
from pathlib import Path
from typing import Any, Callable

from sandbox.juju import Controller, cli
from sandbox.juju.juju_version import Version
from sandbox.program_server import Conversation, ProgramServer


class SandboxError(Exception):
    """The sandbox cannot run; ``str()`` says why and what to do, in one line."""


class Daemon:
    """Runs a model until ``stop``.

    folder: the state folder; what an earlier daemon left there is removed. cluster: the cluster
    half, given the folder, the model's name, and a function to call when pods or addresses change.
    python: the interpreter for hooks. juju: which Juju to behave like; JujuError if that is none.
    controller: makes the controller.
    """

    def __init__(
        self,
        folder: Path,
        model: str = "lma",
        python: str | None = None,
        *,
        cluster: Callable[..., Any],
        juju: str = "2.9",
        controller: Callable[..., Controller] = Controller,
    ) -> None:
        Version.from_name(juju)  # JujuError before anything is started
        self.folder = folder
        self._lock = _claim(folder)
        self._threads: list[threading.Thread] = []
        self._agents: dict[str, threading.Thread] = {}
        self._stopping = threading.Event()
        self._end = threading.Lock()
        self.ended = threading.Event()
        self.cluster = cluster(folder / "cluster", model, lambda _: self.juju.cluster_changed())
        self.juju = controller(
            folder / "juju", python, model=model, cluster=self.cluster, juju=juju
        )
        self._server = ProgramServer(folder, "control.socket", self._answer)

    def start(self) -> None:
        """Starts the cluster, the agents and the socket."""
        self.cluster.start()
        self._spawn(self._schedule)

    def stop(self) -> None:
        """Ends every process and thread that the sandbox has started."""
        with self._end:  # whoever comes second waits for the first
            if self.ended.is_set():
                return
            self._stopping.set()
            with contextlib.ExitStack() as ending:
                ending.callback(self.ended.set)
                ending.callback(self._lock.close)
                ending.callback(self._server.close)
                ending.callback(self.cluster.stop)
                self.juju.close()
                for thread in self._threads:
                    thread.join(10)

    def _spawn(self, target: Any, *args: Any) -> threading.Thread:
        thread = threading.Thread(target=self._guarded, args=(target, *args), daemon=True)
        self._threads.append(thread)
        thread.start()
        return thread

    def _guarded(self, target: Any, *args: Any) -> None:
        """A mistake of the sandbox itself is told in debug-log; the thread's work ends there."""
        try:
            target(*args)
        except Exception as error:
            if not self._stopping.is_set():
                self.juju.log_mistake(error)

    # -- agents ------------------------------------------------------------------------------------

    def _schedule(self) -> None:
        """One agent for each application, because an operator runs one hook at a time."""
        next_update = time.monotonic() + self.juju.update_status_interval
        while not self._stopping.is_set():
            seen = self.juju.changes()
            for name in list(self.juju.model.applications):
                thread = self._agents.get(name)
                if thread is None or not thread.is_alive():
                    self._agents[name] = self._spawn(self._operate, name)
            if time.monotonic() >= next_update:
                next_update = time.monotonic() + self.juju.update_status_interval
                for name in list(self.juju.model.applications):
                    self.juju.update_status(name)
            self.juju.wait(seen, 1.0)

    def _operate(self, name: str) -> None:
        while not self._stopping.is_set() and name in self.juju.model.applications:
            seen = self.juju.changes()
            units = [unit for unit in self.juju.units() if unit.app.name == name]
            if not any([self.juju.step(unit) for unit in units]):  # noqa: C419 - every unit's turn
                self.juju.wait(seen, 1.0)

    # -- juju --------------------------------------------------------------------------------------

    def _answer(self, call: Conversation) -> None:
        ending = threading.Event()
        try:
            name, *words = call.argv
            code = cli.PROGRAMS[name].run(self.juju, call, words, ending.set)
        except (OSError, EOFError):
            raise  # whoever typed it has left
        except Exception as error:  # a defect of the sandbox ends the command in one line, too
            call.err(f"ERROR {self.juju.log_mistake(error)}\n")
            code = 1
        call.exit(code)
        if ending.is_set():
            self._spawn(self.stop)


def state_folder() -> Path:
    """Where the sandbox keeps its state: JUJU_SANDBOX, else below the user's state folder."""
    if os.environ.get("JUJU_SANDBOX"):
        return Path(os.environ["JUJU_SANDBOX"]).resolve()
    home = os.environ.get("XDG_STATE_HOME") or os.path.expanduser("~/.local/state")
    return Path(home) / "alertmanager-sandbox"


def _claim(folder: Path) -> Any:
    """Locks the state folder for this process and empties it; SandboxError if it is in use."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    lock = open(str(folder / "lock"), "w")  # noqa: SIM115 - held as long as the daemon lives
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.close()
        raise SandboxError(
            f"a sandbox already runs in {folder}: end it, or name another folder in JUJU_SANDBOX"
        ) from None
    shutil.rmtree(str(folder / "juju"), ignore_errors=True)
    os.chmod(str(folder), 0o700)
    return lock
