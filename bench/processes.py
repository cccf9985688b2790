"""Measure processes: a hook, or any other program, with whatever it starts."""

import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Callable, Dict, List, NamedTuple, Optional, Sequence

from support.manual_controller import RecordedRun

from sandbox.juju.agent.hook_process import HookProcess

LAUNCHER = Path(__file__).with_name("launcher.py")


class Usage(NamedTuple):
    """What a process and its children took: seconds of the clock, seconds of CPU, and the memory
    of the largest of them, in bytes.
    """

    wall: float
    cpu: float
    memory: int

    def __str__(self) -> str:
        return (
            f"{self.wall * 1000:.0f} ms, {self.cpu * 1000:.0f} ms CPU, {self.memory / 2**20:.0f} MB"
        )


def median(usages: Sequence[Usage]) -> Usage:
    """Return the medians of each figure."""
    walls, cpus, memories = zip(*usages)
    return Usage(
        statistics.median(walls), statistics.median(cpus), int(statistics.median(memories))
    )


def run(command: Sequence[str], **options) -> Usage:
    """Run a program to its end; CalledProcessError if it fails."""
    with tempfile.NamedTemporaryFile("r", encoding="utf-8") as note:
        subprocess.run([*_launcher(note.name), *command], check=True, **options)
        return Usage(*json.load(note))


def _launcher(note: str) -> List[str]:
    return [sys.executable, "-I", "-S", str(LAUNCHER), note]


class MeasuredHook(HookProcess):
    """A hook's process whose usage is noted under the id of the hook's context."""

    def __init__(self, script, cwd, environment, on_line, prefix=(), *, usages: Dict[str, Usage]):
        self._usages, self._context = usages, environment["JUJU_CONTEXT_ID"]
        self._note = tempfile.NamedTemporaryFile("r", encoding="utf-8")  # noqa: SIM115 - see wait
        words = [*prefix, *_launcher(self._note.name)]
        super().__init__(script, cwd, environment, on_line, words)

    def wait(self):
        """Wait for it, then read what it took."""
        with self._note as note:
            code = super().wait()
            self._usages[self._context] = Usage(*json.load(note))
            return code


class Hooks:
    """Makes the processes of a controller's hooks: give it as the controller's hook_process.

    silent: tells of a unit whether its hooks do nothing and end well, which takes no time; these
    are not measured. At first, no unit's are.
    """

    def __init__(self):
        self._usages: Dict[str, Usage] = {}
        self.silent: Callable[[str], bool] = lambda unit: False

    def __call__(self, script, cwd, environment, *more):
        """Start a hook."""
        if self.silent(environment["JUJU_UNIT_NAME"]):
            return _NoHook()
        return MeasuredHook(script, cwd, environment, *more, usages=self._usages)

    def usage(self, run: RecordedRun) -> Optional[Usage]:
        """Return what a hook took; None if it was not measured."""
        return self._usages.get(run.environment["JUJU_CONTEXT_ID"])


class _NoHook:
    def wait(self):
        return 0

    def kill(self):
        """Do nothing: it has ended."""
