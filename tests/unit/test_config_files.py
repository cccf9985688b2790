"""The files in /etc/alertmanager: what is made, what is refused, how it is hashed."""

import base64
import json

import pytest
import yaml
from charms.layer.alertmanager.domain import charm_user, config_files
from charms.layer.alertmanager.domain.charm_options import Settings

OWN_HASH = "$2b$04$own"
DEFAULT = "route: {receiver: nobody}\nreceivers: [{name: nobody}]\n"


def build(version=None, **settings):
    return config_files.build(Settings(**settings), DEFAULT, version, OWN_HASH)


def test_without_options_there_is_the_default_and_an_empty_web_file():
    files, problems = build()
    assert problems == ()
    assert dict(files.files) == {"alertmanager.yml": DEFAULT.encode(), "web.yml": b"{}\n"}


def test_the_operators_text_is_kept_to_the_letter_comments_and_all():
    text = "# mine\nroute:\n    receiver: x   # why\nreceivers:\n- name: x\n"
    files, _ = build(alertmanager_config=text)
    assert files.config == text.encode()


def test_secrets_are_merged_over_the_configuration():
    files, problems = build(
        alertmanager_config="""
            route: {receiver: x}
            receivers: [{name: x, webhook_configs: [{url: http://a, send_resolved: true}]}]
        """,
        alertmanager_secrets="receivers: [{name: x, webhook_configs: [{url: http://secret}]}]",
    )
    assert problems == ()
    assert yaml.safe_load(files.config)["receivers"] == [
        {"name": "x", "webhook_configs": [{"url": "http://secret", "send_resolved": True}]}
    ]


def test_templates_are_files_and_are_loaded():
    files, _ = build(templates=(("a.tmpl", "{{ define `a` }}{{ end }}"),))
    assert dict(files.files)["a.tmpl"] == b"{{ define `a` }}{{ end }}"
    assert yaml.safe_load(files.config)["templates"] == ["/etc/alertmanager/*.tmpl"]


def test_templates_that_the_operator_loads_are_left_to_the_operator():
    text = DEFAULT + "templates: [/etc/alertmanager/a.tmpl]\n"
    files, _ = build(alertmanager_config=text, templates=(("a.tmpl", "x"),))
    assert files.config.startswith(text.encode())
    assert b"templates.tmpl" not in files.config


def test_secret_files_certificate_and_users_are_files():
    files, _ = build(
        secret_files=(("token", "s3cret"),),
        tls_cert="CERT",
        tls_key="KEY",
        web_users=(("ann", "$2y$hash"),),
    )
    contents = dict(files.files)
    assert contents["token"] == b"s3cret"
    assert contents["tls.crt"] == b"CERT"
    assert contents["tls.key"] == b"KEY"
    assert json.loads(contents["web.yml"]) == {
        "basic_auth_users": {"ann": "$2y$hash", "juju-charm": OWN_HASH},
        "tls_server_config": {
            "cert_file": "/etc/alertmanager/tls.crt",
            "key_file": "/etc/alertmanager/tls.key",
        },
    }
    login = json.loads(contents["charm-login.yml"])["basic_auth"]
    assert login["username"] == "juju-charm"
    assert login["password"] == charm_user.derive_password((("ann", "$2y$hash"),))


@pytest.mark.parametrize(
    ("settings", "option", "says"),
    [
        ({"alertmanager_config": "route: ["}, "alertmanager-config", "line"),
        (
            {"alertmanager_config": "route: {receiver: a}\nroute: {receiver: a}"},
            "alertmanager-config",
            "line 2",
        ),
        ({"alertmanager_config": "receivers: [{name: a}]"}, "alertmanager-config", "route"),
        (
            {"alertmanager_config": "route: {receiver: b}\nreceivers: [{name: a}]"},
            "alertmanager-config",
            "line 1",
        ),
        (
            {"alertmanager_secrets": "receivers:\n- name: nobody\nroute: {receiver: zz}"},
            "alertmanager-secrets",
            "line 3",
        ),
        ({"alertmanager_secrets": "a: ["}, "alertmanager-secrets", "line 1"),
    ],
)
def test_what_alertmanager_would_refuse_makes_no_files(settings, option, says):
    files, problems = build(**settings)
    assert files is None
    assert any(problem.option == option and says in str(problem) for problem in problems)


def test_more_than_a_secret_holds_is_refused():
    files, problems = build(secret_files=(("big", "x" * config_files.MOST_BYTES),))
    assert files is None
    assert [problem.option for problem in problems] == ["secret-files"]
    assert "a Kubernetes Secret holds" in str(problems[0])


def test_hashes_tell_files_apart_and_stay_the_same():
    one, other = build()[0], build(secret_files=(("token", "a"),))[0]
    assert one.digest == build()[0].digest
    assert one.digest != other.digest


@pytest.mark.parametrize("option", ["templates", "secret_files"])
def test_the_hash_of_the_configuration_vouches_for_the_files_beside_it(option):
    """So that what a pod says of its configuration says that it has read these, too."""
    one, other = (build(**{option: (("a.tmpl", text),)})[0] for text in ("one", "other"))
    assert one.config_hash != other.config_hash


def test_rolling_back_keeps_the_web_port():
    wanted = build(tls_cert="C", tls_key="K", secret_files=(("a", "new"),))[0]
    good = build(web_users=(("ann", "$2y$hash"),), secret_files=(("b", "old"),))[0]
    back = dict(wanted.take_routing_of(good).files)
    assert set(back) == {"alertmanager.yml", "b", "tls.crt", "tls.key", "web.yml"}
    assert back["web.yml"] == dict(wanted.files)["web.yml"]
    assert back["alertmanager.yml"] == good.config


def test_config_hash_is_alertmanagers_metric():
    # the metric that Alertmanager 0.25.0 showed for exactly these bytes
    text = base64.b64decode("cm91dGU6IHtyZWNlaXZlcjogYX0KcmVjZWl2ZXJzOiBbe25hbWU6IGF9XQo=")
    files = config_files.ConfigFiles((("alertmanager.yml", text),))
    assert files.config_hash == 184816797860636


def test_no_secret_in_a_repr():
    assert "s3cret" not in repr(build(secret_files=(("token", "s3cret"),))[0])


def test_the_file_of_the_members_tls_is_judged_where_a_flag_names_it():
    files = (("gossip.yml", "tls_server_config: {cert_file: nope, key_file: nope}"),)
    flag = "--cluster.tls-config=/etc/alertmanager/../alertmanager/gossip.yml"
    assert build(secret_files=files)[0] is not None
    refused, problems = build(secret_files=files, additional_args=("--log.silences", flag))
    assert refused is None
    place = "secret-files line 1, gossip.yml.tls_server_config.cert_file: file nope is not in"
    assert any(str(problem).startswith(place) for problem in problems)
    assert build(secret_files=files, additional_args=(flag.replace("gossip", "other"),))[1] == ()
