"""A secret in any option is in the Secret, and nowhere else."""

import json

import yaml
from support.bus_harness import ROOT
from support.charm_stories import (
    APP,
    BAD,
    UNIT,
    deploy_anew,
    files,
    prometheus,
    relate_to,
    self_signed,
    without_files,
)

MARK = "M4rkTheSecret"
OPTIONS = yaml.safe_load((ROOT / "config.yaml").read_text())["options"]
METADATA = yaml.safe_load((ROOT / "metadata.yaml").read_text())
SECRETIVE = f"""
route: {{receiver: a}}
receivers:
- name: a
  webhook_configs: [{{url: 'http://ann:{MARK}@host/{MARK}?{MARK}', http_config: {{
    basic_auth: {{username: ann, password: {MARK}}}, proxy_url: 'http://bob:{MARK}@proxy'}}}}]
  slack_configs: [{{api_url: 'http://host/{MARK}', channel: '#a'}}]
"""
SECRETS = {
    "alertmanager-config": SECRETIVE,
    "alertmanager-secrets": f"global: {{smtp_auth_password: {MARK}, opsgenie_api_key: {MARK}}}",
    "secret-files": f"token: {MARK}",
    "templates": f'{{{{ define "a" }}}}{MARK}{{{{ end }}}}',
    "web-users": "ann: $2y$10$" + MARK.ljust(53, "a"),
}
PUBLIC = {
    *("additional-args", "cluster-label", "cluster-peers", "cluster-reconnect-timeout"),
    *("config-reload", "data-retention", "external-labels", "external-url", "log-format"),
    *("log-level", "strict-config", "tls-cert"),
}

# Each mistake has the secret close by, where an error message might quote it.
MISTAKES = {
    "alertmanager-config": [
        f"route: {{receiver: b}}\nreceivers: [{{name: a, webhook_configs: [{{url: '{MARK}'}}]}}]",
        f"route: {{receiver: a}}\nreceivers: {MARK}",
        f"global: {{smtp_auth_password: {MARK}",
        f"global: {{smtp_auth_password: '{MARK}, }}",
        f"global: {{smtp_auth_password: [{MARK}]}}",
        f"global: !{MARK} {{smtp_auth_password: *a}}",
    ],
    "alertmanager-secrets": [f"[{MARK}]", f"global: ['{MARK}'", MARK, f"global: {MARK}"],
    "secret-files": [
        f"a/b: {MARK}",
        f"token: [{MARK}]",
        MARK,
        f"token: '{MARK}",
        f"token: @{MARK}",
    ],
    "templates": [f"{{{{ .A }} {MARK}", f"a.tmpl: [{MARK}]", f"{{{{ if '{MARK}' }}}}"],
    "tls-cert": [f"-----BEGIN PRIVATE KEY-----\n{MARK}\n-----END PRIVATE KEY-----", MARK],
    "tls-key": [f"-----BEGIN {MARK}", MARK],
    "web-users": [f"ann: {MARK}", MARK, f"ann: [{MARK}]", f"ann: '{MARK}"],
    # no place for secrets, which keeps nobody from writing one there
    "additional-args": [f"--no-such-flag={MARK}", f"'{MARK}", f"--web.config.file={MARK}", MARK],
    "external-url": [f"http://ann:{MARK}@host/", f"http://host/?{MARK}", f"//{MARK}:{MARK}/"],
    "cluster-peers": [f"ann:{MARK}@host:9094"],
    "external-labels": [f'{{"a": "{MARK}}}', f'["{MARK}"]'],
}


def seen_outside_the_secret(juju):
    """Return everything but the Secret that somebody could read."""
    seen = [str(without_files(juju.pod_spec(APP))), *juju.log_lines()]
    for run in juju.history:
        seen += [str(run.output), str(run.error)]
        # What is given to other tools than pod-spec-set on their input would be told, too.
        seen += [str(call.argv) + call.stderr for call in run.calls]
    seen += [str(juju.charm_status(UNIT)), str(juju.status(UNIT))]
    seen += [str(juju.application_status(juju.application(APP)))]
    for relation in juju.model.relations.values():
        seen += [str(juju.databag(relation, who)) for who in (UNIT, APP)]
    charm_dir = juju.operator.charm_dir(juju.unit(UNIT))
    seen += [path.read_bytes().decode("latin-1") for path in charm_dir.glob(".*") if path.is_file()]
    return "\n".join(seen)


def results_of_actions(juju, *names, **parameters):
    """Run actions; return whatever they tell."""
    runs = [juju.run_action(UNIT, name, parameters) for name in names]
    return "\n".join(f"{run.message} {run.results}" for run in runs)


def relate_to_everything(juju):
    prometheus(juju)
    for endpoint in {**METADATA["provides"], **METADATA["requires"]}:
        # All but the first of these would take the place of options.
        if endpoint not in ("prometheus", "remote-configuration", "certificates"):
            relate_to(juju, endpoint, f"on-{endpoint}")


def test_every_option_is_known_to_hold_secrets_or_not_to():
    assert {*SECRETS, "tls-key"} | PUBLIC == set(OPTIONS)
    assert {*MISTAKES} >= {*SECRETS, "tls-key"}


def test_in_good_options(juju, charm, tmp_path):
    deploy_anew(juju, charm)
    relate_to_everything(juju)
    certificate, key = self_signed("am", tmp_path)
    juju.config(APP, {**SECRETS, "tls-key": key, "tls-cert": certificate, "log-level": "debug"})
    juju.settle()
    assert juju.charm_status(UNIT).state == "active"
    for name in ("alertmanager.yml", "token", "templates.tmpl", "web.yml"):
        assert MARK.encode() in files(juju)[name]
    told = results_of_actions(juju, "show-config", "check-config", "reload", "send-test-alert")
    told += results_of_actions(juju, "show-config", source="options")
    told += results_of_actions(juju, "check-config", **{"alertmanager-config": BAD})
    told += seen_outside_the_secret(juju)
    assert MARK not in told
    assert [line for line in key.splitlines()[1:-1] if line in told] == []


def test_in_mistaken_options(juju, charm):
    deploy_anew(juju, charm)
    prometheus(juju)
    for option, values in MISTAKES.items():
        for value in values:
            juju.config(APP, {option: value})
            juju.settle()
            assert juju.charm_status(UNIT).state == "blocked", value
        told = results_of_actions(juju, "check-config")
        told += results_of_actions(juju, "show-config", source="options")
        assert MARK not in told, option
        juju.reset_config(APP, option)
        juju.settle()
        assert juju.charm_status(UNIT).state == "active"
    assert MARK not in seen_outside_the_secret(juju)


def test_in_candidates_that_are_judged(juju, charm):
    deploy_anew(juju, charm)
    for option in ("alertmanager-config", "alertmanager-secrets", "templates"):
        for value in [SECRETS[option], *MISTAKES[option]]:
            assert MARK not in results_of_actions(juju, "check-config", **{option: value}), value
    # Juju itself keeps what an action is given; the charm adds nothing to that.
    assert MARK not in seen_outside_the_secret(juju)


def test_in_the_configuration_that_another_charm_keeps(juju, charm):
    deploy_anew(juju, charm)
    prometheus(juju)
    relation = relate_to(juju, "remote-configuration", "configurer")
    config = yaml.safe_load(SECRETIVE)
    templates = json.dumps([SECRETS["templates"]])
    bag = {"alertmanager_config": json.dumps(config), "alertmanager_templates": templates}
    juju.write(relation, "configurer", bag)
    juju.settle()
    assert MARK.encode() in files(juju)["alertmanager.yml"]
    told = results_of_actions(juju, "show-config", "check-config", "send-test-alert")
    for mistake in MISTAKES["alertmanager-config"]:
        juju.write(relation, "configurer", {**bag, "alertmanager_config": mistake})
        juju.settle()
        assert juju.charm_status(UNIT).state == "blocked", mistake
        told += results_of_actions(juju, "check-config")
    juju.write(relation, "configurer", {**bag, "alertmanager_templates": MARK})
    juju.settle()
    assert MARK not in told + seen_outside_the_secret(juju)
