"""The example charm on the real bus: what Juju gets to see of it."""

import ast
import json
import re

import pytest
import yaml
from support import bus_harness, hostile_strategies
from support.bus_harness import ROOT
from support.pod_spec_check import checked_spec

from sandbox.juju.model.charm import Endpoint

SOURCE = ROOT / "examples" / "prometheus"
WATCHDOG = ROOT / "examples" / "watchdog"
METADATA = yaml.safe_load((SOURCE / "metadata.yaml").read_text())
APP, UNIT = "prometheus", "prometheus/0"
RULES = "groups:\n- name: a\n  rules:\n  - alert: Always\n    expr: vector(1)\n"
CA = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----"


@pytest.fixture(scope="session")
def example(tmp_path_factory):
    """The watchdog, which is the example and a little more."""
    return bus_harness.assemble(WATCHDOG, tmp_path_factory.mktemp("example") / "watchdog")


@pytest.fixture
def deploy(juju, example):
    def deploy(units=1, **options):
        config = {name.replace("_", "-"): value for name, value in options.items()}
        images = {"prometheus-image": "prom/prometheus:v2.53.3"}
        juju.deploy(example, APP, resources=images, units=units, config=config)
        juju.settle()

    return deploy


def configure(juju, **options):
    juju.config(APP, {name.replace("_", "-"): value for name, value in options.items()})
    juju.settle()


def spec_text(juju):
    return juju.application(APP).pod_spec


def secret(juju):
    """What the pods find in /etc/prometheus."""
    (found,) = juju.pod_spec(APP)["kubernetesResources"]["secrets"]
    return found["stringData"]


def without_secret(juju):
    """The spec less the contents of the Secret: what decides whether pods are replaced."""
    spec = juju.pod_spec(APP)
    del spec["kubernetesResources"]["secrets"][0]["stringData"]
    return spec


def alerting(juju):
    return yaml.safe_load(secret(juju)["prometheus.yml"])["alerting"]


def targets(juju):
    entries = alerting(juju).get("alertmanagers", [])
    return [target for entry in entries for target in entry["static_configs"][0]["targets"]]


def test_whom_it_cannot_reach_without_a_login_is_in_the_status(juju, deploy):
    deploy()
    alertmanagers(juju, "http://am-0:9093")
    alertmanagers(juju, "http://locked-0:9093", name="locked", login="basic")
    hint = "set alertmanager-username and alertmanager-password"
    told = juju.charm_status(UNIT)
    assert told.state == "blocked"
    assert told.message == f"cannot reach locked without a login: {hint}"
    configure(juju, alertmanager_username="ann", alertmanager_password="hunter2")
    assert juju.charm_status(UNIT).state == "active"


def alertmanagers(juju, *urls, name="am", **fields):
    """Relate an application whose units publish these addresses; return the relation."""
    juju.add_remote_app(name, "prometheus", "alertmanager", units=len(urls))
    relation = juju.relate(f"{APP}:alertmanager", name)
    for number, url in enumerate(urls):
        juju.write(relation, f"{name}/{number}", {"url": url, **fields})
    juju.settle()
    return relation


def shown(juju, unit=UNIT):
    return tuple(vars(juju.charm_status(unit)).values())[:2]


def test_runs_with_no_option_set_and_nobody_related(juju, deploy):
    deploy()
    checked_spec(spec_text(juju), METADATA)
    assert list(secret(juju)) == ["prometheus.yml"]
    assert alerting(juju) == {}
    assert shown(juju) == ("active", "alerts go nowhere, relate an Alertmanager")


def test_nobody_is_asked_to_relate_what_is_related_already(juju, deploy):
    deploy()
    juju.add_remote_app("am", "alertmanager", "alertmanager")
    juju.relate(APP, "am")
    until_told = "alerts go nowhere until the related Alertmanager has told its address"
    for hook, message in (("created", until_told), ("joined", f"{until_told}; waiting for am/0")):
        while not juju.runs(f"alertmanager-relation-{hook}"):
            juju.step(juju.unit(UNIT))
        assert shown(juju) == ("active", message)
    juju.settle()
    juju.remove_relation(APP, "am")
    juju.settle()
    assert shown(juju) == ("active", "alerts go nowhere, relate an Alertmanager")


def test_all_that_can_be_configured_is_accepted_by_juju_and_kubernetes(juju, deploy):
    deploy(
        rules=RULES,
        scrape_interval="15s",
        evaluation_interval="30s",
        external_url="https://example.com/prometheus",
        alertmanager_username="ann",
        alertmanager_password="hunter2",
    )
    alertmanagers(juju, "https://a:9093", ca=CA, server_name="am")
    spec = checked_spec(spec_text(juju), METADATA)
    (container,) = spec["containers"]
    assert container["kubernetes"]["readinessProbe"]["httpGet"]["path"] == "/prometheus/-/ready"
    assert "--web.external-url=https://example.com/prometheus" in container["args"]
    files = secret(juju)
    assert files["rules.yml"] == RULES
    assert files["alertmanagers.pem"] == f"{CA}\n"
    assert yaml.safe_load(files["prometheus.yml"])["global"] == {
        "scrape_interval": "15s",
        "evaluation_interval": "30s",
    }
    (entry,) = alerting(juju)["alertmanagers"]
    assert entry["tls_config"] == {"ca_file": "alertmanagers.pem", "server_name": "am"}
    login = {"username": "ann", "password_file": "/etc/prometheus/alertmanager-password"}
    assert entry["basic_auth"] == login


def test_alertmanagers_come_and_go_without_a_new_pod(juju, deploy):
    deploy()
    before = without_secret(juju)
    relation = alertmanagers(juju, "http://a:9093", "http://b:9093", external_labels='{"x": "y"}')
    assert targets(juju) == ["a:9093", "b:9093"]
    assert alerting(juju)["alert_relabel_configs"] == [{"target_label": "x", "replacement": "y"}]
    assert shown(juju) == ("active", "alerts go to 2 Alertmanagers")
    juju.remove_unit("am")
    juju.settle()
    assert targets(juju) == ["a:9093"]
    assert shown(juju) == ("active", "alerts go to 1 Alertmanager")
    juju.write(relation, "am/0", {"external_labels": None})
    juju.settle()
    assert "alert_relabel_configs" not in alerting(juju)
    juju.remove_relation(APP, "am")
    juju.settle()
    assert alerting(juju) == {}
    assert without_secret(juju) == before


def test_the_status_says_what_is_wrong_with_whom(juju, deploy):
    deploy()
    alertmanagers(juju, "http://a:9093", "", "nonsense", external_labels='{"x": "y"}')
    alertmanagers(juju, "http://b:9093", name="other", external_labels='{"x": "z"}')
    assert shown(juju) == (
        "active",
        "alerts go to 2 Alertmanagers; waiting for am/1;"
        " am/2: url: not the URL of an Alertmanager: 'nonsense'; external labels differ: x",
    )


def test_a_missing_image_blocks(juju, example):
    juju.deploy(example, APP, resources={"prometheus-image": ""})
    juju.settle()
    assert shown(juju) == (
        "blocked",
        "no image: juju attach-resource prometheus prometheus-image=<image>",
    )
    juju.attach_resource(APP, "prometheus-image", "prom/prometheus:v3.5.0")
    juju.settle()
    assert shown(juju)[0] == "active"
    assert juju.pod_spec(APP)["containers"][0]["imageDetails"] == {
        "imagePath": "prom/prometheus:v3.5.0"
    }


def test_wrong_options_block_until_they_are_right_and_leave_the_pods_alone(juju, deploy):
    deploy(rules=RULES)
    good = spec_text(juju)
    configure(juju, rules="groups: [{}]", external_url="nowhere")
    state, message = shown(juju)
    assert state == "blocked"
    assert message.startswith("external-url: not an address")
    assert message.endswith("(and 1 more)")
    assert spec_text(juju) == good
    configure(juju, external_url="")
    assert shown(juju) == ("blocked", "rules: groups[0]: needs a name")
    configure(juju, rules=RULES)
    assert shown(juju)[0] == "active"
    assert spec_text(juju) == good


OPTIONS = {
    "rules": RULES,
    "scrape-interval": "15s",
    "evaluation-interval": "15s",
    "external-url": "http://example.com",
}


def test_every_option_reaches_the_spec(juju, deploy):
    deploy()
    declared = yaml.safe_load((SOURCE / "config.yaml").read_text())["options"]
    pair = {"alertmanager-username": "ann", "alertmanager-password": "hunter2"}
    assert set(declared) == {*OPTIONS, *pair}
    for change in [*({name: value} for name, value in OPTIONS.items()), pair]:
        before = spec_text(juju)
        juju.config(APP, change)
        juju.settle()
        assert spec_text(juju) != before, change
        juju.reset_config(APP, *change)
        juju.settle()
        assert spec_text(juju) == before, change


def test_a_private_registry_gets_its_credentials(juju, deploy):
    from sandbox.juju import Image

    deploy()
    juju.attach_resource(APP, "prometheus-image", Image("r.example.com/prom", "ann", "pull"))
    juju.settle()
    details = checked_spec(spec_text(juju), METADATA)["containers"][0]["imageDetails"]
    assert details == {"imagePath": "r.example.com/prom", "username": "ann", "password": "pull"}


def test_the_password_is_in_the_secret_and_nowhere_else(juju, deploy):
    deploy(alertmanager_username="ann", alertmanager_password="hunter2")
    relation = alertmanagers(juju, "http://a:9093")
    assert secret(juju)["alertmanager-password"] == "hunter2"
    assert spec_text(juju).count("hunter2") == 1
    logged = "\n".join(f"{line.message}" for line in juju.model.log)
    for place in (logged, str(juju.databag(relation, UNIT)), shown(juju)[1]):
        assert "hunter2" not in place


UUID = "12345678-9abc-4def-8123-456789abcdef"


def metrics(juju, name="am", hosts=("a",), endpoint="metrics", **keys):
    """Relate an application whose units have metrics; return the relation.

    If there is such an application, it gets the endpoint in addition to what it has.
    """
    if name in juju.model.applications:
        added = Endpoint(endpoint, "provider", "prometheus_scrape")
        juju.application(name).endpoints[endpoint] = added
    else:
        juju.add_remote_app(name, endpoint, "prometheus_scrape", units=len(hosts))
    relation = juju.relate(f"{APP}:metrics-endpoint", f"{name}:{endpoint}")
    for number, host in enumerate(hosts):
        juju.write(relation, f"{name}/{number}", {"prometheus_scrape_unit_address": host})
    metadata = {"model": "lma", "model_uuid": UUID, "application": name, "charm_name": name}
    common = {
        "scrape_metadata": json.dumps(metadata),
        "scrape_jobs": json.dumps([{"static_configs": [{"targets": ["*:1"]}]}]),
        "alert_rules": json.dumps(yaml.safe_load(RULES)),
    }
    juju.write(relation, name, {**common, **keys})
    juju.settle()
    return relation


def scraped(juju):
    configs = yaml.safe_load(secret(juju)["prometheus.yml"])["scrape_configs"]
    return [config["static_configs"][0]["targets"][0] for config in configs[1:]]


def test_what_is_scraped_and_watched_comes_and_goes_without_a_new_pod(juju, deploy):
    deploy()
    before, plain = without_secret(juju), spec_text(juju)
    relation = metrics(juju, hosts=("a", "b"))
    metrics(juju, "db", hosts=("c",), alert_rules="")
    assert scraped(juju) == ["a:1", "b:1", "c:1"]
    assert yaml.safe_load(secret(juju)["rules-am.yml"]) == yaml.safe_load(RULES)
    rule_files = yaml.safe_load(secret(juju)["prometheus.yml"])["rule_files"]
    assert rule_files == ["rules-am.yml"]
    assert shown(juju)[1].endswith("; scrapes am, db")
    juju.remove_unit("am")
    juju.settle()
    assert scraped(juju) == ["a:1", "c:1"]
    juju.write(relation, "am", {"scrape_jobs": "[]", "alert_rules": ""})
    juju.settle()
    assert scraped(juju) == ["c:1"]
    assert "rules-am.yml" not in secret(juju)
    for name in ("am", "db"):
        juju.remove_relation(APP, name)
    juju.settle()
    assert spec_text(juju) == plain
    assert without_secret(juju) == before


def test_only_alertmanagers_are_scraped_with_the_login(juju, deploy):
    deploy(alertmanager_username="ann", alertmanager_password="hunter2")
    alertmanagers(juju, "http://a:1")
    metrics(juju, "am", hosts=("a",))
    job = {"static_configs": [{"targets": ["*:1"]}], "proxy_url": "http://evil:80"}
    metrics(juju, "evil", hosts=("a",), scrape_jobs=json.dumps([job]))
    configs = yaml.safe_load(secret(juju)["prometheus.yml"])["scrape_configs"]
    assert ["basic_auth" in config for config in configs] == [False, True, False]
    juju.remove_relation(f"{APP}:alertmanager", "am")
    juju.settle()
    assert "password_file" not in secret(juju)["prometheus.yml"]


def test_a_name_of_a_job_that_is_taken_is_refused(juju, deploy):
    deploy()
    metrics(juju, "am", hosts=("a",))
    metadata = {"model": "lma", "model_uuid": UUID, "application": "am", "charm_name": "am"}
    metrics(juju, "other", hosts=("b",), scrape_metadata=json.dumps(metadata))
    metrics(juju, "well", hosts=("c",))
    assert scraped(juju) == ["a:1", "c:1"]
    assert shown(juju)[1].endswith(
        "; scrapes am, well; other: scrape_jobs: am has a job of the name"
        " 'juju_lma_12345678_am_prometheus_scrape-0'"
    )


def test_two_relations_of_an_application_are_put_together(juju, deploy):
    deploy()
    job = {"job_name": "more", "static_configs": [{"targets": ["*:2"]}]}
    jobs = json.dumps([job])
    metrics(juju, "am", hosts=("a",))
    metrics(juju, "am", hosts=("b",), endpoint="more", scrape_jobs=jobs)
    assert scraped(juju) == ["a:1", "b:2"]
    assert yaml.safe_load(secret(juju)["rules-am.yml"]) == yaml.safe_load(RULES)
    assert shown(juju)[1].endswith("; scrapes am")
    metrics(juju, "am", hosts=("c",), endpoint="again", scrape_jobs=jobs)
    assert scraped(juju) == ["a:1", "b:2"]
    assert shown(juju)[1].endswith(
        "; scrapes am; am: scrape_jobs: am has a job of the name"
        " 'juju_lma_12345678_am_prometheus_scrape_more-0'"
    )


def test_whatever_others_want_to_have_scraped_no_hook_fails(juju, deploy):
    deploy()
    relation = metrics(juju, "am", hosts=("a",))
    groups = [{"name": "\0\n" + "x" * 200_000}] * 2
    pem = "-----BEGIN CERTIFICATE-----\ud800"
    job = {"static_configs": [{"targets": ["*:1"]}]}
    for bag in (
        {"alert_rules": json.dumps({"groups": groups})},
        {"alert_rules": '{"groups": ' + "[" * 500 + "]" * 500 + "}"},
        {"scrape_jobs": json.dumps([{**job, "tls_config": {"ca_file": pem}}])},
        {"scrape_jobs": json.dumps([{**job, "params": {"a": ["\ud800"]}}])},
    ):
        juju.write(relation, "am", bag)
        juju.settle()
        state, message = shown(juju)
        assert (state, hostile_strategies.one_line(message)) == ("active", True)
        assert "am: " in message
    for number in ("\u00b2", "9" * 5000):
        juju.write(relation, "am/0", {"prometheus_scrape_unit_name": f"am/{number}"})
        juju.settle()


def test_what_cannot_be_scraped_is_named_and_does_not_keep_others_from_it(juju, deploy):
    deploy()
    metrics(juju, "bad", scrape_jobs="}{")
    metrics(juju, "half", hosts=("h",), alert_rules=json.dumps({"groups": [{"rules": []}]}))
    metrics(juju, "well", hosts=("w",))
    assert scraped(juju) == ["h:1", "w:1"]
    assert "rules-half.yml" not in secret(juju)
    assert shown(juju)[1].endswith(
        "; scrapes half, well; bad: scrape_jobs: not JSON;"
        " half: alert_rules: groups[0]: needs a name"
    )


# misfortune


def test_only_the_leader_writes_and_any_may_become_it(juju, deploy):
    deploy(units=2)
    relation = alertmanagers(juju, "http://a:9093")
    assert not [
        run for run in juju.runs(unit="prometheus/1") for call in run.calls_of("pod-spec-set")
    ]
    assert shown(juju, "prometheus/1") == ("active", "alerts go to 1 Alertmanager")
    for leader, url in (("prometheus/1", "http://b:9093"), ("prometheus/0", "http://c:9093")):
        juju.set_leader(APP, leader)
        juju.settle()
        juju.write(relation, "am/0", {"url": url})
        juju.settle()
        assert targets(juju) == [url[len("http://") :]]


def test_an_idle_hook_writes_nothing(juju, deploy):
    deploy(rules=RULES)
    alertmanagers(juju, "http://a:9093")
    juju.update_status(APP)
    juju.settle()
    began = len(juju.history)
    juju.update_status(APP)
    juju.settle()
    assert [call.argv for run in juju.history[began:] for call in run.writes] == []


@pytest.mark.parametrize("effect", ["fail", "kill", "kill-after", "commit"])
def test_a_new_alertmanager_arrives_whichever_call_goes_wrong(juju, deploy, effect):
    deploy()
    relation = alertmanagers(juju, "http://a:9000")
    calls = 1 if effect == "commit" else len(juju.history[-1].calls)
    for call in range(calls):
        juju.inject(UNIT, effect, call, hook="alertmanager-relation-changed")
        juju.write(relation, "am/0", {"url": f"http://a:{9001 + call}"})
        juju.settle(expect_errors=True)
        juju.advance(300)
        juju.settle()
        assert targets(juju) == [f"a:{9001 + call}"]


def test_losing_the_operators_disk_changes_nothing(juju, deploy):
    deploy(rules=RULES)
    relation = alertmanagers(juju, "http://a:9093")
    before = spec_text(juju)
    for hook in ("update-status", "alertmanager-relation-changed"):
        assert juju.restart_operator(APP)
        if hook == "update-status":
            juju.update_status(APP)
        else:
            juju.write(relation, "am/0", {"more": "data"})
        juju.settle()
        assert spec_text(juju) == before
        assert shown(juju) == ("active", "alerts go to 1 Alertmanager")


# what is written about it


def test_the_flag_table_is_complete():
    text = (SOURCE / "reactive" / "prometheus.py").read_text()
    docstring = ast.get_docstring(ast.parse(text))
    own = set(re.findall(r'"(prometheus\.[\w.]+)"', text))
    assert set(re.findall(r"^(prometheus\.[\w.]+) ", docstring, re.MULTILINE)) == own


def test_the_readme_has_every_option_with_its_default():
    rows = re.findall(
        r"^\| (`[^|]*`) \| ([^|]*) \|", (SOURCE / "README.md").read_text(), re.MULTILINE
    )
    listed = {
        name: default.strip().strip("`")
        for names, default in rows
        for name in re.findall(r"`([\w-]+)`", names)
        if "." not in names and "/" not in names
    }
    declared = yaml.safe_load((SOURCE / "config.yaml").read_text())["options"]
    assert listed == {name: option["default"] for name, option in declared.items()}
