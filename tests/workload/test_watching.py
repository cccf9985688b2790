"""The status becomes true by itself: no update-status is due while these stories last."""

import os
from pathlib import Path

import pytest
from support import monitoring_stack, real_programs
from support.monitoring_stack import BRISK

PODS = ["alertmanager-0", "alertmanager-1"]
REFUSED = "route: {receiver: team}\nreceivers: [{name: team}]\nunheard-of: yes\n"


@pytest.fixture(scope="module", params=[0.1, 6], ids=lambda delay: f"delivered after {delay} s")
def deployed(request, charms, tmp_path_factory):
    """Two Alertmanagers, to which the kubelet takes its time to deliver a changed configuration."""
    folder = tmp_path_factory.mktemp("world")
    with monitoring_stack.opened(folder, charms, sync_delay=request.param) as world:
        version = real_programs.version("alertmanager", "trixie")
        world.deploy("alertmanager", version, units=2, additional_args=BRISK)
        is_live(world)
        yield world


@pytest.fixture
def world(deployed):
    deployed.configure(alertmanager_config="", strict_config=True)
    is_live(deployed)
    return deployed


def shows(world, state, *words):
    """Wait until juju status shows this, with hooks that Juju or the watcher has reason for."""
    for unit in world.juju.application("alertmanager").units.values():
        assert not unit.update_status

    def shown():
        found = world.shown()
        return found[0] == state and all(word in found[1] for word in words)

    world.until(shown, f"{state} {words}")


def is_live(world):
    shows(world, "active", "live on 2/2")


def watchers(world):
    """Return the processes that watch pods for units of this model."""
    address = f"JUJU_AGENT_SOCKET_ADDRESS={world.juju.server.address}".encode()
    return [
        folder.name
        for folder in Path("/proc").glob("[0-9]*")
        if os.access(folder / "environ", os.R_OK)
        and b"charms.layer.pod_spec.watcher_process" in _read(folder / "cmdline")
        and address in _read(folder / "environ").split(b"\0")
    ]


def _read(path):
    try:
        return path.read_bytes()
    except OSError:  # it has just ended
        return b""


def test_a_configuration_is_shown_once_it_is_everywhere(world):
    world.configure(alertmanager_config=world.team())
    shows(world, "waiting", "live on 0 of 2")
    assert len(watchers(world)) == 1
    is_live(world)
    world.until(lambda: watchers(world) == [], "the watcher to end")


def test_what_alertmanager_refuses_is_rolled_back(world):
    world.configure(alertmanager_config=REFUSED, strict_config=False)
    shows(world, "blocked", "Alertmanager refused the configuration", "unheard-of")
    world.until(lambda: watchers(world) == [], "the watcher to end")
    assert all(world.get(pod, "/api/v2/status") for pod in PODS)


def test_pods_that_are_gone_for_a_while_are_back(world):
    for pod in PODS:
        world.sh(pod, "kill -STOP $(pidof alertmanager)")
    world.look()
    shows(world, "waiting", "no pod has answered since", "see kubectl describe pod alertmanager-")
    for pod in PODS:
        world.sh(pod, "kill -CONT $(pidof alertmanager)")
    is_live(world)


def test_no_watcher_outlives_an_operator(world):
    world.configure(alertmanager_config=world.team("/other"))
    world.until(lambda: watchers(world), "a watcher")
    world.juju.delete_operator("alertmanager")
    assert watchers(world) == []
    world.look()  # as the new one does, five minutes later at most
    is_live(world)
