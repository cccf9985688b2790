"""Applications are removed at bad moments, and then the model: nothing hangs, no hook fails."""

import pytest

pytestmark = pytest.mark.xdist_group("integration removal")
OTHER = "route: {receiver: other}\nreceivers: [{name: other}]\n"


@pytest.fixture
def alertmanager(model, charms, images):
    """An application that is live, and gone after the test."""
    application = model.application("alertmanager")
    application.deploy(charms["alertmanager"], images.alertmanager)
    model.wait(application.is_live())
    return application


def test_removed_at_rest(model, alertmanager, seconds):
    with seconds("remove at rest, to gone"):
        alertmanager.remove()
        model.wait(alertmanager.is_gone())


def test_removed_right_after_a_change_of_configuration(model, alertmanager, seconds):
    with seconds("configure and remove, to gone"):
        alertmanager.configure(alertmanager_config=OTHER)
        alertmanager.remove()
        model.wait(alertmanager.is_gone())


def test_removed_with_an_action_in_flight(model, alertmanager, seconds):
    with seconds("start an action and remove, to gone"):
        alertmanager.start_action("reload")
        alertmanager.remove()
        model.wait(alertmanager.is_gone())


def test_removed_while_it_is_installed(model, charms, images, seconds):
    alertmanager = model.application("alertmanager")
    alertmanager.deploy(charms["alertmanager"], images.alertmanager)
    model.wait(lambda status: "alertmanager" in status.apps)
    with seconds("deploy and remove at once, to gone"):
        alertmanager.remove()
        model.wait(alertmanager.is_gone())


def test_a_unit_removed_while_pods_are_replaced(model, charms, images, seconds):
    alertmanager = model.application("alertmanager")
    alertmanager.deploy(charms["alertmanager"], images.alertmanager, units=3)
    model.wait(alertmanager.is_live(units=3))
    with seconds("remove a unit while pods are replaced, to active"):
        alertmanager.configure(log_level="debug")
        alertmanager.scale(2)
        model.wait(alertmanager.is_live(units=2))
    alertmanager.remove()
    model.wait(alertmanager.is_gone())


def test_both_sides_of_a_relation_removed_and_then_the_model(
    model, alertmanager, charms, images, seconds
):
    prometheus = model.application("prometheus")
    prometheus.deploy(charms["prometheus"], images.prometheus)
    model.juju.integrate("alertmanager", "prometheus")
    model.wait(prometheus.says("active", "alerts go to 1 Alertmanager"))
    with seconds("remove Prometheus while related, to gone"):
        prometheus.remove()
        model.wait(prometheus.is_gone())
    model.wait(alertmanager.is_live())

    prometheus.deploy(charms["prometheus"], images.prometheus)
    model.juju.integrate("alertmanager", "prometheus")
    model.wait(prometheus.says("active", "alerts go to 1 Alertmanager"))
    with seconds("remove Alertmanager while related, to gone"):
        alertmanager.remove()
        model.wait(alertmanager.is_gone())
    model.wait(prometheus.says("active", "alerts go nowhere, relate an Alertmanager"))
