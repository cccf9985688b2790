"""What a hook asks of Juju, and that it does not grow with what is related."""

import pytest
from stories import APP, GOOD, configure, deploy, prometheus, since

MANY = 12


def idle(juju):
    """Run update-status until nothing is in doubt any more; return the last run."""
    for _ in range(3):
        juju.update_status(APP)
        juju.settle()
    return juju.history[-1]


def new_relation(juju, name):
    """Relate one more Prometheus; return how many calls each of the hooks made."""
    began = len(juju.history)
    prometheus(juju, name)
    return {run.hook: len(run.calls) for run in juju.history[began:]}


def relation_ids_of(calls):
    return {call.argv[call.argv.index("-r") + 1] for call in calls if "-r" in call.argv}


@pytest.fixture
def related(juju, charm):
    """A unit with many related applications of one kind and one of another."""
    deploy(juju, charm)
    for number in range(MANY):
        prometheus(juju, f"prometheus-{number}")
    idle(juju)
    return juju


def test_an_idle_hook_makes_seven_calls_whatever_is_related(juju, charm):
    deploy(juju, charm)
    assert [call.tool for call in idle(juju).calls] == [
        "relation-ids",
        "is-leader",
        "config-get",
        "goal-state",
        "unit-get",
        "status-get",
    ]
    prometheus(juju)
    with_one = idle(juju)
    assert len(with_one.calls) == 7
    for number in range(MANY):
        prometheus(juju, f"another-{number}")
    assert [call.tool for call in idle(juju).calls] == [call.tool for call in with_one.calls]


def test_each_new_relation_costs_as_much_as_the_one_before(related):
    first = new_relation(related, "one-more")
    idle(related)
    assert new_relation(related, "two-more") == first
    assert max(first.values()) <= 13


def test_only_the_new_relation_is_read_and_written(related):
    began = len(related.history)
    relation = prometheus(related, "one-more")
    calls = since(related, began, "relation-get", "relation-set")
    assert relation_ids_of(calls) == {relation.label}


def test_options_that_are_not_told_to_others_cost_as_if_there_were_none(related):
    before = len(related.history)
    configure(related, log_level="debug", alertmanager_config=GOOD)
    (run,) = related.history[before:]
    assert len(run.calls) <= 15
    assert run.calls_of("relation-get") == []
    assert [call.tool for call in run.writes] == ["pod-spec-set", "status-set"]


@pytest.mark.parametrize(
    "options",
    [
        {"alertmanager_config": GOOD},
        {"alertmanager_secrets": "global: {resolve_timeout: 1m}"},
        {"external_labels": '{"region": "eu"}'},
        {"external_url": "https://alerts.example/am"},
        {"log_level": "debug"},
        {"strict_config": False},
    ],
    ids=lambda options: next(iter(options)),
)
def test_any_option_of_a_related_application_is_changed_in_fifteen_calls(juju, charm, options):
    deploy(juju, charm)
    prometheus(juju)
    idle(juju)
    configure(juju, **options)
    assert juju.history[-1].hook == "config-changed"
    assert len(juju.history[-1].calls) <= 15


def test_what_all_are_told_grows_with_their_number_and_is_written_once_to_each(related):
    began = len(related.history)
    configure(related, external_labels='{"region": "eu"}')
    (run,) = related.history[began:]
    written = [call for call in run.calls_of("relation-set") if call.wrote]
    assert len(written) == len(relation_ids_of(written)) == MANY
    assert len(run.calls) <= 14 + 2 * MANY
    assert idle(related).writes == []


def test_a_unit_that_leads_again_sets_the_databags_right_that_another_led_astray(juju, charm):
    deploy(juju, charm, units=2)
    juju.add_remote_app("grafana", "source", "grafana_datasource")
    relation = juju.relate(f"{APP}:grafana-source", "grafana:source")
    juju.settle()
    before = juju.databag(relation, APP)
    juju.set_leader(APP, f"{APP}/1")
    juju.set_leader(APP, f"{APP}/0")  # before either of them ran a hook
    juju.bag(relation, APP).settings.update(grafana_source_data="{}")
    juju.settle()
    juju.set_leader(APP, f"{APP}/1")
    juju.settle()
    juju.bag(relation, APP).settings.update(grafana_source_data="{}")
    juju.set_leader(APP, f"{APP}/0")
    juju.settle()
    assert juju.databag(relation, APP) == before
