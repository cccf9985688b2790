"""The watcher's process: when it has a hook run, and what ends it."""

import contextlib
import math
import os
import pickle
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
from charms.layer.alertmanager import watched_pods
from charms.layer.alertmanager.domain import pod_metrics
from charms.layer.alertmanager.domain.config_files import ConfigFiles
from charms.layer.alertmanager.juju import alertmanager_api
from charms.layer.alertmanager.juju.alertmanager_api import Alertmanager
from charms.layer.pod_spec import watcher_process
from support.fake_alertmanager import FakePod

import sandbox.juju

SHIM = Path(sandbox.juju.__file__).parent / "agent" / "charmhelpers_shim"
GIVEN, OTHER = b"given", b"other"
RUN = """
import socket, sys
from charms.layer.pod_spec import watcher_process
watcher_process.LIMIT, watcher_process.LONGEST_PERIOD = {limit}, 0.2
watcher_process.main(socket.socket(fileno=int(sys.argv[1])))
"""


@pytest.fixture
def pod():
    """A pod that does not yet run what it was given."""
    server = FakePod(OTHER)
    yield server
    server.end()


class Watchers:
    """Watchers of one unit, on a machine where Juju runs hooks: ``hooks`` are those that it ran."""

    def __init__(self, folder):
        self.folder, self.processes = folder, []
        for name in ("bin", "charm"):
            (folder / name).mkdir()
        self.juju_runs(0)

    def juju_runs(self, code, runner="juju-exec"):
        """Have Juju's program exit with a code, after it has noted how it was called."""
        for known in watcher_process.RUNNERS:
            with contextlib.suppress(FileNotFoundError):
                (self.folder / "bin" / known).unlink()
        script = self.folder / "bin" / "new"
        script.write_text(
            f'#!/bin/sh\necho "{runner} $* $JUJU_CONTEXT_ID" >>{self.folder}/hooks\nexit {code}\n'
        )
        script.chmod(0o755)
        script.rename(self.folder / "bin" / runner)

    @property
    def hooks(self):
        """Return how Juju's program was called, each time."""
        noted = self.folder / "hooks"
        return noted.read_text().splitlines() if noted.exists() else []

    def start(self, watch, limit=60):
        """Start one as a hook does."""
        environment = {
            **os.environ,
            "PATH": f"{self.folder}/bin:/usr/bin:/bin",
            "PYTHONPATH": os.pathsep.join([str(SHIM), *filter(None, sys.path)]),
        }
        with watcher_process._listen() as listener:
            process = subprocess.Popen(
                [sys.executable, "-c", RUN.format(limit=limit), str(listener.fileno())],
                env=environment,
                stdin=subprocess.PIPE,
                pass_fds=[listener.fileno()],
            )
        self.processes.append(process)
        with process.stdin:
            pickle.dump((watch, 0.05), process.stdin)
        return process

    def end(self):
        """End all that a test has left."""
        for process in self.processes:
            process.kill()
            process.wait()


@pytest.fixture
def watchers(tmp_path, monkeypatch):
    monkeypatch.setenv("CHARM_DIR", str(tmp_path / "charm"))
    monkeypatch.setenv("JUJU_HOOK_NAME", "update-status")
    found = Watchers(tmp_path)
    yield found
    found.end()


def watch_of(pod, due=math.inf):
    """Return what a hook tells a watcher that has just seen this pod."""
    pods = (Alertmanager("127.0.0.1", pod.server_address[1]),)
    config_hash = ConfigFiles((("alertmanager.yml", GIVEN),)).config_hash
    said = [metrics for _, metrics in alertmanager_api.read_metrics(pods)]
    seen = pod_metrics.summarise(1, said, config_hash, pod_metrics.PodsSummary(), time.time())
    return watched_pods.Watch("am/0", pods, config_hash, seen, (), due)


def until(condition):
    """Wait until it is so."""
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


def asked(pod, times=2):
    """Wait until a pod has been asked so often from now on."""
    wanted = len(pod.asked) + times
    until(lambda: len(pod.asked) >= wanted)


def goes_live(pod):
    pod.delivered = GIVEN
    pod.reload()


def refuses(pod):
    pod.delivered = b"unloved"
    pod.reload()


@pytest.mark.parametrize("happens", [goes_live, refuses, FakePod.end])
@pytest.mark.parametrize("runner", watcher_process.RUNNERS)
def test_news_has_one_hook_run_and_ends_it(pod, watchers, happens, runner):
    watchers.juju_runs(0, runner)
    process = watchers.start(watch_of(pod))
    asked(pod)
    assert watchers.hooks == []
    happens(pod)
    assert process.wait(60) == 0
    assert watchers.hooks == [f"{runner} --operator am/0 hooks/update-status "]


def test_a_pod_that_is_back_is_news(pod, watchers):
    watch = watch_of(pod)
    gone = pod_metrics.summarise(1, [], watch.config_hash, watch.seen, time.time())
    assert watchers.start(replace(watch, seen=gone)).wait(60) == 0
    assert len(watchers.hooks) == 1


def test_another_process_is_news_only_where_they_are_replaced(pod, watchers):
    watch = watch_of(pod)
    before = pod.started
    watchers.start(watch)
    pod.started += 60
    asked(pod, 4)
    assert watchers.hooks == []
    pod.started = before + 1  # its node's clock has been set
    replacing = watchers.start(replace(watch, replacing=(before,)))
    asked(pod, 4)
    assert watchers.hooks == []
    pod.started += 60
    assert replacing.wait(60) == 0
    assert len(watchers.hooks) == 1


def test_what_is_judged_later_is_news_then(pod, watchers):
    assert watchers.start(watch_of(pod, due=time.time() - 1)).wait(60) == 0
    assert len(watchers.hooks) == 1
    watchers.start(watch_of(pod, due=time.time() + 3600))
    asked(pod, 4)
    assert len(watchers.hooks) == 1


def test_a_juju_that_does_not_run_it_is_asked_again(pod, watchers):
    watchers.juju_runs(1)
    process = watchers.start(watch_of(pod))
    goes_live(pod)
    until(lambda: len(watchers.hooks) > 2)
    (watchers.folder / "bin" / "juju-exec").unlink()
    asked(pod, 4)
    watchers.juju_runs(0)
    assert process.wait(60) == 0


def test_news_that_is_none_any_more_needs_no_hook(pod, watchers):
    watchers.juju_runs(1)
    watchers.start(watch_of(pod))
    asked(pod)
    refuses(pod)
    until(lambda: watchers.hooks)
    pod.delivered = OTHER
    pod.reload()
    asked(pod, 4)
    before = len(watchers.hooks)
    asked(pod, 4)
    assert len(watchers.hooks) == before


def test_it_ends_by_itself(pod, watchers):
    assert watchers.start(watch_of(pod), limit=0.5).wait(60) == 0
    assert watchers.hooks == []


def test_a_newer_one_ends_it(pod, watchers):
    watch = watch_of(pod)
    first = watchers.start(watch)
    asked(pod)
    second = watchers.start(watch)
    assert first.wait(60) == 0
    asked(pod)
    assert second.poll() is None
    assert watchers.hooks == []


def test_one_that_is_still_starting_is_ended_too(pod, watchers):
    processes = [watchers.start(watch_of(pod)) for _ in range(3)]
    watcher_process.end()
    assert [process.wait(60) for process in processes] == [0, 0, 0]


def test_a_hook_ends_it(pod, watchers, monkeypatch):
    process = watchers.start(watch_of(pod))
    asked(pod)
    monkeypatch.setenv("CHARM_DIR", str(watchers.folder / "other"))
    watcher_process.end()
    asked(pod)
    assert process.poll() is None
    monkeypatch.setenv("CHARM_DIR", str(watchers.folder / "charm"))
    monkeypatch.setenv("JUJU_HOOK_NAME", "")  # as in a hook that a watcher has had run
    watcher_process.end()
    asked(pod)
    assert process.poll() is None
    monkeypatch.setenv("JUJU_HOOK_NAME", "update-status")
    watcher_process.end()
    assert process.wait(60) == 0
    watcher_process.end()  # where there is none
