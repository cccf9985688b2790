"""What a Prometheus charm makes of what is said over prometheus_scrape."""

import hashlib
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
NAME = "juju_lma_12345678_am_prometheus_scrape"
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


def instances(config):
    """Return the label `instance` of each target, as the last relabelling makes it."""
    *_, relabelling = config["relabel_configs"]
    return [
        relabelling["separator"].join(
            {**group["labels"], "__address__": target}[label]
            for label in relabelling["source_labels"]
        )
        for group in config["static_configs"]
        for target in group["targets"]
    ]


def test_targets_that_are_named_have_an_instance_each():
    (alone,) = decoded({"static_configs": [{"targets": ["a:1"]}], "relabel_configs": [{}]}).configs
    assert alone["relabel_configs"][0] == {}
    assert instances(alone) == [f"lma_{UUID}_am"]
    groups = [{"targets": ["a:1", "b:3"]}, {"targets": ["c:4"]}]
    (several,) = decoded({"static_configs": groups}).configs
    assert instances(several) == [f"lma_{UUID}_am_{target}" for target in ("a:1", "b:3", "c:4")]


def test_certificates_become_files_and_no_other_file_is_named():
    tls = {"ca_file": PEM, "cert_file": "/etc/shadow", "server_name": "am"}
    auth = {"username": "ann", "password_file": "/etc/shadow", "files": ["/etc/shadow"]}
    group = {"targets": ["*:1"], "files": ["/etc/shadow"]}
    params = {"files": ["a"], "match_file": ["b"]}
    job = {"tls_config": tls, "basic_auth": auth, "static_configs": [group], "params": params}
    other = {**JOB, "job_name": "other", "authorization": {"credentials_file": "/etc/shadow"}}
    made = decoded({**job, "job_name": "web", "unknown": 1}, other)
    ((name, text),) = made.certificates.items()
    assert text == PEM
    assert name == f"scraped-{hashlib.sha256(PEM.encode()).hexdigest()}.pem"
    assert made.configs[0]["params"] == params
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


DEEP = "[" * 300 + "]" * 300
DURATION = "a duration such as 15s or 1m"
NOT_BOOL = "insecure_skip_verify is not true or false"
NO_NUMBER = "is not a whole number"
NO_MAPPING = "is not a list of mappings"
NO_HOST = "not a host with a port: 'http://a'"
NO_LABEL = "not a label with a text: 'a-b'"
BOTH = {"basic_auth": {"username": "a"}, "authorization": {"credentials": "b"}}


@pytest.mark.parametrize(
    ("keys", "problem"),
    [
        ({"scrape_metadata": "}{"}, "scrape_metadata: not JSON"),
        ({"scrape_metadata": "[]"}, "scrape_metadata: not an object"),
        ({"scrape_metadata": '{"model": "m"}'}, "scrape_metadata: has no model_uuid"),
        ({"scrape_jobs": "}{"}, "scrape_jobs: not JSON"),
        ({"scrape_jobs": "{}"}, "scrape_jobs: not a list"),
        ({"scrape_jobs": "[NaN]"}, "scrape_jobs: not JSON"),
        ({"scrape_jobs": "9" * 1_000_000}, "scrape_jobs: not JSON"),
        ({"alert_rules": '{"groups": ["\\ud800"]}'}, "alert_rules: not JSON"),
        ({"alert_rules": f'{{"groups": {DEEP}}}'}, "alert_rules: nested more than 20 deep"),
        ({"scrape_jobs": DEEP}, "scrape_jobs: nested more than 20 deep"),
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
                ({"tls_config": {"insecure_skip_verify": "x"}}, NOT_BOOL),
                ({"basic_auth": {"password": [5]}}, "password is not a text"),
                ({"scrape_interval": "banana"}, f"scrape_interval is not {DURATION}"),
                ({"scrape_timeout": "9999999y"}, f"scrape_timeout is not {DURATION}"),
                ({"scrape_timeout": 5}, f"scrape_timeout is not {DURATION}"),
                ({"scheme": "ftp"}, "scheme is not http or https"),
                ({"proxy_url": 5}, "proxy_url is not a text"),
                ({"sample_limit": 1.5}, "sample_limit is not a whole number"),
                ({"label_limit": "5"}, "label_limit is not a whole number"),
                ({"label_name_length_limit": -1}, "label_name_length_limit is not a whole number"),
                ({"label_value_length_limit": True}, f"label_value_length_limit {NO_NUMBER}"),
                ({"relabel_configs": [5]}, "relabel_configs is not a list of mappings"),
                ({"metric_relabel_configs": [[]]}, f"metric_relabel_configs {NO_MAPPING}"),
                ({"params": {"a": "b"}}, "params is not a mapping of names to lists of texts"),
                (BOTH, "has both basic_auth and authorization"),
                ({"static_configs": [{"targets": ["http://a"]}]}, NO_HOST),
                ({"static_configs": [{"targets": [], "labels": {"a-b": "c"}}]}, NO_LABEL),
                ({"relabel_configs": {"a": 1}}, "relabel_configs is not a list of mappings"),
                ({"metrics_path": "no path"}, "metrics_path is not a path"),
            ]
        ),
        (
            {"scrape_jobs": json.dumps([{**JOB, "tls_config": {"ca_file": "/etc/shadow"}}])},
            "scrape_jobs: ca_file is not the text of a certificate",
        ),
    ],
    ids=lambda value: str(value)[:60],
)
def test_rubbish_is_named(keys, problem):
    with pytest.raises(scraping.DecodeError) as error:
        decoded(JOB, **keys)
    assert str(error.value) == problem


@pytest.mark.parametrize("number", ["\u00b2", "9" * 5000, "", "-1", "1_0"], ids="{:.5}".format)
def test_a_unit_may_say_that_it_has_a_strange_number(number):
    bag = {"prometheus_scrape_unit_address": "a", "prometheus_scrape_unit_name": f"am/{number}"}
    (config,) = decoded(JOB, units={"am/0": bag}).configs
    assert config["job_name"] == f"{NAME}_web-0"
    assert config["static_configs"][0]["labels"]["juju_unit"] == f"am/{number}"


def test_a_pem_that_no_file_can_hold_is_refused():
    with pytest.raises(scraping.DecodeError, match="scrape_jobs: not JSON"):
        decoded({**JOB, "tls_config": {"ca_file": PEM + "\ud800"}})


def test_what_two_relations_have_is_put_together():
    group = {"name": "g"}
    one = scraping.Scraped(({"job_name": "a"},), {"a.pem": "A"}, (group,))
    other = scraping.Scraped(({"job_name": "b"},), {"b.pem": "B"}, (group, {"name": "h"}))
    assert scraping.merge(one, other) == scraping.Scraped(
        ({"job_name": "a"}, {"job_name": "b"}), {"a.pem": "A", "b.pem": "B"}, (group, {"name": "h"})
    )


@pytest.mark.parametrize("key", ["address", "path"])
def test_an_address_that_is_none_is_named(key):
    bag = {"prometheus_scrape_unit_address": "a", f"prometheus_scrape_unit_{key}": "a b"}
    with pytest.raises(scraping.DecodeError, match=f"am/0: prometheus_scrape_unit_{key} is not a"):
        decoded(JOB, units={"am/0": bag})
