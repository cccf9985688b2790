"""What tests of every kind share."""

import os
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from support import charm_builds

import sandbox.juju.agent.charmhelpers_shim.sitecustomize  # noqa: F401 - it lets charmhelpers in

# Where the base layer finds distutils, which Python has had none of since 3.12; as in its hooks.
sys.path.append(
    str(Path(__file__).parents[1] / "layers" / "pod-spec" / "lib" / "removed_from_python")
)


# What is tried is the same in every run, however slow the machine is.
settings.register_profile(
    "repeatable", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("repeatable")


@pytest.fixture(scope="session")
def built_charm(tmp_path_factory):
    """The folder of the charm, built as by ``make build`` and compiled; not to be changed."""
    return charm_builds.compiled(tmp_path_factory, ".")


@pytest.fixture(scope="session", autouse=True)
def _forget_beginnings():
    """Workers of pytest-xdist end without running what is registered for their exit."""
    yield
    if "support.story_beginnings" in sys.modules:
        sys.modules["support.story_beginnings"].forget_all()


@pytest.fixture(autouse=True)
def _measure_this_process_only():
    """Programs that tests start elsewhere would be measured by other rules, which do not add up.

    pytest-cov asks for it anew after each test that it leaves out.
    """
    for name in [name for name in os.environ if name.startswith("COV_CORE_")]:
        del os.environ[name]


SEED = int(os.environ.get("SEED", "1"))


@pytest.fixture
def seed():
    """The number that all chance in a test follows from, which ``make soak SEED=7`` sets."""
    return SEED


@pytest.hookimpl(trylast=True)  # hypothesis marks its tests before
def pytest_collection_modifyitems(items):
    """Leave out of the coverage what tries many variations, which takes twice as long with it."""
    for item in items:
        if item.get_closest_marker("hypothesis") or "seed" in getattr(item, "fixturenames", ()):
            item.add_marker("no_cover")


@pytest.fixture
def table(record_property):
    """A function that keeps lines of text, to be printed when all tests have run."""

    def keep(*lines):
        record_property("table", "\n".join(lines))

    return keep


def pytest_report_header():
    return f"SEED={SEED}"


def pytest_terminal_summary(terminalreporter):
    """Print what tests have kept with ``table``, in whichever process they ran."""
    for outcome in ("passed", "failed"):
        for report in terminalreporter.stats.get(outcome, ()):
            for name, text in report.user_properties:
                if name == "table" and report.when == "call":
                    terminalreporter.section(report.nodeid.rpartition("/")[2])
                    terminalreporter.write_line(text)
