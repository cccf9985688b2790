"""One version of Alertmanager after the other, and one that cannot be had."""

import pytest
from support import monitoring_stack, real_programs
from support.monitoring_stack import BRISK

from sandbox import debian_programs
from sandbox.juju.cli import status_report

PODS = ["alertmanager-0", "alertmanager-1"]

pytestmark = pytest.mark.xdist_group("versions")


@pytest.fixture
def world(charms, tmp_path):
    with monitoring_stack.opened(tmp_path, charms) as world:
        yield world


def test_every_version_and_the_way_back_under_fire(world, table):
    """Alerts begin all the time while each pod is replaced again and again."""
    first, *others = [
        real_programs.version("alertmanager", suite) for suite in real_programs.SUITES
    ]
    world.deploy("alertmanager", first, units=2, additional_args=BRISK)
    world.deploy(
        "prometheus", real_programs.version("prometheus", "trixie"), evaluation_interval="1s"
    )
    world.configure(alertmanager_config=world.team())
    world.relate()
    world.live()
    silences = {
        world.silence(PODS[0], "alertname=Quiet"),
        world.silence(PODS[1], "alertname=~Stream.*7"),
    }
    begun = world.stream()
    world.paged("Stream0", "firing")
    for version in [*others, *others[-2::-1], first]:
        old = world.cluster.pods("alertmanager")
        world.attach(version)
        for pod in old:
            world.cluster.replaced(pod.name, pod, timeout=120)
        world.live()
        assert world.shown()[1].startswith(f"Alertmanager {version}")
        world.until(
            lambda: all(silences == set(world.silences(pod)) for pod in PODS), "both silences"
        )
    for name in ("Quiet", "Loud"):
        world.amtool(PODS[1], "alert", "add", f"alertname={name}")
    world.paged("Loud", "firing")
    assert world.pager.pages("Quiet") == []

    names = begun()
    loud = [name for name in names if not name.endswith("7")]
    world.until(lambda: all(world.pager.pages(name) for name in loud), "every alert that has begun")
    told = [world.pager.pages(name) for name in loud]
    assert {state for states in told for state in states} == {"firing"}
    assert not any(world.pager.pages(name) for name in names if name.endswith("7"))
    again = sum(len(states) - 1 for states in told)
    versions = " ".join([first, *others, *others[-2::-1], first])
    table(
        f"versions {versions}",
        f"alerts that began {len(names)}, silenced {len(names) - len(loud)},"
        f" told at least once {len(loud)}, told once more {again}",
    )


def test_a_version_that_cannot_be_had_runs_as_the_nearest_and_status_says_so(world):
    oldest = debian_programs.versions("alertmanager")[0]
    world.deploy("alertmanager", "0.20.0", alertmanager_config=world.team())
    world.live()
    assert world.shown()[1].startswith(f"Alertmanager {oldest}")
    told = status_report.full_status(world.juju)["model"]["model-status"]["message"]
    assert f"the sandbox runs {oldest}" in told
    world.amtool(PODS[0], "alert", "add", "alertname=Fire")
    world.paged("Fire", "firing")
