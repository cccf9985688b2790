"""Our alerting rules and our dashboard, judged by Prometheus itself."""

import json
import re
import subprocess
from pathlib import Path

import pytest
import yaml
from charms.layer.alertmanager.domain import alerting_rules
from charms.layer.alertmanager.domain.certificate_requests import WARNING_PERIOD
from support import real_programs

from interfaces.prometheus_scrape import alert_rules

MONITORING = Path(__file__).parents[2] / "monitoring"
RULES = (MONITORING / "alertmanager.rules.yaml").read_text()
CERTIFICATE_RULES = (MONITORING / "certificate.rules.yaml").read_text()
DASHBOARD = json.loads((MONITORING / "alertmanager.dashboard.json").read_text())
UUID = "12345678-9abc-4def-8123-456789abcdef"
WARNING_SECONDS = WARNING_PERIOD.total_seconds()
TOPOLOGY = alert_rules.Topology("lma", UUID, "alertmanager", "alertmanager")


def make_rules(text, topology, end=None, warning_period=WARNING_SECONDS):
    """Return what a unit tells those who scrape it."""
    groups = alerting_rules.read_groups(text, CERTIFICATE_RULES, end, warning_period)
    return alert_rules.make_rules(groups, topology, alerting_rules.METRICS)


# 1 January 2030
ENDS = 1893456000
JOB = "juju_lma_alertmanager_prometheus_scrape-0"


def series(name, values, unit=0, **labels):
    """One input series of promtool's; `labels` come to those that a scraping charm attaches."""
    labels = {
        "job": JOB,
        "instance": f"lma_{UUID}_alertmanager_alertmanager/{unit}",
        **TOPOLOGY.labels,
        **labels,
    }
    matchers = ",".join(f'{key}="{value}"' for key, value in labels.items())
    return {"series": f"{name}{{{matchers}}}", "values": values}


def pair(name, first, second, **labels):
    return [series(name, first, 0, **labels), series(name, second, 1, **labels)]


DEAD, FINE, SENT = "0x60", "1x60", "0+60x60"
FAILED = "alertmanager_notifications_failed_total"
TOTAL = "alertmanager_notifications_total"

# what Prometheus has seen for an hour, and which alerts it then has, with how many instances
CASES = {
    "all is well": (
        [
            *pair("up", FINE, FINE),
            *pair("alertmanager_config_last_reload_successful", FINE, FINE),
            *pair("alertmanager_config_hash", "7x60", "7x60"),
            *pair("alertmanager_cluster_members", "2x60", "2x60"),
            *pair("alertmanager_cluster_failed_peers", DEAD, DEAD),
            *pair(TOTAL, SENT, DEAD, integration="webhook"),
            *pair(FAILED, DEAD, DEAD, integration="webhook"),
            *pair("alertmanager_silences_maintenance_errors_total", DEAD, DEAD),
            *pair("process_start_time_seconds", "5x60", "5x60"),
        ],
        {},
    ),
    "one of three is down": (
        [*pair("up", FINE, FINE), series("up", DEAD, 2)],
        {"AlertmanagerDown": 1},
    ),
    "half are down": (
        pair("up", DEAD, FINE),
        {"AlertmanagerDown": 1, "AlertmanagerClusterDown": 1},
    ),
    "scrapes that fail now and then": (pair("up", "1 1 1 0 1 1 1 1 1 0 1x50", FINE), {}),
    "they keep restarting": (
        [*pair("up", FINE, FINE), *pair("process_start_time_seconds", "0+60x60", "0+60x60")],
        {"AlertmanagerClusterCrashlooping": 1},
    ),
    "a configuration is refused": (
        pair("alertmanager_config_last_reload_successful", DEAD, FINE),
        {"AlertmanagerFailedReload": 1},
    ),
    "a configuration was refused a while ago": (
        pair("alertmanager_config_last_reload_successful", "0x20 1x40", FINE),
        {},
    ),
    "configurations differ": (
        pair("alertmanager_config_hash", "7x60", "8x60"),
        {"AlertmanagerConfigInconsistent": 1},
    ),
    "one does not find the other": (
        pair("alertmanager_cluster_members", "1x60", "2x60"),
        {"AlertmanagerMembersInconsistent": 1},
    ),
    "a member is lost": (
        pair("alertmanager_cluster_failed_peers", "1x60", DEAD),
        {"AlertmanagerFailedPeers": 1},
    ),
    "one cannot notify": (
        [
            *pair(TOTAL, SENT, SENT, integration="slack"),
            *pair(FAILED, "0+3x60", DEAD, integration="slack", reason="serverError"),
        ],
        {"AlertmanagerNotificationsFailing": 1},
    ),
    "none can notify": (
        [
            *pair(TOTAL, SENT, SENT, integration="slack"),
            *pair(FAILED, "0+3x60", "0+9x60", integration="slack"),
            *pair(TOTAL, SENT, SENT, integration="email"),
            *pair(FAILED, DEAD, DEAD, integration="email"),
        ],
        {"AlertmanagerNotificationsFailing": 2, "AlertmanagerClusterNotificationsFailing": 1},
    ),
    "the only one that notifies cannot": (
        [
            *pair(TOTAL, SENT, DEAD, integration="slack"),
            *pair(FAILED, SENT, DEAD, integration="slack"),
        ],
        {"AlertmanagerNotificationsFailing": 1, "AlertmanagerClusterNotificationsFailing": 1},
    ),
    "a volume cannot be written": (
        [
            *pair("alertmanager_silences_maintenance_errors_total", "0+0x20 1+0x40", DEAD),
            *pair("alertmanager_nflog_maintenance_errors_total", "0+0x20 1+0x40", DEAD),
        ],
        {"AlertmanagerNotPersisting": 1},
    ),
}


def promtool(tmp_path, *words):
    done = subprocess.run(
        [str(real_programs.promtool("bookworm")), *words],
        cwd=str(tmp_path),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def judged(tmp_path, rules, cases, at="45m"):
    """Let promtool find out whether exactly the expected alerts come of each case."""
    (tmp_path / "rules.yaml").write_text(yaml.safe_dump(rules))
    # what is in annotations is promtool's to render: only names and numbers are compared
    counting = {
        "groups": [
            {
                "name": "count",
                "interval": "1m",
                "rules": [
                    {
                        "record": "firing",
                        "expr": 'count by (alertname) (ALERTS{alertstate="firing"})',
                    }
                ],
            }
        ]
    }
    (tmp_path / "counting.yaml").write_text(yaml.safe_dump(counting))
    tests = [
        {
            "name": name,
            "interval": "1m",
            "input_series": given,
            "promql_expr_test": [
                {
                    "expr": "firing",
                    "eval_time": at,
                    "exp_samples": [
                        {"labels": f'firing{{alertname="{alert}"}}', "value": count}
                        for alert, count in expected.items()
                    ],
                }
            ],
        }
        for name, (given, expected) in cases.items()
    ]
    test = {"rule_files": ["rules.yaml", "counting.yaml"], "tests": tests}
    (tmp_path / "test.yaml").write_text(yaml.safe_dump(test))
    promtool(tmp_path, "test", "rules", "test.yaml")


def test_alerts_fire_when_they_should_and_only_then(tmp_path):
    judged(tmp_path, make_rules(RULES, TOPOLOGY), CASES)


def test_they_do_without_juju_too(tmp_path):
    def without_juju(given):
        text = json.dumps(given)
        for name, value in TOPOLOGY.labels.items():
            text = text.replace(f',{name}=\\"{value}\\"', "")
        return json.loads(text.replace(JOB, "alertmanager"))

    cases = {name: (without_juju(given), expected) for name, (given, expected) in CASES.items()}
    judged(tmp_path, yaml.safe_load(RULES), cases)


def test_every_rule_has_a_case():
    rules = [rule["alert"] for group in yaml.safe_load(RULES)["groups"] for rule in group["rules"]]
    assert set(rules) == {alert for _, expected in CASES.values() for alert in expected}


def test_the_readme_has_every_alert():
    table = re.findall(r"^\| `(\w+)` \|", (MONITORING / "README.md").read_text(), re.MULTILINE)
    groups = make_rules(RULES, TOPOLOGY, ENDS)["groups"]
    assert table == [rule["alert"] for group in groups for rule in group["rules"]]


def test_applications_do_not_alert_for_each_other(tmp_path):
    others = {
        name: (
            [{**one, "series": one["series"].replace('"lma"', '"elsewhere"')} for one in given],
            {},
        )
        for name, (given, _) in CASES.items()
    }
    judged(tmp_path, make_rules(RULES, TOPOLOGY), others)


@pytest.mark.parametrize(("ends", "count"), [(ENDS, {}), (20 * 86400, 1)])
def test_the_end_of_a_certificate_is_told_three_weeks_before(tmp_path, ends, count):
    rules = make_rules(RULES, TOPOLOGY, float(ends))
    expected = {"AlertmanagerCertificateEndsSoon": count} if count else {}
    judged(tmp_path, rules, {"time passes": ([], expected)})


def test_every_rule_and_alert_says_whose_it_is():
    made = make_rules(RULES, TOPOLOGY, ENDS)
    assert [group["name"] for group in made["groups"]] == [
        "lma_12345678_alertmanager_alertmanager",
        "lma_12345678_alertmanager_alertmanager_certificate",
    ]
    for group in made["groups"]:
        for rule in group["rules"]:
            assert (
                rule["labels"].items() >= {**TOPOLOGY.labels, "juju_charm": "alertmanager"}.items()
            )
            assert rule["labels"]["severity"] in ("warning", "critical")
            assert set(rule["annotations"]) == {"summary", "description"}


@pytest.mark.parametrize("suite", real_programs.SUITES)
def test_prometheus_takes_the_files(tmp_path, suite):
    (tmp_path / "juju.yaml").write_text(yaml.safe_dump(make_rules(RULES, TOPOLOGY, ENDS)))
    files = [str(MONITORING / "alertmanager.rules.yaml"), "juju.yaml"]
    subprocess.run(
        [str(real_programs.promtool(suite)), "check", "rules", *files],
        cwd=str(tmp_path),
        check=True,
        stdout=subprocess.DEVNULL,
    )


def queries():
    for panel in DASHBOARD["panels"]:
        for target in panel.get("targets", ()):
            yield panel["title"], target["expr"]


def test_prometheus_takes_every_query_of_the_dashboard(tmp_path):
    rules = [
        {"record": f"query_{number}", "expr": re.sub(r"\$__rate_interval", "5m", expr)}
        for number, (_, expr) in enumerate(queries())
    ]
    (tmp_path / "rules.yaml").write_text(
        yaml.safe_dump({"groups": [{"name": "dashboard", "rules": rules}]})
    )
    promtool(tmp_path, "check", "rules", "rules.yaml")


def test_the_dashboard_shows_what_is_chosen_and_nothing_else():
    chosen = [variable["name"] for variable in DASHBOARD["templating"]["list"]]
    assert chosen == ["prometheusds", *TOPOLOGY.labels]
    for title, expr in queries():
        for metric in re.findall(r"\b(?:alertmanager_\w+|up)\{[^}]*\}", expr):
            for label in TOPOLOGY.labels:
                assert f'{label}=~"${label}"' in metric, title


def test_panels_have_places_of_their_own():
    taken = set()
    for panel in DASHBOARD["panels"]:
        place = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert not cells & taken, panel["title"]
        assert max(x for x, _ in cells) < 24
        taken |= cells
    assert len({panel["id"] for panel in DASHBOARD["panels"]}) == len(DASHBOARD["panels"])
