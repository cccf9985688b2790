"""The built charm in the sandbox's controller: real hooks, real tool calls, no workload."""

import pytest
from support.manual_controller import ManualController

from tools import interpreters


@pytest.fixture
def juju(tmp_path):
    """An empty model. A hook that hangs fails its test instead of stopping the run."""
    with ManualController(
        tmp_path / "juju", python=interpreters.operators(), hook_timeout=120
    ) as controller:
        yield controller
