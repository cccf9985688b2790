"""The charm asks pods what they run, here those of ``fake_pods``."""

import base64
import json
import time

import pytest
from support import fake_alertmanager
from support.charm_stories import (
    APP,
    GOOD,
    OTHER,
    OTHER_GOOD,
    UNIT,
    UNLOVED,
    configure,
    deploy,
    files,
    live,
    short,
    shown,
)


def last_good(juju):
    """Return what the pods may fall back to."""
    secrets = juju.pod_spec(APP)["kubernetesResources"]["secrets"]
    (data,) = [secret["data"] for secret in secrets if secret["name"].endswith("-last-good")]
    return {name: base64.b64decode(content) for name, content in data.items()}


def test_without_pods_nobody_is_asked(juju, charm, pods):
    deploy(juju, charm)
    assert shown(juju)[0] == "active"
    assert last_good(juju) == {}


def test_what_all_pods_run_is_proven_and_kept_to_fall_back_to(juju, charm, pods):
    deploy(juju, charm, units=2, alertmanager_config=GOOD)
    pods.start(2)
    pods.look()
    assert shown(juju) == live(GOOD)
    assert shown(juju, OTHER) == ("active", f"configuration {short(GOOD)}")
    assert last_good(juju) == {"alertmanager.yml": GOOD.encode()}
    assert {juju.unit(unit).version for unit in (UNIT, OTHER)} == {"0.25.0"}


def test_once_proven_hooks_are_idle(juju, charm, pods):
    deploy(juju, charm, units=2, alertmanager_config=GOOD)
    pods.start(2)
    for _ in range(3):
        pods.look()
    for run in juju.history[-2:]:
        assert [call.argv[0] for call in run.writes if call.tool != "juju-log"] == []
        assert len(run.calls) <= 8
    assert all("/-/reload" not in server.asked for server in pods.servers)


def test_a_new_configuration_is_waited_for(juju, charm, pods):
    deploy(juju, charm, units=2, alertmanager_config=GOOD)
    pods.start(2)
    pods.look()
    configure(juju, alertmanager_config=OTHER_GOOD)
    assert shown(juju) == (
        "waiting",
        f"waiting for configuration {short(OTHER_GOOD)}: live on 0 of 2",
    )
    assert last_good(juju) == {"alertmanager.yml": GOOD.encode()}
    pods.deliver()
    pods.look()
    assert shown(juju) == live(OTHER_GOOD)
    assert last_good(juju) == {"alertmanager.yml": OTHER_GOOD.encode()}


def test_a_reload_that_did_not_happen_is_made_up_for(juju, charm, pods):
    deploy(juju, charm, units=2, alertmanager_config=GOOD)
    pods.start(2)
    pods.look()
    configure(juju, alertmanager_config=OTHER_GOOD)
    pods.deliver(reload=False)
    pods.look()
    pods.look()
    assert shown(juju) == live(OTHER_GOOD)


def refused(juju, pods, charm):
    """Bring about a refusal of UNLOVED after GOOD was proven."""
    deploy(juju, charm, units=2, alertmanager_config=GOOD)
    pods.start(2)
    pods.look()
    configure(juju, alertmanager_config=UNLOVED)
    assert files(juju)["alertmanager.yml"] == UNLOVED.encode()
    pods.deliver()
    pods.look()


def test_what_alertmanager_refuses_is_rolled_back_with_its_sentence(juju, charm, pods):
    refused(juju, pods, charm)
    assert shown(juju) == (
        "blocked",
        "Alertmanager refused the configuration, correct it (the last good one is back): "
        "failed to reload config: <value> is not loved here",
    )
    assert files(juju)["alertmanager.yml"] == GOOD.encode()
    pods.deliver()
    pods.look()
    assert shown(juju)[0] == "blocked"
    assert [server.running for server in pods.servers] == [GOOD.encode()] * 2


def test_no_secret_is_quoted_from_alertmanagers_sentence(juju, charm, pods, monkeypatch):
    hook = "http://unloved/T0ken"
    monkeypatch.setattr(
        fake_alertmanager,
        "SENTENCE",
        f'unsupported thing "{hook}", password hunter22, file s3cretfile, receiver "team"',
    )
    deploy(juju, charm, units=1, alertmanager_config=GOOD)
    pods.start(1)
    pods.look()
    secret = json.dumps(
        {
            "global": {"smtp_auth_password": "hunter22"},
            "receivers": [{"name": "team", "webhook_configs": [{"url": hook}]}],
        }
    )
    configure(juju, alertmanager_secrets=secret, secret_files="token: s3cretfile")
    pods.deliver()
    pods.look()
    state, message = shown(juju)
    assert state == "blocked"
    assert 'receiver "team"' in message
    log = "\n".join(juju.log_lines())
    for word in ("T0ken", "hunter22", "s3cretfile"):
        assert word not in message
        assert word not in log


def test_the_same_bytes_are_not_tried_again_by_any_leader(juju, charm, pods):
    refused(juju, pods, charm)
    pods.deliver()
    for leader in (OTHER, UNIT):
        juju.set_leader(APP, leader)
        juju.settle()
        juju.restart_operator(APP)
        pods.look()
        assert files(juju)["alertmanager.yml"] == GOOD.encode()
        assert shown(juju, leader)[0] == "blocked"


def test_another_configuration_clears_it(juju, charm, pods):
    refused(juju, pods, charm)
    pods.deliver()
    configure(juju, alertmanager_config=OTHER_GOOD)
    pods.deliver()
    pods.look()
    assert shown(juju) == live(OTHER_GOOD)


def test_the_remedy_is_not_blamed_for_what_it_remedies(juju, charm, pods):
    refused(juju, pods, charm)
    # The pods still hold what was refused: the kubelet has brought nothing new in between.
    configure(juju, alertmanager_config=OTHER_GOOD)
    pods.look()
    assert shown(juju)[0] == "waiting"
    pods.deliver()
    pods.look()
    assert shown(juju) == live(OTHER_GOOD)


@pytest.mark.parametrize("forgets", [False, True])
def test_a_remedy_that_is_none_is_found_out_once_it_is_delivered(
    juju, charm, pods, monkeypatch, forgets
):
    refused(juju, pods, charm)
    if forgets:
        juju.restart_operator(APP)
    configure(juju, alertmanager_config=UNLOVED + "# again\n")
    pods.deliver()
    pods.look()
    assert shown(juju)[0] == "waiting"
    later = time.time() + 200
    monkeypatch.setattr(time, "time", lambda: later)
    pods.look()
    assert shown(juju)[0] == "blocked"
    assert files(juju)["alertmanager.yml"] == GOOD.encode()


def test_once_the_last_good_one_is_back_a_new_one_is_judged_at_once(juju, charm, pods):
    refused(juju, pods, charm)
    pods.deliver()
    pods.look()
    configure(juju, alertmanager_config=UNLOVED + "# again\n")
    pods.deliver()
    pods.look()
    assert shown(juju)[0] == "blocked"


def test_another_image_is_another_try(juju, charm, pods):
    refused(juju, pods, charm)
    pods.deliver()
    juju.attach_resource(APP, "alertmanager-image", "prom/alertmanager:v0.28.1")
    juju.settle()
    assert files(juju)["alertmanager.yml"] == UNLOVED.encode()


def test_a_first_configuration_that_is_refused_gives_way_to_the_default(juju, charm, pods):
    deploy(juju, charm, alertmanager_config=UNLOVED)
    pods.start(1, running=b"what the image came with")
    pods.look()
    assert shown(juju)[0] == "blocked"
    assert b"nobody" in files(juju)["alertmanager.yml"]


def test_a_pod_that_does_not_answer_is_waited_for(juju, charm, pods):
    deploy(juju, charm, units=2, alertmanager_config=GOOD)
    pods.start(2)
    pods.look()
    gone, pods.servers[1] = pods.servers[1], None
    gone.end()
    pods.look()
    assert shown(juju) == ("waiting", "waiting for pods: 1 of 2 answer")
