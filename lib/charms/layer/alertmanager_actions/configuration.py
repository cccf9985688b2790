"""The actions about the configuration: show-config, check-config, reload."""

from alertmanager_config.edit import redact
from alertmanager_config.version import format_version
from alertmanager_config.yaml import reader
from charmhelpers.core import hookenv
from charms.layer import alertmanager_api as api
from charms.layer import alertmanager_options as options
from charms.layer.alertmanager import proof
from charms.layer.alertmanager.listing import numbered
from charms.layer.alertmanager_actions import Failed, cluster, more

RELOADED = "reloaded"
# What a candidate may be given for: the parameters of check-config that are called as options.
CANDIDATES = ("alertmanager-config", "alertmanager-secrets", "templates")


def show_config(parameters):
    """Show the configuration that the pods are given, or that the options come to."""
    if parameters.get("source") == "options":
        wanted = _work_out(hookenv.config(), options.image())
        if wanted.files is None:
            raise Failed(f"the options cannot be used: {wanted.refusals[0]}", _verdict(wanted))
        return _shown(wanted.files)
    files = cluster.in_force().current
    return {**_shown(files), "pods": _who_runs(files)}


def _shown(files):
    return {
        "configuration": files.short_hash,
        "alertmanager-yml": redact.redact(_document(files)),
        "files": ", ".join(name for name, _ in files.files),
    }


def _document(files):
    return reader.parse_yaml(files.config.decode(), "alertmanager-config")


def _who_runs(files):
    """Say of each pod whether it runs these files' configuration."""
    pods = cluster.everyone()
    return {
        cluster.name(pod): _running(answer, files)
        for pod, answer in zip(pods, api.ask(pods, api.Alertmanager.metrics))
    }


def _running(answer, files):
    if isinstance(answer, Exception):
        return cluster.why(answer)
    state = proof.read_metrics(answer)
    if state.config_hash == files.config_hash:
        return "runs it"
    return f"runs another configuration, {state.short_hash}"


def check_config(parameters):
    """Judge the options, with a candidate in the place of some of them if one is given."""
    candidate = {name: parameters[name] for name in CANDIDATES if parameters.get(name)}
    image = parameters.get("image") or options.image()
    judged = _work_out({**hookenv.config(), **candidate}, image)
    verdict = _verdict(judged)
    if judged.refusals:
        raise Failed(f"{judged.refusals[0]}" + more(judged.refusals), verdict)
    return verdict


def _verdict(judged):
    return {
        "verdict": "refused" if judged.refusals else "good",
        "configuration": judged.files.short_hash if judged.files else "",
        "alertmanager": format_version(judged.version) if judged.version else "of unknown version",
        "problems": numbered(
            {
                "severity": "warning" if problem.warning else "error",
                "option": problem.option,
                "line": problem.line or "",
                "place": problem.path,
                "message": problem.message,
                "hint": problem.hint,
            }
            for problem in judged.problems
        ),
    }


def _work_out(values, image):
    hookenv._run_atstart()  # charms.reactive knows relations only then
    return options.work_out(values, image)


def reload(parameters):
    """Have every pod read its configuration again."""
    del parameters
    files = cluster.in_force().current
    pods = cluster.everyone()
    told = {
        cluster.name(pod): _reloaded(answer, files)
        for pod, answer in zip(pods, cluster.ask_all(pods, api.Alertmanager.reload))
    }
    failed = [f"{name}: {reason}" for name, reason in told.items() if reason != RELOADED]
    if failed:
        raise Failed(failed[0] + more(failed), {"pods": told})
    return {"configuration": files.short_hash, "pods": told}


def _reloaded(answer, files):
    if answer == "":
        return RELOADED
    if isinstance(answer, Exception):
        return cluster.why(answer)
    return proof.redacted(answer, redact.find_secrets(_document(files)))
