"""What tests of every kind share."""

import os
import sys
from pathlib import Path

import building
import pytest

# Where the base layer finds distutils, which Python has had none of since 3.12; as in its hooks.
sys.path.append(str(Path(__file__).parents[1] / "layers" / "pod-spec" / "lib" / "stand_ins"))


@pytest.fixture(scope="session")
def built_charm(tmp_path_factory):
    """The folder of the charm, built as by ``make build``; not to be changed."""
    return building.built(tmp_path_factory, ".")


@pytest.fixture(scope="session", autouse=True)
def _measure_this_process_only():
    """Programs that tests start elsewhere would be measured by other rules, which do not add up."""
    for name in [name for name in os.environ if name.startswith("COV_CORE_")]:
        del os.environ[name]
