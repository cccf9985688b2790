"""Configurations, good and bad, with all that belongs to one: secrets, templates, further files."""

import base64
import json

import pytest
from support.live_model import TaskError

pytestmark = pytest.mark.xdist_group("integration configuration")
GOOD = """\
route: {receiver: team}
receivers:
- name: team
  slack_configs: [{channel: '#alerts'}]
"""
BAD = GOOD.replace("receiver: team", "receiver: taem")
TOKEN = "T0pSecretT0ken"
SECRETS = f"""\
receivers:
- name: team
  slack_configs: [{{api_url: 'https://hooks.example.com/{TOKEN}'}}]
"""
TEMPLATES = 'greeting.tmpl: |\n  {{ define "greeting" }}hello{{ end }}'
FILES = f"api-token: {TOKEN}-in-a-file\n"
POD = "alertmanager-0"
WHAT_IS_WRONG = "alertmanager-config line 1, route.receiver: receiver taem is not defined"


@pytest.fixture(scope="module")
def alertmanager(model, charms, images):
    """The application, live with the options that it came with."""
    application = model.application("alertmanager")
    application.deploy(charms["alertmanager"], images.alertmanager)
    model.wait(application.is_live())
    return application


@pytest.fixture
def good(model, alertmanager):
    """The application with a configuration whose secrets are in alertmanager-secrets."""
    alertmanager.configure(alertmanager_config=GOOD, alertmanager_secrets=SECRETS)
    # what the pods have been given may still be of the test before
    wanted = alertmanager.run("show-config", source="options")["configuration"]
    model.wait(alertmanager.is_live(configuration=wanted))
    return alertmanager


def in_force(alertmanager):
    """Return the alertmanager.yml that the pod has."""
    return alertmanager.in_container(POD, "cat", "/etc/alertmanager/alertmanager.yml")


def test_a_new_configuration_is_live_without_a_restart(model, good, seconds):
    before, running_since = good.configuration(), good.process_start(POD)
    with seconds("configure, to live on every pod"):
        good.configure(
            alertmanager_config=GOOD.replace("#alerts", "#more"), alertmanager_secrets=SECRETS
        )
        model.wait(lambda status: "#more" in in_force(good))
        with seconds("delivered to the pod, to a status that says so"):
            model.wait(good.is_live(instead_of=before))
    assert good.process_start(POD) == running_since


def test_a_bad_configuration_is_blocked_and_the_good_one_stays(model, good, seconds):
    before = good.configuration()
    with seconds("configure badly, to blocked"):
        good.configure(alertmanager_config=BAD, alertmanager_secrets=SECRETS)
        model.wait(good.says("blocked", WHAT_IS_WRONG))
    assert good.run("show-config")["configuration"] == before
    assert "taem" not in in_force(good)
    with seconds("correct it, to active"):
        good.configure(alertmanager_config=GOOD, alertmanager_secrets=SECRETS)
        model.wait(good.is_live())
    assert good.configuration() == before


def test_what_only_alertmanager_refuses_is_taken_back(model, good, seconds):
    """A key that the charm does not know goes to the pods where strict-config is off."""
    before, running_since = good.configuration(), good.process_start(POD)
    with seconds("set what only Alertmanager refuses, to its words in the status"):
        good.configure(
            alertmanager_config=GOOD + "no_such_key: 1\n",
            alertmanager_secrets=SECRETS,
            strict_config=False,
        )
        model.wait(good.says("blocked", "Alertmanager refused the configuration", "no_such_key"))
    assert good.run("show-config")["configuration"] == before
    assert good.process_start(POD) == running_since


def test_templates_and_files_reach_the_pod(model, good, seconds):
    before = good.configuration()
    with seconds("set templates and secret-files, to live on every pod"):
        good.configure(
            alertmanager_config=GOOD,
            alertmanager_secrets=SECRETS,
            templates=TEMPLATES,
            secret_files=FILES,
        )
        model.wait(good.is_live(instead_of=before))
    found = good.in_container(
        POD, "cat", "/etc/alertmanager/greeting.tmpl", "/etc/alertmanager/api-token"
    )
    assert found == f'{{{{ define "greeting" }}}}hello{{{{ end }}}}{TOKEN}-in-a-file'
    listed = good.in_container(POD, "ls", "-lL", "/etc/alertmanager/api-token")
    assert listed.startswith("-r--r-----")


def test_no_secret_is_shown(model, good):
    good.configure(alertmanager_config=GOOD, alertmanager_secrets=SECRETS, secret_files=FILES)
    model.wait(lambda _: "api-token" in good.run("show-config")["files"])
    model.wait(good.is_live())
    log = model.juju.cli("debug-log", "--replay", "--no-tail", "--limit", "100000")
    status = model.juju.cli("status", "--format", "json")
    assert "slack_configs" in str(good.run("show-config"))
    for text in (log, status, str(good.run("show-config")), str(good.run("check-config"))):
        assert TOKEN not in text


def test_a_candidate_is_judged_and_changes_nothing(good):
    """As the README has it, in base64."""
    before = good.configuration()
    encoded = base64.b64encode(BAD.encode()).decode()
    with pytest.raises(TaskError) as refused:
        good.run("check-config", alertmanager_config=encoded)
    assert WHAT_IS_WRONG in str(refused.value)
    assert good.run("check-config")["verdict"] == "good"
    assert good.configuration() == before


def test_external_labels_that_are_none_are_blocked(model, good, seconds):
    options = {"alertmanager_config": GOOD, "alertmanager_secrets": SECRETS}
    good.configure(**options, external_labels='{"region": 1}')
    model.wait(good.says("blocked", "external-labels"))
    good.configure(**options, external_labels=json.dumps({"region": "eu"}))
    model.wait(good.is_live())
