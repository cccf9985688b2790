"""Which Juju the stories run on, in which models, and the table of seconds at the end.

JUJU is the program; nothing runs without it, because whoever calls pytest by hand may be logged in
to a controller that others depend on. ``make integration`` sets it.
"""

import functools
import os
import shutil
import subprocess
import sys
import uuid
from pathlib import Path
from typing import NamedTuple

import pytest
from support import charm_builds
from support.live_model import Model, Stopwatch
from support.warm_hooks import WarmAgent

from sandbox.daemon import Daemon
from sandbox.juju import Controller
from sandbox.kubernetes.kubelet.cluster import Cluster
from sandbox.kubernetes.kubelet.cluster_types import ClusterError
from tools import build_charm, interpreters

ROOT = Path(__file__).resolve().parents[2]
SANDBOX = ROOT / "sandbox" / "bin"
CHARMS = {"alertmanager": ".", "prometheus": "examples/prometheus"}


class Images(NamedTuple):
    """What the stories deploy; ``absent`` is in no registry."""

    alertmanager: str = "prom/alertmanager:v0.28.1"
    newer: str = "prom/alertmanager:v0.33.1"
    absent: str = "prom/absent:v0.0.1"
    prometheus: str = "prom/prometheus:v2.42.0"


BOTH_VERSIONS = ("test_actions", "test_deploy", "test_removal")
UPDATE_STATUS = 10
"""Seconds between update-status hooks on the sandbox, which has ten seconds for what takes Juju a
minute, the shortest interval of its own."""
stopwatch = Stopwatch()
rows = {}
"""What was measured: {story: [(step, seconds)]}."""


def _lack(what):
    """Skip a test for what the machine lacks; where somebody has asked for the suite, fail it."""
    (pytest.fail if os.environ.get("MUST_RUN") else pytest.skip)(what)


def _program(variable, default):
    """The path of a program; skips the test if there is none."""
    named = os.environ.get(variable) or default
    found = named and shutil.which(named)
    if not found:
        _lack(f"no {named or variable}: make integration JUJU=juju, or sandbox/bin/juju")
    return os.path.abspath(found)


@pytest.fixture(scope="session")
def programs():
    """The paths of juju and kubectl."""
    juju = _program("JUJU", "")
    beside = SANDBOX / "kubectl" if Path(juju) == SANDBOX / "juju" else "kubectl"
    return juju, _program("KUBECTL", str(beside))


@pytest.fixture(scope="session")
def on_sandbox(programs):
    """Whether this is the sandbox."""
    return Path(programs[0]) == SANDBOX / "juju"


@pytest.fixture(scope="session")
def charms(on_sandbox, tmp_path_factory):
    """The folders of the built charms, by name.

    A juju out of a snap cannot read what is below /tmp, so for a real one they are where make build
    has them.
    """
    if on_sandbox:
        return {name: charm_builds.compiled(tmp_path_factory, CHARMS[name]) for name in CHARMS}
    for source in CHARMS.values():
        build_charm.build(ROOT / source, ROOT / "build", sys.executable)
    return {name: ROOT / "build" / name for name in CHARMS}


@pytest.fixture(scope="session")
def images():
    """The images that the stories deploy."""
    return Images()


@pytest.fixture(scope="session")
def seconds():
    """Measures: ``with seconds("deploy"): ...``"""
    return stopwatch


def pytest_generate_tests(metafunc):
    """Let the sandbox behave like both versions where commands or answers of a story differ."""
    if "model" in metafunc.fixturenames:
        differs = metafunc.module.__name__.rpartition(".")[2] in BOTH_VERSIONS
        on_sandbox = os.environ.get("JUJU", "").endswith("sandbox/bin/juju")
        versions = ["2.9", "3.6"] if on_sandbox and differs else ["2.9"]
        metafunc.parametrize("model", versions, indirect=True, scope="module")


@pytest.fixture(scope="module")
def model(request, programs, on_sandbox, tmp_path_factory):
    """A model for the stories of one module, destroyed after them unless KEEP_MODEL is set."""
    name = f"alertmanager-{uuid.uuid4().hex[:6]}"
    if not on_sandbox:
        yield from _lend(Model(*programs, name))
        return
    folder = tmp_path_factory.mktemp("sandbox")
    python = str(interpreters.operators())
    controller = functools.partial(Controller, make_agent=WarmAgent)
    daemon = Daemon(
        folder, name, python, cluster=Cluster, juju=request.param, controller=controller
    )
    daemon.juju.update_status_interval = UPDATE_STATUS
    try:
        daemon.start()
    except ClusterError as error:
        _lack(str(error))
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("JUJU_SANDBOX", str(folder))
        try:
            yield from _lend(Model(*programs, name, update_status=None))
        finally:
            daemon.stop()


def _lend(model):
    print(f"model {model.name} on Juju {model.version}")
    try:
        yield model
    finally:
        if os.environ.get("KEEP_MODEL"):
            print(f"\nkept: model {model.name}")
        else:
            _destroy(model)


def _destroy(model):
    try:
        with stopwatch("destroy the model"):
            model.destroy()
    except subprocess.SubprocessError:
        model.give_up()
        raise


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item):
    """Attach what was measured, and what a failed test leaves, to the report, which is printed."""
    outcome = yield
    report = outcome.get_result()
    report.user_properties.extend(("seconds", taken) for taken in stopwatch.take())
    if report.failed and "model" in item.funcargs:
        report.sections.extend(item.funcargs["model"].tell())


def pytest_runtest_logreport(report):
    """Keep what was measured, in whichever process, for the table."""
    told = [taken for name, taken in report.user_properties if name == "seconds"]
    rows.setdefault(Path(report.location[0]).stem[len("test_") :], []).extend(told)


def pytest_terminal_summary(terminalreporter):
    """Print the table of seconds."""
    if any(rows.values()):
        terminalreporter.section("seconds from a command to what it was waited for")
    for story in sorted(rows):
        for step, taken in rows[story]:
            terminalreporter.write_line(f"{story:<14} {step:<62} {taken:6.1f}")
