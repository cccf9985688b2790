"""An application, or a unit of it, is removed at a bad moment: no hook fails, and nothing hangs."""

import pytest
from support.charm_stories import APP, GOOD, IMAGE, UNIT, deploy, prometheus, relate_to

OTHER = "alertmanager/1"
REFUSABLE = ("goal-state", "leader-set", "pod-spec-get", "relation-get", "relation-set")
"""Tools that Juju may refuse in a hook of what is being removed, besides resource-get."""


def run_until(juju, hook, unit=UNIT):
    """Run a unit's hooks up to this one and no further."""
    while not juju.runs(hook, unit):
        assert juju.step(juju.unit(unit)), f"{hook} is never due"


def installed(juju, charm):
    """Only the first hook has run."""
    juju.deploy(charm, APP, resources={"alertmanager-image": IMAGE}, units=2)
    run_until(juju, "install")


def just_configured(juju, charm):
    """The last hook has written the first spec."""
    juju.deploy(charm, APP, resources={"alertmanager-image": IMAGE}, units=2)
    run_until(juju, "config-changed")


def with_a_new_spec(juju, charm):
    """The last hook has written another spec."""
    deploy(juju, charm, units=2)
    juju.config(APP, {"log-level": "debug"})
    assert juju.step(juju.unit(UNIT))
    assert "pod-spec-set" in [call.tool for call in juju.history[-1].writes]


def with_options_that_no_hook_has_seen(juju, charm):
    """An option has changed, and its hook is still due."""
    deploy(juju, charm, units=2)
    juju.config(APP, {"log-level": "debug"})


def with_wrong_options(juju, charm):
    """The last hook has found the options wrong."""
    deploy(juju, charm, units=2, alertmanager_config="route: nowhere")


def related(juju, charm):
    """The relations have a say in the spec, and others are told something through them."""
    deploy(juju, charm, units=2, alertmanager_config=GOOD)
    prometheus(juju, units=2)
    ingress = relate_to(juju, "ingress", "traefik")
    juju.write(ingress, "traefik", {"ingress": '{"url": "http://203.0.113.1/am"}'})
    certificates = relate_to(juju, "certificates", "authority")
    juju.settle()
    assert juju.databag(certificates, UNIT)


def just_related(juju, charm):
    """The last hook has begun a relation, and written into it."""
    deploy(juju, charm, units=2)
    juju.add_remote_app("prometheus", "alertmanager", "alertmanager")
    juju.relate(APP, "prometheus")
    run_until(juju, "prometheus-relation-created")


def after_update_status(juju, charm):
    """The last hook is one that had nothing to do."""
    deploy(juju, charm, units=2)
    juju.update_status(APP)
    assert juju.step(juju.unit(UNIT))


def refreshed(juju, charm):
    """The charm has just been replaced."""
    deploy(juju, charm, units=2)
    juju.refresh(APP, charm)
    run_until(juju, "upgrade-charm")


def about_to_be_refreshed(juju, charm):
    """The charm has been replaced, and no hook has run since."""
    deploy(juju, charm, units=2)
    juju.refresh(APP, charm)


def with_an_action(juju, charm):
    """An action waits for its turn."""
    deploy(juju, charm, units=2)
    juju.queue_action(UNIT, "show-config")


def with_lost_writes(juju, charm):
    """Juju has thrown away the spec that the last hook wrote."""
    deploy(juju, charm, units=2)
    juju.config(APP, {"log-level": "debug"})
    juju.inject(UNIT, "commit")
    assert juju.step(juju.unit(UNIT))
    juju.resolved(UNIT)


MOMENTS = (
    *(installed, just_configured, with_a_new_spec, with_options_that_no_hook_has_seen),
    *(with_wrong_options, related, just_related, after_update_status, refreshed),
    *(about_to_be_refreshed, with_an_action, with_lost_writes),
)
moments = pytest.mark.parametrize("moment", MOMENTS, ids=lambda moment: moment.__name__)


def settle(juju):
    """Run all hooks that are due; return those runs, none of which may fail."""
    began = len(juju.history)
    juju.settle()
    return juju.history[began:]


@moments
def test_an_application_goes_whatever_was_written_last(juju, charm, moment):
    juju.begin((moment, charm), lambda juju: moment(juju, charm))
    juju.remove_application(APP)
    last = settle(juju)
    assert APP not in juju.model.applications
    assert [call for run in last for call in run.writes if call.tool == "pod-spec-set"] == []
    assert [line for line in juju.log_lines() if line.startswith("ERROR")] == []


@moments
def test_a_unit_goes_whatever_was_written_last(juju, charm, moment):
    juju.begin((moment, charm), lambda juju: moment(juju, charm))
    juju.remove_unit(APP)
    settle(juju)
    assert len(juju.application(APP).units) == 1


@pytest.mark.parametrize("tool", [*REFUSABLE, None])
@pytest.mark.parametrize("moment", [with_a_new_spec, related], ids=lambda moment: moment.__name__)
def test_what_juju_refuses_while_an_application_goes_fails_no_hook(juju, charm, moment, tool):
    juju.begin((moment, charm), lambda juju: moment(juju, charm))
    juju.remove_application(APP)
    ran = True
    while ran:
        ran = [unit for unit in juju.units() if step(juju, unit, tool)]
    assert APP not in juju.model.applications


def step(juju, unit, tool):
    """Run a unit's next hook, in which a tool is refused; return whether there was one to run."""
    juju.inject(unit.name, "fail", tool=tool)
    stepped = juju.step(unit)
    assert unit.failed is None, juju.history[-1].output
    return stepped


@pytest.mark.parametrize("call", range(14))
def test_an_application_that_begins_to_go_in_the_middle_of_a_hook(juju, charm, call):
    deploy(juju, charm, units=2)
    juju.config(APP, {"log-level": "debug", "alertmanager-config": GOOD})
    juju.inject(UNIT, lambda: juju.remove_application(APP), call=call)
    settle(juju)
    if APP in juju.model.applications:  # the hook made fewer calls
        juju.remove_application(APP)
    settle(juju)
    assert APP not in juju.model.applications


def test_a_refusal_that_no_removal_explains_fails_the_hook(juju, charm):
    deploy(juju, charm)
    juju.config(APP, {"log-level": "debug"})
    juju.inject(UNIT, "fail", tool="pod-spec-set")
    juju.step(juju.unit(UNIT))
    assert juju.unit(UNIT).failed
