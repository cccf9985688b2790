"""A hook leaves a watcher behind while there is something to wait for, and only then."""

import math
import time

import pytest
from charmhelpers.core import hookenv
from support.charm_stories import (
    APP,
    GOOD,
    OTHER,
    OTHER_GOOD,
    UNIT,
    UNLOVED,
    configure,
    deploy,
    live,
    short,
    shown,
)


@pytest.fixture
def settled(juju, charm, pods):
    """Two pods that run what they were given."""
    deploy(juju, charm, units=2, alertmanager_config=GOOD)
    pods.start(2)
    pods.look()
    assert shown(juju) == live(GOOD)
    juju.watches.clear()
    return pods


def attach(juju):
    """Attach another image, as `juju attach-resource` and `juju refresh` do."""
    juju.attach_resource(APP, "alertmanager-image", "prom/alertmanager:v0.25.1")
    juju.settle()


def test_nothing_is_watched_before_there_are_pods(juju, charm):
    deploy(juju, charm, alertmanager_config=GOOD)
    assert juju.watches == []
    assert shown(juju) == ("active", f"configuration {short(GOOD)}")


def test_nothing_is_watched_while_all_is_well(juju, settled):
    settled.look()
    assert juju.watches == []


def test_a_leader_watches_until_a_configuration_is_everywhere(juju, settled):
    configure(juju, alertmanager_config=OTHER_GOOD)
    (watch,) = juju.watches
    assert watch.unit == UNIT
    assert [str(pod) for pod in watch.pods] == [
        f"Alertmanager(http://{APP}-{number}.{APP}-endpoints.lma.svc:9093)" for number in (0, 1)
    ]
    assert (watch.seen.asked, watch.seen.answering, watch.seen.live) == (2, 2, 0)
    assert watch.due == math.inf  # all ran the one before, so a refusal is about this one
    settled.deliver()
    settled.look()
    assert shown(juju) == live(OTHER_GOOD)
    assert len(juju.watches) == 1


def test_a_refusal_that_may_be_about_an_earlier_one_is_judged_in_time(juju, settled):
    configure(juju, alertmanager_config=UNLOVED)
    configure(juju, alertmanager_config=OTHER_GOOD)
    doubted = juju.watches[-1]
    assert doubted.due > time.time()


def test_each_unit_watches_a_pod_that_is_silent(juju, settled):
    was, settled.servers = settled.servers, []
    settled.look()
    assert shown(juju)[0] == shown(juju, OTHER)[0] == "waiting"
    assert shown(juju)[1].startswith("no pod has answered since ")
    assert shown(juju, OTHER)[1].startswith("its pod has not answered since ")
    assert sorted((watch.unit, len(watch.pods)) for watch in juju.watches) == [
        (UNIT, 2),
        (OTHER, 1),
    ]
    before = [shown(juju), shown(juju, OTHER)]
    settled.look()
    assert [shown(juju), shown(juju, OTHER)] == before
    settled.servers = was
    settled.look()
    assert shown(juju) == live(GOOD)


def test_pods_are_asked_although_the_leaders_own_has_lost_its_address(juju, settled):
    juju.set_pods(APP, [])
    juju.settle()
    settled.look()
    assert shown(juju) == live(GOOD)


def test_a_refresh_is_watched_until_every_pod_is_another(juju, charm, settled):
    attach(juju)
    assert shown(juju) == live(GOOD)  # nothing has been replaced yet
    assert juju.watches[-1].seen.live == 2
    for number, (state, words) in enumerate(
        [("waiting", "1 of 2 pods replaced, 2 answer"), live(GOOD)], 1
    ):
        settled.servers[-number].started += 60
        settled.look()
        assert shown(juju) == (state, words)
    juju.watches.clear()
    settled.look()
    assert juju.watches == []


@pytest.mark.parametrize("replaced", [(), (0,)])
def test_a_refresh_is_through_once_pods_have_settled(juju, settled, monkeypatch, replaced):
    """Even if fewer are replaced than there are: another hook may have seen the rest of them."""
    settled.servers[1].started += 60
    settled.look()
    attach(juju)
    for number in replaced:
        settled.servers[number].started += 120
    settled.look()
    waits = ("waiting", "1 of 2 pods replaced, 2 answer")
    assert shown(juju) == (waits if replaced else live(GOOD))
    soon = time.time() + 61
    assert juju.watches[-1].due < soon if replaced else juju.watches[-1].due == math.inf
    later = soon if replaced else time.time() + 1801
    juju.watches.clear()
    monkeypatch.setattr("time.time", lambda: later)
    settled.look()
    assert shown(juju) == live(GOOD)
    assert juju.watches == []


def test_a_pod_that_does_not_come_back_is_waited_for_in_a_refresh(juju, settled, monkeypatch):
    attach(juju)
    settled.servers[1].started += 60
    settled.servers[0], was = None, settled.servers[0]
    settled.look()
    began = time.time()
    for minutes in (1, 29):
        monkeypatch.setattr("time.time", lambda now=began + 60 * minutes: now)
        settled.look()
        assert shown(juju) == ("waiting", "1 of 2 pods replaced, 1 answer")
    monkeypatch.undo()
    settled.servers[0] = was
    settled.look()
    assert shown(juju) == ("waiting", "1 of 2 pods replaced, 2 answer")


def test_what_is_being_removed_watches_nothing(juju, settled):
    settled.servers = []
    juju.remove_application(APP)
    juju.settle()
    assert juju.watches == []


def test_a_watcher_that_cannot_be_started_fails_no_hook(juju, settled, monkeypatch):
    def lacks_memory(_hook):
        raise OSError(12, "Cannot allocate memory")

    monkeypatch.setattr("support.bus_harness.InProcess.leave_behind", lacks_memory)
    configure(juju, alertmanager_config=OTHER_GOOD)
    assert shown(juju)[0] == "waiting"
    logged = [line.message for line in juju.model.log]
    assert any("nothing watches the pods until the next hook" in line for line in logged)


def test_pods_are_looked_at_while_options_are_wrong(juju, settled):
    """Else each watcher would find the same news, and have the same hook run."""
    configure(juju, alertmanager_config=OTHER_GOOD)
    configure(juju, alertmanager_config="route: {")
    assert shown(juju)[0] == "blocked"
    assert juju.watches[-1].seen.live == 0
    settled.deliver()
    settled.look()
    assert shown(juju)[0] == "blocked"
    juju.watches.clear()
    settled.look()
    assert juju.watches == []


def test_what_does_not_change_is_watched_for_ten_minutes(juju, settled, monkeypatch):
    settled.servers = []
    settled.look()
    assert juju.watches
    began = time.time()
    for minutes, is_watched in ((9, True), (11, False), (60, False)):
        monkeypatch.setattr("time.time", lambda now=began + 60 * minutes: now)
        juju.watches.clear()
        settled.look()
        assert bool(juju.watches) == is_watched
    configure(juju, alertmanager_config=OTHER_GOOD)  # something new to wait for
    assert juju.watches


def test_a_pod_that_comes_and_goes_is_asked_less_and_less_often(juju, settled, monkeypatch):
    was, periods = settled.servers, []
    monkeypatch.setattr(hookenv, "hook_name", lambda: "")  # as in hooks that juju-exec runs
    for number in range(18):
        settled.servers = was if number % 2 else []
        settled.look()
        periods += [watch.period for watch in juju.watches if watch.unit == UNIT]
        juju.watches.clear()
    assert periods[0] == 2
    assert periods == sorted(periods)
    assert periods[-1] == 60
    monkeypatch.undo()
    settled.servers = []
    settled.look()
    assert [watch.period for watch in juju.watches if watch.unit == UNIT] == [2]
