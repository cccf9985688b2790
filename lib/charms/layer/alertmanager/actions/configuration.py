"""The actions about the configuration: show-config, check-config, reload."""

from alertmanager_config.edit import redact
from alertmanager_config.version import format_version
from alertmanager_config.yaml import reader
from charms.layer.alertmanager.actions import action_pods
from charms.layer.alertmanager.domain import pod_metrics
from charms.layer.alertmanager.inputs import Inputs
from charms.layer.alertmanager.juju.alertmanager_api import Alertmanager
from charms.layer.pod_spec import ActionFailed, count_others, number, pod_http

RELOADED = "reloaded"
# What a candidate may be given for: the parameters of check-config that are called as options.
CANDIDATES = ("alertmanager-config", "alertmanager-secrets", "templates")


def show_config(inputs, parameters):
    """Show the configuration that the pods are given, or that the options come to."""
    if parameters.get("source") == "options":
        files = inputs.plan.files
        if files is None:
            verdict = _show_verdict(inputs.plan)
            raise ActionFailed(f"the options cannot be used: {inputs.plan.refusals[0]}", verdict)
        return _show_files(files)
    files = action_pods.find_deployed(inputs).current
    return {**_show_files(files), "pods": _find_who_runs(inputs, files)}


def _show_files(files):
    return {
        "configuration": files.short_hash,
        "alertmanager-yml": redact.redact(reader.parse_yaml(files.config, "alertmanager-config")),
        "files": ", ".join(name for name, _ in files.files),
    }


def _find_who_runs(inputs, files):
    """Say of each pod whether it runs these files' configuration."""
    asked = action_pods.find_all(inputs)
    answers = pod_http.ask(asked, Alertmanager.metrics)
    return {
        action_pods.name_of(pod): _compare(answer, files) for pod, answer in zip(asked, answers)
    }


def _compare(answer, files):
    if isinstance(answer, Exception):
        return action_pods.explain(answer)
    found = pod_metrics.read_metrics(answer)
    if found.config_hash == files.config_hash:
        return "runs it"
    return f"runs another configuration, {found.short_hash}"


def check_config(inputs, parameters):
    """Judge the options, with a candidate in the place of some of them if one is given."""
    candidate = {name: parameters[name] for name in CANDIDATES if parameters.get(name)}
    plan = Inputs(
        inputs.state,
        options={**inputs.options, **candidate},
        image_reference=parameters.get("image") or inputs.image_reference,
    ).plan
    verdict = _show_verdict(plan)
    if plan.refusals:
        raise ActionFailed(f"{plan.refusals[0]}" + count_others(plan.refusals), verdict)
    return verdict


def _show_verdict(plan):
    return {
        "verdict": "refused" if plan.refusals else "good",
        "configuration": plan.files.short_hash if plan.files else "",
        "alertmanager": format_version(plan.version) if plan.version else "of unknown version",
        "problems": number(
            {
                "severity": "warning" if problem.warning else "error",
                "option": problem.option,
                "line": problem.line or "",
                "place": problem.path,
                "message": problem.message,
                "hint": problem.hint,
            }
            for problem in plan.problems
        ),
    }


def reload(inputs, parameters):
    """Have every pod read its configuration again."""
    del parameters
    deployed = action_pods.find_deployed(inputs)
    asked = action_pods.find_all(inputs)
    outcomes = {
        action_pods.name_of(pod): _show_reload(answer, deployed)
        for pod, answer in zip(asked, action_pods.ask_all(asked, Alertmanager.reload))
    }
    failed = [f"{name}: {reason}" for name, reason in outcomes.items() if reason != RELOADED]
    if failed:
        raise ActionFailed(failed[0] + count_others(failed), {"pods": outcomes})
    return {"configuration": deployed.current.short_hash, "pods": outcomes}


def _show_reload(answer, deployed):
    if answer == "":
        return RELOADED
    if isinstance(answer, Exception):
        return action_pods.explain(answer)
    return redact.redact_sentence(answer, deployed.secrets)
