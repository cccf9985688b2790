"""The disk of the operator pod: charm directories, resources, and what hooks find on their PATH.

A hook sees what juju-podspec charms see on Juju 2.9's operator image: no HOME, no USER, nothing
inherited; the tools and the system on its PATH. Two things differ, both on purpose: ``python3`` is
the interpreter that the sandbox was told to use, and off Ubuntu ``PYTHONPATH`` names the folder
``charmhelpers_shim``, because charmhelpers refuses to be imported there.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Iterable

import yaml

from sandbox.juju.model.charm import Charm
from sandbox.juju.model.entities import Application, Image, Unit

SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
HERE = Path(__file__).resolve().parent
CLIENT = HERE.parents[1] / "program_client.pl"
"""What every hook tool is a name for."""
NO_CONTEXT = "-"
"""What juju-run says to be called in where no hook has called it."""


class OperatorDisk:
    """Files and processes of all units under one state directory.

    root: the state directory. python: the interpreter that hooks get as ``python3``, the running
    one by default.
    """

    def __init__(self, root: Path, python: str | None = None) -> None:
        self._root = root
        self.agents = root / "agents"
        self._tools = root / "tools"
        self._programs = root / "bin"
        self._tools.mkdir(parents=True, exist_ok=True)
        self._programs.mkdir(parents=True, exist_ok=True)
        _link(self._programs / "python3", os.path.realpath(python or sys.executable))

    def link_tools(self, names: Iterable[str]) -> None:
        """Puts hook tools on the PATH of hooks."""
        for name in names:
            _link(self._tools / name, str(CLIENT))

    def link_runner(self, name: str, address: str) -> None:
        """Installs juju-run or juju-exec, for processes that no hook waits for.

        It finds the agent by itself: ``address`` is the socket of the tool server.
        """
        _link(self._root / name, str(CLIENT))
        script = self._programs / name
        script.write_text(
            f'#!/bin/sh\nJUJU_CONTEXT_ID="${{JUJU_CONTEXT_ID:-{NO_CONTEXT}}}"'
            f" JUJU_AGENT_SOCKET_ADDRESS={shlex.quote(address)} JUJU_AGENT_SOCKET_NETWORK=unix"
            f' exec {shlex.quote(str(self._root / name))} "$@"\n'
        )
        script.chmod(0o755)

    # -- files -------------------------------------------------------------------------------------

    def charm_dir(self, unit: Unit) -> Path:
        """Where the unit's charm is."""
        return self.agents / unit.tag / "charm"

    def keep(self, charm: Charm, app: str, revision: int) -> Charm:
        """Copies a charm into the store, so that a later build does not change what is deployed."""
        store = self._root / "charms" / f"{app}-{revision}"
        shutil.rmtree(store, ignore_errors=True)
        _copy(charm.directory, store)
        return Charm.read(store)

    def install(self, unit: Unit) -> None:
        """Unpacks the charm for a unit that has none on disk."""
        directory = self.charm_dir(unit)
        if not directory.exists():
            _copy(unit.app.charm.directory, directory)
            self._write_manifest(unit)

    def upgrade(self, unit: Unit) -> None:
        """Replaces the charm's files; files that the charm made itself stay (Juju: manifest
        deployer).
        """
        self.install(unit)
        directory, source = self.charm_dir(unit), unit.app.charm.directory
        for name in self._read_manifest(unit) - _files(source):
            (directory / name).unlink()
        _copy(source, directory)
        self._write_manifest(unit)

    def _write_manifest(self, unit: Unit) -> None:
        manifest = self.agents / unit.tag / "manifest"
        manifest.write_text("\n".join(sorted(_files(unit.app.charm.directory))))

    def _read_manifest(self, unit: Unit) -> set[str]:
        return set((self.agents / unit.tag / "manifest").read_text().splitlines())

    def forget(self, unit: Unit) -> None:
        """Removes everything of a unit."""
        shutil.rmtree(self.agents / unit.tag, ignore_errors=True)

    def restart(self, app: Application) -> bool:
        """Removes everything if the charm asks for Juju 2.8 or newer: its operator has no volume
        then. Returns whether.
        """
        is_lost = app.charm.min_juju_version >= (2, 8, 0)
        for unit in app.units.values() if is_lost else ():
            self.forget(unit)
        return is_lost

    def write_image(self, unit: Unit, image: Image) -> str:
        """Writes an image resource; the path is the same for every resource (Juju 2.9.31 and
        newer).
        """
        path = self.agents / unit.tag / "resources" / "content.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        keys = ("registrypath", "username", "password")
        path.write_text(yaml.safe_dump(dict(zip(keys, image)), sort_keys=False))
        path.chmod(0o600)
        return str(path)

    def write_command(self, unit: Unit, command: str) -> Path:
        """A script of shell lines that somebody typed."""
        path = self.agents / unit.tag / "juju-run"
        script = os.fsencode(f"#!/bin/bash\n{command}\n")
        subprocess.run(["install", "-m", "700", "/dev/stdin", str(path)], input=script, check=True)
        return path

    # -- for hooks ---------------------------------------------------------------------------------

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
            environment["PYTHONPATH"] = str(HERE.parent / "agent" / "charmhelpers_shim")
        return environment

    def script(self, unit: Unit, path: str) -> Path | None:
        """The file to run for ``hooks/...`` or ``actions/...``; None if the charm has none."""
        directory = self.charm_dir(unit)
        for candidate in (directory / "dispatch", directory / path):
            if candidate.exists():
                return candidate
        return None


def _copy(source: Path, target: Path) -> None:
    """Copies a folder over another, by a process of its own: Linux runs no file that is open for
    writing, as one would be in this process and in the hook that another thread starts meanwhile.
    """
    target.mkdir(parents=True, exist_ok=True)
    subprocess.run(["cp", "-a", "--remove-destination", f"{source}/.", str(target)], check=True)


def _link(link: Path, target: str) -> None:
    link.unlink(missing_ok=True)
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
