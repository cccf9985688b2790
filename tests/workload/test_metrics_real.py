"""Every version has the metrics that our rules and our dashboard are about."""

import json
import re
import urllib.request
from pathlib import Path

import pytest
import yaml
from support import real_alertmanager, real_programs

MONITORING = Path(__file__).parents[2] / "monitoring"
# since 0.26; without them an alert never fires, and nothing else changes
PERSISTING = {
    "alertmanager_nflog_maintenance_errors_total",
    "alertmanager_silences_maintenance_errors_total",
}
LABELS = {
    "alertmanager_alerts": {"state"},
    "alertmanager_alerts_received_total": {"status"},
    "alertmanager_notification_latency_seconds_bucket": {"integration", "le"},
    "alertmanager_notifications_failed_total": {"integration"},
    "alertmanager_notifications_total": {"integration"},
    "alertmanager_silences": {"state"},
}
"""What our expressions group or select by, besides what Prometheus attaches."""


def used():
    """Return the names of all metrics of Alertmanager in rules and dashboard."""
    rules = yaml.safe_load((MONITORING / "alertmanager.rules.yaml").read_text())
    texts = [rule["expr"] for group in rules["groups"] for rule in group["rules"]]
    dashboard = json.loads((MONITORING / "alertmanager.dashboard.json").read_text())
    texts += [
        target["expr"] for panel in dashboard["panels"] for target in panel.get("targets", ())
    ]
    texts += [variable.get("definition", "") for variable in dashboard["templating"]["list"]]
    names = {name for text in texts for name in re.findall(r"\b(?:alertmanager|process)_\w+", text)}
    assert len(names) > 15
    return names


@pytest.mark.parametrize("suite", real_programs.SUITES)
def test_every_metric_is_there_with_its_labels(suite):
    config = "route: {receiver: nobody}\nreceivers: [{name: nobody}]\n"
    with real_alertmanager.run(suite, config, cluster="127.0.0.1:0") as running:
        url = f"http://127.0.0.1:{running.port}/metrics"
        text = urllib.request.urlopen(url).read().decode()
    series = re.findall(r"^(\w+)(?:\{(.*?)\})? ", text, re.M)
    labels = {}
    for name, matchers in series:
        labels.setdefault(name, set()).update(re.findall(r"(\w+)=", matchers))
    version = tuple(map(int, real_programs.version("alertmanager", suite).split(".")))
    expected = used() - (PERSISTING if version < (0, 26) else set())
    assert expected - set(labels) == set()
    assert {name for name in LABELS if not LABELS[name] <= labels[name]} == set()
