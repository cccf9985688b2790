"""The charms' sources on the real charms.reactive bus."""

import tempfile
from pathlib import Path

import pytest
from support import bus_harness, fake_alertmanager
from support.fake_alertmanager import Pods
from support.story_beginnings import MEMORY


@pytest.fixture
def juju():
    """An empty model whose hooks run in this process."""
    with tempfile.TemporaryDirectory(dir=MEMORY) as folder, bus_harness.controller(
        Path(folder)
    ) as controller:
        yield controller


@pytest.fixture(scope="session")
def charm(tmp_path_factory):
    """This repository's charm, assembled from its sources."""
    return bus_harness.assemble(bus_harness.ROOT, tmp_path_factory.mktemp("charm") / "alertmanager")


@pytest.fixture
def pods(juju):
    """Pods of the charm that answer; there are none yet."""
    pods = Pods(juju)
    with fake_alertmanager.reached(pods.numbered):
        yield pods
    for server in pods.servers:
        if server:
            server.end()
