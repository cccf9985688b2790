"""The alerting rules for a Prometheus that scrapes Alertmanager, about this application alone."""

import re
from dataclasses import dataclass
from typing import Any, Dict, Optional

import yaml

from .certificate_requests import ENDS_SOON

# A metric's name in our own rules, with the brace that may follow.
_SERIES = re.compile(r"(?<![\w\"])(alertmanager_\w+|up|process_start_time_seconds)\b(\{)?")


@dataclass(frozen=True)
class Topology:
    """Which application it is, in Juju's words. model_uuid: a version 4 UUID."""

    model: str
    model_uuid: str
    application: str
    charm: str

    @property
    def labels(self) -> Dict[str, str]:
        """The labels that a scraping charm attaches to the application's series."""
        return {
            "juju_model": self.model,
            "juju_model_uuid": self.model_uuid,
            "juju_application": self.application,
        }


def make_rules(
    text: str,
    topology: Topology,
    certificate_ends: Optional[float] = None,
    certificate_notice: float = ENDS_SOON.total_seconds(),
) -> Dict[str, Any]:
    """Make general alerting rules into rules about one application.

    text: a file of Prometheus rules. certificate_ends: seconds since 1970, None without a
    certificate; Alertmanager has no metric for it, so the rule carries the date.
    certificate_notice: how many seconds before its end it alerts.
    Returns ``{"groups": [...]}`` whose expressions select the application's series only, so that
    several related applications do not alert for each other, and whose alerts bear its labels.
    """
    groups = yaml.safe_load(text)["groups"]
    if certificate_ends is not None:
        groups = [*groups, _make_certificate_group(certificate_ends, certificate_notice)]
    return {"groups": [_make_group(group, topology) for group in groups]}


def _make_group(group: Dict[str, Any], topology: Topology) -> Dict[str, Any]:
    labels = {**topology.labels, "juju_charm": topology.charm}
    name = f"{topology.model}_{topology.model_uuid[:8]}_{topology.application}_{group['name']}"
    return {
        **group,
        "name": name.replace("-", "_"),
        "rules": [
            {
                **rule,
                "expr": select_labels(rule["expr"], topology.labels),
                "labels": {**rule["labels"], **labels},
            }
            for rule in group["rules"]
        ],
    }


def select_labels(expression: str, labels: Dict[str, str]) -> str:
    """Let every series in one of our own expressions be selected by these labels too."""
    matchers = ",".join(f'{name}="{value}"' for name, value in labels.items())

    def select(series: "re.Match[str]") -> str:
        return f"{series.group(1)}{{{matchers}{',' if series.group(2) else '}'}"

    return _SERIES.sub(select, expression)


def _make_certificate_group(ends: float, notice: float) -> Dict[str, Any]:
    hours = int(notice) // 3600
    left = f"{hours // 24} days" if hours >= 72 else f"{hours} hours"
    return {
        "name": "alertmanager_certificate",
        "rules": [
            {
                "alert": "AlertmanagerCertificateEndsSoon",
                "expr": f"vector(time()) > {int(ends) - int(notice)}",
                "labels": {"severity": "warning"},
                "annotations": {
                    "summary": "Alertmanager's certificate ends soon.",
                    "description": f"It ends in less than {left}. "
                    "From then on nobody can send alerts to Alertmanager.",
                },
            }
        ],
    }
