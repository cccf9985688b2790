"""Alerting rules about one application, of general ones."""

import re
from dataclasses import dataclass
from typing import Any, Dict, List


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


def make_rules(groups: List[Dict[str, Any]], topology: Topology, metrics: str) -> Dict[str, Any]:
    """Make general alerting rules into rules about one application.

    groups: as in a file of Prometheus rules. metrics: a regular expression of the names of the
    application's series.
    Returns ``{"groups": [...]}`` whose expressions select the application's series only, so that
    several related applications do not alert for each other, and whose alerts bear its labels.
    """
    return {"groups": [_make_group(group, topology, metrics) for group in groups]}


def _make_group(group: Dict[str, Any], topology: Topology, metrics: str) -> Dict[str, Any]:
    labels = {**topology.labels, "juju_charm": topology.charm}
    name = f"{topology.model}_{topology.model_uuid[:8]}_{topology.application}_{group['name']}"
    return {
        **group,
        "name": name.replace("-", "_"),
        "rules": [
            {
                **rule,
                "expr": select_labels(rule["expr"], topology.labels, metrics),
                "labels": {**rule["labels"], **labels},
            }
            for rule in group["rules"]
        ],
    }


def select_labels(expression: str, labels: Dict[str, str], metrics: str) -> str:
    """Let every series in an expression be selected by these labels too."""
    matchers = ",".join(f'{name}="{value}"' for name, value in labels.items())

    def select(series: "re.Match[str]") -> str:
        return f"{series['name']}{{{matchers}{',' if series['brace'] else '}'}"

    # A metric's name, with the brace that may follow.
    return re.sub(rf"(?<![\w\"])(?P<name>{metrics})\b(?P<brace>\{{)?", select, expression)
