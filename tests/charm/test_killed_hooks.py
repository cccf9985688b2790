"""Hooks of the built charm, killed by a signal; tests/bus/test_faults.py tries all there is."""

import random

import pytest
from support.fault_injection import Trial, World, rehearse
from support.fault_stories import STORIES
from support.manual_controller import ManualController


@pytest.fixture(scope="module")
def trial(built_charm, tmp_path_factory):
    """A story of the built charm, lived through once."""
    (story,) = (story for story in STORIES if story.name == "configure")
    with World(tmp_path_factory.mktemp("killed") / "juju", built_charm, ManualController) as world:
        rehearsal = rehearse(world, story)
        yield Trial(world, rehearsal), rehearsal.moments[0]


@pytest.mark.parametrize("kind", ["kill", "kill-after", "pod dies", "commit lost", "done twice"])
def test_the_retry_makes_up_for_it(trial, kind, seed):
    trial, moment = trial
    assert moment.hook == "config-changed"
    call = random.Random(f"{seed} {kind}").randrange(len(moment.calls))
    assert trial.differences(moment, kind, call) == [], (kind, call, moment.calls)
