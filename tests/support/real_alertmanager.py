"""The real Alertmanager on this machine's loopback, for a test."""

import contextlib
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from types import MappingProxyType
from typing import Iterator, Mapping, NamedTuple

import pytest
from support import real_programs


class Running(NamedTuple):
    """An Alertmanager that runs: its port, and the file that it reads its configuration from."""

    port: int
    config: Path


@contextlib.contextmanager
def run(
    version: str,
    config: str,
    *flags: str,
    files: Mapping[str, str] = MappingProxyType({}),
    cluster: str = "",
) -> Iterator[Running]:
    """Run Alertmanager until the end of the block.

    version: as for ``real_programs.amtool``. config: the text of its configuration. flags:
    further ones for its command line, in which {folder} stands for where the configuration and
    files lie.
    cluster: where it listens for other members, for example 127.0.0.1:0; "" for no cluster.
    """
    binary = real_programs.alertmanager(version)
    with tempfile.TemporaryDirectory(prefix="alertmanager-") as name:
        folder = Path(name)
        for file, content in {"alertmanager.yml": config, **files}.items():
            (folder / file).write_text(content, encoding="utf-8")
        port = _free_port()
        command = [
            *_where_debian_wants_it(binary, folder),
            str(binary),
            f"--config.file={folder}/alertmanager.yml",
            f"--storage.path={folder}/data",
            f"--web.listen-address=127.0.0.1:{port}",
            f"--cluster.listen-address={cluster}",
            *(flag.format(folder=folder) for flag in flags),
        ]
        log = folder / "log"
        with log.open("wb") as output:
            process = subprocess.Popen(command, stdout=output, stderr=output, cwd=str(folder))
        try:
            _await(port, process, log)
            yield Running(port, folder / "alertmanager.yml")
        finally:
            process.terminate()
            process.wait(30)


def _where_debian_wants_it(binary: Path, folder: Path) -> list:
    """Return the start of a command that finds Debian's notification template where it is read."""
    share = binary.resolve().parents[1] / "share"
    if share == Path("/usr/share") or not (share / "prometheus").is_dir():
        return []
    if not shutil.which("bwrap"):
        pytest.skip("bwrap is not installed (package bubblewrap)")
    words = ["bwrap", "--die-with-parent", "--dev-bind", "/", "/", "--tmpfs", "/usr/share"]
    words += ["--ro-bind", str(share / "prometheus"), "/usr/share/prometheus"]
    return [*words, "--ro-bind-try", "/usr/share/zoneinfo", "/usr/share/zoneinfo", "--"]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _await(port: int, process: subprocess.Popen, log: Path) -> None:
    """Wait until the web port answers anything at all."""
    end = time.monotonic() + 30
    while time.monotonic() < end and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 5):
            return
        time.sleep(0.02)
    raise AssertionError(f"Alertmanager does not start:\n{log.read_text()}")
