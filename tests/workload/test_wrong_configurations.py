"""Whatever is wrong with a configuration: all pods go on with the one before, and could restart.

tests/workload/test_paging.py does the same with a few of them, on every Alertmanager at hand.
"""

import pytest
from support import monitoring_stack, real_programs
from support.monitoring_stack import BRISK
from support.wrong_configurations import refused_by, survive

SUITE = "trixie"
PARTS, AT_ONCE = 4, 25


@pytest.fixture
def world(charms, tmp_path):
    """Three Alertmanagers."""
    with monitoring_stack.opened(tmp_path, charms) as world:
        version = real_programs.version("alertmanager", SUITE)
        world.deploy("alertmanager", version, units=3, additional_args=BRISK)
        world.configure(alertmanager_config=world.team())
        world.live()
        yield world


@pytest.mark.soak
@pytest.mark.parametrize("part", range(PARTS))
def test_no_wrong_configuration_of_the_corpus_reaches_a_pod(world, table, part):
    version = world.versions["alertmanager"]
    cases = refused_by(version)[part::PARTS]
    assert len(cases) * PARTS > 400
    for start in range(0, len(cases), AT_ONCE):
        survive(world, cases[start : start + AT_ONCE], world.team(f"/{start}"))
    table(f"{len(cases)} configurations that Alertmanager {version} refuses were set on 3 units")
