"""The alerting rules for a Prometheus that scrapes Alertmanager."""

from typing import Any, Dict, List, Optional

import yaml

METRICS = r"alertmanager_\w+|up|process_start_time_seconds"
"""The names of the series in our rules and dashboard, as a regular expression."""


def read_groups(
    text: str, certificate_end: Optional[float], warning_period: float
) -> List[Dict[str, Any]]:
    """Return groups of rules.

    text: a file of Prometheus rules. certificate_end: seconds since 1970, None without a
    certificate; Alertmanager has no metric for it, so the rule carries the date. warning_period:
    how many seconds before its end it alerts.
    """
    groups = yaml.safe_load(text)["groups"]
    if certificate_end is not None:
        groups.append(_make_certificate_group(certificate_end, warning_period))
    return groups


def _make_certificate_group(end: float, warning_period: float) -> Dict[str, Any]:
    hours = int(warning_period) // 3600
    left = f"{hours // 24} days" if hours >= 72 else f"{hours} hours"
    return {
        "name": "alertmanager_certificate",
        "rules": [
            {
                "alert": "AlertmanagerCertificateEndsSoon",
                "expr": f"vector(time()) > {int(end) - int(warning_period)}",
                "labels": {"severity": "warning"},
                "annotations": {
                    "summary": "Alertmanager's certificate ends soon.",
                    "description": f"It ends in less than {left}. "
                    "From then on nobody can send alerts to Alertmanager.",
                },
            }
        ],
    }
