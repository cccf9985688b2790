"""The pods that an action acts on."""

from charms.layer.alertmanager.juju.alertmanager_api import Alertmanager
from charms.layer.pod_spec import ActionFailed, pod_http

# Seconds; somebody waits for an action, other than for a hook.
PATIENCE = 10


def find_deployed(inputs):
    """Return what Juju has given the pods, as deployed_spec.DeployedSpec."""
    if not inputs.pod_spec_text:
        raise ActionFailed("nothing has been deployed yet; juju status says why")
    if not inputs.deployed:
        raise ActionFailed("what is deployed is not this charm's yet; juju status says why")
    return inputs.deployed


def find_all(inputs):
    """Return every pod, this unit's own first."""
    others = [number for number in range(len(inputs.living_units)) if number != inputs.ordinal]
    settings = find_deployed(inputs).settings
    return [
        Alertmanager(inputs.pod_host(number), settings=settings, timeout=PATIENCE)
        for number in (inputs.ordinal, *others)
    ]


def find_one(inputs):
    """Return a pod that answers, this unit's own if it does, and what its status is."""
    asked = find_all(inputs)
    answers = pod_http.ask(asked, Alertmanager.status)
    for pod, answer in zip(asked, answers):
        if isinstance(answer, dict):
            return pod, answer
    reasons = {name_of(pod): explain(answer) for pod, answer in zip(asked, answers)}
    first = f"{name_of(asked[0])} is {explain(answers[0])}"
    raise ActionFailed(f"no pod answers; {first}", {"pods": reasons})


def ask_one(pod, question):
    """Put a question to one pod, however long its name takes to look up."""
    (answer,) = ask_all([pod], question)
    if isinstance(answer, Exception):
        raise answer
    return answer


def ask_all(asked, question):
    """Put a question to pods, and return their answers as pod_http.ask does."""
    return pod_http.ask(asked, question, within=PATIENCE)


def name_of(pod):
    """Return a pod's name, for example alertmanager-0."""
    return pod.host.partition(".")[0]


def explain(problem):
    """Say in a few words why a pod did not do what it was asked."""
    if isinstance(problem, pod_http.Unreachable):
        return f"unreachable: {problem.reason}"
    return f"refusing: {problem.sentence}"
