"""The pods that an action acts on."""

from functools import lru_cache

from charms.layer import alertmanager_api as api
from charms.layer import alertmanager_pods as pods
from charms.layer import pod_spec
from charms.layer.alertmanager import stored
from charms.layer.alertmanager_actions import Failed

# Seconds; somebody waits for an action, other than for a hook.
PATIENCE = 10


@lru_cache(maxsize=1)
def in_force():
    """Return what Juju has given the pods, as stored.Stored."""
    spec = pod_spec.pod_spec_get()
    if not spec:
        raise Failed("nothing has been deployed yet; juju status says why")
    found = stored.read(spec)
    if not found:
        raise Failed("what is deployed is not this charm's yet; juju status says why")
    return found


def everyone():
    """Return every pod, this unit's own first."""
    own = pods.ordinal()
    others = [number for number in range(len(pods.living_units())) if number != own]
    found = pods.pods(in_force().served, [own, *others])
    for pod in found:
        pod.timeout = PATIENCE
    return found


def anyone():
    """Return a pod that answers, this unit's own if it does, and what its status is."""
    asked = everyone()
    answers = api.ask(asked, api.Alertmanager.status)
    for pod, answer in zip(asked, answers):
        if isinstance(answer, dict):
            return pod, answer
    reasons = {name(pod): why(answer) for pod, answer in zip(asked, answers)}
    raise Failed(f"no pod answers; {name(asked[0])} is {why(answers[0])}", {"pods": reasons})


def ask_one(pod, question):
    """Put a question to one pod, however long its name takes to look up."""
    (answer,) = ask_all([pod], question)
    if isinstance(answer, Exception):
        raise answer
    return answer


def ask_all(asked, question):
    """Put a question to pods, and return their answers as api.ask does."""
    return api.ask(asked, question, within=PATIENCE)


def name(pod):
    """Return a pod's name, for example alertmanager-0."""
    return pod.host.partition(".")[0]


def why(problem):
    """Say in a few words why a pod did not do what it was asked."""
    if isinstance(problem, api.Unreachable):
        return f"unreachable: {problem.reason}"
    return f"unwilling: {problem.sentence}"
