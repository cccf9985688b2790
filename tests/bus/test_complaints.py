"""What Prometheus or Grafana cannot use of what they were told, people get to see."""

import json

import pytest
from support import bus_harness
from support.charm_stories import APP, UNIT, deploy, relate_to, shown, since

BAD = json.dumps({"errors": "bad"})


def say(juju, relation, event):
    juju.write(relation, "other", {"event": event})
    juju.settle()


def look(juju):
    """Let update-status run; return the status."""
    juju.update_status(APP)
    juju.settle()
    return shown(juju)


@pytest.mark.parametrize("endpoint", ["self-metrics-endpoint", "grafana-dashboard"])
def test_the_leader_tells_it_once_and_shows_it_as_long_as_it_is_so(juju, charm, endpoint):
    deploy(juju, charm)
    well = shown(juju)
    relation = relate_to(juju, endpoint, "other")
    told = ("active", f"{well[1]}; other says of {endpoint}: bad")
    say(juju, relation, BAD)
    assert shown(juju) == look(juju) == told
    began = len(juju.history)
    assert look(juju) == told
    assert len(juju.history[began].calls) <= 8
    assert since(juju, began) == []
    juju.write(relation, "other", {"more": "data"})
    juju.settle()
    (line,) = [line for line in juju.log_lines() if " says of " in line]
    assert line.startswith("WARNING")
    say(juju, relation, "")
    assert shown(juju) == well
    say(juju, relation, BAD)
    juju.remove_relation(APP, "other")
    juju.inject(UNIT, "kill", hook=f"{endpoint}-relation-broken")
    juju.settle(expect_errors=True)
    juju.advance(300)
    juju.settle()
    assert shown(juju) == well


def test_another_leader_that_forgot_everything_tells_the_same(juju, charm):
    deploy(juju, charm, units=2)
    say(juju, relate_to(juju, "grafana-dashboard", "other"), BAD)
    told = shown(juju)
    assert told[1].endswith("bad")
    bus_harness.lose_database(juju, "alertmanager/1")
    juju.set_leader(APP, "alertmanager/1")
    juju.settle()
    look(juju)
    assert shown(juju, "alertmanager/1") == told
    assert "bad" not in shown(juju)[1]
