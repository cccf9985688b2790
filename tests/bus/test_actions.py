"""Actions as far as no Alertmanager answers them; tests/workload has those that one does."""

import base64
import json
import re
import shlex
import signal
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import yaml
from support.bus_harness import ROOT
from support.charm_stories import APP, BAD, GOOD, UNIT, configure, deploy, self_signed, shown
from support.typed_commands import Terminal

from sandbox.juju import cli

README = (ROOT / "README.md").read_text()
ACTIONS = yaml.safe_load((ROOT / "actions.yaml").read_text())
MARK = "M4rkTheSecret"
SECRETIVE = f"""
route: {{receiver: team}}
receivers:
- name: team
  webhook_configs:
  - {{url: 'http://{MARK}/hook', http_config: {{basic_auth: {{password: {MARK}}}}}}}
"""
OTHERS = "version: 3\ncontainers: [{name: other, imageDetails: {imagePath: other}}]\n"
REAL_LOOK_UP = socket.getaddrinfo
NEEDS = {"silence": {"matchers": "a=b", "comment": "c"}, "expire-silence": {"id": "0" * 8}}


@pytest.fixture(autouse=True)
def nowhere(monkeypatch):
    """No name of the cluster resolves."""

    def knows_nobody(*_, **__):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", knows_nobody)


class Answer(BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.asked.append(f"{self.command} {self.path.partition('?')[0]}")
        known = self.server.answers.get(self.server.asked[-1])
        text = json.dumps(known).encode()
        self.send_response(404 if known is None else 200)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def do_POST(self):
        self.server.posted.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.do_GET()

    def log_message(self, *_):
        pass


@pytest.fixture
def pod(monkeypatch):
    """A pod of our own making, for what the real ones at hand cannot show."""
    real = socket.create_connection
    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        server.asked, server.answers = [], {"GET /api/v2/status": {}}
        server.posted = []
        address = server.server_address
        monkeypatch.setattr(
            socket, "create_connection", lambda _, *rest, **named: real(address, *rest, **named)
        )
        monkeypatch.setattr(socket, "getaddrinfo", REAL_LOOK_UP)
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield server
        server.shutdown()


def run(juju, name, unit=UNIT, **parameters):
    """Run an action; return whether it succeeded, its message and its results less Juju's own."""
    given = {key.replace("_", "-"): value for key, value in parameters.items()}
    action = juju.run_action(unit, name, given)
    code = action.results.pop("Code")
    assert (code, action.results.get("Stderr")) == ("0", None)
    return action.status == "completed", action.message, action.results


def test_each_is_declared_to_run_where_python_is():
    for name, action in ACTIONS.items():
        assert action["params"]["workload-context"]["default"] is False, name
        assert action["additionalProperties"] is False, name
        assert action["description"], name
        assert all(parameter["description"] for parameter in action["params"].values()), name


def test_show_config_hides_secrets_and_tells_which_pods_run_it(juju, charm):
    deploy(juju, charm, units=2, alertmanager_config=SECRETIVE)
    for unit, source in ((UNIT, "pods"), ("alertmanager/1", "pods"), (UNIT, "options")):
        good, _, results = run(juju, "show-config", unit, source=source)
        assert good
        shown = yaml.safe_load(results["alertmanager-yml"])
        (hook,) = shown["receivers"][0]["webhook_configs"]
        assert hook == {"url": "<secret>", "http_config": {"basic_auth": {"password": "<secret>"}}}
        assert results["files"] == "alertmanager.yml, web.yml"
        assert len(results["configuration"]) == 6
        assert MARK not in str(results)
        unreachable = "unreachable: its name does not resolve"
        pods = {"alertmanager-0": unreachable, "alertmanager-1": unreachable}
        assert results.get("pods") == (pods if source == "pods" else None)


def test_show_config_shows_what_is_in_force_while_the_options_are_bad(juju, charm):
    deploy(juju, charm, alertmanager_config=GOOD)
    configure(juju, alertmanager_config=BAD)
    good, _, results = run(juju, "show-config")
    assert good
    assert yaml.safe_load(results["alertmanager-yml"]) == yaml.safe_load(GOOD)
    good, message, results = run(juju, "show-config", source="options")
    assert not good
    assert message.startswith(
        "the options cannot be used: alertmanager-config line 1, route.receiv"
    )
    assert results["verdict"] == "refused"


def test_check_config_judges_the_options_and_changes_nothing(juju, charm):
    deploy(juju, charm, alertmanager_config=GOOD)
    good, _, results = run(juju, "check-config")
    assert good
    assert (results["verdict"], results["alertmanager"]) == ("good", "0.25.0")
    began = len(juju.history)
    candidate = BAD.replace("route", "routes") + "templates: 3\n"
    for text in (candidate, base64.b64encode(candidate.encode()).decode()):
        good, message, results = run(juju, "check-config", alertmanager_config=text)
        assert not good
        assert message.startswith("alertmanager-config")
        assert "more, see the results)" in message
        problems = list(results["problems"].values())
        assert {problem["option"] for problem in problems} == {"alertmanager-config"}
        assert {"severity", "message"} <= set(problems[0])
        assert [problem for problem in problems if problem.get("line") == "3"]
    writes = [call.tool for hook in juju.history[began:] for call in hook.writes]
    assert set(writes) == {"action-set", "action-fail"}


def test_check_config_refuses_the_certificate_that_hooks_refuse(juju, charm, tmp_path):
    certificate, key = self_signed("am", tmp_path)
    (tmp_path / "other").mkdir()
    _, other = self_signed("am", tmp_path / "other")
    deploy(juju, charm, tls_cert=certificate, tls_key=key)
    assert run(juju, "check-config")[0]
    configure(juju, tls_key=other)
    good, message, results = run(juju, "check-config")
    assert (good, results["verdict"]) == (False, "refused")
    assert message.startswith("tls-key: is not the key of the certificate in tls-cert")
    assert shown(juju) == ("blocked", message)
    good, message, _ = run(juju, "show-config", source="options")
    assert not good
    assert message.startswith("the options cannot be used: tls-key: ")


def test_check_config_takes_secrets_templates_and_another_image(juju, charm):
    deploy(juju, charm, tls_cert="", alertmanager_config=GOOD, cluster_label="")
    secrets = "receivers: [{name: team, webhook_configs: [{url: 3}]}]"
    good, message, _ = run(juju, "check-config", alertmanager_secrets=secrets)
    assert not good
    assert message.startswith("alertmanager-secrets line 1, receivers[0].webhook_configs[0].url")
    assert not run(juju, "check-config", templates="a.tmpl: ''")[0]
    muting = "route: {receiver: team}\nreceivers: [{name: team}]\ntime_intervals: [{name: a}]\n"
    assert run(juju, "check-config", alertmanager_config=muting)[0]
    old = "prom/alertmanager:v0.20.0"
    good, message, results = run(juju, "check-config", alertmanager_config=muting, image=old)
    assert not good
    assert results["alertmanager"] == "0.20.0"
    good, _, results = run(juju, "check-config", image="prom/alertmanager:latest")
    assert good
    assert results["alertmanager"] == "of unknown version"


def test_without_an_image_nothing_is_deployed_and_the_options_can_be_judged(juju, charm):
    deploy(juju, charm, image="")
    good, message, results = run(juju, "check-config")
    assert good
    assert results["alertmanager"] == "of unknown version"
    for name in set(ACTIONS) - {"check-config"}:
        good, message, _ = run(juju, name, **NEEDS.get(name, {}))
        assert (good, message[:30]) in (
            (False, "nothing has been deployed yet;"),
            (False, "id: is not the id of a silence"),
        )


def test_another_charms_pods_are_not_spoken_to(juju, charm):
    deploy(juju, charm)
    juju.application(APP).pod_spec = OTHERS  # as after juju refresh --switch
    assert run(juju, "check-config")[0]
    for name in set(ACTIONS) - {"check-config", "expire-silence"}:
        good, message, _ = run(juju, name, **NEEDS.get(name, {}))
        assert (good, message) == (
            False,
            "what is deployed is not this charm's yet; juju status says why",
        )


@pytest.mark.parametrize("name", sorted(set(ACTIONS) - {"show-config", "check-config"}))
def test_when_no_pod_answers(juju, charm, name):
    deploy(juju, charm, units=2, alertmanager_config=GOOD)
    parameters = dict(NEEDS.get(name, {}))
    if name == "expire-silence":
        parameters["id"] = "00000000-0000-0000-0000-000000000000"
    good, message, results = run(juju, name, "alertmanager/1", **parameters)
    assert not good
    assert "alertmanager-1" in message
    assert "its name does not resolve" in message
    assert set(results["pods"]) == {"alertmanager-0", "alertmanager-1"}


@pytest.mark.parametrize(
    ("name", "parameters", "message"),
    [
        ("list-alerts", {"matchers": "a=b c"}, "matchers: needs a comma between two matchers"),
        ("list-silences", {"matchers": "a"}, "matchers: must be a matcher"),
        ("silence", {"matchers": "", "comment": "x"}, "matchers: has none"),
        ("silence", {"matchers": "a='", "comment": "x"}, "matchers: must be a matcher"),
        ("silence", {"matchers": "a=b", "comment": " "}, "comment: is empty"),
        (
            "silence",
            {"matchers": "a=b", "comment": "x", "duration": "2"},
            "duration: must be a duration",
        ),
        (
            "silence",
            {"matchers": "a=b", "comment": "x", "duration": "0s"},
            "duration: must be a duration of more",
        ),
        ("silence", {"matchers": "a=b", "comment": "x", "duration": "99999w"}, "duration: must be"),
        (
            "expire-silence",
            {"id": "../status"},
            "id: is not the id of a silence; list-silences shows them",
        ),
        ("send-test-alert", {"labels": "a!=b"}, "labels: a stands before !="),
        ("send-test-alert", {"labels": "a=b,a=c"}, "labels: a is given twice; give it once"),
        ("send-test-alert", {"annotations": "{"}, "annotations: has { without }"),
        (
            "send-test-alert",
            {"duration": "soon"},
            "duration: must be a duration of more than 0 and at most ten years; write one like",
        ),
    ],
)
def test_bad_parameters_are_refused_in_one_line(juju, charm, name, parameters, message):
    deploy(juju, charm, alertmanager_config=GOOD)
    good, said, results = run(juju, name, **parameters)
    assert (good, said[: len(message)]) == (False, message)
    assert "\n" not in said
    assert {key for key in results if not key.startswith("Std")} == set()


def test_a_dry_run_tells_where_a_test_alert_would_go(juju, charm):
    config = """
route:
  receiver: nobody
  group_by: [alertname]
  routes:
  - {receiver: pager, matchers: [region=eu], continue: true, mute_time_intervals: [night]}
  - {receiver: mail, match_re: {severity: page|info}, group_wait: 1m}
receivers:
- {name: nobody}
- {name: pager, webhook_configs: [{url: "http://a"}, {url: "http://b"}]}
- {name: mail, slack_configs: [{api_url: "http://c"}]}
time_intervals: [{name: night, time_intervals: [{weekdays: [sunday]}]}]
"""
    deploy(juju, charm, alertmanager_config=config, external_labels='{"region": "eu"}')
    good, _, results = run(juju, "send-test-alert", dry_run=True, labels='severity="page"')
    assert good
    assert results["labels"] == (
        'alertname="TestAlert", juju_test_alert="true", region="eu", severity="page"'
    )
    assert results["receivers"] == "pager, mail"
    assert results["routes"] == {
        "1": {
            "route": "route.routes[0]",
            "receiver": "pager",
            "notifies-by": "webhook (2 times)",
            "grouped-by": "alertname",
            "first-notified-after": "30s",
            "notified-again-every": "4h",
            "muted-in": "night",
        },
        "2": {
            "route": "route.routes[1]",
            "receiver": "mail",
            "notifies-by": "slack",
            "grouped-by": "alertname",
            "first-notified-after": "1m",
            "notified-again-every": "4h",
        },
    }
    _, _, results = run(juju, "send-test-alert", dry_run=True, labels="region=us")
    assert results["routes"]["1"]["notifies-by"] == "nothing: nobody is notified"


def test_results_of_any_size_and_content_reach_juju(juju, charm):
    long = "é" * 60000
    config = f"# comments are not shown\n{GOOD}global: {{smtp_hello: '{long}'}}\n"
    deploy(juju, charm, alertmanager_config=config)
    good, _, results = run(juju, "show-config", source="options")
    assert good
    parts = results["alertmanager-yml"]
    text = "".join(parts[key] for key in sorted(parts))
    assert yaml.safe_load(text)["global"]["smtp_hello"] == long


def test_an_action_that_takes_too_long_gives_up(juju, charm, monkeypatch):
    config = """
route: {receiver: a, routes: [{matchers: ['x=~"(a+)+b"']}]}
receivers: [{name: a}]
"""
    deploy(juju, charm, alertmanager_config=config)
    began = []

    def hurry(seconds):
        began.append(seconds)
        signal.setitimer(signal.ITIMER_REAL, 0.5 if seconds else 0)

    monkeypatch.setattr(signal, "alarm", hurry)
    good, message, _ = run(juju, "send-test-alert", dry_run=True, labels="x=" + "a" * 60)
    assert (good, message) == (False, "gave up after 120 seconds")
    assert began == [120, 0]


def test_a_very_old_alertmanager_does_not_silence_the_opposite(juju, charm, pod):
    deploy(juju, charm, alertmanager_config=GOOD)
    pod.answers["GET /api/v2/status"] = {"versionInfo": {"version": "0.21.0"}}
    good, message, _ = run(juju, "silence", matchers="a=b, c!=d", comment="x")
    assert not good
    assert message == "this Alertmanager knows no != or !~ in silences; 0.22 and later do"
    assert pod.asked == ["GET /api/v2/status"]


def test_what_the_charm_cannot_tell_alertmanager_tells(juju, charm, pod):
    config = """
route: {receiver: a, routes: [{receiver: b, matchers: ['x=~"\\\\p{Greek}"']}]}
receivers: [{name: a}, {name: b}]
"""
    deploy(juju, charm, alertmanager_config=config)
    good, _, results = run(juju, "send-test-alert", dry_run=True)
    assert good
    assert results["receivers"] == "only Alertmanager can tell, because of route.routes[0]"
    labels = {"alertname": "TestAlert", "juju_test_alert": "true"}
    pod.answers["POST /api/v2/alerts"] = {}
    pod.answers["GET /api/v2/alerts"] = [{"labels": labels, "receivers": [{"name": "b"}]}]
    assert run(juju, "send-test-alert")[2]["receivers"] == "b"
    pod.answers["GET /api/v2/alerts"] = []
    good, _, results = run(juju, "send-test-alert")
    assert good
    assert results["receivers"].startswith("only Alertmanager can tell")
    del pod.answers["GET /api/v2/alerts"]
    assert run(juju, "send-test-alert")[0]  # it has been sent all the same


def test_very_many_alerts(juju, charm, pod):
    deploy(juju, charm, alertmanager_config=GOOD)
    text = "\0\ud800" + "x" * 1000
    alert = {"annotations": {"summary": text}, "status": {"state": "active"}}
    pod.answers["GET /api/v2/alerts"] = [
        {**alert, "labels": {"alertname": f"Fire{number}"}} for number in range(1010)
    ]
    good, _, results = run(juju, "list-alerts")
    assert good
    assert (results["count"], results["left-out"]) == ("1010", "10")
    assert len(results["alerts"]) == 1000
    assert results["alerts"]["0001"]["annotations"].startswith('summary="\\x00\\ud800xxx')
    calls = [call for call in juju.history[-1].calls if call.tool == "action-set"]
    assert all(sum(map(len, call.argv)) < 1000000 for call in calls)


def test_a_pod_that_lies_is_as_good_as_none(juju, charm, pod):
    deploy(juju, charm, alertmanager_config=GOOD)
    pod.answers["GET /api/v2/alerts"] = {"alerts": []}
    good, message, _ = run(juju, "list-alerts")
    assert not good
    assert message.endswith("its answer is not Alertmanager's")
    pod.answers["GET /api/v2/alerts"] = [3, None]
    good, message, _ = run(juju, "list-alerts")
    assert not good
    assert message.endswith("its answer is not Alertmanager's")


def test_a_silence_that_has_been_made_is_told_whatever_follows(juju, charm, pod):
    deploy(juju, charm, alertmanager_config=GOOD)
    pod.answers["POST /api/v2/silences"] = {"silenceID": "s1"}
    good, _, results = run(juju, "silence", matchers="a=b", comment="x")
    assert good
    assert results == {"id": "s1", "pod": "alertmanager-0"}


def typed(juju, line):
    """Type a command of Juju's; return what the JSON means that it prints."""
    printed = []
    terminal = Terminal("/", printed.append, lambda _: None, lambda: "")
    assert cli.PROGRAMS["juju"].run(juju, terminal, [*line, "--format=json"], lambda: None) == 0
    return json.loads("".join(printed))


def test_parameters_are_taken_as_typed_or_refused_with_how_to_type_them(juju, charm, pod):
    deploy(juju, charm, alertmanager_config=GOOD)
    pod.answers["POST /api/v2/silences"] = {"silenceID": "s1"}
    words = ["run-action", UNIT, "silence", 'matchers=place="hall #2"', "comment=disk #3\nand #4"]
    typed(juju, [*words, "--string-args"])
    juju.settle()
    (made,) = pod.posted
    assert (made["comment"], made["matchers"][0]["value"]) == ("disk #3\nand #4", "hall #2")
    (identifier,) = typed(juju, words).values()
    juju.settle()
    assert "use --string-args" in typed(juju, ["show-action-output", identifier])["message"]


def test_the_examples_of_the_readme_are_taken_and_end_as_json(juju, charm):
    deploy(juju, charm, alertmanager_config=GOOD)
    candidate = base64.b64encode(GOOD.encode()).decode()
    rows = re.findall(r"^\| `([\w-]+)` \|.*\| `\1( .*)?` \|$", README, re.MULTILINE)
    assert {name for name, _ in rows} == set(ACTIONS)
    for name, example in rows:
        words = shlex.split(example.replace("$(base64 -w0 alertmanager.yml)", candidate))
        (identifier,) = typed(juju, ["run-action", UNIT, name, *words]).values()
        juju.settle()
        told = typed(juju, ["show-action-output", identifier])
        nobody = "its name does not resolve" in told.get("message", "")
        assert (told["status"] == "completed") != nobody, told
        assert not {"ReturnCode", "Stdout", "Stderr"} & set(told.get("results", {}))
