"""Every action, as the README shows them, on a configuration with two receivers."""

from pathlib import Path

import pytest
import yaml
from support.live_model import TaskError

pytestmark = pytest.mark.xdist_group("integration actions")
ACTIONS = yaml.safe_load((Path(__file__).parents[2] / "actions.yaml").read_text())
CONFIGURATION = """\
route:
  receiver: team
  routes: [{receiver: pager, matchers: [severity=page]}]
receivers: [{name: team}, {name: pager}]
"""
MATCHERS = 'alertname=DiskFull, host=~"db.*"'


def test_every_action_does_what_it_says(model, charms, images, seconds):
    alertmanager = model.application("alertmanager")
    alertmanager.deploy(
        charms["alertmanager"], images.alertmanager, alertmanager_config=CONFIGURATION
    )
    model.wait(alertmanager.is_live())
    done = set()

    def run(action, **parameters):
        done.add(action)
        with seconds(f"{action}"):
            return alertmanager.run(action, **parameters)

    live = alertmanager.configuration()
    shown = run("show-config")
    assert shown["configuration"] == live
    assert yaml.safe_load(shown["alertmanager-yml"])["route"]["receiver"] == "team"
    assert run("check-config")["verdict"] == "good"
    assert run("reload")["configuration"] == live

    sent = run("send-test-alert", labels="severity=page, team=web")
    assert "pager" in str(sent)
    listed = run("list-alerts", matchers="severity=page")
    assert "TestAlert" in str(listed)

    silence = run("silence", matchers=MATCHERS, comment="new disks", duration="2d")["id"]
    assert silence in str(run("list-silences"))
    run("expire-silence", id=silence)
    assert silence not in str(alertmanager.run("list-silences"))
    assert silence in str(alertmanager.run("list-silences", expired=True))
    with pytest.raises(TaskError) as refused:
        alertmanager.run("expire-silence", id="6e9d5a3c-0f5b-4f6c-8a53-3e0c4f6f1c11")
    assert "6e9d5a3c" in str(refused.value)
    assert done == set(ACTIONS)
