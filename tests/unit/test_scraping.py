"""What a Prometheus charm makes of what is said over prometheus_scrape."""

import json

import pytest

from interfaces.prometheus_scrape import scraping

UUID = "12345678-9abc-4def-8123-456789abcdef"
METADATA = {
    "model": "lma",
    "model_uuid": UUID,
    "application": "am",
    "unit": "am/0",
    "charm_name": "alertmanager",
}
LABELS = {
    "juju_model": "lma",
    "juju_model_uuid": UUID,
    "juju_application": "am",
    "juju_charm": "alertmanager",
}
NAME = "juju_lma_1234567_am_prometheus_scrape"
JOB = {"job_name": "web", "static_configs": [{"targets": ["*:9093"]}]}
PEM = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"
UNITS = {
    # in another model units have other names, and say their own
    "remote-1/7": {"prometheus_scrape_unit_address": "ten", "prometheus_scrape_unit_name": "am/10"},
    "am/2": {"prometheus_scrape_host": "fd00::2"},
    "am/3": {},
}


def decoded(*jobs, units=UNITS, **keys):
    common = {"scrape_metadata": json.dumps(METADATA), "scrape_jobs": json.dumps(jobs), **keys}
    return scraping.decode(common, units, "/etc/prometheus")


def test_a_star_stands_for_every_unit_that_has_an_address():
    ten = {**UNITS["remote-1/7"], "prometheus_scrape_unit_path": "/am/"}
    units = {**UNITS, "remote-1/7": ten}
    group = {"targets": ["*:9093", "*"], "labels": {"room": "attic"}}
    made = decoded({"job_name": "web", "static_configs": [group]}, units=units)
    relabelling = {
        "source_labels": ["juju_model", "juju_model_uuid", "juju_application", "juju_unit"],
        "separator": "_",
        "target_label": "instance",
    }
    assert list(made.configs) == [
        {
            "job_name": f"{NAME}_web-{number}",
            "metrics_path": path,
            "static_configs": [
                {
                    "targets": [f"{host}:9093", host],
                    "labels": {"room": "attic", **LABELS, "juju_unit": f"am/{number}"},
                }
            ],
            "relabel_configs": [relabelling],
        }
        for number, host, path in ((2, "[fd00::2]", "/metrics"), (10, "ten", "/am/metrics"))
    ]


def test_targets_that_are_named_stay_in_one_job():
    job = {"static_configs": [{"targets": ["a:1", "*:2", "b:3"]}], "metrics_path": "/m"}
    made = decoded(job, units={"am/0": {"prometheus_scrape_unit_address": "h"}})
    targets = {one["job_name"]: one["static_configs"][0]["targets"] for one in made.configs}
    assert targets == {f"{NAME}-0": ["h:2"], NAME: ["a:1", "b:3"]}
    assert made.configs[1]["static_configs"][0]["labels"] == LABELS
    assert [one["metrics_path"] for one in made.configs] == ["/m", "/m"]


def test_certificates_become_files_and_no_other_file_is_named():
    tls = {"ca_file": PEM, "cert_file": "/etc/shadow", "server_name": "am"}
    auth = {"username": "ann", "password_file": "/etc/shadow"}
    made = decoded({**JOB, "tls_config": tls, "basic_auth": auth, "unknown": 1})
    ((name, text),) = made.certificates.items()
    assert text == PEM
    assert made.configs[0]["tls_config"] == {
        "ca_file": f"/etc/prometheus/{name}",
        "server_name": "am",
    }
    assert "shadow" not in repr(made)
    assert "unknown" not in made.configs[0]


def test_rules_are_passed_on():
    groups = [{"name": "g", "rules": []}]
    assert decoded(JOB, alert_rules=json.dumps({"groups": groups})).groups == tuple(groups)
    assert decoded(JOB).groups == ()


@pytest.mark.parametrize("missing", ["scrape_jobs", "scrape_metadata"])
def test_nothing_is_scraped_before_all_is_said(missing):
    assert decoded(JOB, **{missing: ""}) is None


@pytest.mark.parametrize(
    ("keys", "problem"),
    [
        ({"scrape_metadata": "}{"}, "scrape_metadata: not JSON"),
        ({"scrape_metadata": "[]"}, "scrape_metadata: not an object"),
        ({"scrape_metadata": '{"model": "m"}'}, "scrape_metadata: has no model_uuid"),
        ({"scrape_jobs": "}{"}, "scrape_jobs: not JSON"),
        ({"scrape_jobs": "{}"}, "scrape_jobs: not a list"),
        ({"scrape_jobs": "[5]"}, "scrape_jobs: has something that is not a job"),
        ({"scrape_jobs": "[{}]"}, "scrape_jobs: '': static_configs has no targets"),
        ({"scrape_jobs": json.dumps([JOB, JOB])}, "scrape_jobs: several jobs have the same name"),
        ({"alert_rules": "}{"}, "alert_rules: not JSON"),
        ({"alert_rules": '{"groups": [5]}'}, "alert_rules: groups is not a list of groups"),
        *(
            ({"scrape_jobs": json.dumps([{**JOB, **more}])}, f"scrape_jobs: 'web': {problem}")
            for more, problem in [
                ({"static_configs": 5}, "static_configs is not a list"),
                ({"static_configs": [{"targets": [5]}]}, "static_configs has no targets"),
                ({"static_configs": [{"targets": [], "labels": 5}]}, "labels are not a mapping"),
                ({"tls_config": 5}, "tls_config is not a mapping"),
                ({"tls_config": {"ca_file": 5}}, "ca_file is not a text"),
                ({"relabel_configs": {"a": 1}}, "relabel_configs is not a list"),
                ({"metrics_path": "no path"}, "metrics_path is not a path"),
            ]
        ),
        (
            {"scrape_jobs": json.dumps([{**JOB, "tls_config": {"ca_file": "/etc/shadow"}}])},
            "scrape_jobs: ca_file is not the text of a certificate",
        ),
    ],
)
def test_rubbish_is_named(keys, problem):
    with pytest.raises(scraping.DecodeError) as error:
        decoded(JOB, **keys)
    assert str(error.value) == problem


@pytest.mark.parametrize("key", ["address", "path"])
def test_an_address_that_is_none_is_named(key):
    bag = {"prometheus_scrape_unit_address": "a", f"prometheus_scrape_unit_{key}": "a b"}
    with pytest.raises(scraping.DecodeError, match=f"am/0: prometheus_scrape_unit_{key} is not a"):
        decoded(JOB, units={"am/0": bag})
