"""The operator pod of the applications: charm directories, hook environment, processes.

A hook sees what juju-podspec charms see on Juju 2.9's operator image: no HOME, no USER, nothing
inherited; the tools and the system on its PATH. Two things differ, both on purpose: ``python3`` is
the interpreter that the sandbox was told to use, and off Ubuntu ``PYTHONPATH`` names the folder
``charmhelpers_shim``, because charmhelpers refuses to be imported there.
"""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Callable, Sequence

import yaml

from sandbox.juju.hooktools import TOOLS
from sandbox.juju.model.charm import Charm
from sandbox.juju.model.entities import Application, Image, Unit

SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
HERE = Path(__file__).resolve().parent
API_ADDRESS = "127.0.0.1:17070"
"""Where a charm is told that the controller is; nothing answers there."""
NO_CONTEXT = "-"
"""What juju-run says to be called in where no hook has called it."""
GRACE = 1.0
"""Seconds that the last output of a hook that has ended is waited for."""


class Operator:
    """Files and processes of all units under one state directory.

    root: the state directory. python: the interpreter that hooks get as ``python3``, the running
    one by default.
    """

    def __init__(self, root: Path, python: str | None = None) -> None:
        self._root = root
        self._agents = root / "agents"
        self._tools = root / "tools"
        self._programs = root / "bin"
        self._make_tools()
        self._programs.mkdir(parents=True, exist_ok=True)
        _link(self._programs / "python3", os.path.realpath(python or sys.executable))

    def make_runner(self, name: str, address: str) -> None:
        """Installs juju-run or juju-exec, for processes that no hook waits for.

        It finds the agent by itself: ``address`` is the socket of the tool server.
        """
        _link(self._root / name, str(self._root / "hooktool"))
        script = self._programs / name
        script.write_text(
            f'#!/bin/sh\nJUJU_CONTEXT_ID="${{JUJU_CONTEXT_ID:-{NO_CONTEXT}}}"'
            f" JUJU_AGENT_SOCKET_ADDRESS={shlex.quote(address)} JUJU_AGENT_SOCKET_NETWORK=unix"
            f' exec {shlex.quote(str(self._root / name))} "$@"\n'
        )
        script.chmod(0o755)

    def _make_tools(self) -> None:
        self._tools.mkdir(parents=True, exist_ok=True)
        client = self._root / "hooktool"
        source = (HERE.parents[1] / "program_client.pl").read_text().partition("\n")[2]
        client.write_text(f"#!{shutil.which('perl', path=SYSTEM_PATH)}\n{source}")
        client.chmod(0o755)
        for name in TOOLS:
            _link(self._tools / name, str(client))

    # -- files -------------------------------------------------------------------------------------

    def charm_dir(self, unit: Unit) -> Path:
        """Where the unit's charm is."""
        return self._agents / unit.tag / "charm"

    def keep(self, charm: Charm, app: str, revision: int) -> Charm:
        """Copies a charm into the store, so that a later build does not change what is deployed."""
        store = self._root / "charms" / f"{app}-{revision}"
        shutil.rmtree(store, ignore_errors=True)
        shutil.copytree(str(charm.directory), str(store), symlinks=True)
        return Charm.read(store)

    def install(self, unit: Unit) -> None:
        """Unpacks the charm for a unit that has none on disk."""
        directory = self.charm_dir(unit)
        if not directory.exists():
            shutil.copytree(str(unit.app.charm.directory), str(directory), symlinks=True)
            self._note(unit)

    def upgrade(self, unit: Unit) -> None:
        """Replaces the charm's files; files that the charm made itself stay (Juju: manifest
        deployer).
        """
        self.install(unit)
        directory, source = self.charm_dir(unit), unit.app.charm.directory
        gone = self._noted(unit) - _files(source)
        for name in sorted(gone):
            (directory / name).unlink()
        for name in sorted(_files(source)):
            target = directory / name
            target.parent.mkdir(parents=True, exist_ok=True)
            if target.is_symlink() or target.exists():
                target.unlink()
            shutil.copy2(str(source / name), str(target), follow_symlinks=False)
        self._note(unit)

    def _note(self, unit: Unit) -> None:
        manifest = self._agents / unit.tag / "manifest"
        manifest.write_text("\n".join(sorted(_files(unit.app.charm.directory))))

    def _noted(self, unit: Unit) -> set[str]:
        return set((self._agents / unit.tag / "manifest").read_text().splitlines())

    def lose_disk(self, app: Application) -> None:
        """The operator pod restarts on an empty disk."""
        for unit in app.units.values():
            self.forget(unit)

    def forget(self, unit: Unit) -> None:
        """Removes everything of a unit."""
        shutil.rmtree(self._agents / unit.tag, ignore_errors=True)

    def write_image(self, unit: Unit, image: Image) -> str:
        """Writes an image resource; the path is the same for every resource (Juju 2.9.31 and
        newer).
        """
        path = self._agents / unit.tag / "resources" / "content.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        keys = ("registrypath", "username", "password")
        path.write_text(yaml.safe_dump(dict(zip(keys, image)), sort_keys=False))
        path.chmod(0o600)
        return str(path)

    def write_command(self, unit: Unit, command: str) -> Path:
        """A script of shell lines that somebody typed."""
        path = self._agents / unit.tag / "juju-run"
        path.write_bytes(os.fsencode(f"#!/bin/bash\n{command}\n"))
        path.chmod(0o700)
        return path

    # -- processes ---------------------------------------------------------------------------------

    def environment(self, unit: Unit) -> dict[str, str]:
        """What every hook of the unit finds in its environment, before what the hook itself is
        about.
        """
        charm_dir = str(self.charm_dir(unit))
        environment = {
            "CHARM_DIR": charm_dir,
            "JUJU_CHARM_DIR": charm_dir,
            "JUJU_UNIT_NAME": unit.name,
            "PATH": f"{self._tools}:{self._programs}:{SYSTEM_PATH}",
            "APT_LISTCHANGES_FRONTEND": "none",
            "DEBIAN_FRONTEND": "noninteractive",
            "LANG": "C.UTF-8",
            "TERM": "tmux-256color",
        }
        if not _on_ubuntu():
            environment["PYTHONPATH"] = str(HERE / "charmhelpers_shim")
        return environment

    def script(self, unit: Unit, path: str) -> Path | None:
        """The file to run for ``hooks/...`` or ``actions/...``; None if the charm has none."""
        directory = self.charm_dir(unit)
        for candidate in (directory / "dispatch", directory / path):
            if candidate.exists():
                return candidate
        return None


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
        self._process = subprocess.Popen(
            [*prefix, str(script)],
            cwd=str(cwd),
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        self._expired = False
        self._reaping = threading.Lock()
        self._readers = [
            threading.Thread(target=self._read, args=(name, on_line), daemon=True)
            for name in ("stdout", "stderr")
        ]
        for reader in self._readers:
            reader.start()

    def _read(self, name: str, on_line: Callable[[str, str], None]) -> None:
        stream = getattr(self._process, name)
        for line in stream:
            on_line(name, line.decode("utf-8", "replace").rstrip("\n"))
        stream.close()

    def wait(self, timeout: float | None) -> int:
        """The exit code, negative for a signal.

        subprocess.TimeoutExpired after ``timeout`` seconds, when the hook has been killed.
        """
        deadline = threading.Timer(timeout, self._expire) if timeout else None
        if deadline:
            deadline.start()
        # The process is left unreaped until its group has been killed: its number stays its own.
        os.waitid(os.P_PID, self._process.pid, os.WEXITED | os.WNOWAIT)
        if deadline:
            deadline.cancel()
        self.kill()
        with self._reaping:
            code = self._process.wait()
        for reader in self._readers:
            # Somebody may have left the group and still hold the hook's output.
            reader.join(GRACE)
        if self._expired:
            raise subprocess.TimeoutExpired(self._process.args, timeout)
        return code

    def _expire(self) -> None:
        self._expired = True
        self.kill()

    def kill(self) -> None:
        """Ends the hook and what it started."""
        with self._reaping:
            if self._process.returncode is None:
                os.killpg(self._process.pid, signal.SIGKILL)


def _link(link: Path, target: str) -> None:
    if link.is_symlink():
        link.unlink()
    link.symlink_to(target)


def _files(directory: Path) -> set[str]:
    return {
        os.path.relpath(os.path.join(folder, name), str(directory))
        for folder, _, names in os.walk(str(directory))
        for name in names
    }


def _on_ubuntu() -> bool:
    try:
        return '\nNAME="Ubuntu"\n' in Path("/etc/os-release").read_text()
    except OSError:
        return False
