"""What a hook asks of Juju, and that it does not grow with what is related."""

from support.charm_stories import APP, BAD, GOOD, configure, deploy_anew, prometheus, since

MANY = 6


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


def test_calls_do_not_grow_with_relations_but_where_all_of_them_are_told_something(juju, charm):
    deploy_anew(juju, charm)
    assert [call.tool for call in idle(juju).calls] == [
        "relation-ids",
        "is-leader",
        "config-get",
        "goal-state",
        "unit-get",
        "status-get",
    ]
    prometheus(juju, "first")
    with_one = idle(juju)
    assert len(with_one.calls) == 7
    costs = []
    for number in range(1, MANY):
        costs.append(new_relation(juju, f"another{number}"))
        idle(juju)
    assert costs == [costs[0]] * len(costs)
    assert max(costs[0].values()) <= 12
    assert [call.tool for call in idle(juju).calls] == [call.tool for call in with_one.calls]

    began = len(juju.history)
    relation = prometheus(juju, "one-more")
    calls = since(juju, began, "relation-get", "relation-set")
    assert relation_ids_of(calls) == {relation.label(APP)}

    began = len(juju.history)
    configure(juju, log_level="debug", alertmanager_config=GOOD)
    (run,) = juju.history[began:]
    assert len(run.calls) <= 15
    assert run.calls_of("relation-get") == []
    assert [call.tool for call in run.writes] == ["pod-spec-set", "status-set"]

    idle(juju)
    began = len(juju.history)
    configure(juju, external_labels='{"region": "eu"}')
    (run,) = juju.history[began:]
    written = [call for call in run.calls_of("relation-set") if call.wrote]
    assert len(written) == len(relation_ids_of(written)) == MANY + 1
    assert len(run.calls) <= 15 + 2 * MANY
    assert idle(juju).writes == []


def test_any_option_of_a_related_application_is_changed_in_fifteen_calls(juju, charm):
    deploy_anew(juju, charm)
    prometheus(juju)
    for options in (
        {"alertmanager_config": GOOD},
        {"alertmanager_secrets": "global: {resolve_timeout: 1m}"},
        {"external_labels": '{"region": "eu"}'},
        {"external_url": "https://alerts.example/am"},
        {"log_level": "debug"},
        {"strict_config": False},
        {"alertmanager_config": BAD},
    ):
        idle(juju)
        configure(juju, **options)
        assert juju.history[-1].hook == "config-changed"
        assert len(juju.history[-1].calls) <= 15, options


def test_a_unit_that_leads_again_sets_the_databags_right_that_another_led_astray(juju, charm):
    deploy_anew(juju, charm, units=2)
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
