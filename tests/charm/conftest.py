"""The built charm in the sandbox's controller: real hooks, real tool calls, no workload."""

import pytest
from support.manual_controller import ManualController

from sandbox.juju.agent.hook_process import HookProcess
from tools import interpreters


@pytest.fixture
def hook_process():
    """What a hook is: here one that starts from nothing."""
    return HookProcess


@pytest.fixture
def juju(tmp_path, hook_process):
    """An empty model. A hook that hangs fails its test instead of stopping the run."""
    options = {"python": interpreters.operators(), "hook_process": hook_process}
    with ManualController(tmp_path / "juju", hook_timeout=120, **options) as controller:
        yield controller
