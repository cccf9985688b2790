"""Hooks run where the cluster's addresses and names work, and notice nothing else of it."""

import os
import signal
import subprocess
from pathlib import Path

import pytest
from support import kubelet_cluster
from support.kubelet_cluster import shell, workload
from support.manual_controller import ManualController

ANSWER = {
    "command": shell("hostname > /tmp/index.html; httpd -p 80 -h /tmp"),
    "kubernetes": {"readinessProbe": {"tcpSocket": {"port": 80}}},
}
ASK = (
    "import sys, urllib.request\n"
    "print(urllib.request.urlopen(f'http://{sys.argv[1]}/index.html', timeout=5).read().decode())"
)


@pytest.fixture(params=[False, True], ids=["as root", "as an ordinary user"])
def cluster(request, tmp_path):
    if not request.param and os.geteuid() != 0:
        pytest.skip("not root")
    with kubelet_cluster.started(tmp_path / "a cluster", as_user=request.param) as cluster:
        cluster.run(workload(ANSWER, scale=2))
        cluster.ready(count=2)
        yield cluster


@pytest.fixture
def juju(cluster, tmp_path):
    with ManualController(tmp_path / "juju", model="mod", cluster=cluster, hook_timeout=60) as juju:
        yield juju


def test_a_hook_reaches_pods_and_services_by_name(tiny):
    tiny.deploy()
    ask = tiny.charm.parent / "ask.py"
    ask.write_text(ASK)
    for name, answers in (
        ("web-0.web-endpoints.mod.svc", {"web-0"}),
        ("web-1.web-endpoints", {"web-1"}),
        ("web", {"web-0", "web-1"}),
    ):
        run = tiny.run(f"python3 '{ask}' {name}")
        assert run.error == ""
        assert run.output[0] in answers


def test_a_hook_still_has_its_tools_its_folder_and_its_environment(tiny):
    tiny.deploy()
    run = tiny.run("config-get name; pwd; tr '\\0' '\\n' < /proc/self/environ")
    name, folder, *environment = run.output
    assert name == "joe"
    assert folder == str(tiny.juju.operator.charm_dir(tiny.juju.unit("tiny/0")))
    assert dict(line.split("=", 1) for line in environment) == run.environment


def test_a_hook_still_fails_and_is_killed_as_without_a_cluster(tiny):
    tiny.deploy()
    assert tiny.run("exit 3").error == "exit status 3"
    assert tiny.run("kill -TERM $$").code == -signal.SIGTERM
    tiny.juju.hook_timeout = 0.5
    assert tiny.run("sleep 600").error == "still running after 0.5 s, killed"


def test_the_machine_keeps_its_own_resolver(cluster):
    before = Path("/etc/resolv.conf").read_text()
    command = [*cluster.operator_command("web"), "cat", "/etc/resolv.conf"]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert told.splitlines()[0] == "search mod.svc.cluster.local svc.cluster.local cluster.local"
    assert Path("/etc/resolv.conf").read_text() == before != told
