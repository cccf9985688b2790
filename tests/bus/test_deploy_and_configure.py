"""The charm from deployment to new configurations: what Juju and the pods get to see."""

import base64
import os
import time
from pathlib import Path

import pytest
import yaml
from support.charm_stories import (
    APP,
    BAD,
    GOOD,
    UNIT,
    configure,
    deploy_anew,
    files,
    self_signed,
    shown,
    since,
    spec_text,
    without_files,
)
from support.pod_spec_check import checked_spec

from sandbox.juju import Image

GOLDEN = Path(__file__).parent / "golden" / "pod-spec.yaml"
BCRYPT = "$2y$10$" + "a" * 53


def test_runs_with_no_option_set(juju, charm):
    deploy_anew(juju, charm)
    assert juju.charm_status(UNIT).state == "active"
    checked_spec(spec_text(juju))
    assert files(juju)["web.yml"] == b"{}\n"
    config = yaml.safe_load(files(juju)["alertmanager.yml"])
    assert config == {"route": {"receiver": "nobody"}, "receivers": [{"name": "nobody"}]}


def test_the_pod_spec_is_the_golden_one(juju, charm):
    """To accept a change: GOLDEN=write, and read the difference before committing it."""
    deploy_anew(juju, charm)
    if os.environ.get("GOLDEN") == "write":
        GOLDEN.write_text(spec_text(juju))
    assert spec_text(juju) == GOLDEN.read_text()


def test_a_new_configuration_changes_the_secret_and_nothing_else(juju, charm):
    deploy_anew(juju, charm)
    before = juju.pod_spec(APP)
    configure(juju, alertmanager_config=GOOD)
    assert files(juju)["alertmanager.yml"] == GOOD.encode()
    assert without_files(juju.pod_spec(APP)) == without_files(before)


def test_base64_is_as_good_as_plain_text(juju, charm, tmp_path):
    certificate, key = self_signed("am", tmp_path)
    options = {
        "alertmanager-config": GOOD,
        "alertmanager-secrets": "global: {smtp_auth_password: s3cret}",
        "templates": "a.tmpl: a\nb.tmpl: b\n",
        "secret-files": "token: s3cret",
        "web-users": f"ann: {BCRYPT}",
        "tls-cert": certificate,
        "tls-key": key,
    }
    deploy_anew(juju, charm)
    juju.config(APP, options)
    juju.settle()
    plain = spec_text(juju)
    assert {"a.tmpl", "b.tmpl", "token", "tls.crt", "tls.key"} < set(files(juju))
    for option, text in options.items():
        juju.config(APP, {option: base64.encodebytes(text.encode()).decode()})
        juju.settle()
        assert (shown(juju)[0], spec_text(juju)) == ("active", plain), option


def test_a_certificate_that_has_ended_blocks(juju, charm, tmp_path, monkeypatch):
    certificate, key = self_signed("am", tmp_path, days=3)
    deploy_anew(juju, charm, tls_cert=certificate, tls_key=key)
    assert shown(juju)[0] == "active"
    later = time.time() + 4 * 24 * 3600
    monkeypatch.setattr(time, "time", lambda: later)
    juju.update_status(APP)
    juju.settle()
    assert shown(juju) == (
        "blocked",
        "the certificate in tls-cert has ended: set a new one, with its key",
    )


@pytest.mark.parametrize(
    ("option", "version", "flag"),
    [
        ({"additional-args": "--no-such-flag=1"}, "0.34.0", "no-such-flag"),
        ({"additional-args": "--enable-feature=classic-mode"}, "0.26.0", "enable-feature"),
        ({"cluster-label": "eu"}, "0.25.0", "cluster.label"),
        ({"web-users": f"ann: {BCRYPT}"}, "0.21.0", "web.config.file"),
    ],
)
def test_what_the_known_version_would_not_start_with_is_refused(juju, charm, option, version, flag):
    deploy_anew(juju, charm, image=f"prom/alertmanager:v{version}")
    before = spec_text(juju)
    juju.config(APP, option)
    juju.settle()
    state, message = shown(juju)
    assert state == "blocked"
    assert message.startswith(f"{next(iter(option))}: Alertmanager {version} has no flag --{flag}")
    assert spec_text(juju) == before
    juju.attach_resource(APP, "alertmanager-image", "registry.example/alertmanager:latest")
    juju.settle()
    assert shown(juju)[0] == "active"  # nobody knows, so Alertmanager is to judge


def test_secrets_are_merged_over_the_configuration(juju, charm):
    deploy_anew(
        juju,
        charm,
        alertmanager_config=GOOD,
        alertmanager_secrets="receivers: [{name: team, webhook_configs: [{url: http://hook}]}]",
    )
    receivers = yaml.safe_load(files(juju)["alertmanager.yml"])["receivers"]
    assert receivers == [{"name": "team", "webhook_configs": [{"url": "http://hook"}]}]


@pytest.mark.parametrize(
    ("config", "place"),
    [
        (BAD, "alertmanager-config line 1, route.receiver: receiver taem is not defined"),
        ("route: [", "alertmanager-config line 1"),
        (GOOD + "route: {receiver: team}\n", "alertmanager-config line 3"),
        ("receivers: [{name: team}]", "alertmanager-config"),
    ],
)
def test_a_bad_configuration_blocks_and_leaves_the_last_good_one(juju, charm, config, place):
    deploy_anew(juju, charm, alertmanager_config=GOOD)
    good = spec_text(juju)
    configure(juju, alertmanager_config=config)
    assert juju.charm_status(UNIT).state == "blocked"
    assert place in juju.charm_status(UNIT).message
    assert spec_text(juju) == good
    configure(juju, alertmanager_config=GOOD)
    assert juju.charm_status(UNIT).state == "active"
    assert spec_text(juju) == good


def test_every_problem_is_in_the_log(juju, charm):
    deploy_anew(juju, charm, log_level="loud", data_retention="long")
    assert juju.charm_status(UNIT).message.endswith("(and 1 more, see juju debug-log)")
    log = "\n".join(juju.log_lines(UNIT))
    assert "WARNING log-level: 'loud' is not a choice" in log
    assert "WARNING data-retention: 'long' is not a duration" in log


def test_without_an_image_the_status_says_how_to_attach_one(juju, charm):
    juju.deploy(charm, APP, resources={"alertmanager-image": ""})
    juju.settle()
    assert shown(juju) == (
        "blocked",
        "image missing: run juju attach-resource alertmanager alertmanager-image=IMAGE",
    )
    juju.attach_resource(APP, "alertmanager-image", "prom/alertmanager:v0.25.0")
    juju.settle()
    assert juju.charm_status(UNIT).state == "active"
    assert spec_text(juju)


def test_what_no_kubelet_takes_for_an_image_leaves_the_pods_alone(juju, charm):
    deploy_anew(juju, charm)
    before = spec_text(juju)
    for image in (" prom/alertmanager:v0.25.0", "prom/alertmanager: latest", "prom/Alertmanager"):
        juju.attach_resource(APP, "alertmanager-image", image)
        juju.settle()
        assert shown(juju) == (
            "blocked",
            f"alertmanager-image: {image!r} is not a valid image reference; attach one like "
            "prom/alertmanager:v0.28.1",
        )
        assert spec_text(juju) == before
    juju.attach_resource(APP, "alertmanager-image", "prom/alertmanager:v0.25.0")
    juju.settle()
    assert juju.charm_status(UNIT).state == "active"


def test_another_image_is_another_spec_with_the_flags_of_its_version(juju, charm):
    deploy_anew(juju, charm)
    juju.attach_resource(APP, "alertmanager-image", "prom/alertmanager:v0.31.0")
    juju.settle()
    (container,) = checked_spec(spec_text(juju))["containers"]
    assert container["imageDetails"]["imagePath"] == "prom/alertmanager:v0.31.0"
    assert "--cluster.peer-name=$(POD_NAME)" in container["args"]


def test_the_credentials_of_a_private_registry_reach_kubernetes(juju, charm):
    deploy_anew(juju, charm, image=Image("registry.example/am:v0.25.0", "ann", "s3cret"))
    (container,) = juju.pod_spec(APP)["containers"]
    assert container["imageDetails"] == {
        "imagePath": "registry.example/am:v0.25.0",
        "username": "ann",
        "password": "s3cret",
    }


OPTIONS = {
    "alertmanager-config": GOOD,
    "alertmanager-secrets": "global: {resolve_timeout: 1m}",
    "templates": '{{ define "a" }}b{{ end }}',
    "secret-files": "token: s3cret",
    "external-url": "https://alerts.example/am",
    "log-level": "debug",
    "log-format": "json",
    "data-retention": "24h",
    "cluster-reconnect-timeout": "1h",
    "cluster-peers": "elsewhere:9094",
    "web-users": f"ann: {BCRYPT}",
    "config-reload": "restart",
    "additional-args": "--cluster.peer-timeout=20s",
}


def test_each_option_alone_reaches_the_spec_and_leaves_it_again(juju, charm):
    deploy_anew(juju, charm)
    plain = spec_text(juju)
    for option, value in OPTIONS.items():
        juju.config(APP, {option: value})
        juju.settle()
        assert juju.charm_status(UNIT).state == "active", option
        checked_spec(spec_text(juju))
        assert spec_text(juju) != plain, option
        juju.reset_config(APP, option)
        juju.settle()
        assert spec_text(juju) == plain, option


def test_an_idle_hook_writes_nothing(juju, charm):
    deploy_anew(juju, charm)
    began = len(juju.history)
    for _ in range(2):
        juju.update_status(APP)
        juju.settle()
    assert len(juju.history) == began + 2
    assert since(juju, began) == []
    assert since(juju, began, "pod-spec-set", "relation-set", "status-set") == []
    assert [len(run.calls) <= 8 for run in juju.history[began:]] == [True, True]


def test_removal_ends_well(juju, charm):
    deploy_anew(juju, charm, units=2)
    juju.add_remote_app("prometheus", "alertmanager", "alertmanager")
    juju.relate(APP, "prometheus")
    juju.settle()
    juju.remove_application(APP)
    juju.settle()
    assert APP not in juju.model.applications


def test_the_models_proxy_reaches_the_pods_from_a_secret_and_follows_changes(juju, charm):
    deploy_anew(juju, charm)
    plain = spec_text(juju)
    seen = []
    for url in ("http://ann:hush@proxy:3128/$(POD_IP)", "http://ann:other@proxy:3128/"):
        juju.model.proxy["HTTPS_PROXY"] = url
        juju.update_status(APP)
        juju.settle()
        text = spec_text(juju)
        spec = checked_spec(text)
        environment = spec["containers"][0]["envConfig"]
        reference = {"name": "alertmanager-proxy", "key": "HTTPS_PROXY"}
        assert environment["HTTPS_PROXY"] == {"secret": reference}
        assert "HTTP_PROXY" not in environment
        secrets = {each["name"]: each["data"] for each in spec["kubernetesResources"]["secrets"]}
        assert base64.b64decode(secrets["alertmanager-proxy"]["HTTPS_PROXY"]).decode() == url
        assert "hush" not in text
        seen.append(spec["kubernetesResources"]["pod"]["annotations"])
    assert seen[0] != seen[1]  # or the processes would keep the one that they were started with
    juju.model.proxy.clear()
    juju.update_status(APP)
    juju.settle()
    assert spec_text(juju) == plain
    assert '"alertmanager-proxy"' in plain  # what is left out would stay as it was
