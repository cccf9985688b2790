"""What the pods are given, by what is known of what they were given before."""

import json

import pytest
from alertmanager_config import redact_sentence
from charms.layer.alertmanager.domain import (
    config_files,
    configuration_choice,
    deployed_spec,
    pod_metrics,
    pod_spec_values,
)
from charms.layer.alertmanager.domain.charm_options import Settings
from charms.layer.alertmanager.state import LeaderSettings

IMAGE = "prom/alertmanager:v0.25.0"

# As Alertmanager 0.25.0 wrote it, shortened.
METRICS = """\
# HELP alertmanager_build_info A metric with a constant '1' value labeled by version.
# TYPE alertmanager_build_info gauge
alertmanager_build_info{branch="debian/sid",goversion="go1.19.8",revision="x",version="0.25.0"} 1
alertmanager_cluster_members 3
alertmanager_config_hash 1.84816797860636e+14
alertmanager_config_last_reload_success_timestamp_seconds 1.7953371e+09
alertmanager_config_last_reload_successful 1
"""


def configuration(receiver, **settings):
    text = f"route: {{receiver: {receiver}}}\nreceivers: [{{name: {receiver}}}]\n"
    return config_files.build(Settings(**settings), text, None, "$2b$04$own")[0]


DEFAULT, OLD, NEW = (configuration(name) for name in ("nobody", "old", "new"))


def held(current, good=None, image=IMAGE):
    return deployed_spec.DeployedSpec(image, current, good, Settings())


def name(files, image=IMAGE):
    return configuration_choice.fingerprint(files, image)


def choose(wanted, deployed, leader, image=IMAGE):
    choice = configuration_choice.choose(
        wanted,
        DEFAULT,
        image,
        deployed,
        before=configuration_choice.GivenConfiguration(),
        proven=leader.proven,
        refused=leader.refused,
        sentence="no",
        now=0,
    )
    return choice.current, choice.good, choice.given.refusal == "no"


def test_metrics_are_read():
    state = pod_metrics.read_metrics(METRICS)
    assert state == pod_metrics.PodMetrics("0.25.0", 184816797860636, True)
    files = config_files.ConfigFiles(
        (("alertmanager.yml", b"route: {receiver: a}\nreceivers: [{name: a}]\n"),)
    )
    assert state.config_hash == files.config_hash
    assert state.short_hash == files.short_hash


def test_rubbish_for_metrics_proves_nothing():
    assert pod_metrics.read_metrics("<html>") == pod_metrics.PodMetrics("", 0, False)


@pytest.mark.parametrize(
    "metrics",
    [
        "alertmanager_build_info 1\n",
        'alertmanager_build_info{version="-x"} 1\n',
        "alertmanager_config_hash NaN\n",
        "alertmanager_config_hash +Inf\n",
        "alertmanager_config_hash -1\n",
        "alertmanager_config_hash 1e300\n",
        "alertmanager_config_last_reload_successful ?\nalertmanager_cluster_members many\n",
    ],
)
def test_a_pod_that_lies_proves_nothing(metrics):
    state = pod_metrics.read_metrics(metrics)
    assert state == pod_metrics.PodMetrics("", 0, False)
    assert state.short_hash == "000000"


@pytest.mark.parametrize(
    "spec",
    [None, "", "a: [", "just text", "containers: []", "version: 3\ncontainers: [{name: a}]\n"],
)
def test_a_spec_of_another_charm_says_nothing_about_this_one(spec):
    assert deployed_spec.parse(spec) is None


def test_at_first_there_is_nothing_to_fall_back_to():
    assert choose(NEW, None, LeaderSettings()) == (NEW, None, False)


def test_what_was_proven_is_what_the_next_one_falls_back_to():
    memory = LeaderSettings(proven=name(OLD))
    assert choose(NEW, held(OLD), memory) == (NEW, OLD, False)


def test_what_was_not_proven_is_nothing_to_fall_back_to():
    memory = LeaderSettings(proven=name(OLD))
    between = configuration("between")
    assert choose(NEW, held(between, OLD), memory) == (NEW, OLD, False)


def test_once_proven_it_is_its_own_fall_back():
    memory = LeaderSettings(proven=name(NEW))
    assert choose(NEW, held(NEW, OLD), memory) == (NEW, NEW, False)


def test_what_was_refused_is_rolled_back_and_stays_out():
    memory = LeaderSettings(proven=name(OLD), refused=name(NEW))
    assert choose(NEW, held(NEW, OLD), memory) == (OLD, OLD, True)
    assert choose(NEW, held(OLD, OLD), memory) == (OLD, OLD, True)


def test_without_anything_proven_the_default_takes_its_place():
    assert choose(NEW, held(NEW), LeaderSettings(refused=name(NEW))) == (DEFAULT, None, True)


def test_another_image_or_another_configuration_is_another_try():
    memory = LeaderSettings(proven=name(OLD), refused=name(NEW))
    assert choose(NEW, held(OLD, OLD), memory, image="other")[0] == NEW
    assert choose(configuration("newer"), held(OLD, OLD), memory)[2] is False


WEB = {
    "external_url": "http://a/am",
    "tls_cert": "CERT",
    "tls_key": "KEY",
    "web_users": (("ann", "$2y$hash"), ("bob", "$2y$other")),
}


@pytest.mark.parametrize("options", [{}, WEB])
def test_a_stored_spec_is_read_back(options):
    files = configuration("new", **options)
    context = pod_spec_values.make_values(
        settings=Settings(**options),
        files=files,
        good=OLD,
        image=(IMAGE, "", ""),
        application="am",
        model="lma",
        headless="am-endpoints",
        version=None,
        reloader="x",
        login_probe="",
        proxy={},
        request={},
    )
    spec = {
        "containers": [
            {
                "imageDetails": context["image"],
                "args": context["args"],
                "volumeConfig": [
                    {"name": "configuration", "secret": {"name": context["secret"]}},
                    {"name": "last-good", "secret": {"name": context["last_good"]["secret"]}},
                    {"name": "run", "emptyDir": {}},
                ],
            }
        ],
        "kubernetesResources": {
            "secrets": [
                {"name": context["secret"], "data": context["files"]},
                {"name": context["last_good"]["secret"], "data": context["last_good"]["files"]},
            ]
        },
    }
    read = deployed_spec.parse(json.dumps(spec))
    assert (read.image, read.current) == (IMAGE, files)
    assert read.good == OLD.routing
    assert read.settings == Settings(**options)


def test_secrets_are_taken_out_of_alertmanagers_sentence():
    said = 'yaml: cannot unmarshal !!str `hunter2...` into X\n  near "https://hooks/T0/abc"'
    files = configuration("new", secret_files=(("hook", "https://hooks/T0/abc"), ("short", "T0")))
    expected = 'yaml: cannot unmarshal !!str <value> into X near "<secret>"'
    assert redact_sentence(said, held(files).secrets) == expected
    assert "hunter2" not in redact_sentence(said, ())
