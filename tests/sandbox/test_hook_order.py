"""Which hooks run, in which order (Juju 2.9: worker/uniter)."""

import json

import yaml

FIRST = ["install", "leader-elected", "config-changed", "start"]


def test_first_hooks_of_a_leader(tiny):
    tiny.deploy()
    assert tiny.order() == FIRST


def test_followers_get_leader_settings_changed_instead_of_leader_elected(tiny):
    tiny.deploy(units=2)
    assert tiny.order("tiny/1") == ["install", "leader-settings-changed", "config-changed", "start"]


def test_relation_that_exists_at_install_is_created_before_leader_elected(tiny, juju):
    juju.add_remote_app("pg", "server", "pgsql", role="provider")
    juju.deploy(tiny.charm, resources={"img": "tiny:1"})
    juju.relate("tiny", "pg")
    juju.settle()
    assert tiny.order() == [
        "install",
        "db-relation-created",
        "leader-elected",
        "config-changed",
        "start",
        "db-relation-joined",
        "db-relation-changed",
    ]


def test_units_of_the_other_side_join_change_and_depart(tiny, juju):
    tiny.deploy()
    tiny.order()
    juju.add_remote_app("pg", "server", "pgsql", units=2)
    relation = juju.relate("tiny", "pg")
    juju.settle()
    joined = ["db-relation-joined", "db-relation-changed"]
    assert tiny.order() == ["db-relation-created", *joined, *joined]
    juju.write(relation, "pg/0", {"host": "a"})
    juju.settle()
    assert tiny.order() == ["db-relation-changed"]
    juju.write(relation, "pg/0", {"host": "a"})
    juju.settle()
    assert tiny.order() == []
    juju.remove_unit("pg")
    juju.settle()
    run = juju.runs("db-relation-departed")[-1]
    assert run.environment["JUJU_DEPARTING_UNIT"] == "pg/1"
    tiny.order()
    juju.remove_relation("tiny", "pg")
    juju.settle()
    assert tiny.order() == ["db-relation-departed", "db-relation-broken"]
    assert juju.model.relations == {}


def test_application_data_changes_without_a_remote_unit(tiny, juju):
    tiny.deploy()
    juju.add_remote_app("pg", "server", "pgsql")
    relation = juju.relate("tiny", "pg")
    juju.settle()
    tiny.order()
    juju.write(relation, "pg", {"ready": "yes"})
    juju.settle()
    run = juju.runs("db-relation-changed")[-1]
    assert run.environment["JUJU_REMOTE_APP"] == "pg"
    assert run.environment["JUJU_REMOTE_UNIT"] == ""
    assert tiny.order() == ["db-relation-changed"]


def test_application_data_comes_before_the_units(tiny, juju):
    tiny.deploy()
    tiny.order()
    juju.add_remote_app("pg", "server", "pgsql")
    juju.write(juju.relate("tiny", "pg"), "pg", {"ready": "yes"})
    juju.settle()
    told = [(run.hook, run.remote_unit) for run in juju.runs(unit="tiny/0")]
    assert told == [
        ("db-relation-created", ""),
        ("db-relation-changed", ""),
        ("db-relation-joined", "pg/0"),
        ("db-relation-changed", "pg/0"),
    ]


def test_config_changed_runs_for_a_new_value_only(tiny, juju):
    tiny.deploy()
    tiny.order()
    juju.config("tiny", {"name": "ann"})
    juju.settle()
    assert tiny.order() == ["config-changed"]
    juju.config("tiny", {"name": "ann"})
    juju.settle()
    assert tiny.order() == []


def test_config_changed_runs_when_the_service_gets_its_address(tiny, juju):
    tiny.deploy()
    tiny.order()
    juju.set_pods("tiny", [], service="10.0.0.7")
    juju.settle()
    assert tiny.order() == ["config-changed"]


def test_refresh_and_attach_resource_run_upgrade_charm_then_config_changed(tiny, juju):
    tiny.deploy()
    tiny.order()
    juju.refresh("tiny", tiny.charm)
    juju.settle()
    assert tiny.order() == ["upgrade-charm", "config-changed"]
    juju.attach_resource("tiny", "img", "tiny:2")
    juju.settle()
    assert tiny.order() == ["upgrade-charm", "config-changed"]


def test_a_refresh_comes_before_a_new_value(tiny, juju):
    tiny.deploy()
    tiny.order()
    juju.config("tiny", {"name": "ann"})
    juju.refresh("tiny", tiny.charm)
    juju.settle()
    assert tiny.order() == ["upgrade-charm", "config-changed"]


def test_leadership_comes_before_actions(tiny, juju):
    on_operator = {"workload-context": {"type": "boolean", "default": False}}
    (tiny.charm / "actions.yaml").write_text(yaml.safe_dump({"greet": {"params": on_operator}}))
    tiny.deploy(units=2)
    tiny.order("tiny/1")
    juju.queue_action("tiny/1", "greet")
    juju.set_leader("tiny", "tiny/1")
    juju.settle()
    assert tiny.order("tiny/1") == ["leader-elected", "greet"]


def test_removal_breaks_relations_then_stops_then_removes(tiny, juju):
    tiny.deploy()
    juju.add_remote_app("pg", "server", "pgsql")
    juju.relate("tiny", "pg")
    juju.settle()
    tiny.order()
    juju.remove_application("tiny")
    juju.settle()
    assert tiny.order() == ["db-relation-departed", "db-relation-broken", "stop", "remove"]
    assert "tiny" not in juju.model.applications


def test_an_application_is_there_until_its_last_relation_has_ended(tiny, juju):
    tiny.deploy()
    juju.add_remote_app("pg", "server", "pgsql")
    juju.relate("tiny", "pg")
    juju.settle()
    tiny.hook("db-relation-departed", "goal-state --format=json")
    juju.remove_application("pg")
    assert "pg" in juju.model.applications
    juju.settle()
    (told,) = juju.runs("db-relation-departed")[-1].calls
    assert json.loads(told.stdout)["relations"]["db"]["pg"]["status"] == "broken"
    assert "pg" not in juju.model.applications


def test_what_changes_during_a_hook_has_hooks_of_its_own_afterwards(tiny, juju):
    def change():
        juju.config("tiny", {"name": "ann"})
        juju.refresh("tiny", tiny.charm)

    tiny.hook("install", "is-leader")
    juju.inject("tiny/0", change, hook="install")
    tiny.deploy()
    order = tiny.order()
    assert order[:2] == ["install", "leader-elected"]
    assert "upgrade-charm" in order
    tiny.hook("config-changed", "is-leader")
    juju.inject("tiny/0", lambda: juju.config("tiny", {"name": "joe"}), hook="config-changed")
    juju.config("tiny", {"name": "bob"})
    juju.settle()
    assert tiny.order() == ["config-changed", "config-changed"]


def test_a_model_is_idle_when_no_hook_runs_and_none_is_due(tiny, juju):
    seen = []
    tiny.hook("install", "is-leader")
    juju.inject("tiny/0", lambda: seen.append(juju.idle()), hook="install")
    assert juju.idle()
    juju.deploy(tiny.charm, resources={"img": "tiny:1"})
    assert not juju.idle()
    juju.settle()
    assert juju.idle()
    assert seen == [False]
