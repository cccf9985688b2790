"""What related applications of every kind get to read, by their own published formats.

Each of these holds for every endpoint in TELLS, which all tests here go through:

=============================================  ====================================================
the databags, byte for byte, on both sides     test_both_sides_see_the_golden_databags
scale up, scale down, a unit departs           test_every_unit_is_found_at_every_scale, ..._dns_name
no unit on the other side yet                  test_a_relation_is_told_from_its_creation_on_...
several relations on one endpoint              the same
another model                                  the same
another leader                                 test_another_leader_tells_the_same
the same leader after another                  test_a_leader_that_missed_another_ones_time_...
the other side says rubbish, or takes it back  test_what_others_write_changes_nothing
Juju loses what was written                    test_what_juju_lost_is_told_again
nothing to tell yet                            test_nothing_is_told_before_there_is_anything
the relation ends                              test_unrelating_leaves_no_trace, ..._that_breaks
=============================================  ====================================================

What the other side answers, where an answer counts, is in test_ingress, test_remote_configuration
and test_complaints.
"""

import builtins
import hashlib
import importlib
import json
import os
import re
import subprocess
from pathlib import Path

import pytest
import yaml
from charms.layer.alertmanager.domain.alerting_rules import METRICS
from charms.layer.pod_spec import pod_addresses
from support import bus_harness, consumers, real_programs
from support.charm_stories import (
    APP,
    BAD,
    GOOD,
    UNIT,
    configure,
    deploy,
    idle,
    self_signed,
    shown,
    since,
)
from support.reading_charm import Reader, less

from interfaces.prometheus_scrape.alert_rules import select_labels

METADATA = yaml.safe_load((bus_harness.ROOT / "metadata.yaml").read_text())
GOLDEN = Path(__file__).parent / "golden" / "relations.json"
HOSTS = [f"alertmanager-{number}.alertmanager-endpoints.lma.svc" for number in range(3)]
URLS = [f"http://{host}:9093" for host in HOSTS]

# who reads which endpoint, and finds every unit there
READS = {
    "prometheus": consumers.dispatch,
    "alerting": consumers.dispatch,
    "alertmanager-service": consumers.http,
    "karma-dashboard": consumers.karma,
    "grafana-source": lambda *bags: [source["url"] for source in consumers.data_sources(*bags)],
    "self-metrics-endpoint": lambda *bags: [
        re.sub("/metrics$", "", url) for url in consumers.scrape(*bags)
    ],
    "ingress": lambda *bags: consumers.traefik(*bags)[0],
}
TELLS = [*READS, "alerting-config", "catalogue", "grafana-dashboard"]
# nothing is told on these, and nothing of what is here is about them
LISTENS = ["remote-configuration"]

NOTHING = {"unit": {}, "application": {}}


def interface_of(endpoint):
    return {**METADATA["provides"], **METADATA.get("requires", {})}[endpoint]["interface"]


def role_of_other_side(endpoint):
    return "requires" if endpoint in METADATA["provides"] else "provides"


def databag_of(endpoint):
    return importlib.import_module(f"interfaces.{interface_of(endpoint)}.databag")


def keys_of(endpoint):
    """Return all keys that the interface has, in either databag."""
    databag = databag_of(endpoint)
    return (
        databag.KEYS
        if endpoint == "prometheus"
        else (*databag.UNIT_KEYS, *databag.APPLICATION_KEYS)
    )


@pytest.fixture
def reader(juju, tmp_path):
    """Deploy a charm that reads what is said on an endpoint of ours."""

    def reader(endpoint, **options):
        role = role_of_other_side(endpoint)
        return Reader(juju, tmp_path, interface_of(endpoint), role=role, **options)

    return reader


def related(juju, endpoint, name="other", units=1):
    """Relate an application that a test plays; return the relation."""
    juju.add_remote_app(name, "theirs", interface_of(endpoint), units)
    relation = juju.relate(f"{APP}:{endpoint}", f"{name}:theirs")
    juju.settle()
    return relation


def everything_related(juju, name="to", **options):
    """Relate another application on every endpoint; return the relations by endpoint."""
    return {
        endpoint: related(juju, endpoint, f"{name}-{endpoint}", **options) for endpoint in TELLS
    }


def told(juju, relation, unit=UNIT):
    """Return both databags of ours."""
    return {"unit": less(juju.databag(relation, unit)), "application": juju.databag(relation, APP)}


def golden(bags):
    """Return databags as they stand in the file of golden ones: long values by their digests."""
    short = {}
    for bag, values in bags.items():
        # how well it is packed is the library's affair
        unpacked = {"dashboards": json.dumps(consumers.dashboards(values, {}), sort_keys=True)}
        short[bag] = {
            key: value
            if len(value) < 1000
            else hashlib.sha256(unpacked.get(key, value).encode()).hexdigest()
            for key, value in values.items()
        }
    return short


def test_both_sides_see_the_golden_databags(juju, charm, reader):
    juju.model.uuid = "12345678-9abc-4def-8123-456789abcdef"
    deploy(juju, charm)
    ours = {}
    for endpoint in TELLS:
        other = reader(endpoint, name=f"reads-{endpoint}")
        said = told(juju, other.relate(APP, endpoint))
        application, units = other.received()
        assert {"unit": units[UNIT], "application": application} == said
        ours[endpoint] = golden(said)
    if os.environ.get("GOLDEN") == "write":
        GOLDEN.write_text(json.dumps(ours, indent=2, sort_keys=True) + "\n")
    assert json.loads(GOLDEN.read_text()) == ours


def test_every_unit_is_found_at_every_scale(juju, charm, reader):
    deploy(juju, charm)
    readers = {endpoint: reader(endpoint, name=f"reads-{endpoint}") for endpoint in READS}
    for endpoint, other in readers.items():
        other.relate(APP, endpoint)
    for scale in (1, 3, 2):
        juju.scale(APP, scale)
        juju.settle()
        found = {name: READS[name](*other.received()) for name, other in readers.items()}
        assert found == dict.fromkeys(READS, URLS[:scale])


def test_the_dns_name_in_alerting_config_is_the_same_from_every_unit(juju, charm, reader):
    deploy(juju, charm, units=2, external_labels='{"region": "eu"}')
    other = reader("alerting-config")
    other.relate(APP, "alerting-config")
    _, units = other.received()
    assert units["alertmanager/0"] == units["alertmanager/1"]
    assert consumers.alerting_config(None, units) == {
        "alertmanagers": [
            {
                "scheme": "http",
                "path_prefix": "/",
                "dns_sd_configs": [
                    {"names": ["alertmanager-endpoints.lma.svc"], "type": "A", "port": 9093}
                ],
            }
        ],
        "alert_relabel_configs": [{"target_label": "region", "replacement": "eu"}],
    }


@pytest.mark.parametrize(
    ("consumer", "scheme"),
    [
        (consumers.dispatch, "https"),
        (consumers.dispatch_of_2023, "https"),
        (consumers.dispatch_of_2022, "http"),  # knew no other
    ],
)
def test_every_generation_of_dispatch_finds_the_prefix(juju, charm, reader, consumer, scheme):
    deploy(juju, charm, external_url=f"{scheme}://alerts.example/am")
    other = reader("alerting")
    other.relate(APP, "alerting")
    assert consumer(*other.received()) == [f"http://{HOSTS[0]}:9093/am"]


def test_what_is_scraped_and_its_rules_are_what_prometheus_takes(juju, charm, reader, tmp_path):
    certificate, key = self_signed("*.alertmanager-endpoints.lma.svc", tmp_path)
    deploy(juju, charm, tls_cert=certificate, tls_key=key, external_url="https://a.example/am")
    other = reader("self-metrics-endpoint")
    other.relate(APP, "self-metrics-endpoint")
    application, units = other.received()
    assert consumers.scrape(application, units) == [f"https://{HOSTS[0]}:9093/am/metrics"]
    (job,) = json.loads(application["scrape_jobs"])
    assert job["tls_config"]["ca_file"].strip() == certificate.strip()
    (tmp_path / "ca.pem").write_text(job["tls_config"]["ca_file"])
    job["tls_config"]["ca_file"] = "ca.pem"
    (tmp_path / "rules.yml").write_text(application["alert_rules"])
    config = {"scrape_configs": [job], "rule_files": ["rules.yml"]}
    (tmp_path / "prometheus.yml").write_text(json.dumps(config))
    promtool = [str(real_programs.promtool("bookworm")), "check", "config", "prometheus.yml"]
    done = subprocess.run(promtool, cwd=str(tmp_path), capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "AlertmanagerCertificateEndsSoon" in application["alert_rules"]


def test_each_unit_is_a_data_source_of_grafanas_and_can_depart(juju, charm, reader, tmp_path):
    deploy(juju, charm, units=3)
    other = reader("grafana-source")
    other.relate(APP, "grafana-source")
    sources = consumers.data_sources(*other.received())
    assert [source["url"] for source in sources] == URLS
    assert len({source["name"] for source in sources}) == 3
    assert {source["type"] for source in sources} == {"alertmanager"}
    assert sources[0]["jsonData"] == {"implementation": "prometheus"}
    for unit in (f"{APP}/2", f"{APP}/1"):
        sources = consumers.data_sources_without(sources, unit)
        juju.scale(APP, len(sources))
        juju.settle()
        assert consumers.data_sources(*other.received()) == sources
    certificate, key = self_signed(HOSTS[0], tmp_path)
    configure(juju, tls_cert=certificate, tls_key=key)
    (source,) = consumers.data_sources(*other.received())
    assert source["url"] == URLS[0].replace("http:", "https:")
    assert source["jsonData"]["tlsAuthWithCACert"] is True
    assert source["secureJsonData"]["tlsCACert"].strip() == certificate.strip()


def test_grafana_gets_the_dashboard_of_the_repository(juju, charm, reader):
    deploy(juju, charm)
    other = reader("grafana-dashboard")
    other.relate(APP, "grafana-dashboard")
    file = bus_harness.ROOT / "monitoring" / "alertmanager.dashboard.json"
    expected = {"alertmanager": json.loads(file.read_text())}
    assert consumers.dashboards(*other.received()) == expected
    application, _ = other.received()

    def select(query, labels):
        return select_labels(query, labels, METRICS)

    (dashboard,) = consumers.dashboards_shown(application, select).values()
    defined = {variable["name"] for variable in dashboard["templating"]["list"]}
    used = re.findall(r"\$\{?(\w+)", json.dumps(dashboard["panels"]))
    assert set(used) - {"__rate_interval"} <= defined


def test_the_catalogue_leads_to_where_people_reach_it(juju, charm, reader):
    deploy(juju, charm)
    other = reader("catalogue")
    other.relate(APP, "catalogue")
    assert consumers.catalogue(*other.received())["url"] == URLS[0]
    configure(juju, external_url="https://alerts.example/am")
    assert consumers.catalogue(*other.received())["url"] == "https://alerts.example/am"
    configure(juju, alertmanager_config=BAD, external_url="https://alerts.example/other")
    assert consumers.catalogue(*other.received())["url"] == "https://alerts.example/am"


def test_nothing_is_told_before_there_is_anything(juju, charm):
    deploy(juju, charm, alertmanager_config=BAD)
    relations = everything_related(juju)
    assert all(told(juju, each) == NOTHING for each in relations.values())
    configure(juju, alertmanager_config=GOOD)
    assert [name for name, each in relations.items() if told(juju, each) == NOTHING] == []


def test_a_relation_is_told_from_its_creation_on_and_another_model_the_same(juju, charm):
    deploy(juju, charm)
    began = len(juju.history)
    first = everything_related(juju, "without-units", units=0)
    told_by = {run.hook for run in juju.history[began:] if run.calls_of("relation-set")}
    assert told_by == {f"{endpoint}-relation-created" for endpoint in TELLS}
    # Juju calls an application of another model so (juju/juju apiserver/facades/controller/
    # crossmodelrelations)
    second = everything_related(juju, "remote-0123456789abcdef0123456789abcdef")
    for endpoint in TELLS:
        said = told(juju, first[endpoint])
        assert said == told(juju, second[endpoint]) != NOTHING, endpoint
        # where nothing means this model, names have to say it
        for host in re.findall(r"[\w.-]*alertmanager-endpoints[\w.-]*", json.dumps(said)):
            assert host.endswith("alertmanager-endpoints.lma.svc"), endpoint


def test_that_a_login_is_needed_is_told(juju, charm):
    deploy(juju, charm, web_users=f"ann: $2y$10${'a' * 53}")
    relation = related(juju, "prometheus")
    assert juju.databag(relation, UNIT)["login"] == "basic"
    configure(juju, web_users="")
    assert "login" not in juju.databag(relation, UNIT)


def test_in_a_controllers_own_model_pods_are_in_a_namespace_of_another_name(
    juju, charm, monkeypatch, tmp_path
):
    (tmp_path / "namespace").write_text("controller-mk8s")
    really, there = open, {pod_addresses.NAMESPACE_FILE: tmp_path / "namespace"}
    monkeypatch.setattr(
        builtins, "open", lambda path, *rest, **named: really(there.get(path, path), *rest, **named)
    )
    juju.model.name = "controller"
    deploy(juju, charm)
    host = "alertmanager-0.alertmanager-endpoints.controller-mk8s.svc"
    assert juju.databag(related(juju, "alerting"), UNIT)["url"] == f"http://{host}:9093"
    scraped = juju.databag(related(juju, "self-metrics-endpoint", "watcher"), APP)
    assert json.loads(scraped["scrape_metadata"])["model"] == "controller"


def test_another_leader_tells_the_same(juju, charm):
    def said():
        bags = {name: juju.databag(each, APP) for name, each in relations.items()}
        return json.dumps(bags).replace("alertmanager/1", UNIT)  # some name the leader

    deploy(juju, charm, units=2)
    relations = everything_related(juju)
    before = said()
    juju.set_leader(APP, "alertmanager/1")
    juju.settle()
    assert said() == before


def test_a_leader_that_missed_another_ones_time_undoes_what_that_has_told(juju, charm):
    def said():
        return {name: juju.databag(each, APP) for name, each in relations.items()}

    url = "https://alerts.example/am"
    deploy(juju, charm, units=2, external_url=url)
    endpoints = ("prometheus", "catalogue", "self-metrics-endpoint")
    relations = {name: related(juju, name, f"to-{name}") for name in endpoints}
    before, spec, began = said(), juju.pod_spec(APP), len(juju.history)
    juju.set_leader(APP, "alertmanager/1")
    juju.step(juju.unit(UNIT))  # it resigns, which no hook tells it
    juju.config(APP, {"external-url": "https://elsewhere.example"})
    while juju.step(juju.unit("alertmanager/1")):
        pass
    assert said()["catalogue"]["url"] == "https://elsewhere.example"
    juju.config(APP, {"external-url": url})  # for the first unit nothing has ever changed
    juju.set_leader(APP, UNIT)
    juju.settle()
    assert [run.hook for run in juju.history[began:] if run.unit == UNIT] == ["leader-elected"]
    assert said() == before
    assert juju.pod_spec(APP) == spec


# what else may happen, test_faults has
@pytest.mark.parametrize("effect", ["commit", "kill-after"])
def test_what_juju_lost_is_told_again(juju, charm, effect):
    deploy(juju, charm)
    lost = {}
    for endpoint in TELLS:
        juju.inject(UNIT, effect, call=1, tool=None if effect == "commit" else "relation-set")
        juju.add_remote_app(f"to-{endpoint}", "theirs", interface_of(endpoint))
        lost[endpoint] = juju.relate(f"{APP}:{endpoint}", f"to-{endpoint}:theirs")
        juju.settle(expect_errors=True)
        juju.advance(300)
        juju.settle()
    others = everything_related(juju, "another")
    for endpoint in TELLS:
        assert told(juju, lost[endpoint]) == told(juju, others[endpoint]) != NOTHING, endpoint


def test_what_others_write_changes_nothing(juju, charm):
    deploy(juju, charm)
    relations = everything_related(juju)
    before, began = [told(juju, each) for each in relations.values()], len(juju.history)
    for rubbish in ("}{", "[]"):
        for endpoint, relation in relations.items():
            keys = {*keys_of(endpoint), "event"}
            for who in (f"to-{endpoint}", f"to-{endpoint}/0"):
                juju.write(relation, who, dict.fromkeys(keys, rubbish))
        juju.settle()
    assert [told(juju, each) for each in relations.values()] == before
    assert since(juju, began) == []


def test_unrelating_leaves_no_trace(juju, charm):
    def held():
        return {
            "spec": juju.application(APP).pod_spec,
            "status": shown(juju),
            "flags": bus_harness.flags_of(juju, UNIT),
        }

    deploy(juju, charm)
    before = held()
    for endpoint, relation in everything_related(juju).items():
        assert told(juju, relation) != NOTHING
        juju.remove_relation(f"{APP}:{endpoint}", f"to-{endpoint}:theirs")
    juju.settle()
    juju.update_status(APP)
    juju.settle()
    assert juju.model.relations == {}
    assert held() == before
    noted = json.dumps(bus_harness.database_of(juju, UNIT))
    assert re.findall(r"to-[a-z-]+|\"[a-z-]+:\d+", noted) == []


def test_nothing_is_written_into_a_relation_that_breaks(juju, charm):
    deploy(juju, charm)
    everything_related(juju)
    everything_related(juju, "stays")
    for endpoint in TELLS:
        began = len(juju.history)
        hook = f"{endpoint}-relation-broken"
        juju.inject(UNIT, "commit", hook=hook)  # it is run again, with every doubt
        juju.remove_relation(f"{APP}:{endpoint}", f"to-{endpoint}:theirs")
        juju.settle(expect_errors=True)
        juju.advance(300)
        juju.settle()
        assert juju.history[-1].hook == hook
        assert since(juju, began, "relation-set") == []


def test_an_idle_hook_asks_no_more_than_without_relations(juju, charm):
    deploy(juju, charm)
    everything_related(juju)
    (run,) = idle(juju)
    assert len(run.calls) <= 8


def test_a_new_relation_costs_as_much_as_there_are_relations(juju, charm):
    deploy(juju, charm)
    everything_related(juju)
    began = len(juju.history)
    related(juju, "alerting", "one-more")
    asked = ("relation-get", "relation-ids", "relation-list")
    assert max(len(run.calls_of(*asked)) for run in juju.history[began:]) <= 3 * len(TELLS)
    (call,) = [c for c in since(juju, began, "relation-set") if "-r" in c.argv]
    assert call.argv[call.argv.index("-r") + 1].startswith("alerting:")


# interface:alertmanager has a table of its own kind (test_interface_alertmanager)
@pytest.mark.parametrize("endpoint", [name for name in [*TELLS, *LISTENS] if name != "prometheus"])
def test_the_interfaces_readme_has_every_key(endpoint):
    databag = databag_of(endpoint)
    readme = (bus_harness.ROOT / "interfaces" / interface_of(endpoint) / "README.md").read_text()
    table = readme.partition("## What goes over the relation")[2]
    rows = re.findall(r"^\| ([a-z ]+) \| (`[^|]*`) \|", table, re.MULTILINE)
    listed = {"unit": [], "application": [], "other application": []}
    for bag, keys in rows:
        listed[bag] += re.findall(r"`([^`]+)`", keys)
    assert {bag: tuple(keys) for bag, keys in listed.items()} == {
        "unit": getattr(databag, "UNIT_KEYS", ()),
        "application": getattr(databag, "APPLICATION_KEYS", ()),
        "other application": getattr(databag, "ANSWER_KEYS", ()),
    }


def test_every_endpoint_is_among_them():
    # certificates asks for each unit, and has tests of its own
    declared = {**METADATA["provides"], **METADATA["requires"]}
    assert set(declared) - {"certificates"} == {*TELLS, *LISTENS}
