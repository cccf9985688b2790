"""A cluster that falls apart, or loses its relation: nobody misses a page."""

import pytest
from support import monitoring_stack, real_programs
from support.monitoring_stack import BRISK

PODS = ["alertmanager-0", "alertmanager-1", "alertmanager-2"]


@pytest.fixture(scope="module", params=real_programs.each_suite("cluster changes"))
def deployed(request, charms, tmp_path_factory):
    """Three Alertmanagers and a Prometheus of one Debian suite."""
    with monitoring_stack.opened(tmp_path_factory.mktemp("world"), charms) as world:
        version = real_programs.version("alertmanager", request.param)
        world.deploy("alertmanager", version, units=3, additional_args=BRISK)
        world.configure(alertmanager_config=world.team())
        version = real_programs.version("prometheus", request.param)
        world.deploy("prometheus", version, evaluation_interval="1s")
        world.relate()
        yield world


@pytest.fixture
def world(deployed):
    """The same for every test: all know one another, and nothing fires."""
    deployed.live()
    deployed.until(lambda: all(len(deployed.members(pod)) == 3 for pod in PODS), "one cluster")
    return deployed


def test_members_cut_off_from_one_another_page_all_the_same_and_find_together_again(world):
    whole = world.members("alertmanager-0")
    world.cluster.partition([["alertmanager-0"], ["alertmanager-1", "alertmanager-2"]])
    world.until(lambda: len(world.members("alertmanager-0")) == 1, "the first to be alone")
    world.until(lambda: len(world.members("alertmanager-1")) == 2, "the others to miss it")
    # what only one side hears of
    world.amtool("alertmanager-0", "alert", "add", "alertname=Left")
    world.amtool("alertmanager-2", "alert", "add", "alertname=Right")
    world.fire("Both")
    for name in ("Left", "Right", "Both"):
        world.paged(name, "firing")
    silence = world.silence("alertmanager-0", "alertname=Quiet")
    world.cluster.heal()
    world.until(
        lambda: {tuple(world.members(pod)) for pod in PODS} == {tuple(whole)},
        "the members to find together",
    )
    world.until(
        lambda: all(silence in world.silences(pod) for pod in PODS),
        "the silence of one side to reach the other",
    )


def test_a_member_that_starts_while_it_is_cut_off_comes_up_and_pages(world):
    # It asks each of the others first, and waits ten seconds for each that does not answer.
    world.cluster.partition([["alertmanager-0"], ["alertmanager-1", "alertmanager-2"]])
    restarts = world.cluster.pod("alertmanager-0").restarts
    world.kill("alertmanager-0")
    world.cluster.ready("alertmanager", 3, timeout=60)
    assert world.cluster.pod("alertmanager-0").restarts == restarts + 1
    world.amtool("alertmanager-0", "alert", "add", "alertname=Alone")
    world.paged("Alone", "firing")
    world.cluster.heal()


def test_removing_the_relation_leaves_prometheus_without_alertmanagers(world):
    assert len(world.alertmanagers()) == 3
    world.juju.remove_relation("alertmanager", "prometheus")
    world.until(lambda: world.alertmanagers() == [], "Prometheus to forget them")
    world.relate()
    world.fire("Again")
    world.paged("Again", "firing")
