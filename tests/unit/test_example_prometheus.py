"""The example's domain: options, rules and files, and what promtool says about them."""

import json
import subprocess

import pytest
import yaml
from charms.layer.prometheus import rules, workload
from charms.layer.prometheus.settings import parse
from support import real_programs

from interfaces.alertmanager import alerting_config, databag
from interfaces.prometheus_scrape import scraping

DEFAULTS = {
    "rules": "",
    "scrape-interval": "1m",
    "evaluation-interval": "1m",
    "external-url": "",
    "alertmanager-username": "",
    "alertmanager-password": "",
}
RULES = """
groups:
  - name: example
    interval: 30s
    rules:
      - alert: Down
        expr: up == 0
        for: 5m
        labels: {severity: page}
        annotations: {summary: '{{ $labels.instance }} is down'}
      - record: job:up:sum
        expr: sum by (job) (up)
"""


def settings(**options):
    given = {**DEFAULTS, **{name.replace("_", "-"): value for name, value in options.items()}}
    found, problems = parse(given)
    assert problems == ()
    return found


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"scrape-interval": "soon"}, "scrape-interval: not a duration such as 15s or 1m"),
        ({"scrape-interval": ""}, "scrape-interval: not a duration such as 15s or 1m"),
        ({"evaluation-interval": "0s"}, "evaluation-interval: not a duration such as 15s or 1m"),
        ({"evaluation-interval": "1s1m"}, "evaluation-interval: not a duration such as 15s or 1m"),
        ({"external-url": "prometheus.example.com"}, "external-url: not an address such as https"),
        ({"external-url": "http://[::1"}, "external-url: not an address such as https"),
        ({"external-url": "http://a:x"}, "external-url: not an address such as https"),
        ({"external-url": "http://ann:pw@a"}, "external-url: not an address such as https"),
        ({"alertmanager-username": "a"}, "alertmanager-username: needs alertmanager-password too"),
        ({"alertmanager-password": "a"}, "alertmanager-password: needs alertmanager-username too"),
        ({"rules": "groups: {"}, "rules: line 1: "),
        ({"rules": "- a"}, "rules: needs a list called groups at the top"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_wrong_option_is_named(options, problem):
    _, problems = parse({**DEFAULTS, **options})
    assert [line[: len(problem)] for line in problems] == [problem]


def test_all_problems_are_told_at_once():
    _, problems = parse({**DEFAULTS, "scrape-interval": "x", "rules": "x", "external-url": "x"})
    assert len(problems) == 3


@pytest.mark.parametrize("duration", ["15s", "1m", "1h30m", "500ms", "1d"])
def test_durations(duration):
    assert settings(scrape_interval=duration).scrape_interval == duration


RULE = {"alert": "A", "expr": "up"}


def group(*rules_, **fields):
    return {"groups": [{"name": "g", "rules": list(rules_), **fields}]}


@pytest.mark.parametrize(
    ("document", "problem"),
    [
        ({"groups": "x"}, "needs a list called groups at the top"),
        ({"groups": ["x"]}, "groups[0]: needs a name"),
        ({"groups": [{"name": ""}]}, "groups[0]: needs a name"),
        ({"groups": [{"name": "g"}, {"name": "g"}]}, "groups[1]: the name 'g' is taken"),
        ({"groups": [{"name": "g", "rules": "x"}]}, "groups[0].rules: not a list"),
        (group("x"), "groups[0].rules[0]: not a rule"),
        (group(RULE, {"expr": "up"}), "groups[0].rules[1]: needs either alert or record"),
        (group({**RULE, "record": "a"}), "groups[0].rules[0]: needs either alert or record"),
        (group({"alert": "", "expr": "up"}), "groups[0].rules[0].alert: not a name"),
        (group({"alert": "A"}), "groups[0].rules[0]: needs an expr"),
        (group({"alert": "A", "expr": ""}), "groups[0].rules[0]: needs an expr"),
        (group({**RULE, "labels": ["a"]}), "groups[0].rules[0].labels: not a mapping"),
        (group({**RULE, "annotations": {"a": {}}}), "groups[0].rules[0].annotations: not a map"),
    ],
    ids=lambda value: value[:50] if isinstance(value, str) else "",
)
def test_what_promtool_refuses_is_refused_with_its_place(document, problem, tmp_path):
    text = yaml.safe_dump(document)
    (found,) = rules.problems(text)
    assert found.startswith(problem)
    assert promtool("bookworm", "rules", text, tmp_path).returncode != 0


@pytest.mark.parametrize("text", ['groups: !!int ""', "groups: " + "[" * 20_000])
def test_what_pyyaml_stumbles_over_is_refused(text):
    (found,) = rules.problems(text)
    assert "nested too deeply, or not of its type" in found


@pytest.mark.parametrize(
    "text", [RULES, "", "# nothing\n", "groups:", "groups: []", "groups:\n- name: 1\n"], ids=repr
)
def test_rules_that_are_right(text, tmp_path):
    assert rules.problems(text) == []
    assert promtool("bookworm", "rules", text, tmp_path).returncode == 0


def promtool(suite, what, text, folder):
    file = folder / f"{what}.yml"
    file.write_text(text)
    command = [str(real_programs.promtool(suite)), "check", what, str(file)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def alerting(asked=None, **fields):
    address = databag.Address("https", "am-0.am-endpoints.lma.svc", 9093, "/am")
    alertmanager = databag.Alertmanager("am/0", address, **fields)
    return alerting_config.make_alerting_config(
        [alertmanager], workload.CA_FILE, asked and workload.login(asked)
    )


def scraped(ca="", name="am", **more):
    """What an application wants to have scraped, by its databags."""
    job = {
        "job_name": "am",
        "scheme": "https",
        "metrics_path": "/metrics",
        "scrape_interval": "10s",
        "static_configs": [{"targets": ["*:9093"], "labels": {"room": "attic"}}],
        "tls_config": {"ca_file": ca} if ca else {},
        **more,
    }
    metadata = {"model": "lma", "model_uuid": "1", "application": name, "charm_name": "am"}
    common = {
        "scrape_metadata": json.dumps(metadata),
        "scrape_jobs": json.dumps([job]),
        "alert_rules": json.dumps(yaml.safe_load(RULES)),
    }
    host = "am-0.am-endpoints.lma.svc"
    units = {"am/0": {"prometheus_scrape_unit_address": host, "prometheus_scrape_unit_path": "/am"}}
    return {name: scraping.decode(common, units, workload.BESIDE)}


@pytest.mark.parametrize("suite", real_programs.SUITES)
def test_promtool_accepts_all_that_can_be_configured(suite, tmp_path):
    asked = settings(
        rules=RULES,
        scrape_interval="5s",
        external_url="https://prometheus.example.com/p",
        alertmanager_username="ann",
        alertmanager_password="secret",
    )
    ca = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"
    section = alerting(asked, ca=ca, external_labels={"region": "eu"})
    made = workload.files(asked, section, ca, scraped(ca))
    assert sorted(made) == [
        "alertmanager-password",
        "alertmanagers.pem",
        "prometheus.yml",
        "rules-am.yml",
        "rules.yml",
        *scraped(ca)["am"].certificates,
    ]
    for name, content in made.items():
        (tmp_path / name).write_text(content)
    text = made["prometheus.yml"].replace(f"{workload.DIRECTORY}/", f"{tmp_path}/")
    done = promtool(suite, "config", text, tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("suite", real_programs.SUITES)
def test_promtool_accepts_the_defaults(suite, tmp_path):
    made = workload.files(settings(), {}, "", {})
    assert list(made) == ["prometheus.yml"]
    assert promtool(suite, "config", made["prometheus.yml"], tmp_path).returncode == 0


def test_alertmanagers_are_scraped_with_the_login_that_alerts_are_sent_with():
    asked = settings(alertmanager_username="ann", alertmanager_password="secret")
    for alerts, login in ((alerting(asked), workload.login(asked)), ({}, None)):
        made = workload.files(asked, alerts, "", scraped(), {"am"})
        own, job = yaml.safe_load(made["prometheus.yml"])["scrape_configs"]
        assert "basic_auth" not in own
        assert job.get("basic_auth") == login


REWRITTEN = [{"target_label": "__address__", "replacement": "evil:80"}]


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"proxy_url": "http://evil:80", "scheme": "http"},
        {"relabel_configs": REWRITTEN, "tls_config": {"insecure_skip_verify": True}},
        {"static_configs": [{"targets": ["am-0.am-endpoints.lma.svc:9093"]}]},
    ],
    ids=str,
)
def test_no_other_application_gets_the_login_by_naming_an_alertmanager(more):
    asked = settings(alertmanager_username="ann", alertmanager_password="secret")
    both = {**scraped(), **scraped(name="evil", **more)}
    made = workload.files(asked, alerting(asked), "", both, {"am"})
    _, job, evil = yaml.safe_load(made["prometheus.yml"])["scrape_configs"]
    assert job["basic_auth"] == workload.login(asked)
    assert "basic_auth" not in evil
    assert workload.PASSWORD_FILE not in str(evil)


def test_an_alertmanager_that_brings_its_own_login_keeps_it():
    asked = settings(alertmanager_username="ann", alertmanager_password="secret")
    for own in ({"basic_auth": {"username": "bob"}}, {"authorization": {"credentials": "x"}}):
        made = workload.files(asked, alerting(asked), "", scraped(**own), {"am"})
        job = yaml.safe_load(made["prometheus.yml"])["scrape_configs"][1]
        assert {key: job[key] for key in job if key in ("basic_auth", "authorization")} == own


@pytest.mark.parametrize(
    "wrong",
    [
        {"scrape_interval": "banana"},
        {"scrape_timeout": "9999999y"},
        {"sample_limit": "many"},
        {"sample_limit": -1},
        {"relabel_configs": [5]},
        {"params": {"a": "b", "c": 5}},
        {"static_configs": [{"targets": ["http://a"]}]},
        {"static_configs": [{"targets": ["a"], "labels": {"a-b": []}}]},
        {"basic_auth": {"username": "a"}, "authorization": {"credentials": "b"}},
    ],
    ids=str,
)
def test_a_job_that_promtool_refuses_is_refused(wrong, tmp_path):
    job = {"job_name": "a", "static_configs": [{"targets": ["a"]}], **wrong}
    text = yaml.safe_dump({"scrape_configs": [job]})
    assert promtool("bookworm", "config", text, tmp_path).returncode != 0
    with pytest.raises(scraping.DecodeError):
        scraped(**wrong)


@pytest.mark.parametrize("suite", real_programs.SUITES)
def test_promtool_accepts_a_job_with_all_that_it_may_have(suite, tmp_path):
    limits = {key: 5 for key in scraping.JOB_KEYS if key.endswith("_limit")}
    relabelling = [{"source_labels": ["a"], "target_label": "b"}]
    tls = {"server_name": "am", "insecure_skip_verify": True, "min_version": "TLS12"}
    more = {
        "scrape_interval": "99y999w9999d99999h999999m99999999s999999999ms",
        "scrape_timeout": "1m30s",
        "proxy_url": "http://proxy:3128",
        "relabel_configs": relabelling,
        "metric_relabel_configs": relabelling,
        "basic_auth": {"username": "a", "password": "b"},
        "params": {"files": ["a"]},
    }
    wanted = scraped(**more, **limits, tls_config=tls)
    text = workload.files(settings(), {}, "", {"am": wanted["am"]._replace(groups=())})
    assert set(wanted["am"].configs[0]) == {*scraping.JOB_KEYS} - {"authorization"}
    done = promtool(suite, "config", text["prometheus.yml"], tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_password_is_in_a_file_of_its_own():
    asked = settings(alertmanager_username="ann", alertmanager_password="hunter2")
    made = workload.files(asked, alerting(asked), "", {})
    assert [name for name, content in made.items() if "hunter2" in content] == [
        "alertmanager-password"
    ]
    assert "hunter2" not in repr(asked)
    assert "hunter2" not in " ".join(workload.arguments(asked))


def test_an_address_with_a_path_moves_everything_below_it():
    asked = settings(external_url="https://example.com/prometheus/")
    assert asked.path_prefix == "/prometheus"
    assert "--web.external-url=https://example.com/prometheus/" in workload.arguments(asked)
    own = yaml.safe_load(workload.files(asked, {}, "", {})["prometheus.yml"])["scrape_configs"][0]
    assert own["metrics_path"] == "/prometheus/metrics"
