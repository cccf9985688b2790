"""Hooks fail, disks and leadership are lost, commits are thrown away: the outcome is the same."""

import pytest
from support import bus_harness
from support.charm_stories import (
    APP,
    BAD,
    GOOD,
    UNIT,
    configure,
    deploy_anew,
    files,
    prometheus,
    shown,
    since,
    spec_text,
)

OTHER = "alertmanager/1"


def test_only_the_leader_sets_the_spec_and_the_follower_is_active(juju, charm):
    deploy_anew(juju, charm, units=2)
    assert [run for run in juju.runs(unit=OTHER) if run.calls_of("pod-spec-set")] == []
    assert shown(juju, UNIT) == ("active", "configuration a950e1")
    assert shown(juju, OTHER) == ("active", "")


def test_leadership_that_goes_and_comes_back_changes_nothing(juju, charm):
    deploy_anew(juju, charm, units=2, alertmanager_config=GOOD)
    spec, began = spec_text(juju), len(juju.history)
    for leader in (OTHER, UNIT, OTHER, UNIT):
        juju.set_leader(APP, leader)
        juju.settle()
    assert spec_text(juju) == spec
    assert since(juju, began, "pod-spec-set") == []


def test_what_changes_under_the_other_leader_is_kept_by_the_first(juju, charm):
    deploy_anew(juju, charm, units=2)
    juju.set_leader(APP, OTHER)
    configure(juju, alertmanager_config=GOOD)
    changed = spec_text(juju)
    juju.set_leader(APP, UNIT)
    juju.settle()
    assert spec_text(juju) == changed
    configure(juju, alertmanager_config="")
    assert spec_text(juju) != changed


def test_the_spec_of_another_charm_is_replaced(juju, charm):
    deploy_anew(juju, charm)
    ours = spec_text(juju)
    juju.application(APP).pod_spec = "version: 3\ncontainers: [{name: a, image: b}]\n"
    configure(juju, alertmanager_config=BAD)
    assert shown(juju)[0] == "blocked"
    configure(juju, alertmanager_config="")
    assert spec_text(juju) == ours


def outcome(juju, relation):
    """Return all that others see of the application."""
    return (
        spec_text(juju),
        {unit: shown(juju, unit) for unit in (UNIT, OTHER)},
        {unit: juju.databag(relation, unit) for unit in (UNIT, OTHER)},
    )


STEPS = (
    lambda juju: configure(juju, alertmanager_config=GOOD),
    lambda juju: configure(juju, external_url="https://alerts.example/am"),
    lambda juju: configure(juju, alertmanager_config=BAD),
    lambda juju: (juju.update_status(APP), juju.settle()),
    lambda juju: configure(juju, alertmanager_config=GOOD, external_labels='{"a": "b"}'),
    lambda juju: (
        juju.attach_resource(APP, "alertmanager-image", "prom/alertmanager:v0.28.1"),
        juju.settle(),
    ),
    lambda juju: (juju.set_leader(APP, OTHER), juju.settle()),
    lambda juju: (juju.set_leader(APP, UNIT), juju.settle()),
)


def live_through(juju, charm, mishap):
    """Go through all steps, with a mishap before each; return the outcomes."""
    deploy_anew(juju, charm, units=2)
    relation = prometheus(juju)
    outcomes = []
    for step in STEPS:
        mishap(juju)
        step(juju)
        outcomes.append(outcome(juju, relation))
    return outcomes


def lose_disk(juju):
    """The operator pod restarts, and has no disk of its own."""
    assert juju.restart_operator(APP)


def test_what_the_operator_remembers_does_not_matter(charm, tmp_path):
    lives = []
    for mishap in (lambda _: None, lose_disk):
        with bus_harness.controller(tmp_path / str(len(lives))) as juju:
            lives.append(live_through(juju, charm, mishap))
    undisturbed, without_disk = lives
    assert without_disk == undisturbed


@pytest.mark.parametrize("tool", ["config-get", "resource-get", "pod-spec-get", "pod-spec-set"])
def test_a_tool_that_fails_fails_the_hook_and_the_retry_makes_up_for_it(juju, charm, tool):
    deploy_anew(juju, charm)
    fault = juju.inject(UNIT, "fail", hook="config-changed", tool=tool)
    juju.config(APP, {"alertmanager-config": GOOD})
    juju.settle(expect_errors=True)
    assert fault.hit
    juju.advance(3600)
    juju.settle()
    assert files(juju)["alertmanager.yml"] == GOOD.encode()
    assert juju.charm_status(UNIT).state == "active"


def test_a_commit_that_juju_loses_is_made_up_for(juju, charm):
    deploy_anew(juju, charm)
    relation = prometheus(juju)
    juju.inject(UNIT, "commit", hook="config-changed")
    juju.config(APP, {"alertmanager-config": GOOD, "external-labels": '{"a": "b"}'})
    juju.settle(expect_errors=True)
    assert files(juju)["alertmanager.yml"] != GOOD.encode()
    juju.advance(3600)
    juju.settle()
    assert files(juju)["alertmanager.yml"] == GOOD.encode()
    assert "external_labels" in juju.databag(relation, UNIT)


def test_after_making_up_for_a_lost_commit_hooks_are_idle_again(juju, charm):
    deploy_anew(juju, charm)
    configure(juju, alertmanager_config=GOOD)
    for _ in range(2):
        juju.update_status(APP)
        juju.settle()
    assert not juju.history[-1].calls_of("pod-spec-get", "resource-get")
