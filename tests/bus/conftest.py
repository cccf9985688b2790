"""The charms' sources on the real charms.reactive bus."""

import pytest
from support import bus_harness


@pytest.fixture
def juju(tmp_path):
    """An empty model whose hooks run in this process."""
    with bus_harness.controller(tmp_path / "juju") as controller:
        yield controller


@pytest.fixture(scope="session")
def charm(tmp_path_factory):
    """This repository's charm, assembled from its sources."""
    return bus_harness.assemble(bus_harness.ROOT, tmp_path_factory.mktemp("charm") / "alertmanager")
