"""TLS by relation: what is asked for, what comes into force, and what never does."""

import base64
import importlib
import json
import time

import pytest
from support import bus_harness, consumers
from support.certificate_authority import Authority, Current, Early, read_request
from support.charm_stories import (
    APP,
    UNIT,
    configure,
    deploy,
    files,
    prometheus,
    relate_to,
    self_signed,
    shown,
    since,
    spec_text,
    without_files,
)
from support.reading_charm import Reader

HOST = "alertmanager-0.alertmanager-endpoints.lma.svc"
WAITING = ("waiting", "waiting for a certificate from the relation certificates")


@pytest.fixture(scope="session")
def authority(tmp_path_factory):
    """Somebody whose certificates everybody trusts."""
    return Authority(tmp_path_factory.mktemp("authority") / "ca")


@pytest.fixture
def current(juju, charm, authority):
    """Deploy, and relate a charm that signs what it is given."""
    deploy(juju, charm)
    return Current(juju, relate(juju), authority)


@pytest.fixture
def early(juju, charm, authority):
    """Deploy, and relate a charm that makes keys as well."""
    deploy(juju, charm)
    return Early(juju, relate(juju), authority)


def relate(juju):
    return relate_to(juju, "certificates", "authority")


def request_secret(juju):
    """Return what the Secret that no pod mounts holds."""
    secrets = juju.pod_spec(APP)["kubernetesResources"]["secrets"]
    (data,) = [one["data"] for one in secrets if one["name"].endswith("-certificate-request")]
    return data


def update_status(juju):
    """Let five minutes pass, and what follows from it happen."""
    juju.update_status(APP)
    juju.settle()


def test_a_certificate_is_waited_for_and_then_served(juju, current):
    relation = prometheus(juju)
    assert shown(juju) == WAITING
    assert "tls.crt" not in files(juju)
    (certificate,) = current.answer()
    assert files(juju)["tls.crt"].decode() == certificate + current.authority.certificate
    assert shown(juju)[0] == "active"
    bag = juju.databag(relation, UNIT)
    assert bag["url"] == f"https://{HOST}:9093"
    assert bag["ca"] == current.authority.certificate


def test_both_sides_see_the_golden_databags(juju, charm, tmp_path):
    deploy(juju, charm, units=2)
    other = Reader(juju, tmp_path, "tls-certificates", role="provides")
    relation = other.relate(APP, "certificates")
    application, units = other.received()
    assert application == juju.databag(relation, APP)
    (entry,) = json.loads(application["certificate_signing_requests"])
    assert entry["certificate_signing_request"].startswith("-----BEGIN CERTIFICATE REQUEST-----\n")
    assert application == {
        "certificate_signing_requests": '[{"certificate_signing_request": '
        f'{json.dumps(entry["certificate_signing_request"])}, "ca": false}}]'
    }
    assert units == {
        UNIT: {
            "unit_name": "alertmanager_0",
            "common_name": "alertmanager.lma.svc",
            "sans": '["alertmanager.lma.svc", "alertmanager.lma.svc.cluster.local", '
            '"alertmanager-endpoints.lma.svc", "alertmanager-endpoints.lma.svc.cluster.local", '
            '"*.alertmanager-endpoints.lma.svc", '
            '"*.alertmanager-endpoints.lma.svc.cluster.local"]',
            "certificate_name": "82bce5e0-cf31-580f-b47e-66e5163823c2",
        },
        "alertmanager/1": {},
    }


def test_every_relation_tells_of_tls_and_its_end_leaves_no_trace(juju, charm, authority):
    deploy(juju, charm)
    ingress, scrape = (relate_to(juju, each, each) for each in ("ingress", "self-metrics-endpoint"))
    grafana, pages = relate_to(juju, "grafana-source", "grafana"), prometheus(juju)
    said = [(ingress, APP), (scrape, APP), (grafana, APP), (grafana, UNIT), (pages, UNIT)]
    before, plain = spec_text(juju), [juju.databag(*each) for each in said]
    provider = Current(juju, relate(juju), authority)
    assert [juju.databag(*each) for each in said] == plain
    provider.answer()
    assert juju.databag(ingress, APP)["scheme"] == '"https"'
    (job,) = json.loads(juju.databag(scrape, APP)["scrape_jobs"])
    assert (job["scheme"], job["tls_config"]) == ("https", {"ca_file": authority.certificate})
    assert "AlertmanagerCertificateEndsSoon" in juju.databag(scrape, APP)["alert_rules"]
    (source,) = consumers.data_sources(
        juju.databag(grafana, APP), {UNIT: juju.databag(grafana, UNIT)}
    )
    assert source["url"] == f"https://{HOST}:9093"
    assert source["secureJsonData"]["tlsCACert"] == authority.certificate
    bag = juju.databag(pages, UNIT)
    assert (bag["scheme"], bag["ca"]) == ("https", authority.certificate)
    juju.remove_relation(APP, "authority")
    juju.settle()
    assert spec_text(juju) == before
    assert [juju.databag(*each) for each in said] == plain
    assert shown(juju)[0] == "active"


def test_a_renewed_certificate_changes_a_secret_and_nothing_else(juju, current):
    scrape, pages = relate_to(juju, "self-metrics-endpoint", "scrape"), prometheus(juju)
    (old,) = current.answer(days=90, age=61)
    (asked,) = current.requests()
    before, key, told = juju.pod_spec(APP), files(juju)["tls.key"], juju.databag(pages, UNIT)
    ends = juju.databag(scrape, APP)["alert_rules"]
    update_status(juju)
    (request,) = current.requests()
    assert request != asked
    current.say([])  # as the provider does, before it has signed the new one
    update_status(juju)
    assert current.requests() == [request]
    assert files(juju)["tls.crt"].decode().startswith(old)
    (new,) = current.answer()
    assert new != old
    assert files(juju)["tls.crt"].decode().startswith(new)
    assert files(juju)["tls.key"] == key
    assert without_files(juju.pod_spec(APP)) == without_files(before)
    assert juju.databag(pages, UNIT) == told
    assert juju.databag(scrape, APP)["alert_rules"] != ends
    began = len(juju.history)
    update_status(juju)
    update_status(juju)
    assert since(juju, began) == []
    assert shown(juju)[0] == "active"


def test_the_provider_may_make_the_key(juju, early, monkeypatch):
    pages = prometheus(juju)
    assert list(early.requests()) == ["alertmanager_0"]
    said = early.answer()
    assert files(juju)["tls.key"].decode() == said["alertmanager_0.server.key"]
    assert files(juju)["tls.crt"].decode() == said["alertmanager_0.server.cert"]
    assert juju.databag(pages, UNIT)["ca"] == early.authority.certificate
    assert shown(juju)[0] == "active"
    before, told = juju.pod_spec(APP), juju.databag(pages, UNIT)
    renewed = early.answer()
    assert files(juju)["tls.key"].decode() == renewed["alertmanager_0.server.key"]
    assert without_files(juju.pod_spec(APP)) == without_files(before)
    assert juju.databag(pages, UNIT) == told
    now = time.time
    monkeypatch.setattr("time.time", lambda: now() + 100 * 86400)
    update_status(juju)
    assert shown(juju) == (
        "blocked",
        "the certificate from the relation certificates has ended: see the charm on the other side",
    )


def test_those_between_it_and_the_authority_are_served_too(juju, charm, authority, tmp_path):
    deploy(juju, charm)
    between = authority.intermediate(tmp_path / "between")
    provider = Early(juju, relate(juju), between)
    certificate, key = between.make(*provider.requests()["alertmanager_0"])
    said = {"alertmanager_0.server.cert": certificate, "alertmanager_0.server.key": key}
    provider.say({**said, "ca": authority.certificate, "chain": between.certificate})
    assert files(juju)["tls.crt"].decode() == certificate + between.certificate
    assert shown(juju)[0] == "active"


def current_rubbish(provider, tmp_path):
    """Yield answers that must not come into force, each with what the status says of it."""
    (request,) = provider.requests()
    authority = provider.authority
    good = authority.sign(request)
    stranger = Authority(tmp_path / "stranger")
    other, _ = authority.make("other", [HOST])
    elsewhere, _ = authority.make("alertmanager.lma.svc", ["am.elsewhere.svc"])
    entry = provider.entry
    yield "}{", "certificates is not JSON"
    yield '{"a": 1}', "certificates is not a list of mappings"
    yield "[1]", "certificates is not a list of mappings"
    yield [{**entry(request, good), "certificate": 5}], "certificate, ca or chain is not text"
    yield [{**entry(request, good), "chain": {"a": 1}}], "certificate, ca or chain is not text"
    yield [{**entry(request, good), "ca": ""}], "came without that of its authority"
    long = f"-----BEGIN CERTIFICATE-----\n{'A' * 131072}\n-----END CERTIFICATE-----\n"
    yield [{**entry(request, good), "ca": long}], "ca have more than 131072 characters"
    yield [{**entry(request, good), "chain": [long]}], "ca have more than 131072 characters"
    yield [entry(request, "rubbish")], "holds no PEM certificate"
    yield [entry(request, good.replace("M", "N"))], "the certificate cannot be used"
    yield [entry(request, other)], "the certificate is of another key"
    yield [entry(request, elsewhere)], "the certificate is of another key"
    yield [entry(request, stranger.sign(request))], "nobody who trusts its ca"
    yield [entry(request, authority.sign(request, days=9, age=10))], "has ended already"
    yield [entry(request, authority.sign(request, age=-1))], "is not valid yet, but from 20"


def test_rubbish_is_told_and_the_certificate_stays(juju, current, tmp_path):
    (certificate,) = current.answer()
    before = spec_text(juju)
    for answer, says in current_rubbish(current, tmp_path):
        current.say(answer)
        state, message = shown(juju)
        assert state == "blocked"
        assert message.startswith("certificates: ")
        assert says in message
        assert message.endswith("; see juju show-unit, and the charm on the other side")
        assert spec_text(juju) == before, answer
        assert len([line for line in juju.log_lines() if message in line]) == 1
    (request,) = current.requests()
    new = current.authority.sign(request)
    revoked = current.entry(request, new, revoked=True)
    for answer in ([current.entry(request, certificate)], [revoked], [], ""):
        current.say(answer)
        assert shown(juju)[0] == "active"
        assert spec_text(juju) == before
    current.say([revoked, current.entry(request, new)])
    assert files(juju)["tls.crt"].decode().startswith(new)


def test_a_certificate_comes_into_force_once_it_is_valid(juju, current, monkeypatch):
    (certificate,) = current.answer(age=-1)
    assert "is not valid yet" in shown(juju)[1]
    began = len(juju.history)
    update_status(juju)
    assert since(juju, began) == []
    assert "tls.crt" not in files(juju)
    now = time.time
    monkeypatch.setattr("time.time", lambda: now() + 86400)
    update_status(juju)
    assert files(juju)["tls.crt"].decode().startswith(certificate)
    assert shown(juju)[0] == "active"


def test_clocks_may_differ_by_minutes(juju, current):
    current.answer(age=-3 / 1440)
    assert "tls.crt" in files(juju)


def test_rubbish_is_told_before_there_is_a_certificate(juju, early):
    names = early.requests()["alertmanager_0"]
    certificate, key = early.authority.make(*names)
    elsewhere, its_key = early.authority.make("alertmanager.lma.svc", ["am.elsewhere.svc"])
    ca = {"ca": early.authority.certificate}
    for said, says in (
        ({"alertmanager_0.server.cert": certificate}, "has a certificate without its key"),
        ({"alertmanager_0.server.key": key}, "has a certificate without its key"),
        ({"alertmanager_0.server.cert": certificate, "alertmanager_0.server.key": key}, "(ca)"),
        (
            {"alertmanager_0.server.cert": certificate, "alertmanager_0.server.key": "}", **ca},
            "the key of the certificate holds no PEM private key",
        ),
        (
            {"alertmanager_0.server.cert": elsewhere, "alertmanager_0.server.key": its_key, **ca},
            "mismatch",
        ),
    ):
        nothing = dict.fromkeys(("alertmanager_0.server.cert", "alertmanager_0.server.key", "ca"))
        early.say({**nothing, **said})
        state, message = shown(juju)
        assert state == "blocked"
        assert says in message
        assert "tls.crt" not in files(juju)
        assert key.splitlines()[1] not in message + "".join(juju.log_lines())
    early.answer()
    assert shown(juju)[0] == "active"


def test_the_options_beside_it_are_a_conflict(juju, charm, authority, tmp_path):
    certificate, key = self_signed(HOST, tmp_path)
    options = {"tls-cert": certificate, "tls-key": key}
    deploy(juju, charm, tls_cert=certificate, tls_key=key)
    before = spec_text(juju)
    provider = Current(juju, relate(juju), authority)
    assert spec_text(juju) == before
    assert provider.requests() == []
    for option in options:
        says = f"{option}: is set, and the relation certificates brings a certificate too"
        hint = "reset the option, or remove the relation"
        assert [line for line in juju.log_lines() if f"{says}; {hint}" in line]
    assert shown(juju) == (
        "blocked",
        "tls-cert: is set, and the relation certificates brings a certificate too; reset the "
        "option, or remove the relation (and 1 more, see juju debug-log)",
    )
    juju.reset_config(APP, *options)
    juju.settle()
    assert shown(juju) == WAITING
    provider.answer()
    assert juju.run_action(UNIT, "check-config").status == "completed"
    before = spec_text(juju)
    juju.config(APP, options)
    juju.settle()
    assert shown(juju)[0] == "blocked"
    assert spec_text(juju) == before
    action = juju.run_action(UNIT, "check-config")
    assert "the relation certificates brings a certificate too" in action.message
    juju.remove_relation(APP, "authority")
    juju.settle()
    assert shown(juju)[0] == "active"
    assert files(juju)["tls.crt"].decode() == certificate
    assert request_secret(juju) == {}


def test_an_alertmanager_that_is_too_old_says_so(juju, charm):
    deploy(juju, charm, image="prom/alertmanager:v0.21.0")
    relate(juju)
    state, message = shown(juju)
    assert state == "blocked"
    assert message == (
        "certificates: Alertmanager 0.21.0 has no flag --web.config.file to serve it by; "
        "attach an image of 0.22.0 or later, or remove the relation"
    )


def test_without_the_program_it_says_so(juju, charm, monkeypatch):
    deploy(juju, charm)
    monkeypatch.setattr("sandbox.juju.model.operator_disk.SYSTEM_PATH", "/nowhere")
    relate(juju)
    state, message = shown(juju)
    assert state == "blocked"
    assert message.startswith("certificates: where hooks run there is no program openssl")
    configure(juju, log_level="debug")
    assert "--log.level=debug" in juju.pod_spec(APP)["containers"][0]["args"]


def test_a_program_that_fails_is_told_and_run_again(juju, charm, tmp_path, monkeypatch):
    deploy(juju, charm)
    failing = tmp_path / "openssl"
    failing.write_text("#!/bin/sh\necho no entropy >&2\nexit 1\n")
    failing.chmod(0o755)
    with monkeypatch.context() as patched:
        patched.setattr("sandbox.juju.model.operator_disk.SYSTEM_PATH", str(tmp_path))
        relation = relate(juju)
        assert shown(juju) == (
            "blocked",
            "certificates: no request can be made: openssl genpkey: no entropy; "
            "set tls-cert and tls-key instead",
        )
        configure(juju, log_level="debug")
        assert "--log.level=debug" in juju.pod_spec(APP)["containers"][0]["args"]
        idle_calls(juju)
        assert shown(juju)[0] == "blocked"
    update_status(juju)
    assert "certificate_signing_requests" in juju.databag(relation, APP)
    assert shown(juju) == WAITING


def test_the_request_outlives_the_disk_and_the_leader(juju, charm, authority):
    deploy(juju, charm, units=2)
    provider = Current(juju, relate(juju), authority)
    requests = provider.requests()
    bus_harness.lose_database(juju, UNIT)
    configure(juju, log_level="debug")
    assert provider.requests() == requests
    bus_harness.lose_database(juju, "alertmanager/1")
    juju.set_leader(APP, "alertmanager/1")
    juju.settle()
    assert provider.requests() == requests
    provider.answer()
    assert shown(juju, "alertmanager/1")[0] == "active"
    before = spec_text(juju)
    juju.set_leader(APP, UNIT)
    juju.settle()
    update_status(juju)
    assert provider.requests() == requests
    assert spec_text(juju) == before


def test_another_leader_asks_anew_where_units_ask(juju, charm, authority):
    deploy(juju, charm, units=2)
    provider = Early(juju, relate(juju), authority)
    old = provider.answer()["alertmanager_0.server.cert"]
    juju.set_leader(APP, "alertmanager/1")
    juju.settle()
    update_status(juju)
    assert list(provider.requests()) == ["alertmanager_1"]
    assert files(juju)["tls.crt"].decode() == old
    new = provider.answer(days=100)["alertmanager_1.server.cert"]
    assert files(juju)["tls.crt"].decode() == new
    juju.set_leader(APP, UNIT)
    juju.settle()
    assert list(provider.requests()) == ["alertmanager_0"]
    assert files(juju)["tls.crt"].decode() == new  # not what this unit was given before
    newest = provider.answer(days=110)["alertmanager_0.server.cert"]
    assert files(juju)["tls.crt"].decode() == newest


def test_scaling_asks_for_nothing_and_another_url_for_another_name(juju, current):
    pages = prometheus(juju)
    current.answer()
    requests, spec = current.requests(), spec_text(juju)
    juju.scale(APP, 3)
    juju.settle()
    assert {juju.databag(pages, f"alertmanager/{number}")["url"] for number in range(3)} == {
        f"https://{HOST.replace('-0.', f'-{number}.')}:9093" for number in range(3)
    }
    juju.scale(APP, 1)
    juju.settle()
    assert current.requests() == requests
    assert spec_text(juju) == spec
    before = files(juju)["tls.crt"]
    configure(juju, external_url="https://alerts.example/am")
    (request,) = current.requests()
    assert "DNS:alerts.example" in read_request(request)
    assert files(juju)["tls.crt"] == before
    current.answer()
    assert files(juju)["tls.crt"] != before


def test_a_relation_without_units_is_asked_and_one_of_several_may_answer(juju, charm, authority):
    deploy(juju, charm)
    juju.add_remote_app("empty", "theirs", "tls-certificates", units=0)
    empty = juju.relate(f"{APP}:certificates", "empty:theirs")
    juju.settle()
    first = Current(juju, empty, authority, name="empty")
    second = Current(juju, relate(juju), authority)
    assert len(first.requests()) == 1
    assert first.requests() == second.requests()
    second.answer()
    assert shown(juju)[0] == "active"
    before = spec_text(juju)
    juju.remove_relation(APP, "empty")
    juju.settle()
    assert spec_text(juju) == before
    assert len(second.requests()) == 1


@pytest.mark.parametrize("effect", ["commit", "kill-after"])
def test_it_comes_whatever_goes_wrong(juju, charm, authority, effect):
    deploy(juju, charm)
    tool = None if effect == "commit" else "relation-set"
    juju.inject(UNIT, effect, hook="certificates-relation-created", tool=tool)
    relation = relate_to_expecting_errors(juju)
    provider = Current(juju, relation, authority)
    (request,) = provider.requests()
    assert base64.b64decode(request_secret(juju)["tls.csr"]).decode().strip() == request
    tool = None if effect == "commit" else "pod-spec-set"
    juju.inject(UNIT, effect, hook="certificates-relation-changed", tool=tool)
    certificate = authority.sign(request)
    answer = json.dumps([provider.entry(request, certificate)])
    juju.write(relation, "authority", {"certificates": answer})
    come_through(juju)
    assert provider.requests() == [request]
    assert files(juju)["tls.crt"].decode().startswith(certificate)
    juju.inject(UNIT, effect, hook="certificates-relation-broken", tool=tool)
    juju.remove_relation(APP, "authority")
    come_through(juju)
    assert "tls.crt" not in files(juju)
    assert request_secret(juju) == {}


def relate_to_expecting_errors(juju):
    juju.add_remote_app("authority", "theirs", "tls-certificates")
    relation = juju.relate(f"{APP}:certificates", "authority:theirs")
    come_through(juju)
    return relation


def come_through(juju):
    """Let hooks fail, and be run again."""
    juju.settle(expect_errors=True)
    juju.advance(300)
    juju.settle()


def test_the_key_is_in_the_secrets_and_nowhere_else(juju, charm, authority):
    deploy(juju, charm, units=2)
    juju.set_leader(APP, "alertmanager/1")  # whose hooks run after the other unit's
    juju.settle()
    pages, relation = prometheus(juju), relate(juju)
    provider = Current(juju, relation, authority)
    provider.answer()
    bag = juju.databag(pages, UNIT)  # the unit that does not lead knows as soon
    assert (bag["scheme"], bag["ca"]) == ("https", authority.certificate)
    update_status(juju)
    key = base64.b64decode(request_secret(juju)["tls.key"]).decode()
    assert files(juju)["tls.key"].decode() == key
    seen = [str(without_files(juju.pod_spec(APP))), *juju.log_lines()]
    seen += [str(juju.databag(pages, unit)) for unit in juju.application(APP).units]
    seen += [str(juju.databag(relation, who)) for who in (UNIT, "alertmanager/1", APP)]
    seen.append(str(juju.application(APP).leader_settings))
    for run in juju.history:
        seen += [run.output, run.error, *(str(call.argv) + call.stderr for call in run.calls)]
        seen += [call.stdout for call in run.calls if "spec" not in call.tool]
    for unit in juju.application(APP).units:
        folder = juju.operator.charm_dir(juju.unit(unit))
        seen += [
            path.read_bytes().decode("latin-1") for path in folder.rglob("*") if path.is_file()
        ]
    everything = "\n".join(map(str, seen))
    assert [line for line in key.splitlines()[1:-1] if line in everything] == []


def test_an_idle_hook_asks_for_little(juju, charm, authority):
    deploy(juju, charm, units=2)
    idle = [idle_calls(juju)]
    provider = Current(juju, relate(juju), authority)
    idle.append(idle_calls(juju))
    provider.answer()
    idle.append(idle_calls(juju))
    # the leader asks for nothing more, the other unit for the pod spec
    assert [
        after - idle[0]["alertmanager/0"] for after in (each["alertmanager/0"] for each in idle)
    ] == [0, 0, 0]
    assert [each["alertmanager/1"] - idle[0]["alertmanager/1"] for each in idle] == [0, 1, 1]


def idle_calls(juju):
    """Return how many tools each unit's second hook calls while nothing happens."""
    update_status(juju)
    began = len(juju.history)
    update_status(juju)
    assert since(juju, began) == []
    return {run.unit: len(run.calls) for run in juju.history[began:]}


def test_the_interfaces_readme_has_every_key():
    databag = importlib.import_module("interfaces.tls-certificates.databag")
    readme = (bus_harness.ROOT / "interfaces" / "tls-certificates" / "README.md").read_text()
    for key in (*databag.UNIT_KEYS, *databag.APPLICATION_KEYS):
        assert f"`{key}`" in readme
