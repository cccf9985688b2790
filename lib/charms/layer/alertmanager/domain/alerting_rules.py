"""The alerting rules for a Prometheus that scrapes Alertmanager."""

from typing import Any, Dict, List, Optional

import yaml

METRICS = r"alertmanager_\w+|up|process_start_time_seconds"
"""The names of the series in our rules and dashboard, as a regular expression."""


def read_groups(
    text: str, certificate_text: str, certificate_end: Optional[float], warning_period: float
) -> List[Dict[str, Any]]:
    """Return groups of rules.

    text, certificate_text: the files of the folder monitoring, the second for where there is a
    certificate. certificate_end: seconds since 1970, None without one. warning_period: how many
    seconds before its end it alerts.
    """
    groups = yaml.safe_load(text)["groups"]
    if certificate_end is not None:
        hours = int(warning_period) // 3600
        left = f"{hours // 24} days" if hours >= 72 else f"{hours} hours"
        warns_at = int(certificate_end) - int(warning_period)
        groups += yaml.safe_load(certificate_text.format(warns_at=warns_at, left=left))["groups"]
    return groups
