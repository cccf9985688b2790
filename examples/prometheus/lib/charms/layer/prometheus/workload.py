"""What runs in the pod: Prometheus' files and its command line."""

from typing import Any, Dict, List, Mapping

import yaml

from .settings import Settings

DIRECTORY = "/etc/prometheus"  # what the kubelet delivers
CA_FILE = f"{DIRECTORY}/alertmanagers.pem"
PASSWORD_FILE = f"{DIRECTORY}/alertmanager-password"
PORT = 9090


def login(settings: Settings) -> Dict[str, str]:
    """Return how Prometheus logs in to Alertmanagers, as prometheus.yml has it."""
    if not settings.username:
        return {}
    return {"username": settings.username, "password_file": PASSWORD_FILE}


def files(settings: Settings, alerting: Mapping[str, Any], ca_bundle: str) -> Dict[str, str]:
    """Return the content of each file in DIRECTORY, by name.

    alerting: the ``alerting`` section of prometheus.yml. ca_bundle: the certificates that it
    refers to as CA_FILE.
    """
    content = {"prometheus.yml": yaml.safe_dump(_configuration(settings, alerting))}
    if settings.rules:
        content["rules.yml"] = settings.rules + "\n"
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


def _configuration(settings: Settings, alerting: Mapping[str, Any]) -> Dict[str, Any]:
    return {
        "global": {
            "scrape_interval": settings.scrape_interval,
            "evaluation_interval": settings.evaluation_interval,
        },
        "rule_files": ["rules.yml"] if settings.rules else [],
        "alerting": alerting,
        "scrape_configs": [
            {
                "job_name": "prometheus",
                "metrics_path": f"{settings.path_prefix}/metrics",
                "static_configs": [{"targets": [f"localhost:{PORT}"]}],
            },
            *_scraping_alertmanagers(alerting),
        ],
    }


def _scraping_alertmanagers(alerting: Mapping[str, Any]) -> List[Dict[str, Any]]:
    """Return how to scrape the Alertmanagers: they are reached as they are sent alerts."""
    jobs = []
    for number, entry in enumerate(alerting.get("alertmanagers", ())):
        job = {key: value for key, value in entry.items() if key not in _ALERTING_ONLY}
        job["job_name"] = f"alertmanager-{number}"
        job["metrics_path"] = f"{entry['path_prefix'].rstrip('/')}/metrics"
        jobs.append(job)
    return jobs


_ALERTING_ONLY = ("path_prefix", "alert_relabel_configs")
