"""What runs in the pod: Prometheus' files and its command line."""

from typing import Any, Collection, Dict, List, Mapping

import yaml

from .settings import Settings

DIRECTORY = "/etc/prometheus"  # what the kubelet delivers
# Certificates lie beside prometheus.yml: Prometheus does not start if one is missing, so whichever
# prometheus.yml it starts with needs its own. A password is read when it is used, and where the
# kubelet keeps it, which is not on a disk.
BESIDE = "."
CA_FILE = "alertmanagers.pem"
PASSWORD_FILE = f"{DIRECTORY}/alertmanager-password"
PORT = 9090


def login(settings: Settings) -> Dict[str, str]:
    """Return how Prometheus logs in to Alertmanagers, as prometheus.yml has it."""
    if not settings.username:
        return {}
    return {"username": settings.username, "password_file": PASSWORD_FILE}


def files(
    settings: Settings,
    alerting: Mapping[str, Any],
    ca_bundle: str,
    scraped: Mapping[str, Any],
    alertmanagers: Collection[str] = (),
) -> Dict[str, str]:
    """Return the content of each file in DIRECTORY, by name.

    alerting: the ``alerting`` section of prometheus.yml. ca_bundle: the certificates that it
    refers to as CA_FILE. scraped: by application, what prometheus_scrape's ``scraped`` returns.
    alertmanagers: the applications that alerts are sent to. Only their jobs log in: a job of anyone
    else could carry the password elsewhere, by a proxy for example.
    """
    rules = {"rules.yml": settings.rules + "\n"} if settings.rules else {}
    for application, wanted in scraped.items():
        if wanted.groups:
            groups = {"groups": list(wanted.groups)}
            rules[f"rules-{application}.yml"] = yaml.safe_dump(groups)
    jobs = [
        _logging_in(job, alerting) if application in alertmanagers else job
        for application, wanted in scraped.items()
        for job in wanted.configs
    ]
    configuration = _configuration(settings, alerting, list(rules), jobs)
    content = {"prometheus.yml": yaml.safe_dump(configuration), **rules}
    for wanted in scraped.values():
        content.update(wanted.certificates)
    if ca_bundle:
        content["alertmanagers.pem"] = ca_bundle
    if settings.password:
        content["alertmanager-password"] = settings.password
    return content


def arguments(settings: Settings) -> List[str]:
    """Return the command line, less where the configuration is."""
    flags = ["--storage.tsdb.path=/prometheus", f"--web.listen-address=:{PORT}"]
    if settings.external_url:
        flags.append(f"--web.external-url={settings.external_url}".replace("$(", "$$("))
    return flags


def _configuration(
    settings: Settings, alerting: Mapping[str, Any], rules: List[str], jobs: List[Mapping[str, Any]]
) -> Dict[str, Any]:
    return {
        "global": {
            "scrape_interval": settings.scrape_interval,
            "evaluation_interval": settings.evaluation_interval,
        },
        "rule_files": rules,
        "alerting": alerting,
        "scrape_configs": [
            {
                "job_name": "prometheus",
                "metrics_path": f"{settings.path_prefix}/metrics",
                "static_configs": [{"targets": [f"localhost:{PORT}"]}],
            },
            *jobs,
        ],
    }


def _logging_in(job: Mapping[str, Any], alerting: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a job that logs in to Alertmanagers as it is done to send them alerts."""
    logins = {
        target: entry["basic_auth"]
        for entry in alerting.get("alertmanagers", ())
        if "basic_auth" in entry
        for target in _targets(entry)
    }
    targets = _targets(job)
    own = "basic_auth" in job or "authorization" in job
    if not own and all(target in logins for target in targets):
        return {**job, "basic_auth": logins[targets[0]]}
    return job


def _targets(entry: Mapping[str, Any]) -> List[str]:
    return [target for group in entry["static_configs"] for target in group["targets"]]
