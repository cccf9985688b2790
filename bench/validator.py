"""How fast the validator reads a large configuration."""

import statistics
import time
from typing import List

from charms.layer.alertmanager import validation, yaml_text

from . import table

SIZE = 1_000_000
REPEATS = 3


def rows() -> List[table.Row]:
    """Validate a sound configuration of a million bytes, in this interpreter."""
    text = configuration(SIZE)
    times = []
    for _ in range(REPEATS):
        began = time.process_time()
        problems = validation.validate_text(text, "alertmanager-config", version=(0, 28, 1))
        times.append(time.process_time() - began)
    assert problems == [], problems
    size, seconds = len(text.encode()), statistics.median(times)
    return [
        table.Row(
            f"a sound configuration of {size:,} bytes",
            f"{seconds:.2f} s CPU, {size / seconds / 1000:.0f} kB/s",
            f"longest allowed: {yaml_text.MAX_BYTES:,} bytes",
        )
    ]


def configuration(size: int) -> str:
    """Return a sound configuration of at least so many bytes: teams, routes, templates."""
    routes, receivers = [], []
    length = 0
    while length < size:
        team = f"team-{len(routes)}"
        routes.append(
            f"  - receiver: {team}\n"
            f"    matchers: ['team=\"{team}\"', 'severity=~\"page|warn\"']\n"
            "    group_by: [alertname, cluster]\n"
            "    group_wait: 30s\n"
        )
        receivers.append(
            f"- name: {team}\n"
            "  slack_configs:\n"
            f"  - channel: '#{team}'\n"
            "    send_resolved: true\n"
            "    title: '{{ .Status | toUpper }} {{ .CommonLabels.alertname }}'\n"
            "    text: |\n"
            "      {{ range .Alerts }}{{ .Annotations.summary }}{{ end }}\n"
        )
        length += len(routes[-1]) + len(receivers[-1])
    return (
        "global: {slack_api_url: 'https://hooks.slack.example/x'}\n"
        "route:\n  receiver: team-0\n  routes:\n"
        + "".join(routes)
        + "receivers:\n"
        + "".join(receivers)
    )
