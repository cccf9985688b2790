"""Our dashboard as grafana-k8s shows it, on what an Alertmanager said before and after mishaps."""

import json
import re
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from charms.layer.alertmanager.domain.alerting_rules import METRICS
from support import consumers, real_alertmanager, real_programs
from support.pager import Pager

from interfaces.grafana_dashboard import databag
from interfaces.prometheus_scrape import alert_rules

FILE = Path(__file__).parents[2] / "monitoring" / "alertmanager.dashboard.json"
TOPOLOGY = alert_rules.Topology("lma", "12345678-9abc-4def-8123-456789abcdef", "am", "alertmanager")
LABELS = {**TOPOLOGY.labels, "juju_unit": "am/0", "job": "alertmanager", "instance": "am-0"}
# one receiver takes notifications, of the other none can be made
CONFIG = """
route:
  receiver: pager
  group_wait: 0s
  routes: [{receiver: broken, continue: true}, {receiver: pager}]
receivers:
- name: pager
  webhook_configs: [{url: 'http://127.0.0.1:PORT/'}]
- name: broken
  slack_configs: [{api_url: 'http://127.0.0.1:PORT/', channel: '{{ template "nope" }}'}]
"""


def select(query, matchers):
    """Select by further labels in every series of a query, as cos-tool does."""
    return alert_rules.select_labels(query, matchers, METRICS).replace('="$', '=~"$')


def published():
    """Return the databag of an application that has our dashboard."""
    names = {"model": "lma", "model_uuid": TOPOLOGY.model_uuid, "application": "am", "unit": "am/0"}
    dashboards = {"alertmanager": json.loads(FILE.read_text())}
    return databag.encode(dashboards=dashboards, charm="am", inject_dropdowns=False, **names)[1]


def queries(application):
    """Return the queries that Grafana asks, by the panel's title, with everything chosen."""
    (dashboard,) = consumers.dashboards_shown(application, select).values()
    chosen = {one["name"]: one.get("allValue") for one in dashboard["templating"]["list"]}
    chosen["__rate_interval"] = "1m"
    # what is not defined is asked for as it stands
    return {
        panel["title"]: [
            re.sub(r"\$(\w+)", lambda name: chosen.get(name[1]) or name[0], target["expr"])
            for target in panel["targets"]
        ]
        for panel in dashboard["panels"]
        if "targets" in panel
    }


def post(running, path, content):
    """Post to the API; return the status that is answered."""
    url = f"http://127.0.0.1:{running.port}/api/v2/{path}"
    headers = {"Content-Type": "application/json"}
    request = urllib.request.Request(url, json.dumps(content).encode(), headers)
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code


def metrics(running):
    """Return what Alertmanager says of itself: {series: value}."""
    url = f"http://127.0.0.1:{running.port}/metrics"
    with urllib.request.urlopen(url, timeout=20) as answer:
        text = answer.read().decode()
    return dict(re.findall(r"^([a-z]\w*(?:\{.*\})?) (\S+)$", text, re.M))


def failures(said):
    return sum(
        float(value)
        for series, value in said.items()
        if series.startswith("alertmanager_notifications_failed_total")
    )


@pytest.fixture(params=real_programs.SUITES)
def recorded(request):
    """What a version of Alertmanager said before and after, as input series of promtool's."""
    with Pager() as pager:
        config = CONFIG.replace("PORT", str(pager.port))
        with real_alertmanager.run(request.param, config, cluster="127.0.0.1:0") as running:
            before = metrics(running)
            assert post(running, "alerts", [{"labels": {"alertname": "Fire"}}]) == 200
            assert post(running, "alerts", [{"labels": {"alertname": ""}}]) == 400
            end = time.monotonic() + 60
            while not (pager.pages("Fire") and failures(metrics(running))):
                assert time.monotonic() < end
                time.sleep(0.1)
            after = metrics(running)
    attached = ",".join(f'{name}="{value}"' for name, value in LABELS.items())
    return [
        {
            "series": f"{name}{{{','.join(filter(None, [attached, own.rstrip('}')]))}}}",
            "values": " ".join([before.get(series, "_"), *[value] * 4]),
        }
        for series, value in {**after, "up": "1"}.items()
        for name, _, own in [series.partition("{")]
    ]


def look(recorded, application, folder):
    """Let promtool find out whether any panel of Grafana's is empty; return what it says."""
    panels = [
        {
            "name": title,
            "interval": "15s",
            "input_series": recorded,
            "promql_expr_test": [
                {
                    "expr": f"({' or '.join(f'count({each})' for each in asked)}) > bool 0",
                    "eval_time": "45s",
                    "exp_samples": [{"labels": "{}", "value": 1}],
                }
            ],
        }
        for title, asked in queries(application).items()
    ]
    (folder / "panels.json").write_text(json.dumps({"evaluation_interval": "15s", "tests": panels}))
    promtool = [str(real_programs.promtool("trixie")), "test", "rules", "panels.json"]
    done = subprocess.run(promtool, cwd=str(folder), capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


def test_grafana_shows_something_in_every_panel(recorded, tmp_path):
    assert "SUCCESS" in look(recorded, published(), tmp_path)
    # and whether it does, is noticed here
    said = json.loads(published()["dashboards"])
    for template in said["templates"].values():
        template["juju_topology"] = {"unit": "am/0"}
    assert "FAILED" in look(recorded, {"dashboards": json.dumps(said)}, tmp_path)
