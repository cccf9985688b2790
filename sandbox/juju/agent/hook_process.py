"""Runs a hook as a process; what came of it, and what it left behind."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Callable, Sequence

GRACE = 1.0
"""Seconds that the last output of a hook that has ended is waited for."""


@dataclass
class HookRun:
    """One run of a hook or action.

    code: the exit code, negative for a signal, None if there is no such hook. handler: Juju's words
    for what ran. error: why it has failed, "" if it has not. lines: what it has printed, each with
    "stdout" or "stderr".
    """

    hook: str
    environment: dict[str, str]
    handler: str = ""
    code: int | None = None
    error: str = ""
    lines: list[tuple[str, str]] = field(default_factory=list)

    def printed(self, stream: str) -> list[str]:
        """The lines that went to "stdout" or "stderr"."""
        return [line for name, line in self.lines if name == stream]


class HookProcess:
    """A hook's process and whatever it starts; all of it ends with the hook.

    on_line: called with "stdout" or "stderr" and each line as it comes.
    prefix: the words in front of it that bring it into the operator pod's network.
    """

    def __init__(
        self,
        script: Path,
        cwd: Path,
        environment: dict[str, str],
        on_line: Callable[[str, str], None],
        prefix: Sequence[str] = (),
    ) -> None:
        self._process = self._start(script, cwd, environment, prefix)
        self._reaping = threading.Lock()
        self._readers = [
            threading.Thread(target=self._read, args=(name, on_line), daemon=True)
            for name in ("stdout", "stderr")
        ]
        for reader in self._readers:
            reader.start()

    def _start(
        self, script: Path, cwd: Path, environment: dict[str, str], prefix: Sequence[str]
    ) -> subprocess.Popen:
        return subprocess.Popen(
            [*prefix, str(script)],
            cwd=str(cwd),
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )

    def _await_end(self) -> None:
        """Waits for the end of the process, and leaves it unreaped."""
        os.waitid(os.P_PID, self._process.pid, os.WEXITED | os.WNOWAIT)

    def _read(self, name: str, on_line: Callable[[str, str], None]) -> None:
        stream = getattr(self._process, name)
        for line in stream:
            on_line(name, line.decode("utf-8", "replace").rstrip("\n"))
        stream.close()

    def wait(self) -> int:
        """The exit code, negative for a signal."""
        # The process is left unreaped until its group has been killed: its number stays its own.
        self._await_end()
        self.kill()
        with self._reaping:
            code = self._process.wait()
        for reader in self._readers:
            # Somebody may have left the group and still hold the hook's output.
            reader.join(GRACE)
        return code

    def kill(self) -> None:
        """Ends the hook and what it started."""
        with self._reaping:
            if self._process.returncode is None:
                os.killpg(self._process.pid, signal.SIGKILL)


def end_left_processes(address: str, app: str = "") -> None:
    """Kills processes in sessions of their own that hooks have left, of one application only if it
    is named: they end with the operator's pod.

    address: the socket of the tool server, by which hooks of this sandbox are known from others.
    """
    server = f"JUJU_AGENT_SOCKET_ADDRESS={address}".encode()
    unit = f"JUJU_UNIT_NAME={app}/".encode() if app else b""
    for folder in Path("/proc").glob("[0-9]*"):
        # It may end just now, or be another user's.
        with contextlib.suppress(OSError):
            variables = (folder / "environ").read_bytes().split(b"\0")
            if server in variables and any(each.startswith(unit) for each in variables):
                os.kill(int(folder.name), signal.SIGKILL)
