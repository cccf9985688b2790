"""What related Prometheus charms get to read, and when."""

import json

import pytest
from support.charm_stories import (
    APP,
    BAD,
    GOOD,
    UNIT,
    configure,
    deploy,
    prometheus,
    self_signed,
    shown,
    since,
)

POD = "alertmanager-0.alertmanager-endpoints.lma.svc"


def bag(juju, relation, unit=UNIT):
    """Return what the charm itself has written there."""
    ours = juju.databag(relation, unit)
    return {key: ours[key] for key in ours if "address" not in key or key == "public_address"}


def test_each_unit_publishes_its_own_pod_by_name(juju, charm):
    deploy(juju, charm, units=3)
    relation = prometheus(juju)
    assert [juju.databag(relation, f"alertmanager/{number}")["url"] for number in range(3)] == [
        f"http://alertmanager-{n}.alertmanager-endpoints.lma.svc:9093" for n in range(3)
    ]


def test_the_databag_is_the_golden_one(juju, charm):
    deploy(juju, charm)
    published = juju.databag(prometheus(juju), UNIT)
    assert json.loads(published["alerting_config"])["alertmanagers"][0]["dns_sd_configs"] == [
        {"names": ["alertmanager-endpoints.lma.svc"], "type": "A", "port": 9093}
    ]
    assert {
        key: published[key] for key in ("url", "public_address", "scheme", "hostname", "port")
    } == {
        "url": f"http://{POD}:9093",
        "public_address": f"{POD}:9093",
        "scheme": "http",
        "hostname": POD,
        "port": "9093",
    }


def test_units_that_come_later_publish_too(juju, charm):
    deploy(juju, charm)
    relation = prometheus(juju)
    juju.scale(APP, 3)
    juju.settle()
    urls = {juju.databag(relation, f"alertmanager/{n}").get("url") for n in range(3)}
    assert len(urls) == 3
    assert None not in urls


def test_scaling_leaves_spec_and_older_units_alone(juju, charm):
    deploy(juju, charm)
    prometheus(juju)
    spec, began = juju.application(APP).pod_spec, len(juju.history)
    juju.scale(APP, 3)
    juju.settle()
    juju.scale(APP, 1)
    juju.settle()
    assert juju.application(APP).pod_spec == spec
    assert since(juju, began, "pod-spec-set") == []
    assert [
        c for r in juju.history[began:] if r.unit == UNIT for c in r.calls_of("relation-set")
    ] == []


def test_ordinals_are_covered_when_units_have_other_numbers(juju, charm):
    deploy(juju, charm, units=3)
    relation = prometheus(juju)
    juju.unit("alertmanager/1").life = "dying"  # not the leader: a new one publishes anyway
    juju.settle()
    juju.update_status(APP)
    juju.settle()
    second = POD.replace("-0.", "-1.")
    assert juju.databag(relation, "alertmanager/2")["url"] == f"http://{second}:9093"


def test_a_second_prometheus_gets_the_same(juju, charm):
    deploy(juju, charm)
    first = prometheus(juju)
    second = prometheus(juju, "prometheus-two")
    assert bag(juju, second) == bag(juju, first)
    assert bag(juju, first)["url"]


def test_options_reach_the_relation(juju, charm, tmp_path):
    deploy(juju, charm)
    relation = prometheus(juju)
    plain = bag(juju, relation)
    configure(juju, external_labels='{"region": "eu"}')
    assert json.loads(bag(juju, relation)["external_labels"]) == {"region": "eu"}
    configure(juju, external_url="https://alerts.example/am")
    assert bag(juju, relation)["url"] == f"http://{POD}:9093/am"
    certificate, key = self_signed(POD, tmp_path)
    configure(juju, tls_cert=certificate, tls_key=key)
    assert bag(juju, relation)["url"] == f"https://{POD}:9093/am"
    assert bag(juju, relation)["ca"].strip() == certificate.strip()
    juju.reset_config(APP, "external-labels", "external-url", "tls-cert", "tls-key")
    juju.settle()
    assert bag(juju, relation) == plain


def test_a_certificate_with_its_key_beside_it_blocks_and_is_not_published(juju, charm, tmp_path):
    deploy(juju, charm)
    relation = prometheus(juju)
    certificate, key = self_signed(POD, tmp_path)
    configure(juju, tls_cert=certificate + key, tls_key=key)
    assert shown(juju) == (
        "blocked",
        "tls-cert: holds a private key, too; move the key into tls-key",
    )
    assert "ca" not in bag(juju, relation)


def test_while_options_are_invalid_what_runs_is_published(juju, charm):
    deploy(juju, charm, external_url="https://alerts.example/am")
    configure(juju, alertmanager_config=BAD, external_url="https://alerts.example/other")
    relation = prometheus(juju)
    assert bag(juju, relation)["url"] == f"http://{POD}:9093/am"
    configure(juju, alertmanager_config=GOOD)
    assert bag(juju, relation)["url"] == f"http://{POD}:9093/other"


def test_nothing_is_published_before_there_is_anything(juju, charm):
    deploy(juju, charm, alertmanager_config=BAD)
    relation = prometheus(juju)
    assert "url" not in bag(juju, relation)
    configure(juju, alertmanager_config=GOOD)
    assert bag(juju, relation)["url"] == f"http://{POD}:9093"


@pytest.mark.parametrize("hook", ["config-changed", "update-status"])
def test_what_is_published_already_is_not_written_again(juju, charm, hook):
    deploy(juju, charm)
    prometheus(juju)
    began = len(juju.history)
    if hook == "config-changed":
        configure(juju, alertmanager_config=GOOD)
    else:
        juju.update_status(APP)
        juju.settle()
    assert since(juju, began, "relation-set") == []
