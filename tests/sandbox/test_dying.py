"""What a hook may still do while its unit, its application or its relation goes away."""

import json

import pytest

from sandbox.juju import JujuError, Pod

ASKS = "ERROR Juju would ask first, which the sandbox does not: give --no-prompt\n"
STORAGE = {"data": {"type": "filesystem", "location": "/data"}}
REMOVAL = ("db-relation-departed", "db-relation-broken", "stop", "remove")
BUSY = """
status-set maintenance leaving
leader-set left=yes
relation-set -r db:0 mine=late
relation-set -r db:0 --app ours=late
application-version-set 9
config-get name
is-leader
"""


def removed(unit, juju, script, *hooks):
    """Removes the application of a unit with a script in its last hooks; returns their runs."""
    for hook in hooks or REMOVAL:
        unit.hook(hook, script)
    began = len(juju.history)
    juju.remove_application("tiny")
    juju.settle(expect_errors=True)
    return [run for run in juju.history[began:] if run.unit == "tiny/0"]


# -- order -----------------------------------------------------------------------------------------


def test_a_dying_unit_loses_its_storage_first_then_its_relations_then_stops(tiny, juju):
    tiny.write_charm(storage=STORAGE)
    juju.add_remote_app("pg", "server", "pgsql", units=1, role="provider")
    tiny.deploy(units=2)
    juju.relate("tiny", "pg")
    juju.set_pods("tiny", [Pod("tiny-0", "10.1.0.5"), Pod("tiny-1", "10.1.0.6")])
    juju.settle()
    tiny.order()
    juju.remove_application("tiny")
    juju.settle()
    assert tiny.order() == [
        "data-storage-detaching",
        "db-relation-departed",
        "db-relation-broken",
        "stop",
        "remove",
    ]
    assert "tiny" not in juju.model.applications


def test_storage_that_no_hook_has_seen_goes_without_one(tiny, juju):
    tiny.write_charm(storage=STORAGE)
    tiny.deploy()
    juju.set_pods("tiny", [Pod("tiny-0", "10.1.0.5")])
    juju.remove_application("tiny")
    juju.settle()
    assert juju.runs("data-storage-detaching") == []


# -- hook tools of a dying application -------------------------------------------------------------


def test_resources_of_a_dying_application_are_gone(unit, juju):
    runs = removed(unit, juju, "resource-get img || true")
    address = f"https://127.0.0.1:17070/model/{juju.model.uuid}/units/unit-tiny-0/resources/img"
    text = (
        f"ERROR could not download resource: HTTP request failed: Get {address}:"
        ' application "tiny" dying or dead\n'
    )
    assert {run.hook for run in runs} == set(REMOVAL)
    for run in runs:
        assert [(call.code, call.stdout, call.stderr) for call in run.calls] == [(1, "", text)]


def test_a_missing_resource_of_a_living_application_is_told_otherwise(unit):
    code, stdout, stderr = unit.tool("resource-get other")
    assert (code, stdout) == (1, "")
    assert stderr.endswith("/resources/other: resource#tiny/other not found\n")


def test_a_dying_unit_of_a_living_application_keeps_its_resources(unit, juju):
    unit.hook("stop", "resource-get img")
    juju.remove_unit("tiny")
    juju.settle()
    [run] = juju.runs("stop", "tiny/1")
    assert run.calls[0].code == 0


def test_everything_else_works_on_the_way_out(unit, juju):
    runs = removed(unit, juju, BUSY, "db-relation-departed", "db-relation-broken")
    assert {run.hook for run in runs} == set(REMOVAL)
    for run in runs:
        assert [call.code for call in run.calls] == [0] * len(run.calls)
        assert run.error == ""


def test_the_leader_leads_until_it_is_gone_and_what_it_sets_is_kept(unit, juju):
    unit.hook("stop", "is-leader; leader-set last=word; leader-get last")
    juju.set_leader("tiny", "tiny/1")
    juju.settle()
    juju.remove_unit("tiny")
    juju.settle()
    [run] = juju.runs("stop", "tiny/1")
    assert run.output == ["True", "word"]
    assert juju.application("tiny").leader == "tiny/0"
    assert juju.application("tiny").leader_settings == {"last": "word"}


def test_a_dying_leader_that_resigns_is_not_told_of_leader_settings(unit, juju):
    juju.set_leader("tiny", "tiny/1")
    juju.settle()
    unit.hook("stop", "leader-set last=word")
    juju.remove_unit("tiny")
    unit.order("tiny/1")
    juju.settle()
    assert "leader-settings-changed" not in unit.order("tiny/1")


def test_a_pod_spec_of_a_dying_application_is_taken_and_deployed(unit, juju, spec):
    unit.hook("stop", f"pod-spec-set --file {spec}; pod-spec-get || true")
    juju.remove_application("tiny")
    deployed = []
    juju.inject("tiny/0", lambda: deployed.append(dict(juju.cluster.workloads)), hook="remove")
    unit.hook("remove", "is-leader")
    juju.settle()
    [run] = juju.runs("stop", "tiny/0")
    assert (run.calls[0].code, run.error) == (0, "")
    assert run.calls[1].stderr == "ERROR k8s spec for application tiny not found\n"
    assert list(deployed[0]) == ["tiny"]


def test_what_a_dying_unit_sets_in_a_relation_reaches_the_other_side(unit, juju):
    relation = juju.model.relations[0]
    unit.hook("db-relation-departed", "relation-set last=word; relation-set --app last=words")
    unit.hook("db-relation-broken", "exit 1")  # or the relation would be gone
    juju.remove_application("tiny")
    juju.settle(expect_errors=True)
    assert juju.databag(relation, "tiny/0") == {"last": "word"}
    assert juju.databag(relation, "tiny") == {"last": "words"}


def test_a_broken_relation_is_listed_without_members_and_its_data_can_be_read(unit, juju):
    unit.hook(
        "db-relation-broken",
        "relation-ids db; relation-list --format=json; relation-list --app;"
        " relation-get host pg/0; relation-get --app shared pg; echo remote=$JUJU_REMOTE_UNIT",
    )
    juju.remove_relation("tiny", "pg")
    juju.settle()
    [run] = juju.runs("db-relation-broken", "tiny/0")
    assert run.output == ["db:0", "[]", "pg", "a", "yes", "remote="]


def test_goal_state_tells_who_is_dying_and_which_relation_is_broken(unit, juju):
    unit.hook("db-relation-departed", "goal-state --format=json")
    juju.remove_application("tiny")
    juju.settle()
    state = json.loads(juju.runs("db-relation-departed", "tiny/0")[0].output[0])
    assert {unit["status"] for unit in state["units"].values()} == {"dying"}
    assert state["relations"]["db"]["pg"]["status"] == "broken"


def test_statuses_that_juju_sets_on_the_way_out(unit, juju):
    seen = []
    unit.hook("stop", "status-set active fine; status-get")
    unit.hook("remove", "status-get")
    juju.inject(
        "tiny/0", lambda: seen.append(juju.charm_status("tiny/0")), hook="stop", tool="status-set"
    )
    juju.remove_application("tiny")
    juju.settle()
    assert (seen[0].state, seen[0].message) == ("maintenance", "stopping charm software")
    assert juju.runs("stop", "tiny/0")[0].output == ["active"]
    assert juju.runs("remove", "tiny/0")[0].output == ["maintenance"]


# -- failing, and going all the same ---------------------------------------------------------------


def test_a_failed_hook_keeps_a_dying_application_until_it_is_resolved(unit, juju):
    unit.hook("stop", "exit 1")
    juju.remove_application("tiny")
    juju.settle(expect_errors=True)
    for _ in range(5):
        juju.advance(300)
        juju.settle(expect_errors=True)
    assert juju.application("tiny").life == "dying"
    assert juju.status("tiny/0").message == 'hook failed: "stop"'
    assert len(juju.runs("stop", "tiny/0")) == 6
    for name in ("tiny/0", "tiny/1"):
        juju.resolved(name, retry=False)
    juju.settle()
    assert "tiny" not in juju.model.applications


@pytest.mark.parametrize(("words", "wait"), [("--force", 60), ("--force --no-wait", 0)])
def test_force_removes_it_after_a_minute_or_at_once(unit, juju, type_, words, wait):
    unit.hook("stop", "exit 1")
    assert type_(f"remove-application tiny {words}").code == 0
    juju.settle(expect_errors=True)
    if wait:
        juju.advance(wait - 1)
        juju.settle(expect_errors=True)
        assert juju.application("tiny").units
        juju.advance(1)
        juju.settle(expect_errors=True)
    assert "tiny" not in juju.model.applications
    assert juju.model.relations == {}


def test_a_unit_that_stops_in_time_runs_its_hooks_in_spite_of_force(unit, juju, type_):
    type_("remove-application tiny --force")
    juju.settle()
    assert juju.runs("remove", "tiny/0")
    assert "tiny" not in juju.model.applications


@pytest.mark.parametrize("words", [["scale", 3], ["add_unit"], ["remove_unit"]])
def test_a_dying_application_is_not_scaled(unit, juju, words):
    unit.hook("stop", "exit 1")
    juju.remove_application("tiny")
    juju.settle(expect_errors=True)
    name, *values = words
    text = r'^cannot set scale for application "tiny" to \d: application is not found or not alive$'
    with pytest.raises(JujuError, match=text):
        getattr(juju, name)("tiny", *values)


# -- the model -------------------------------------------------------------------------------------


def test_destroying_the_model_removes_every_application(unit, juju):
    juju.destroy_model()
    juju.settle()
    assert juju.model.applications == {}
    assert juju.model.relations == {}
    unit.deploy()
    assert list(juju.model.applications) == ["tiny"]


def test_a_failed_hook_keeps_the_model_and_force_does_not(unit, juju, type_):
    unit.hook("stop", "exit 1")
    juju.destroy_model()
    juju.settle(expect_errors=True)
    assert list(juju.model.applications) == ["tiny"]
    assert type_("remove-application tiny --force --no-wait").code == 0
    juju.settle(expect_errors=True)
    assert juju.model.applications == {}


def test_destroying_the_model_is_asked_for_and_so_is_its_storage(tiny, juju, type_):
    tiny.write_charm(storage=STORAGE)
    tiny.deploy()
    juju.set_pods("tiny", [Pod("tiny-0", "10.1.0.5")])
    juju.settle()
    refused = type_("destroy-model -y lma")
    assert refused.code == 1
    assert refused.err.startswith(
        'ERROR cannot destroy model "lma"\n\nThe model has persistent storage remaining:\n'
        "    1 volume(s)\n    1 filesystem(s)\n\nTo destroy the storage, "
    )
    asks = type_("destroy-model lma --destroy-storage")
    assert (asks.code, asks.err) == (2, ASKS)
    assert juju.application("tiny").life == "alive"
