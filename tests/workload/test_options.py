"""What is set in options is what the running process has: two applications, one cluster of both."""

import base64
import json

import pytest
from support import monitoring_stack, real_programs
from support.monitoring_stack import BRISK

MARK = "M4rkTheSecret"
POD, OTHER = "alertmanager-0", "elsewhere-0"
OPTIONS = {
    "log_level": "debug",
    "log_format": "json",
    "data_retention": "240h",
    "cluster_label": "eu",
    "cluster_reconnect_timeout": "1h30m",
    "cluster_peers": "elsewhere-endpoints:9094",
    "external_url": "http://alerts.example",
    "alertmanager_secrets": f"global: {{smtp_auth_password: {MARK}}}",
    "secret_files": f"token: {MARK}",
    "templates": f'{{{{ define "ours" }}}}{MARK}{{{{ end }}}}',
}

pytestmark = pytest.mark.xdist_group("options")


@pytest.fixture(scope="module")
def world(charms, tmp_path_factory):
    """Two applications with a pod each, whose receivers are behind a proxy: the pager."""
    with monitoring_stack.opened(tmp_path_factory.mktemp("world"), charms) as world:
        version = real_programs.version("alertmanager", "trixie")
        world.juju.model.proxy["HTTP_PROXY"] = world.url
        elsewhere = {"cluster-label": "eu", "additional-args": BRISK}
        world.cluster.apps.add("elsewhere")
        world.juju.deploy(
            charms["alertmanager"],
            "elsewhere",
            resources={"alertmanager-image": f"prom/alertmanager:v{version}"},
            config=elsewhere,
        )
        receiver = {
            "url": "http://nowhere.example/hook",
            "http_config": {"proxy_from_environment": True},
        }
        config = json.loads(world.team())
        config["receivers"] = [{"name": "team", "webhook_configs": [receiver]}]
        encoded = base64.b64encode(json.dumps(config).encode()).decode()
        world.deploy(
            "alertmanager",
            version,
            alertmanager_config=encoded,
            additional_args=f"{BRISK} --web.timeout=29s",
            **OPTIONS,
        )
        world.live()
        yield world


def test_the_process_has_been_told_so(world):
    words = world.sh(POD, "cat /proc/$(pidof alertmanager)/cmdline").split("\0")
    assert {
        "--log.level=debug",
        "--log.format=json",
        "--data.retention=240h",
        "--cluster.label=eu",
        "--cluster.reconnect-timeout=1h30m",
        "--cluster.peer=elsewhere-endpoints:9094",
        "--web.external-url=http://alerts.example",
        "--web.timeout=29s",
    } <= set(words)


def test_its_log_is_as_wanted(world):
    lines = world.cluster.logs(POD, "alertmanager").splitlines()
    told = [json.loads(line) for line in lines if line.startswith("{")]
    assert {line["level"] for line in told} >= {"DEBUG", "INFO"}
    # All else is from the script around it.
    assert [line for line in lines if not line.startswith(("{", "reloader: "))] == []


def test_a_page_goes_through_the_models_proxy_and_leads_back_to_the_external_url(world):
    world.amtool(POD, "alert", "add", "alertname=Fire")
    world.paged("Fire", "firing", path="http://nowhere.example/hook")
    (call,) = world.pager.calls
    assert call.content["externalURL"] == "http://alerts.example"


def test_both_applications_are_one_cluster_as_long_as_they_have_one_label(world):
    world.until(lambda: len(world.members(POD)) == 2, "both to be members")
    identifier = world.silence(POD, "alertname=Quiet")
    world.until(lambda: identifier in silences(world, OTHER), "the silence to spread")
    world.configure(cluster_label="us")
    world.live()
    world.holds(lambda: len(world.members(POD)) == 1, seconds=3)
    # It has not forgotten what lies on its volume.
    assert identifier in world.silences(POD)


def silences(world, pod):
    """Return the ids of the silences of a pod that is not of the application in question."""
    words = ["amtool", "--alertmanager.url=http://127.0.0.1:9093", "silence", "query", "--quiet"]
    return world.cluster.exec(pod, "alertmanager", words).stdout.split()


def test_no_secret_shows_in_its_processes_or_in_its_log(world):
    files = world.sh(POD, "cat /etc/alertmanager/*")
    assert files.count(MARK) == 3
    processes = world.sh(POD, "cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ | tr '\\0' ' '")
    assert "--config.file" in processes
    assert MARK not in processes + world.cluster.logs(POD, "alertmanager")


def test_where_there_is_no_shell_a_restart_brings_the_new_configuration(world):
    first = world.cluster.pod(POD)
    world.configure(config_reload="restart")
    second = world.cluster.replaced(POD, first, timeout=60)
    old = world.live()
    assert "reloader" not in world.sh(POD, "cat /proc/[0-9]*/cmdline | tr '\\0' ' '")
    world.configure(alertmanager_config=world.team("/restarted"))
    world.cluster.replaced(POD, second, timeout=60)
    assert world.live() != old
    world.amtool(POD, "alert", "add", "alertname=Back")
    world.paged("Back", "firing", path="/restarted")
