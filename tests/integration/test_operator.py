"""The operator's pod is deleted, statuses come by themselves, the workload has no key to Juju."""

import uuid

import pytest
from support import juju_leftovers

pytestmark = pytest.mark.xdist_group("integration operator")
POD = "alertmanager-0"


@pytest.fixture(scope="module")
def alertmanager(model, charms, images):
    """The application, live."""
    application = model.application("alertmanager")
    application.deploy(charms["alertmanager"], images.alertmanager)
    model.wait(application.is_live())
    return application


def test_an_operator_that_starts_anew_restarts_nothing_and_goes_on(model, alertmanager, seconds):
    """The hook that just runs when the pod is deleted has failed, for Juju, and runs again."""
    before, running_since = alertmanager.configuration(), alertmanager.process_start(POD)
    with seconds("delete the operator's pod and configure, to live"):
        model.kubectl("delete", "pod", "alertmanager-operator-0")
        alertmanager.configure(alertmanager_config=another_configuration())
        model.wait(alertmanager.is_live(instead_of=before), hooks_may_fail=True)
    assert alertmanager.run("check-config")["verdict"] == "good"
    assert alertmanager.process_start(POD) == running_since


def test_a_pod_that_dies_shows_in_the_status_and_comes_back(model, alertmanager, seconds):
    """Nothing but update-status tells the charm that a process ended and another started."""
    running_since = alertmanager.process_start(POD)
    with seconds("kill Alertmanager, to a new one that is live"):
        alertmanager.in_container(POD, "sh", "-c", "kill $(pidof alertmanager)")
        model.wait(lambda _: alertmanager.process_start(POD) not in ("", running_since))
        model.wait(alertmanager.is_live())


def another_configuration():
    """Return a configuration that there never was before."""
    name = uuid.uuid4().hex
    return f"route: {{receiver: {name}}}\nreceivers: [{{name: {name}}}]\n"


def test_the_workload_holds_nothing_of_the_operators(alertmanager):
    """Whoever gets to run code as Alertmanager cannot read the token of Juju's agent."""

    def run(command):
        return alertmanager.in_container(POD, *command)

    assert {"agents", "tools"} <= set(run(["ls", "/var/lib/juju"]).split())
    assert juju_leftovers.readable(run) == []
