"""No secret of a configuration is shown."""

import re

import pytest
import yaml
from alertmanager_config.edit import redact
from alertmanager_config.schema import configuration, containers, value_types
from alertmanager_config.schema.receivers import receiver
from alertmanager_config.yaml import reader

CONFIG = """
# M0 in a comment
global:
  smtp_auth_password: M1
  smtp_smarthost: mail:25
  slack_api_url: https://hooks.slack.com/M2
  opsgenie_api_url: https://ann:M3@opsgenie/v2?token=M4
  smtp_auth_password_file: /etc/alertmanager/pw
  future_secret: M5
  http_config: {oauth2: {client_id: me, client_secret: M6, token_url: http://x, endpoint_params:
    {client_assertion: M7, scope: all}}}
route: {receiver: team, group_by: ["..."], routes: [{match: {token: x}}, {matchers: [a=b]}]}
receivers:
- name: team
  webhook_configs:
  - url: http://M8/x
    http_config:
      basic_auth: {username: ann, password: 12345M9}
      http_headers: {Authorization: {values: [M10], secrets: [M11], files: [x]}}
      proxy_url: http://ann:M12@proxy:3128
  jira_configs: [{project: P, issue_type: Bug, fields: {customfield_1: x, api_token: [M13]}}]
  future_configs: [{a: M14, b: {c: M15}}]
  email_configs: [{to: a@b.example, headers: {X-Token: M16, Subject: s}, auth_password: M17}]
  sns_configs: [{sigv4: {access_key: ak, secret_key: M18}, message: 'see https://u:M19@x/?q=1'}]
  telegram_configs: [{bot_token: M20, chat_id: 3}]
  pushover_configs: [{user_key: M21, token: M22, retry: 30s}]
  rocketchat_configs: [{token: M23, token_id: M24}]
"""


@pytest.fixture
def document():
    return reader.parse_yaml(CONFIG, "alertmanager-config")


def test_none_is_shown_and_the_rest_is(document):
    text = redact.redact(document)
    assert re.findall(r"M\d+", text) == []
    shown = yaml.safe_load(text)
    assert shown["global"]["opsgenie_api_url"] == "https://<secret>@opsgenie/v2?<secret>"
    assert shown["global"]["smtp_auth_password_file"] == "/etc/alertmanager/pw"
    oauth2 = shown["global"]["http_config"]["oauth2"]
    assert oauth2["endpoint_params"] == {"client_assertion": "<secret>", "scope": "all"}
    assert shown["route"]["routes"] == [{"match": {"token": "<secret>"}}, {"matchers": ["a=b"]}]
    (team,) = shown["receivers"]
    (webhook,) = team["webhook_configs"]
    assert webhook["url"] == "<secret>"
    assert webhook["http_config"]["basic_auth"] == {"username": "ann", "password": "<secret>"}
    assert webhook["http_config"]["proxy_url"] == "http://<secret>@proxy:3128"
    assert team["jira_configs"][0]["fields"] == {"customfield_1": "x", "api_token": ["<secret>"]}
    assert team["future_configs"] == [{"a": "<secret>", "b": {"c": "<secret>"}}]
    assert team["email_configs"][0]["to"] == "a@b.example"
    assert team["email_configs"][0]["headers"] == {"X-Token": "<secret>", "Subject": "s"}
    assert team["sns_configs"][0]["message"] == "see https://<secret>@x/?q=1"
    assert team["telegram_configs"][0]["chat_id"] == 3


def test_all_are_known_for_other_texts(document):
    known = redact.find_secrets(document)
    found = {int(number) for text in known for number in re.findall(r"M(\d+)", text)}
    assert found == set(range(1, 25))
    quoting = reader.parse_yaml("global: {smtp_auth_password: 'a\"b\\c'}", "")
    assert redact.find_secrets(quoting) == {'a"b\\c', 'a\\"b\\\\c'}


def test_what_cannot_be_read_shows_nothing():
    for text in ("[", "", "- M1", "M1"):
        document = reader.parse_yaml(text, "")
        assert "M1" not in redact.redact(document)
        redact.find_secrets(document)


def fields(kind, path=()):
    """Give every field below a table: its path and its kind."""
    if isinstance(kind, containers.Object):
        for name, field in kind.fields.items():
            if name in path:  # routes lie within routes
                continue
            yield from fields(field.kind, (*path, name))
    elif isinstance(kind, receiver.Receivers):
        yield from fields(receiver.RECEIVER, (*path, 0))
    elif isinstance(kind, containers.Array):
        yield from fields(kind.kind, (*path, 0))
    elif isinstance(kind, containers.Map):
        yield from fields(kind.kind, (*path, "X"))
    elif isinstance(kind, containers.ByVersion):
        for _, variant in kind.variants:
            yield from fields(variant, path)
    else:
        yield path, kind


def nested(path, value):
    for step in reversed(path):
        value = [value] if step == 0 else {step: value}
    return value


def test_every_secret_of_the_tables_is_hidden():
    secret = [
        path
        for path, kind in fields(configuration.CONFIG)
        if isinstance(kind, value_types.Secret) or getattr(kind, "placeholder", False)
    ]
    assert len(secret) > 40
    for path in secret:
        for value in ("https://M4rk/x", 'M4"rk', "1M4"):
            config = yaml.safe_dump(nested(path, value))
            assert "M4" not in redact.redact(reader.parse_yaml(config, "")), path


@pytest.mark.parametrize(
    "name",
    [
        *(
            "Webhook",
            "hook_url",
            "x-honeycomb-team",
            "X-Api-Key",
            "api-key",
            "api_key",
            "apiKey",
            "routing_key",
            "private_key",
            "Cookie",
        ),
        *("X-Auth", "Proxy-Authorization", "service-key", "access_key_id", "PASSPHRASE", "jwt"),
        *("pass", "smtp-pass", "X-Auth-Pass", "passcode", "creds", "Authentication", "hmac", "sig"),
        *("otp", "pin", "dsn", "smtp_cred", "X-Hmac-Sha256", "PIN-Code", "sentry_dsn", "totp"),
    ],
)
def test_free_keys_are_known_by_what_they_speak_of(name):
    text = f"""
    receivers:
    - name: a
      webhook_configs:
      - url: http://x
        payload: {{ {name}: M1 }}
        http_config: {{ http_headers: {{ {name}: {{ values: [M2] }} }} }}
      pagerduty_configs: [{{ routing_key: M3, details: {{ {name}: M4 }} }}]
      email_configs: [{{ to: a, headers: {{ {name}: M5 }} }}]
    """
    document = reader.parse_yaml(text, "x")
    assert re.findall(r"M\d", redact.redact(document)) == []
    assert {"M1", "M2", "M3", "M4", "M5"} <= redact.find_secrets(document)


@pytest.mark.parametrize(
    "name", ["Subject", "title", "keyboard", "group", "author", "team", "Config", "shipping"]
)
def test_what_speaks_of_no_secret_is_shown(name):
    text = f"receivers: [{{name: a, email_configs: [{{to: b, headers: {{{name}: M1}}}}]}}]"
    assert "M1" in redact.redact(reader.parse_yaml(text, "x"))
