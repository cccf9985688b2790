"""What is said over the relation: what to scrape, where, and what to alert about.

Pure functions; see README.md for who reads which key.
"""

import json
from typing import Any, Dict, Mapping, Sequence, Tuple

UNIT_KEYS = (
    "prometheus_scrape_unit_address",
    "prometheus_scrape_unit_name",
    "prometheus_scrape_unit_path",
    "prometheus_scrape_unit_fqdn",
)
APPLICATION_KEYS = ("scrape_metadata", "scrape_jobs", "alert_rules")


def encode(
    *,
    unit: str,
    host: str,
    path: str,
    model: str,
    model_uuid: str,
    application: str,
    charm: str,
    jobs: Sequence[Mapping[str, Any]],
    rules: Mapping[str, Any],
) -> Tuple[Dict[str, str], Dict[str, str]]:
    """Return what a unit and what the application write.

    unit: its name in Juju. host: a name or address of this very unit, without a port.
    path: what goes in front of each job's ``metrics_path``, for example a route prefix, or "".
    model, model_uuid, application, charm: Juju's names. The scraping side fails on a UUID that is
        not of version 4, and leaves ``*`` in targets alone without all of these.
    jobs: ``scrape_configs`` of prometheus.yml; ``*:9093`` among the targets stands for every unit.
        In a ``tls_config``, ``ca_file`` is the text of the certificates itself.
    rules: ``{"groups": [...]}`` as in a file of rules. Labels juju_model, juju_model_uuid and
        juju_application in each rule let the scraping side see whose they are.
    """
    bag = {
        "prometheus_scrape_unit_address": host,
        "prometheus_scrape_unit_name": unit,
        "prometheus_scrape_unit_path": path,
        "prometheus_scrape_unit_fqdn": host,
    }
    metadata = {
        "model": model,
        "model_uuid": model_uuid,
        "application": application,
        "unit": unit,
        "charm_name": charm,
    }
    common = {
        "scrape_metadata": json.dumps(metadata, sort_keys=True),
        "scrape_jobs": json.dumps(jobs, sort_keys=True),
        "alert_rules": json.dumps(rules, sort_keys=True),
    }
    return {key: value for key, value in bag.items() if value}, common


def complaint(bag: Mapping[str, str]) -> str:
    """Return what the scraping side has against rules or jobs, in one line, "" if nothing.

    bag: the databag of the application on the other side. What makes no sense is no complaint.
    """
    try:
        event = json.loads(bag.get("event") or "{}", parse_int=float)  # which is quick
    except (ValueError, RecursionError):
        return ""
    if not isinstance(event, dict):
        return ""
    said = [event.get("errors"), event.get("scrape_job_errors")]
    return " ".join("; ".join(text for text in said if text and isinstance(text, str)).split())
