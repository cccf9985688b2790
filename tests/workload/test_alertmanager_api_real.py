"""What the charm asks of Alertmanager, the real one of each version answers."""

import hashlib
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest
from charms.layer.alertmanager.domain import charm_user, config_files
from charms.layer.alertmanager.domain.charm_options import Settings
from charms.layer.alertmanager.juju.alertmanager_api import Alertmanager, Refused
from charms.layer.pod_spec import pod_http
from charms.layer.pod_spec.bcrypt import hash_password
from support import real_alertmanager, real_programs
from support.charm_stories import self_signed

CONFIG = "route: {receiver: team}\nreceivers: [{name: team}]\n"
ALERT = {"labels": {"alertname": "Fire", "place": "kitchen & hall"}, "annotations": {"a": "ü"}}


@pytest.fixture(scope="module", params=real_programs.SUITES)
def running(request):
    with real_alertmanager.run(request.param, CONFIG) as running:
        yield running


@pytest.fixture
def pod(running):
    return Alertmanager("127.0.0.1", running.port)


def test_its_metrics_tell_which_configuration_it_runs(pod):
    number = int.from_bytes(hashlib.md5(CONFIG.encode()).digest()[:6], "little")
    (line,) = [
        line for line in pod.metrics().splitlines() if line.startswith("alertmanager_config_hash ")
    ]
    assert float(line.split()[1]) == number


def test_its_reload_says_what_is_wrong(pod, running):
    running.config.write_text(CONFIG.replace("receiver: team", "receiver: taem"))
    assert 'undefined receiver "taem" used in route' in pod.reload()
    running.config.write_text(CONFIG)
    assert pod.reload() == ""


def test_alerts(pod):
    assert "version" in pod.status()["versionInfo"]
    pod.post_alerts([ALERT])
    (alert,) = pod.alerts(filter=['place="kitchen & hall"'], active=True)
    assert alert["labels"] == ALERT["labels"]
    assert alert["annotations"] == ALERT["annotations"]
    assert pod.alerts(filter=["place=cellar"]) == []
    with pytest.raises(Refused) as refusal:
        pod.post_alerts([{"labels": {}}])
    assert refusal.value.status == 400


def test_silences(pod):
    now = datetime.now(timezone.utc)
    silence = {
        "matchers": [{"name": "place", "value": "attic", "isRegex": False, "isEqual": True}],
        "startsAt": now.isoformat(),
        "endsAt": (now + timedelta(hours=1)).isoformat(),
        "createdBy": "ann",
        "comment": "painting",
    }
    identifier = pod.post_silence(silence)
    assert pod.silence(identifier)["status"]["state"] == "active"
    assert [found["id"] for found in pod.silences(filter=["place=attic"])] == [identifier]
    pod.expire_silence(identifier)
    assert pod.silence(identifier)["status"]["state"] == "expired"
    with pytest.raises(Refused):
        pod.post_silence({**silence, "matchers": []})
    for unknown in ("../alerts", "00000000-0000-0000-0000-000000000000"):
        with pytest.raises(Refused):
            pod.silence(unknown)


@pytest.mark.parametrize("version", real_programs.SUITES)
def test_with_tls_and_users_and_prefix(version, tmp_path):
    certificate, key = self_signed("alertmanager.example", tmp_path)
    other, _ = self_signed("alertmanager.example", tmp_path)
    users = (("ann", "$2y$10$" + "a" * 53),)
    settings = Settings(
        tls_cert=certificate, tls_key=key, web_users=users, external_url="https://lb.example/am"
    )
    hashed = hash_password(charm_user.derive_password(users), charm_user.derive_salt(users))
    web = config_files.write_web_config(settings, hashed).replace("/etc/alertmanager/", "")
    with real_alertmanager.run(
        version,
        CONFIG,
        "--web.external-url=https://lb.example/am",
        "--web.config.file={folder}/web.yml",
        files={"tls.crt": certificate, "tls.key": key, "web.yml": web},
    ) as running:
        nobody, stale = replace(settings, web_users=()), replace(settings, tls_cert=other)
        plain = replace(settings, tls_cert="")
        pods = [
            Alertmanager("127.0.0.1", running.port, known)
            for known in (settings, nobody, stale, plain)
        ]
        good, *bad = pod_http.ask(pods, Alertmanager.status, within=30)
    assert good["cluster"]["status"] == "disabled"
    assert [str(answer) for answer in bad] == [
        "127.0.0.1: it refuses requests without a password",
        "127.0.0.1: it serves another certificate than it should",
        "127.0.0.1: Client sent an HTTP request to an HTTPS server.",
    ]
    assert [type(answer) for answer in bad] == [pod_http.Unreachable, pod_http.Unreachable, Refused]
