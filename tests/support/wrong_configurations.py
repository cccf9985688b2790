"""What an Alertmanager refuses, set one by one on a cluster that runs something right."""

import json
import random
import re
from typing import NamedTuple

from alertmanager_config import check
from alertmanager_config import version as versions
from support import config_corpus

CHOSEN = ("twice", "is not defined")
"""Words about mistakes that every sample has one of."""


def refused_by(version):
    """Return the cases of the corpus that a version (``0.28.1``) refuses."""
    which = versions.only(versions.parse_version(version))
    cases = [case for case in config_corpus.CASES if not case.accepting & which]
    # An option that is empty is one that is not set.
    return [case for case in cases if case.text.strip()]


def sample(version, seed, drawn):
    """Return one of those for each of CHOSEN, and so many more."""
    chance = random.Random(seed)
    cases = refused_by(version)
    chosen = [chance.choice([case for case in cases if words in case.says]) for words in CHOSEN]
    return chosen + chance.sample(cases, drawn)


def survive(world, cases, right):
    """Set one wrong configuration after the other, which no pod must ever see.

    The status has to say what is wrong with each. With the last one still set, every pod is killed,
    and has to come back. Then ``right``, the text of another configuration, has to go live without
    a restart.
    """
    live, before, spec = world.live(), running(world), _spec(world)
    for case in cases:
        _set(world, case)
        state, message = world.shown()
        assert (state, _reason(case, world) in message) == ("blocked", True), (case, message)
        assert _spec(world) == spec, case
        assert running(world) == before, case
    for pod in before:
        world.kill(pod)
    world.cluster.ready("alertmanager", len(before), timeout=60)
    world.look()
    assert world.shown()[0] == "blocked"
    restarted = running(world)
    assert [run.hash for run in restarted.values()] == [run.hash for run in before.values()]
    world.configure(alertmanager_config=right, templates="")
    assert world.live() != live
    assert [run.since for run in running(world).values()] == [
        run.since for run in restarted.values()
    ]


def _set(world, case):
    templates = {name: content.decode() for name, content in case.files.items()}
    world.configure(
        alertmanager_config=case.text, templates=json.dumps(templates) if templates else ""
    )


def _reason(case, world):
    """Return what the status has to begin with."""
    problems = check.check_text(
        case.text, "alertmanager-config", world.versions["alertmanager"], files=dict(case.files)
    )
    return str(next(problem for problem in problems if not problem.warning))


def _spec(world):
    return world.juju.application("alertmanager").pod_spec


class Run(NamedTuple):
    """What a pod says of itself: the hash of what it runs, and since when."""

    hash: str
    since: str


_ASK = "wget -q -O - http://127.0.0.1:9093/metrics"


def running(world):
    """Return what each pod runs, by its name."""
    told = {pod.name: world.sh(pod.name, _ASK) for pod in world.cluster.pods("alertmanager")}
    return {
        pod: Run(*(_sample(text, name) for name in _SAMPLES)) for pod, text in sorted(told.items())
    }


_SAMPLES = ("alertmanager_config_hash", "process_start_time_seconds")


def _sample(metrics, name):
    return re.search(rf"^{name} (.*)$", metrics, re.MULTILINE).group(1)
