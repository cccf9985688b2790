"""make run: from the command to an alert in Alertmanager, and back to nothing."""

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import threading
import urllib.request
from pathlib import Path

import pytest
from support import kubelet_cluster

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 300


class Run:
    """A ``make run`` in a terminal of its own."""

    def __init__(self, folder, *variables):
        self.folder = folder
        self.environment = dict(os.environ, JUJU_SANDBOX=str(folder))
        self.lines = []
        self._process = subprocess.Popen(
            ["make", "run", f"PYTHON={sys.executable}", *variables],
            cwd=str(ROOT),
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self._deadline = threading.Timer(PATIENCE, self._end)
        self._deadline.start()

    def until(self, words):
        """Reads on to the line with these words and returns it."""
        for line in self._process.stdout:
            self.lines.append(line.rstrip("\n"))
            if words in line:
                return self.lines[-1]
        raise AssertionError("\n".join(self.lines))

    def _end(self):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)

    def interrupt(self):
        """Ctrl-C, which a terminal sends to all of them."""
        os.killpg(self._process.pid, signal.SIGINT)
        self.lines += self._process.stdout.read().splitlines()
        self._process.wait(60)

    def kill(self):
        self._deadline.cancel()
        self._end()
        self._process.stdout.close()
        self._process.wait()

    def program(self, name, *words):
        return subprocess.run(
            [str(ROOT / "sandbox/bin" / name), *words],
            env=self.environment,
            check=True,
            capture_output=True,
            text=True,
        ).stdout

    def left_overs(self):
        """Processes that were started in its environment, and mounts in its folder.

        Namespaces are among them: without a process, one lasts only if it is mounted somewhere, and
        the sandbox mounts nowhere else.
        """
        marked = f"JUJU_SANDBOX={self.folder}\0".encode()
        found = []
        for path in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                if marked in (path / "environ").read_bytes() and not _ended(path):
                    found.append((path / "cmdline").read_bytes())
        mounts = Path("/proc/self/mounts").read_text().splitlines()
        return found + [line for line in mounts if str(self.folder) in line]


def _ended(process):
    return (process / "stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"


def _answers(address):
    with contextlib.suppress(OSError), urllib.request.urlopen(address, timeout=5):
        return True
    return False


@pytest.fixture
def make_run(tmp_path):
    """Starts make run; whatever happens it ends with the test."""
    with kubelet_cluster.started(tmp_path / "can-be-had"):
        pass
    runs = []

    def start(*variables):
        runs.append(Run(tmp_path / "sandbox", *variables))
        return runs[-1]

    yield start
    for run in runs:
        run.kill()


def test_it_ends_at_an_alert_and_ctrl_c_leaves_nothing(make_run):
    run = make_run("UNITS=2")
    run.until("Ctrl-C ends everything")
    output = "\n".join(run.lines)
    said = [int(line.split()[0]) for line in run.lines if re.match(r" *\d+ s  ", line)]
    assert said[0] <= 2
    assert max(later - earlier for earlier, later in zip(said, said[1:])) <= 10
    addresses = dict(
        re.findall(r"^(Alertmanager|Prometheus) +(http://127\.0\.0\.1:\d+)$", output, re.M)
    )
    assert set(addresses) == {"Alertmanager", "Prometheus"}
    assert re.search(r"^alertmanager/1 +active +idle", output, re.M)
    for _ in range(10):  # both Alertmanagers answer there, and both have it
        with urllib.request.urlopen(addresses["Alertmanager"] + "/api/v2/alerts") as answer:
            alerts = json.load(answer)
        assert [alert["labels"]["alertname"] for alert in alerts] == ["SandboxIsUp"]

    tried = re.findall(r"^  JUJU_SANDBOX=\S+ sandbox/bin/juju (.+)$", output, re.M)
    assert len(tried) == 3
    run.program("juju", *next(line for line in tried if "scale" in line).split())
    kubelet_cluster.awaited(
        lambda: run.program("kubectl", "get", "pods").count("Running") >= 5, PATIENCE, "five pods"
    )
    assert "Completed loading" in run.program("kubectl", "logs", "alertmanager-0")

    run.program("juju", "config", "alertmanager", "external-url=http://alerts.example/am")
    run.until("Alertmanager is reached at http://127.0.0.1:")
    assert run.lines[-1].endswith("/am now")

    run.interrupt()
    assert run.left_overs() == []
    assert not any(_answers(address) for address in addresses.values())
    assert not list(run.folder.glob("*.socket"))


def test_ctrl_c_while_it_builds_leaves_nothing(make_run):
    run = make_run()
    run.until("building the charms")
    run.interrupt()
    assert run.left_overs() == []


def test_units_must_be_a_number(make_run):
    run = make_run("UNITS=many")
    assert run.until("is not a number of units").endswith("for example UNITS=3")
