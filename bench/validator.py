"""How fast the validator reads a large configuration."""

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Dict, List

from alertmanager_config import check
from alertmanager_config.yaml import reader

from . import table

SIZE = 1_000_000
REPEATS = 3
RUNS = 5


def rows() -> List[table.Row]:
    """Validate a sound configuration of a million bytes, in this interpreter."""
    text = configuration(SIZE)
    times = []
    for _ in range(REPEATS):
        began = time.process_time()
        problems = check.check_text(text, "alertmanager-config", version=(0, 28, 1))
        times.append(time.process_time() - began)
    assert problems == [], problems
    size, seconds = len(text.encode()), statistics.median(times)
    return [
        *(_whole_process(teams) for teams in (1, 1000, 4000)),
        table.Row(
            f"a sound configuration of {size:,} bytes",
            f"{seconds:.2f} s CPU, {size / seconds / 1000:.0f} kB/s",
            f"longest allowed: {reader.MAX_BYTES:,} bytes",
        ),
    ]


def _whole_process(routes: int) -> table.Row:
    """Check so many routes, and a fifth as many receivers, from the command line.

    The quickest of a few runs counts, as nothing but other work of the machine makes others slower.
    """
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        path = Path(folder) / "alertmanager.yml"
        path.write_text(_of_routes(routes), encoding="utf-8")
        command = [sys.executable, "-m", "alertmanager_config", "check", str(path)]
        command += ["--version", "0.28.1"]
        # As what is installed, it has been compiled before.
        environment = {**os.environ, "PYTHONPYCACHEPREFIX": folder}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        subprocess.run(command, check=True, capture_output=True, env=environment)
        seconds = min(_cpu_seconds(command, environment) for _ in range(RUNS))
    most = {1: 0.15, 1000: 0.6, 4000: 2.0}[routes]
    what = f"alertmanager-config check, {routes:,} routes"
    return table.Row(
        what, f"{seconds:.2f} s CPU", f"at most {most} s", seconds <= most, judged=True
    )


def _cpu_seconds(command: List[str], environment: Dict[str, str]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, capture_output=True, env=environment)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def _of_routes(count: int) -> str:
    names = [f"team-{number}" for number in range(max(1, count // 5))]
    routes = [
        f"  - receiver: {names[number % len(names)]}\n"
        f"    matchers: ['team=\"t{number}\"', 'severity=~\"page|warn\"']\n"
        for number in range(count)
    ]
    receivers = [f"- name: {name}\n  webhook_configs: [{{url: 'http://x'}}]\n" for name in names]
    top = f"route:\n  receiver: {names[0]}\n  routes:\n"
    return top + "".join(routes) + "receivers:\n" + "".join(receivers)


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
