"""Whatever related applications, resource files and actions' callers say: no traceback, no harm."""

import importlib
import json
from functools import reduce
from unittest import mock

import pytest
import yaml
from charmhelpers.core import hookenv
from charms.layer.alertmanager.domain import action_parameters as parameters
from charms.layer.alertmanager.juju.relation_data import RemoteConfiguration
from charms.layer.pod_spec import images
from conftest import SEED
from hypothesis import given, seed
from hypothesis import strategies as st
from support import bus_harness, hostile_strategies
from support.charm_stories import APP, UNIT, deploy, shown, since, without_files
from support.option_plans import plan_of

from interfaces.alertmanager import databag as alertmanager_databag
from interfaces.alertmanager_remote_configuration import databag as remote_databag
from interfaces.prometheus_scrape import scraping

METADATA = yaml.safe_load((bus_harness.ROOT / "metadata.yaml").read_text())
ENDPOINTS = {
    name: each["interface"]
    for role in ("provides", "requires")
    for name, each in METADATA[role].items()
}
ACTIONS = yaml.safe_load((bus_harness.ROOT / "actions.yaml").read_text())
DEFAULT = (bus_harness.ROOT / "templates" / "alertmanager.yml.j2").read_text()

PEM = "-----BEGIN CERTIFICATE REQUEST-----\nYQ==\n-----END CERTIFICATE REQUEST-----"
ISSUED = st.lists(
    st.dictionaries(
        st.sampled_from(["certificate_signing_request", "certificate", "ca", "chain", "revoked"]),
        st.just(PEM) | hostile_strategies.JSON_TREES,
        max_size=5,
    ),
    max_size=3,
).map(json.dumps)
BAGS = st.dictionaries(
    st.sampled_from(
        [
            "ingress",
            "alertmanager_config",
            "alertmanager_templates",
            "event",
            "url",
            "alert_rules",
            "scrape_jobs",
            "scrape_metadata",
            "prometheus_scrape_unit_address",
            "prometheus_scrape_unit_name",
            "prometheus_scrape_unit_path",
            "prometheus_scrape_host",
            "external_labels",
            "ca",
            "certificates",
            "alertmanager_0.server.cert",
            "alertmanager_0.server.key",
        ]
    )
    | hostile_strategies.TEXT,
    hostile_strategies.VALUES | ISSUED,
    max_size=4,
)


def readers():
    """What reads another application's databag in any interface, by the interface's name."""
    found = {}
    for folder in sorted((bus_harness.ROOT / "interfaces").iterdir()):
        if not (folder / "databag.py").exists():
            continue
        databag = importlib.import_module(f"interfaces.{folder.name}.databag")
        for name in ("decode", "complaint"):
            if hasattr(databag, name):
                found[f"{folder.name}.{name}"] = (getattr(databag, name), databag)
    found["alertmanager.decode"] = (
        lambda bag: alertmanager_databag.decode("am/0", bag),
        alertmanager_databag,
    )
    certificates = importlib.import_module("interfaces.tls-certificates.databag")
    found["tls-certificates.answered"] = (lambda bag: certificates.answered(bag, PEM), certificates)
    found["tls-certificates.handed_out"] = (
        lambda bag: certificates.handed_out(bag, UNIT),
        certificates,
    )
    return found


READERS = readers()


def refusal(kind, reader, *arguments):
    """Return what a reader has against its arguments, "" if nothing; any other error is ours."""
    try:
        reader(*arguments)
    except kind as error:
        return str(error)
    return ""


def told_well(refused):
    return "\n" not in refused and len(refused) < 1000


@pytest.mark.parametrize("name", sorted(READERS))
def test_any_databag_is_read_or_refused_in_a_line(name):
    reader, databag = READERS[name]

    @given(BAGS)
    @hostile_strategies.bounded(120)
    def check(bag):
        assert told_well(refusal(getattr(databag, "DecodeError", ()), reader, bag))

    check()


NAMES = dict.fromkeys(("model", "model_uuid", "application", "unit", "charm_name"), "a")
DEEP = reduce(
    lambda inner, _: [inner], range(900), 0
)  # hypothesis allows more recursion than a hook has
UNFIT = {
    "job_name": "right",
    "relabel_configs": [{"a": DEEP}],
    "params": {"a": ["\ud800"]},
    "tls_config": {"ca_file": "-----BEGIN CERTIFICATE-----\ud800"},
    "metric_relabel_configs": [{"a": float("nan"), "b": 10**400}],
}
UNITS = st.sampled_from(["am/\u00b2", "am/" + "9" * 5000, "am/1"]).map(
    lambda name: {"prometheus_scrape_unit_address": "a", "prometheus_scrape_unit_name": name}
)
JOBS = st.lists(
    st.dictionaries(
        st.sampled_from(scraping.JOB_KEYS),
        st.just("a") | st.just([{"targets": ["*:1", "a:2"]}]) | hostile_strategies.JSON_TREES,
        max_size=4,
    ),
    max_size=3,
) | st.sampled_from(sorted(UNFIT)).map(  # a job that is right but for one value at most
    lambda key: [{"static_configs": [{"targets": ["*:1", "a:2"]}], key: UNFIT[key]}]
)
SCRAPED = st.builds(
    lambda jobs, more: {
        "scrape_metadata": json.dumps(NAMES),
        "scrape_jobs": json.dumps(jobs),
        **more,
    },
    JOBS,
    BAGS,
)


@given(SCRAPED, UNITS | BAGS)
@hostile_strategies.bounded(200)
def test_what_is_scraped_is_read_or_refused_in_a_line(common, bag):
    def read():
        scraped = scraping.decode(common, {"am/0": bag}, "/etc/prometheus")
        if scraped:  # then it can be written
            yaml.safe_dump([*scraped.configs, *scraped.groups], allow_unicode=True).encode()
            assert all(text.encode() for text in scraped.certificates.values())

    assert told_well(refusal(scraping.DecodeError, read))


@given(BAGS)
@hostile_strategies.bounded(60)
def test_a_configuration_from_elsewhere_is_judged(bag):
    try:
        brought = remote_databag.decode(bag)
    except remote_databag.DecodeError:
        return
    remote = RemoteConfiguration(True, *brought) if brought else RemoteConfiguration(True)
    found = plan_of({}, remote=remote)
    assert all(hostile_strategies.one_line(str(problem)) for problem in found.problems)


RESOURCES = st.one_of(
    st.binary(max_size=60),
    hostile_strategies.ANY.map(str.encode),
    st.builds(
        lambda value: f"registrypath: {value}".encode(),
        st.sampled_from(['!!int ""', "!!bool x", "!!timestamp x", "[" * 5000, "*a", "2026-99-99"])
        | hostile_strategies.ANY,
    ),
    hostile_strategies.JSON_TREES.map(lambda tree: json.dumps({"registrypath": tree}).encode()),
)


def read_resource(content, folder):
    path = folder / "content.yaml"
    path.write_bytes(content)
    hookenv.cache.clear()
    with mock.patch.object(images, "run_tool", return_value=str(path)), mock.patch.object(
        hookenv, "application_name", return_value=APP
    ):
        return images.image("alertmanager-image")


def test_any_resource_file_is_an_image_or_missing(tmp_path):
    @given(RESOURCES)
    @hostile_strategies.bounded(80)
    def check(content):
        images_read = []
        refused = refusal(
            images.ImageMissing, lambda: images_read.append(read_resource(content, tmp_path))
        )
        assert hostile_strategies.one_line(refused.replace(str(tmp_path), ""))
        assert all(image.path.isprintable() for image in images_read)

    check()


@given(hostile_strategies.ANY)
@hostile_strategies.bounded(200)
def test_any_parameter_is_read_or_refused_in_a_line(text):
    for name in ("matchers", "labels", "duration", "silence_id"):
        refused = refusal(parameters.BadParameter, getattr(parameters, f"parse_{name}"), "it", text)
        assert "\n" not in refused


# through whole hooks

EVIL_BAGS = (
    dict.fromkeys(
        ("ingress", "alertmanager_config", "event", "certificates", "ca", "chain"), "[" * 20_000
    ),
    {
        "ingress": json.dumps({"url": "http://a/\n      - name: evil"}),
        "alertmanager_config": "route: {receiver: a}\nreceivers: [{name: a}]\n",
        "alertmanager_templates": json.dumps(["\0{{ define"]),
        "event": json.dumps({"errors": "\0" + "\u00e9" * 200_000}),
    },
    {
        "ingress": json.dumps({"url": "http://a/" + "x" * 3000}),
        "alertmanager_config": "!!python/object/apply:os.system [reboot]",
        "alertmanager_templates": "9" * 5000,
        "event": json.dumps({"errors": [{"error": "\x1b[31m\n"}]}),
    },
)


def related_everywhere(juju):
    relations = {}
    for endpoint, interface in ENDPOINTS.items():
        juju.add_remote_app(f"to-{endpoint}", "theirs", interface)
        relations[endpoint] = juju.relate(f"{APP}:{endpoint}", f"to-{endpoint}:theirs")
    juju.settle()
    return relations


def say(juju, relations, bag):
    """Let every related application and its unit say this; no hook may fail."""
    for endpoint, relation in relations.items():
        for who in (f"to-{endpoint}", f"to-{endpoint}/0"):
            juju.write(relation, who, bag)
    juju.settle()


def argument_is_sound(text):
    """Whether Linux takes it: no NUL, and at most 128 KiB."""
    return "\0" not in text and len(text.encode()) < 131072


def assert_sound(runs):
    assert [
        c.argv for run in runs for c in run.calls if not all(map(argument_is_sound, c.argv))
    ] == []


def test_no_related_application_makes_a_hook_fail_or_the_pod_another(juju, charm):
    deploy(juju, charm)
    before = without_files(juju.pod_spec(APP))
    relations = related_everywhere(juju)
    for bag in EVIL_BAGS:
        say(juju, relations, bag)
        state, message = shown(juju)
        assert hostile_strategies.one_line(message), (state, message)
        assert without_files(juju.pod_spec(APP)) == before
    say(juju, relations, {key: "" for bag in EVIL_BAGS for key in bag})
    assert shown(juju)[1].startswith("remote-configuration: ")  # which gives no configuration
    juju.remove_relation(APP, "to-remote-configuration")
    juju.settle()
    assert shown(juju)[0] in ("active", "waiting")  # for a certificate, that is
    assert without_files(juju.pod_spec(APP)) == before
    assert_sound(juju.history)


def run_hostile(juju, name, params):
    began = len(juju.history)
    action = juju.run_action(UNIT, name, params)
    assert "Traceback" not in json.dumps(action.results)
    assert "\n" not in action.message
    assert since(juju, began, "pod-spec-set", "relation-set", "status-set", "leader-set") == []
    assert_sound(juju.history[began:])


def hostile_params(name):
    """Strategies for the parameters of an action, by their types."""
    properties = ACTIONS[name].get("params", {})
    return st.fixed_dictionaries(
        {
            key: st.booleans() if kind.get("type") == "boolean" else hostile_strategies.ANY
            for key, kind in properties.items()
            if "enum" not in kind
        }
    )


def test_an_answer_with_a_million_beginnings_is_read_at_once():
    certificates = importlib.import_module("interfaces.tls-certificates.databag")
    said = [{"certificate_signing_request": "-----BEGIN A-----\n" * 100_000, "certificate": PEM}]
    assert certificates.answered({"certificates": json.dumps(said)}, PEM) is None


def test_no_parameter_makes_an_action_crash(juju, charm):
    deploy(juju, charm)

    @given(st.data())
    @hostile_strategies.bounded(3)
    def check(data):
        for name in sorted(ACTIONS):
            run_hostile(juju, name, data.draw(hostile_params(name)))

    check()


@pytest.mark.soak
def test_hostile_input_for_long(juju, charm):
    deploy(juju, charm)
    relations = related_everywhere(juju)

    @seed(SEED)
    @given(BAGS, st.data())
    @hostile_strategies.soaking(30)
    def check(bag, data):
        say(juju, relations, bag)
        assert hostile_strategies.one_line(shown(juju)[1])
        name = data.draw(st.sampled_from(sorted(ACTIONS)))
        run_hostile(juju, name, data.draw(hostile_params(name)))
        say(juju, relations, dict.fromkeys(bag, ""))

    check()
    assert_sound(juju.history)
