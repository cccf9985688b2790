"""As the README has it: deploy, relate Prometheus, be told of an alert; then part again."""

import json

import pytest

pytestmark = pytest.mark.xdist_group("integration deploy")
RULES = """
groups:
- name: always
  rules:
  - alert: Fire
    # another alert every ten seconds: what fires before Prometheus has found its Alertmanager again
    # is sent a minute later
    expr: floor(vector(time()) / 10)
    labels: {severity: page, number: "{{ $value }}"}
"""


def test_an_alert_of_prometheus_reaches_alertmanager(model, charms, images, seconds):
    alertmanager, prometheus = model.application("alertmanager"), model.application("prometheus")
    with seconds("deploy, to active"):
        alertmanager.deploy(charms["alertmanager"], images.alertmanager)
        model.wait(alertmanager.is_live())
    assert alertmanager.status().version.startswith("0.28.1")

    with seconds("deploy the example Prometheus, to active"):
        prometheus.deploy(charms["prometheus"], images.prometheus, evaluation_interval="5s")
        model.wait(prometheus.says("active", "alerts go nowhere, relate an Alertmanager"))

    url = f"http://alertmanager-0.alertmanager-endpoints.{model.name}.svc:9093/api/v2/alerts"
    with seconds("relate, to Prometheus having the Alertmanager"):
        with seconds("relate, to the status of Prometheus"):
            model.juju.integrate("alertmanager", "prometheus")
            model.wait(prometheus.says("active", "alerts go to 1 Alertmanager"))
        model.wait(lambda _: alertmanagers(prometheus) == [url])
    with seconds("give it a rule, to its alert in Alertmanager"):
        prometheus.configure(rules=RULES, evaluation_interval="5s")
        model.wait(lambda _: "Fire" in str(alertmanager.run("list-alerts")))

    with seconds("remove the relation, to Prometheus having no Alertmanager"):
        with seconds("remove the relation, to the status of Prometheus"):
            model.juju.remove_relation("alertmanager", "prometheus")
            model.wait(prometheus.says("active", "alerts go nowhere, relate an Alertmanager"))
        model.wait(lambda _: alertmanagers(prometheus) == [])
    before = alertmanager.configuration()
    alertmanager.configure(alertmanager_config="route: {receiver: a}\nreceivers: [{name: a}]\n")
    model.wait(alertmanager.is_live(instead_of=before))


def alertmanagers(prometheus):
    """Return the addresses to which a Prometheus sends its alerts."""
    answer = prometheus.get("prometheus-0", "http://127.0.0.1:9090/api/v1/alertmanagers")
    try:
        known = json.loads(answer)["data"]["activeAlertmanagers"]
    except ValueError:
        return answer  # it does not run yet, or not any more
    return [one["url"] for one in known]
