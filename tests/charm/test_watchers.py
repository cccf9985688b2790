"""What watches pods that never answer, left by hooks of the built charm: one a unit, or none."""

import time
from pathlib import Path

import pytest
from support.charm_stories import APP, GOOD, OTHER, UNIT, configure, deploy, shown
from support.warm_hooks import WarmHook

from sandbox.juju import Pod


class Watchers:
    """The watchers that run, by unit."""

    def __init__(self, juju):
        self._server = f"JUJU_AGENT_SOCKET_ADDRESS={juju.server.address}".encode()

    def running(self):
        """Return their process numbers."""
        found = {}
        for folder in Path("/proc").glob("[0-9]*"):
            variables = _read(folder / "environ").split(b"\0")
            if self._server in variables and b"pod_spec.watcher_process" in _read(
                folder / "cmdline"
            ):
                (unit,) = [each for each in variables if each.startswith(b"JUJU_UNIT_NAME=")]
                name = unit.partition(b"=")[2].decode()
                assert name not in found
                found[name] = int(folder.name)
        return found

    def await_only(self, *units):
        """Wait until each of these units has one, and no other; return them."""
        end = time.monotonic() + 60
        while True:
            try:
                found = self.running()
            except AssertionError:  # the older one is just ending
                found = {}
            if set(found) == set(units):
                return found
            assert time.monotonic() < end, found
            time.sleep(0.01)


def _read(path):
    try:
        return path.read_bytes()
    except OSError:  # it has just ended, or is somebody else's
        return b""


@pytest.fixture
def hook_process():
    return WarmHook


@pytest.fixture
def watchers(juju, built_charm):
    """Two units whose pods have addresses and answer nobody."""
    deploy(juju, built_charm, units=2, alertmanager_config=GOOD)
    found = Watchers(juju)
    assert found.running() == {}
    pods = [Pod(f"{APP}-{number}", ip=f"10.1.0.{number + 1}") for number in range(2)]
    juju.set_pods(APP, pods, "10.2.0.1")
    juju.settle()
    found.await_only(UNIT, OTHER)
    return found


def test_each_hook_ends_the_one_before(juju, watchers):
    assert shown(juju)[0] == shown(juju, OTHER)[0] == "waiting"
    before = watchers.await_only(UNIT, OTHER)
    juju.update_status(APP)
    juju.settle()
    after = watchers.await_only(UNIT, OTHER)
    assert not set(before.values()) & set(after.values())


def test_a_hook_that_is_killed_leaves_none_and_its_retry_one(juju, watchers):
    juju.inject(UNIT, "kill", call=3)
    juju.update_status(APP)
    juju.settle(expect_errors=True)
    watchers.await_only(OTHER)
    juju.resolved(UNIT)
    juju.settle()
    watchers.await_only(UNIT, OTHER)


def test_a_restart_of_the_operator_ends_them(juju, watchers):
    juju.delete_operator(APP)
    watchers.await_only()


def test_the_leader_and_others_have_one_whoever_leads(juju, watchers):
    juju.set_leader(APP, OTHER)
    juju.settle()
    watchers.await_only(UNIT, OTHER)


def test_a_new_charm_has_its_own(juju, watchers, built_charm):
    before = watchers.await_only(UNIT, OTHER)
    juju.refresh(APP, built_charm)
    juju.settle()
    after = watchers.await_only(UNIT, OTHER)
    assert not set(before.values()) & set(after.values())


def test_units_that_are_removed_have_none(juju, watchers):
    juju.scale(APP, 1)
    juju.settle()
    juju.set_pods(APP, [Pod(f"{APP}-0", ip="10.1.0.1")])
    juju.settle()
    watchers.await_only(UNIT)
    juju.remove_application(APP)
    juju.settle()
    watchers.await_only()


def test_a_burst_of_changes_leaves_one(juju, watchers):
    for number in range(3):
        configure(juju, alertmanager_config=GOOD.replace("team", f"team{number}"))
    watchers.await_only(UNIT, OTHER)
