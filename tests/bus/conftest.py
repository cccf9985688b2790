"""The charms' sources on the real charms.reactive bus."""

import bus_harness
import pytest


@pytest.fixture
def juju(tmp_path):
    """An empty model whose hooks run in this process."""
    with bus_harness.controller(tmp_path / "juju") as controller:
        yield controller
