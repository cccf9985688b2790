"""A secret in any option is in the Secret, and nowhere else."""

from stories import APP, UNIT, deploy, files, prometheus, self_signed, without_files

MARK = "M4rkTheSecret"
SECRETS = {
    "alertmanager-config": "route: {receiver: a}\n"
    f"receivers: [{{name: a, webhook_configs: [{{url: 'http://{MARK}'}}]}}]",
    "alertmanager-secrets": f"global: {{smtp_auth_password: {MARK}}}",
    "secret-files": f"token: {MARK}",
    "templates": f'{{{{ define "a" }}}}{MARK}{{{{ end }}}}',
    "web-users": "ann: $2y$10$" + MARK.ljust(53, "a"),
}

# Each mistake has the secret close by, where an error message might quote it.
MISTAKES = {
    "alertmanager-config": [
        f"route: {{receiver: b}}\nreceivers: [{{name: a, webhook_configs: [{{url: '{MARK}'}}]}}]",
        f"route: {{receiver: a}}\nreceivers: {MARK}",
        f"global: {{smtp_auth_password: {MARK}",
    ],
    "alertmanager-secrets": [f"[{MARK}]", f"global: ['{MARK}'", MARK],
    "secret-files": [f"a/b: {MARK}", f"token: [{MARK}]", MARK, f"token: '{MARK}"],
    "tls-key": [f"-----BEGIN {MARK}", MARK],
    "web-users": [f"ann: {MARK}", MARK, f"ann: [{MARK}]"],
}


def seen_outside_the_secret(juju, relation):
    """Return everything but the Secret that somebody could read."""
    seen = [str(without_files(juju.pod_spec(APP))), *juju.log_lines()]
    for run in juju.history:
        seen += [str(run.output), str(run.error)]
        seen += [str(call.argv) + call.stderr for call in run.calls]
    seen += [str(juju.charm_status(UNIT)), str(juju.status(UNIT))]
    seen += [str(juju.databag(relation, UNIT)), str(juju.application_status(juju.application(APP)))]
    charm_dir = juju.operator.charm_dir(juju.unit(UNIT))
    seen += [path.read_bytes().decode("latin-1") for path in charm_dir.glob(".*") if path.is_file()]
    return "\n".join(seen)


def run_actions(juju, *names):
    """Run actions, whose results are among what is seen."""
    for name in names:
        juju.run_action(UNIT, name)


def test_in_good_options(juju, charm, tmp_path):
    deploy(juju, charm)
    relation = prometheus(juju)
    certificate, key = self_signed("am", tmp_path)
    juju.config(APP, {**SECRETS, "tls-key": key, "tls-cert": certificate, "log-level": "debug"})
    juju.settle()
    assert juju.charm_status(UNIT).state == "active"
    assert MARK.encode() in b"".join(files(juju).values())
    run_actions(juju, "show-config", "check-config", "reload", "send-test-alert")
    seen = seen_outside_the_secret(juju, relation)
    assert MARK not in seen
    assert [line for line in key.splitlines()[1:-1] if line in seen] == []


def test_in_mistaken_options(juju, charm):
    deploy(juju, charm)
    relation = prometheus(juju)
    for option, values in MISTAKES.items():
        for value in values:
            juju.config(APP, {option: value})
            juju.settle()
            assert juju.charm_status(UNIT).state == "blocked", value
            run_actions(juju, "check-config")
            assert MARK not in seen_outside_the_secret(juju, relation), value
        juju.reset_config(APP, option)
        juju.settle()
        assert juju.charm_status(UNIT).state == "active"
