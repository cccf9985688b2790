"""A configuration that another charm keeps, instead of the option."""

import json

import pytest
from support import bus_harness
from support.charm_stories import (
    APP,
    BAD,
    GOOD,
    UNIT,
    configure,
    deploy,
    files,
    idle,
    relate_to,
    shown,
)

SECRET = "https://hooks.example/s3cret"
CONFIG = {
    "route": {"receiver": "remote"},
    "receivers": [{"name": "remote", "webhook_configs": [{"url": SECRET}]}],
}
OTHER = {"route": {"receiver": "other"}, "receivers": [{"name": "other"}]}
TEMPLATES = ['{{ define "a" }}b{{ end }}', '{{ define "c" }}d{{ end }}']


@pytest.fixture
def relation(juju, charm):
    """Relate an application that keeps the configuration, and is played by the test."""
    deploy(juju, charm)
    return relate_to(juju, "remote-configuration", "configurer")


def say(juju, relation, config, templates=None):
    text = config if isinstance(config, str) else json.dumps(config)
    more = {} if templates is None else {"alertmanager_templates": json.dumps(templates)}
    juju.write(relation, "configurer", {"alertmanager_config": text, **more})
    juju.settle()


def config(juju):
    return files(juju)["alertmanager.yml"].decode()


def test_the_configuration_of_the_relation_is_used_and_follows_changes(juju, relation):
    say(juju, relation, CONFIG)
    assert json.loads(config(juju)) == CONFIG
    say(juju, relation, OTHER)
    assert json.loads(config(juju)) == OTHER
    say(juju, relation, GOOD)  # the format allows YAML
    assert config(juju).strip() == GOOD.strip()


def test_it_ends_as_it_began(juju, charm):
    deploy(juju, charm)
    before = juju.application(APP).pod_spec
    relation = relate_to(juju, "remote-configuration", "configurer")
    assert juju.application(APP).pod_spec == before
    say(juju, relation, CONFIG)
    assert juju.application(APP).pod_spec != before
    juju.remove_relation(APP, "configurer")
    juju.settle()
    # what was good before stays, for pods to fall back to
    assert "receiver: nobody" in config(juju)
    assert shown(juju)[0] == "active"


@pytest.mark.parametrize("emptied", ["", "{}", "null", " \n"])  # "" is what COS' library writes
def test_one_that_is_emptied_leaves_the_last_good_one_in_force_and_says_so(juju, relation, emptied):
    empty = (
        "blocked",
        "remote-configuration: the related application gives no configuration; give it one there, "
        "set alertmanager-config, or remove the relation",
    )
    assert shown(juju) == empty  # as long as it has not said any
    say(juju, relation, CONFIG)
    assert shown(juju)[0] == "active"
    say(juju, relation, emptied)
    assert shown(juju) == empty
    assert json.loads(config(juju)) == CONFIG
    configure(juju, alertmanager_config=GOOD)
    assert shown(juju)[0] == "active"
    assert config(juju) == GOOD


def test_templates_lie_beside_it_and_are_loaded(juju, relation):
    say(juju, relation, CONFIG, TEMPLATES)
    assert files(juju)["remote-configuration.tmpl"].decode() == "\n".join(TEMPLATES)
    assert "/etc/alertmanager/*.tmpl" in config(juju)
    juju.write(relation, "configurer", {"alertmanager_templates": ""})
    juju.settle()
    assert "remote-configuration.tmpl" not in files(juju)


def test_secrets_are_merged_over_it(juju, relation):
    say(juju, relation, OTHER)
    configure(juju, alertmanager_secrets="global: {smtp_auth_password: s3cret}\n")
    assert "smtp_auth_password" in config(juju)
    assert "receiver: other" in config(juju).replace('"', "")


def test_the_option_beside_it_is_a_conflict(juju, relation):
    say(juju, relation, CONFIG)
    configure(juju, alertmanager_config=GOOD)
    assert shown(juju) == (
        "blocked",
        "alertmanager-config: is set, and the relation remote-configuration brings a configuration "
        "too; reset the option, or remove the relation",
    )
    assert json.loads(config(juju)) == CONFIG
    juju.reset_config(APP, "alertmanager-config")
    juju.settle()
    assert shown(juju)[0] == "active"
    configure(juju, alertmanager_config=GOOD)
    juju.remove_relation(APP, "configurer")
    juju.settle()
    assert shown(juju)[0] == "active"
    assert config(juju) == GOOD


def test_a_bad_one_never_reaches_a_pod(juju, relation):
    say(juju, relation, CONFIG)
    say(juju, relation, BAD)
    state, message = shown(juju)
    assert state == "blocked"
    assert message.startswith("remote-configuration line 1, route.receiver: ")
    assert json.loads(config(juju)) == CONFIG
    say(juju, relation, OTHER)
    assert shown(juju)[0] == "active"


@pytest.mark.parametrize("rubbish", ["}{", '"text"', "[1]", "[[]]", '{"a": 1}', "5"])
def test_rubbish_among_templates_is_told(juju, relation, rubbish):
    say(juju, relation, CONFIG)
    juju.write(relation, "configurer", {"alertmanager_templates": rubbish})
    juju.settle()
    state, message = shown(juju)
    assert state == "blocked"
    assert message.startswith("remote-configuration: alertmanager_templates is not ")
    assert json.loads(config(juju)) == CONFIG


@pytest.mark.parametrize("rubbish", ["}{", "text", "[]", "5", "a: [", "route: 5"])
def test_rubbish_as_a_configuration_is_told(juju, relation, rubbish):
    say(juju, relation, rubbish)
    state, message = shown(juju)
    assert state == "blocked"
    assert message.startswith("remote-configuration")


def test_a_file_of_the_same_name_is_a_conflict(juju, relation):
    say(juju, relation, CONFIG, TEMPLATES)
    configure(juju, templates='remote-configuration.tmpl: "x"')
    assert shown(juju)[0] == "blocked"
    assert "templates: remote-configuration.tmpl is where" in shown(juju)[1]


def test_nothing_of_it_is_kept_or_shown(juju, relation):
    say(juju, relation, CONFIG)
    assert "s3cret" not in json.dumps(bus_harness.database_of(juju, UNIT))
    say(juju, relation, {**CONFIG, "route": {"receiver": "nobody"}})
    assert "s3cret" not in "".join(juju.log_lines()) + shown(juju)[1]


def test_another_leader_without_a_database_uses_the_same(juju, charm):
    deploy(juju, charm, units=2)
    relation = relate_to(juju, "remote-configuration", "configurer")
    say(juju, relation, CONFIG)
    bus_harness.lose_database(juju, "alertmanager/1")
    juju.set_leader(APP, "alertmanager/1")
    juju.settle()
    assert json.loads(config(juju)) == CONFIG


def test_an_idle_hook_does_not_ask(juju, relation):
    say(juju, relation, CONFIG)
    (run,) = idle(juju)
    assert len(run.calls) <= 8


def test_the_action_judges_what_the_relation_brings(juju, relation):
    say(juju, relation, OTHER)
    assert juju.run_action(UNIT, "check-config").status == "completed"
    say(juju, relation, BAD)
    action = juju.run_action(UNIT, "check-config")
    assert action.status == "failed"
    assert "remote-configuration" in action.message
