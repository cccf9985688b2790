"""Which status people see (Juju 2.9: core/status/caas.go)."""

import pytest

from sandbox.juju import Pod

READY = Pod("tiny-0", "10.1.0.5")
UNREADY = Pod("tiny-0", "10.1.0.5", ready=False)
CRASHING = Pod("tiny-0", ready=False, reason="CrashLoopBackOff", message="back-off 10s")


@pytest.fixture
def seen(tiny, juju, spec):
    """Deploys; returns what is shown for a charm's status, a pod and, usually, a spec."""
    tiny.deploy()

    def shown(script, pod, with_spec=True):
        tiny.run(script + (f"; pod-spec-set --file {spec}" if with_spec else ""))
        juju.set_pods("tiny", [pod] if pod else [])
        status = juju.status("tiny/0")
        return status.state, status.message

    return shown


def test_before_any_hook_the_unit_waits_for_its_agent(tiny, juju):
    juju.deploy(tiny.charm, resources={"img": "tiny:1"})
    status = juju.status("tiny/0")
    assert (status.state, status.message) == ("waiting", "installing agent")


def test_while_install_runs_the_unit_is_in_maintenance(tiny, juju):
    seen = []
    juju.inject("tiny/0", lambda: seen.append(juju.charm_status("tiny/0").message), hook="install")
    tiny.hook("install", "is-leader")
    tiny.deploy()
    assert seen == ["installing charm software"]


def test_a_charm_that_never_set_a_status_is_unknown_after_start(tiny, juju):
    tiny.deploy()
    assert juju.status("tiny/0").state == "unknown"


def test_active_without_pod_waits_for_the_container(seen):
    assert seen("status-set active fine", None) == ("waiting", "waiting for container")


def test_active_with_an_unready_pod_waits_for_the_container(seen):
    assert seen("status-set active fine", UNREADY) == ("waiting", "waiting for container")


def test_active_with_a_ready_pod_is_active(seen):
    assert seen("status-set active fine", READY) == ("active", "fine")


def test_active_without_a_spec_is_active(seen):
    assert seen("status-set active idle", None, with_spec=False) == ("active", "idle")


@pytest.mark.parametrize("state", ["blocked", "maintenance", "waiting"])
@pytest.mark.parametrize("pod", [None, UNREADY, READY])
def test_other_states_are_shown_as_the_charm_set_them(seen, state, pod):
    assert seen(f"status-set {state} because", pod) == (state, "because")


@pytest.mark.parametrize("state", ["active", "blocked", "waiting", "maintenance"])
def test_a_crashing_pod_shows_over_what_the_charm_says(seen, state):
    shown = seen(f"status-set {state} because", CRASHING)
    assert shown == ("error", "crash loop backoff: back-off 10s")


@pytest.mark.parametrize(
    ("reason", "shown"),
    [
        ("ErrImagePull", ("error", "OCI image pull error: why")),
        ("Error", ("error", "container error: why")),
        ("Strange", ("error", 'unknown container reason "Strange": why')),
        ("ContainerCreating", ("waiting", "waiting for container")),
        ("Terminating", ("waiting", "waiting for container")),
    ],
)
def test_reasons_of_a_pod_that_is_not_ready(seen, reason, shown):
    pod = Pod("tiny-0", ready=False, reason=reason, message="why")
    assert seen("status-set active fine", pod) == shown


def test_a_charm_that_has_not_spoken_is_shown_as_its_pod(tiny, juju):
    juju.deploy(tiny.charm, resources={"img": "tiny:1"})
    juju.set_pods("tiny", [READY])
    assert juju.status("tiny/0").state == "running"


def test_the_application_shows_the_worst_of_its_units(tiny, juju):
    tiny.deploy(units=2)
    tiny.run("status-set active")
    tiny.run("status-set blocked why", unit="tiny/1")
    status = juju.application_status(juju.application("tiny"))
    assert (status.state, status.message) == ("blocked", "why")


def test_the_leader_may_set_the_status_of_the_application(tiny, juju):
    tiny.deploy()
    tiny.run("status-set blocked; status-set --application active all-good")
    status = juju.application_status(juju.application("tiny"))
    assert (status.state, status.message) == ("active", "all-good")


def test_removal_has_its_own_messages(tiny, juju):
    tiny.deploy()
    seen = []
    for hook in ("stop", "remove"):
        tiny.hook(hook, "is-leader")
        juju.inject("tiny/0", lambda: seen.append(juju.charm_status("tiny/0").message), hook=hook)
    juju.remove_application("tiny")
    juju.settle()
    assert seen == ["stopping charm software", "cleaning up prior to charm deletion"]
