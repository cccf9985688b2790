"""TLS, users and a path: each is in force for people, and Prometheus follows it."""

import json

import pytest
from support.certificate_authority import Authority

pytestmark = pytest.mark.xdist_group("integration serving")
POD = "alertmanager-0"
USER, PASSWORD = "prometheus", "correct horse"
HASHED = "$2b$04$abcdefghijklmnopqrstuujydOTSfIH/d5oUHpsygqV5X9xJLQc6e"
LOGIN = "Authorization: Basic cHJvbWV0aGV1czpjb3JyZWN0IGhvcnNl"
RULES = """
groups:
- name: always
  rules:
  - alert: Fire
    # another alert every ten seconds: Prometheus sends one that it has sent before once a minute
    expr: floor(vector(time()) / 10)
    labels: {number: "{{ $value }}"}
"""
GET = """\
import ssl, urllib.request
trusted = ssl.create_default_context(cadata='''{authority}''')
asked = urllib.request.Request('{url}', headers={headers})
print(urllib.request.urlopen(asked, timeout=10, context=trusted).status)
"""


def test_prometheus_follows_users_a_path_and_tls(model, charms, images, seconds, tmp_path):
    alertmanager, prometheus = model.application("alertmanager"), model.application("prometheus")
    alertmanager.deploy(charms["alertmanager"], images.alertmanager)
    prometheus.deploy(
        charms["prometheus"],
        images.prometheus,
        rules=RULES,
        evaluation_interval="5s",
        alertmanager_username=USER,
        alertmanager_password=PASSWORD,
    )
    model.juju.integrate("alertmanager", "prometheus")
    model.wait(alertmanager.is_live())
    host = f"{POD}.alertmanager-endpoints.{model.name}.svc:9093"
    users = {"web_users": json.dumps({USER: HASHED})}
    with seconds("set web-users, to being asked for a password"):
        alertmanager.configure(**users)
        model.wait(lambda _: "401" in alertmanager.get(POD, "http://127.0.0.1:9093/"))
    assert "config" in alertmanager.get(POD, "http://127.0.0.1:9093/api/v2/status", LOGIN)
    model.wait(alertmanager.is_live())
    model.wait(lambda _: "Fire" in str(alertmanager.run("list-alerts")))

    path = {"external_url": "https://alerts.example.com/am"}
    with seconds("set external-url, to serving below its path"):
        alertmanager.configure(**users, **path)
        ready = "http://127.0.0.1:9093/am/-/ready"
        model.wait(lambda _: alertmanager.get(POD, ready, LOGIN).startswith("OK"))
        model.wait(alertmanager.is_live())
    assert "404" in alertmanager.get(POD, "http://127.0.0.1:9093/-/ready", LOGIN)
    with seconds("then, to Prometheus knowing it"):
        model.wait(lambda _: receivers(prometheus) == [f"http://{host}/am/api/v2/alerts"])

    authority = Authority(tmp_path / "authority")
    names = [f"*.alertmanager-endpoints.{model.name}.svc"]
    certificate, key = authority.make("alertmanager", names)
    with seconds("set tls-cert and tls-key, to serving TLS"):
        alertmanager.configure(**users, **path, tls_cert=certificate, tls_key=key)
        model.wait(lambda _: "400" in alertmanager.get(POD, "http://127.0.0.1:9093/am/"))
        model.wait(alertmanager.is_live())
    with seconds("then, to Prometheus knowing it"):
        model.wait(lambda _: receivers(prometheus) == [f"https://{host}/am/api/v2/alerts"])
    name, _, value = LOGIN.partition(": ")
    asking = GET.format(
        authority=authority.certificate, url=f"https://{host}/am/-/ready", headers={name: value}
    )
    assert alertmanager.on_operator("python3", "-c", asking).strip() == "200"
    model.wait(lambda _: "Fire" in str(alertmanager.run("list-alerts")))


def receivers(prometheus):
    """Return the addresses to which a Prometheus sends its alerts; its refusal, if it does not."""
    answer = prometheus.get("prometheus-0", "http://127.0.0.1:9090/api/v1/alertmanagers")
    try:
        known = json.loads(answer)["data"]["activeAlertmanagers"]
    except ValueError:
        return answer
    return [one["url"] for one in known]
