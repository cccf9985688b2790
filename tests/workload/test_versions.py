"""One version of Alertmanager after the other, and one that cannot be had."""

import oracles
import pytest
import worlds
from worlds import BRISK

from sandbox import programs
from sandbox.juju import report

PODS = ["alertmanager-0", "alertmanager-1"]

pytestmark = pytest.mark.xdist_group("versions")


@pytest.fixture
def world(charms, tmp_path):
    with worlds.opened(tmp_path, charms) as world:
        yield world


def test_another_version_keeps_the_silences_and_so_does_the_way_back(world):
    first, *others = [oracles.version("alertmanager", suite) for suite in oracles.SUITES]
    world.deploy("alertmanager", first, units=2, additional_args=BRISK)
    world.configure(alertmanager_config=world.team())
    world.live()
    identifier = world.silence(PODS[0], "alertname=Quiet")
    for version in [*others, *others[-2::-1], first]:
        old = world.cluster.pods("alertmanager")
        world.attach(version)
        for pod in old:
            world.cluster.replaced(pod.name, pod, timeout=120)
        world.live()
        assert world.shown()[1].startswith(f"Alertmanager {version}")
        world.until(
            lambda: all(identifier in world.silences(pod) for pod in PODS), "the silence to be back"
        )
    for name in ("Quiet", "Loud"):
        world.amtool(PODS[1], "alert", "add", f"alertname={name}")
    world.paged("Loud", "firing")
    assert world.pager.pages("Quiet") == []


def test_a_version_that_cannot_be_had_runs_as_the_nearest_and_status_says_so(world):
    oldest = programs.versions("alertmanager")[0]
    world.deploy("alertmanager", "0.20.0", alertmanager_config=world.team())
    world.live()
    assert world.shown()[1].startswith(f"Alertmanager {oldest}")
    told = report.full_status(world.juju)["model"]["model-status"]["message"]
    assert f"the sandbox runs {oldest}" in told
    world.amtool(PODS[0], "alert", "add", "alertname=Fire")
    world.paged("Fire", "firing")
