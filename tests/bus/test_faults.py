"""At every moment of every story one thing goes wrong, and the outcome is the same.

``make soak`` tries everything, ``make test`` what SEED picks.
"""

import random

import pytest
from support.fault_certificates import Signing
from support.fault_injection import AT_CALLS, KINDS, Trial, World, rehearse
from support.fault_stories import STORIES

NAMES = [*(story.name for story in STORIES), "a certificate from a relation"]
WIDTH = max(map(len, NAMES))


@pytest.fixture(scope="module")
def world(charm, tmp_path_factory):
    with World(tmp_path_factory.mktemp("faults") / "juju", charm) as world:
        yield world


@pytest.fixture(scope="module")
def stories(tmp_path_factory):
    """All stories, by name."""
    signing = Signing(tmp_path_factory.mktemp("authority") / "ca", NAMES[-1])
    return {story.name: story for story in [*STORIES, signing.story]}


def everything(rehearsal):
    """Return all faults there may be in a story: the moment, the kind, the call."""
    return [(moment, *fault) for moment in rehearsal.moments for fault in moment.faults()]


def some(rehearsal, seed):
    """Return one fault of every third kind; other stories try the others."""
    turn = (NAMES.index(rehearsal.story.name) + seed) % 3
    chance = random.Random(f"{seed} {rehearsal.story.name}")
    by_kind = {kind: [] for number, kind in enumerate(KINDS) if number % 3 == turn}
    for fault in everything(rehearsal):
        if fault[1] in by_kind:
            by_kind[fault[1]].append(fault)
    return [chance.choice(found) for found in by_kind.values() if found]


def attempt(world, rehearsal, tried):
    """Let each of these faults happen; return a line of the table, and what any of them changed."""
    trial, counts, wrong = Trial(world, rehearsal), dict.fromkeys(KINDS, 0), []
    for moment, kind, call in tried:
        counts[kind] += 1
        found = trial.differences(moment, kind, call)
        if found:
            at = f" at call {call}, {moment.calls[call]}" if kind in AT_CALLS else ""
            wrong.append("\n  ".join([f"{moment.unit} {moment.hook}: {kind}{at}", *found]))
    hooks, calls = len(rehearsal.moments), sum(len(each.calls) for each in rehearsal.moments)
    tally = f"{hooks:3} hooks {calls:4} calls {len(tried):5} faults {trial.lives:5} lives"
    kinds = ", ".join(f"{count} {kind}" for kind, count in counts.items() if count)
    line = f"{rehearsal.story.name:{WIDTH}} {tally} {len(tried) - len(wrong):5} converged ({kinds})"
    return line, wrong


def each_story(test):
    return pytest.mark.parametrize("name", NAMES)(test)


@each_story
def test_a_fault_does_not_change_the_outcome(world, stories, name, seed):
    rehearsal = rehearse(world, stories[name])
    _, wrong = attempt(world, rehearsal, some(rehearsal, seed))
    assert not wrong, "\n".join(wrong)


@pytest.mark.soak
@each_story
def test_no_fault_changes_the_outcome(world, stories, name, table):
    rehearsal = rehearse(world, stories[name])
    line, wrong = attempt(world, rehearsal, everything(rehearsal))
    table(line)
    assert not wrong, "\n".join(wrong)
