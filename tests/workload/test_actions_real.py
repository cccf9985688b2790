"""The actions against Alertmanager itself: the charm's sources, and a real process for each pod."""

import contextlib
import json
import socket
from datetime import datetime, timedelta, timezone

import pytest
from charms.layer.alertmanager.juju.alertmanager_api import Alertmanager
from support import bus_harness, real_alertmanager, real_programs
from support.charm_stories import UNIT, configure, deploy, files, self_signed

REAL_CONNECT = socket.create_connection
SECRET = "http://127.0.0.1:1/M4rkTheSecret"
CONFIG = f"""
route:
  receiver: nobody
  routes:
  - {{receiver: pager, matchers: [severity=page]}}
receivers:
- {{name: nobody}}
- {{name: pager, webhook_configs: [{{url: "{SECRET}"}}]}}
inhibit_rules:
- {{source_matchers: [alertname=Flood], target_matchers: [alertname=Damp], equal: [place]}}
"""
USERS = "ann: $2y$10$" + "a" * 53


@pytest.fixture(scope="module")
def charm(tmp_path_factory):
    return bus_harness.assemble(bus_harness.ROOT, tmp_path_factory.mktemp("charm") / "alertmanager")


@pytest.fixture
def juju(tmp_path):
    with bus_harness.controller(tmp_path / "juju") as controller:
        yield controller


class Pods:
    """The pods of the application, each a process; stands in for the cluster's DNS."""

    def __init__(self, juju, stack):
        self.juju, self._stack, self.processes = juju, stack, []

    def start(self, version, count=2, *flags):
        """Start them with the files that Juju has for them."""
        contents = {name: text.decode() for name, text in files(self.juju).items()}
        if "web.yml" in contents:
            contents["web.yml"] = contents["web.yml"].replace("/etc/alertmanager/", "")
        config = contents.pop("alertmanager.yml")
        for _ in range(count):
            running = real_alertmanager.run(version, config, *flags, files=contents)
            self.processes.append(self._stack.enter_context(running))

    def deliver(self):
        """Do as the kubelet: bring the present configuration."""
        for process in self.processes:
            process.config.write_bytes(files(self.juju)["alertmanager.yml"])

    def pod(self, number):
        return Alertmanager("127.0.0.1", self.processes[number].port)

    def connect(self, address, *args, **kwargs):
        host, port = address[0], address[1]
        if host == "127.0.0.1":
            return REAL_CONNECT(address, *args, **kwargs)
        name, _, domain = host.partition(".")
        assert (domain, port) == ("alertmanager-endpoints.lma.svc", 9093)
        number = int(name.rpartition("-")[2])
        if number >= len(self.processes):
            raise ConnectionRefusedError(111, "Connection refused")
        return REAL_CONNECT(("127.0.0.1", self.processes[number].port), *args, **kwargs)


@pytest.fixture
def pods(juju, monkeypatch):
    with contextlib.ExitStack() as stack:
        pods = Pods(juju, stack)
        monkeypatch.setattr(socket, "create_connection", pods.connect)
        yield pods


def run(juju, name, unit=UNIT, **parameters):
    """Run an action that must succeed; return its results."""
    good, message, results = outcome(juju, name, unit, **parameters)
    assert good, message
    return results


def outcome(juju, name, unit=UNIT, **parameters):
    given = {key.replace("_", "-"): value for key, value in parameters.items()}
    action = juju.run_action(unit, name, given)
    assert (action.results.pop("Code"), action.results.get("Stderr")) == ("0", None)
    assert "M4rk" not in json.dumps(action.results) + action.message
    return action.status == "completed", action.message, action.results


def alert(**labels):
    ends = datetime.now(timezone.utc) + timedelta(hours=1)
    return {"labels": labels, "annotations": {"summary": "wet"}, "endsAt": ends.isoformat()}


@pytest.mark.parametrize("version", real_programs.SUITES)
def test_a_test_alert_goes_to_every_pod_and_alertmanager_says_to_whom(juju, charm, pods, version):
    deploy(juju, charm, units=2, alertmanager_config=CONFIG, external_labels='{"region": "eu"}')
    pods.start(version)
    results = run(juju, "send-test-alert", labels="severity=page", annotations='runbook="a, b"')
    assert results["receivers"] == "pager"
    assert results["routes"]["1"]["route"] == "route.routes[0]"
    assert results["pods"] == {"alertmanager-0": "taken", "alertmanager-1": "taken"}
    for number in range(2):
        (known,) = pods.pod(number).alerts()
        assert known["labels"] == {
            "alertname": "TestAlert",
            "juju_test_alert": "true",
            "region": "eu",
            "severity": "page",
        }
        assert known["annotations"]["runbook"] == "a, b"
        assert known["annotations"]["summary"].startswith("This is a test alert")
        assert known["endsAt"].startswith(results["until"][:-1])

    results = run(juju, "send-test-alert", labels='alertname="", place=hall')
    assert results["labels"] == 'juju_test_alert="true", place="hall", region="eu"'
    assert results["receivers"] == "nobody"
    assert results["routes"]["1"]["notifies-by"] == "nothing: nobody is notified"

    run(juju, "silence", matchers="severity=page", comment="x")
    results = run(juju, "send-test-alert", labels="severity=page")
    assert len(results["silenced-by"]) == 36


@pytest.mark.parametrize("version", real_programs.SUITES)
def test_alerts_are_listed(juju, charm, pods, version):
    deploy(juju, charm, alertmanager_config=CONFIG)
    pods.start(version, 1)
    assert run(juju, "list-alerts") == {"count": "0", "pod": "alertmanager-0"}
    damp = alert(alertname="Damp", place="the hall")
    pods.pod(0).post_alerts([damp, alert(alertname="Fire", severity="page", place="attic")])
    results = run(juju, "list-alerts")
    assert results["count"] == "2"
    listed = list(results["alerts"].values())
    assert [one["labels"] for one in listed] == [
        'alertname="Damp", place="the hall"',
        'alertname="Fire", place="attic", severity="page"',
    ]
    assert [one["receivers"] for one in listed] == ["nobody", "pager"]
    assert {one["annotations"] for one in listed} == {'summary="wet"'}

    run(juju, "silence", matchers='place=~"the .+"', comment="painting")
    assert run(juju, "list-alerts", silenced=False)["count"] == "1"
    assert run(juju, "list-alerts", matchers='place="the hall"')["count"] == "1"
    assert run(juju, "list-alerts", matchers="severity!=page")["count"] == "1"
    assert run(juju, "list-alerts", receiver="pag.*")["count"] == "1"
    good, message, _ = outcome(juju, "list-alerts", receiver="(")
    assert not good
    assert message.startswith("alertmanager-0")


@pytest.mark.parametrize("version", real_programs.SUITES)
def test_a_silence_is_made_listed_and_ended(juju, charm, pods, version):
    deploy(juju, charm, alertmanager_config=CONFIG)
    pods.start(version, 1)
    pods.pod(0).post_alerts([alert(alertname="Damp", place="hall"), alert(alertname="Fire")])
    matchers = 'alertname!="Fire", place=~"hall|attic"'
    made = run(juju, "silence", matchers=matchers, comment="painting", duration="1h30m")
    assert made["matchers"] == 'alertname!="Fire", place=~"hall|attic"'
    assert (made["author"], made["comment"], made["state"]) == ("juju", "painting", "active")
    assert made["alerts-silenced"] == "1"
    starts, ends = (
        datetime.strptime(made[key], "%Y-%m-%dT%H:%M:%SZ") for key in ("starts", "ends")
    )
    assert timedelta(minutes=89) < ends - starts <= timedelta(minutes=90)

    (listed,) = run(juju, "list-silences")["silences"].values()
    assert listed["id"] == made["id"]
    assert run(juju, "list-silences", matchers="alertname=Fire")["count"] == "0"
    run(juju, "silence", matchers="a=b", comment="x", author="ann", duration="5m")
    silences = run(juju, "list-silences")["silences"]
    assert [one["author"] for one in silences.values()] == ["ann", "juju"]

    for _ in range(2):  # the second time, nothing is left to do
        assert run(juju, "expire-silence", id=made["id"])["state"] == "expired"
    assert run(juju, "list-silences")["count"] == "1"
    assert run(juju, "list-silences", expired=True)["count"] == "2"

    unknown = "00000000-0000-0000-0000-000000000000"
    good, message, _ = outcome(juju, "expire-silence", id=unknown)
    assert (good, message) == (False, f"there is no silence {unknown}; list-silences shows them")
    good, message, _ = outcome(juju, "silence", matchers='a=~".*"', comment="all")
    assert not good
    assert "at least one matcher must not match the empty string" in message


@pytest.mark.parametrize("version", real_programs.SUITES)
def test_reload_says_which_pods_refuse_and_why(juju, charm, pods, version):
    deploy(juju, charm, units=2, alertmanager_config=CONFIG)
    pods.start(version)
    assert run(juju, "reload")["pods"] == {
        "alertmanager-0": "reloaded",
        "alertmanager-1": "reloaded",
    }
    assert set(run(juju, "show-config")["pods"].values()) == {"runs it"}
    pods.processes[1].config.write_text(CONFIG.replace("receiver: pager", "receiver: pagre"))
    good, message, results = outcome(juju, "reload")
    assert not good
    assert message.startswith("alertmanager-1: failed to reload config: ")
    assert 'undefined receiver "pagre"' in message
    assert results["pods"]["alertmanager-0"] == "reloaded"
    quoting = CONFIG.replace("receiver: pager", f"receiver: {SECRET}")
    pods.processes[1].config.write_text(quoting)
    good, message, _ = outcome(juju, "reload")
    assert not good
    assert 'undefined receiver "<secret>"' in message

    configure(juju, alertmanager_config=CONFIG + "\n# another hash\n")
    told = run(juju, "show-config")
    assert {answer[:26] for answer in told["pods"].values()} == {"runs another configuration"}
    assert told["configuration"] not in str(told["pods"])
    pods.deliver()
    run(juju, "reload")
    assert set(run(juju, "show-config")["pods"].values()) == {"runs it"}


def test_any_pod_that_answers_will_do(juju, charm, pods):
    deploy(juju, charm, units=3, alertmanager_config=CONFIG)
    pods.start("trixie", 2)
    assert run(juju, "list-alerts", "alertmanager/1")["pod"] == "alertmanager-1"
    assert run(juju, "list-alerts", "alertmanager/2")["pod"] == "alertmanager-0"
    results = run(juju, "send-test-alert", "alertmanager/2")
    assert results["pods"] == {
        "alertmanager-0": "taken",
        "alertmanager-1": "taken",
        "alertmanager-2": "unreachable: nothing listens there",
    }


@pytest.mark.parametrize("version", real_programs.SUITES)
def test_with_tls_users_and_a_prefix(juju, charm, pods, version, tmp_path):
    certificate, key = self_signed("*.alertmanager-endpoints.lma.svc", tmp_path)
    options = {"external_url": "https://lb.example/am", "web_users": USERS}
    deploy(juju, charm, alertmanager_config=CONFIG, tls_cert=certificate, tls_key=key, **options)
    prefix = "--web.external-url=https://lb.example/am"
    pods.start(version, 1, prefix, "--web.config.file={folder}/web.yml")
    assert run(juju, "show-config")["pods"] == {"alertmanager-0": "runs it"}
    run(juju, "silence", matchers="a=b", comment="x")
    assert run(juju, "send-test-alert", labels="a=b")["silenced-by"]

    configure(juju, alertmanager_config="routes:", web_users="")  # not in force, so no matter
    assert run(juju, "list-silences")["count"] == "1"
