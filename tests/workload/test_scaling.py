"""A cluster that grows, shrinks, falls apart: nothing restarts or is lost by that."""

import oracles
import pytest
import worlds
from worlds import BRISK


@pytest.fixture
def world(charms, tmp_path):
    with worlds.opened(tmp_path / "world", charms) as world:
        yield world


def deploy(world, units, suite="bookworm"):
    version = oracles.version("alertmanager", suite)
    world.deploy(
        "alertmanager",
        version,
        units=units,
        additional_args=BRISK,
        alertmanager_config=world.team(),
    )
    world.deploy("prometheus", oracles.version("prometheus", suite), evaluation_interval="1s")
    world.relate()
    world.live()


def pods(count):
    return [f"alertmanager-{number}" for number in range(count)]


def scale(world, units):
    """Scale, and wait until all there ought to be run, and know of one another."""
    world.juju.scale("alertmanager", units)
    world.live()
    world.until(
        lambda: {len(world.members(pod)) for pod in pods(units)} == {units},
        f"{units} members to know {units} members",
    )
    world.until(lambda: len(world.alertmanagers()) == units, f"Prometheus to know {units}")


@pytest.mark.parametrize("suite", oracles.SUITES)
def test_scaling_restarts_no_pod_that_stays_and_forgets_no_silence(world, suite):
    deploy(world, 1, suite)
    silence = world.silence("alertmanager-0", "alertname=Quiet")
    for units in (3, 5, 2):
        before = world.processes()
        scale(world, units)
        after = world.processes()
        assert {pod: after[pod] for pod in before if pod in after} == {
            pod: before[pod] for pod in before if pod in after
        }
        assert sorted(after) == pods(units)
        world.until(
            lambda count=units: all([silence] == world.silences(pod) for pod in pods(count)),
            "every member to know the silence",
        )
    world.fire("Quiet", "Loud")
    world.paged("Loud", "firing")
    assert world.pager.pages("Quiet") == []


def test_members_cut_off_from_one_another_page_all_the_same_and_find_together_again(world):
    deploy(world, 3)
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
        lambda: {tuple(world.members(pod)) for pod in pods(3)} == {tuple(whole)},
        "the members to find together",
    )
    world.until(
        lambda: all([silence] == world.silences(pod) for pod in pods(3)),
        "the silence of one side to reach the other",
    )


def test_removing_the_relation_leaves_prometheus_without_alertmanagers(world):
    deploy(world, 2)
    assert len(world.alertmanagers()) == 2
    world.juju.remove_relation("alertmanager", "prometheus")
    world.until(lambda: world.alertmanagers() == [], "Prometheus to forget them")
    world.relate()
    world.fire("Again")
    world.paged("Again", "firing")
