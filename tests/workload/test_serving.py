"""However the web port is served, and whatever lies beside the configuration: people are paged.

And Prometheus scrapes every pod.
"""

import json
import re
import shlex
import subprocess
from pathlib import Path

import pytest
import yaml
from support import monitoring_stack, real_programs
from support.certificate_authority import Authority, Current
from support.charm_stories import self_signed
from support.monitoring_stack import BRISK

PODS = ["alertmanager-0", "alertmanager-1"]
CERTIFIED = "*.alertmanager-endpoints.mod.svc"
KEYS = {
    "bookworm": ("rsa:2048",),
    "trixie": ("ec", "-pkeyopt", "ec_paramgen_curve:P-256"),
    "sid": ("ec", "-pkeyopt", "ec_paramgen_curve:P-384"),
}
"""What the key is that serves, a kind for each suite."""
USER, PASSWORD = "prometheus", "correct horse"
LOGIN = {"alertmanager_username": USER, "alertmanager_password": PASSWORD}
HASHED = "$2b$04$abcdefghijklmnopqrstuujydOTSfIH/d5oUHpsygqV5X9xJLQc6e"


@pytest.fixture(scope="module", params=real_programs.each_suite("serving"))
def suite(request):
    """A Debian suite, whose programs run."""
    return request.param


@pytest.fixture(scope="module")
def deployed(suite, charms, tmp_path_factory):
    """Two Alertmanagers and a Prometheus of one Debian suite."""
    with monitoring_stack.opened(tmp_path_factory.mktemp("world"), charms) as world:
        version = real_programs.version("alertmanager", suite)
        world.deploy("alertmanager", version, units=2, additional_args=BRISK)
        version = real_programs.version("prometheus", suite)
        world.deploy("prometheus", version, evaluation_interval="1s", scrape_interval="1s")
        world.relate()
        world.juju.relate("alertmanager:self-metrics-endpoint", "prometheus")
        yield world


@pytest.fixture
def world(deployed):
    """The same for every test: nothing is set but who is paged."""
    plain = dict.fromkeys(
        ("external_url", "tls_cert", "tls_key", "web_users", "templates", "secret_files"), ""
    )
    plain["additional_args"] = BRISK
    deployed.configure(alertmanager_config=deployed.team(), **plain)
    deployed.configure("prometheus", alertmanager_username="", alertmanager_password="", rules="")
    deployed.live()
    return deployed


@pytest.mark.parametrize("secured", [False, True], ids=["plain", "TLS and users"])
def test_below_a_path_it_is_ready_pages_and_reloads(world, suite, tmp_path, secured):
    """TLS without a path is what the relation certificates brings."""
    options = {"external_url": "https://lb.example/am"}
    if secured:
        certificate, key = self_signed(CERTIFIED, tmp_path, KEYS[suite], days=20)
        options.update(tls_cert=certificate, tls_key=key, web_users=json.dumps({USER: HASHED}))
        world.configure("prometheus", **LOGIN)
    world.configure(**options)
    world.live()
    if secured:
        world.shows("active", "live on 2/2, tls-cert ends in 19 days")
    scheme = "https" if secured else "http"
    webs = [f"{scheme}://{pod}.alertmanager-endpoints.mod.svc:9093/am" for pod in PODS]
    world.until(
        lambda: world.alertmanagers() == [f"{web}/api/v2/alerts" for web in webs],
        "Prometheus to know the new addresses",
    )
    expected = {f"{web}/metrics": "up" for web in webs}
    world.until(lambda: world.scraped() == expected, "Prometheus to scrape there")
    alertname = f"Fire{secured}"
    world.fire(alertname)
    world.paged(alertname, "firing")
    # it speaks plain HTTP, and knows no password
    assert (world.get(PODS[0], "/am/api/v2/status") is None) == secured
    before = world.processes()
    world.configure(alertmanager_config=world.team("/other"))
    world.live()
    assert world.processes() == before


def test_with_users_only_who_has_a_password_gets_in(world):
    assert world.members(PODS[0])
    world.configure(web_users=json.dumps({USER: HASHED}))
    world.live()
    assert world.get(PODS[0], "/api/v2/status") is None
    world.configure("prometheus", **LOGIN)
    world.fire("Known")
    world.paged("Known", "firing")


def test_with_users_a_probe_logs_in_and_finds_a_process_that_hangs(world):
    world.configure(web_users=json.dumps({USER: HASHED}))
    world.live()
    spec = yaml.safe_load(world.juju.model.applications["alertmanager"].pod_spec)
    (container,) = spec["containers"]
    probe = " ".join(map(shlex.quote, container["kubernetes"]["livenessProbe"]["exec"]["command"]))
    pod = PODS[0]
    assert world.sh(pod, f"timeout 9 {probe}; echo $?").split() == ["0"]
    world.sh(pod, "kill -STOP $(pidof alertmanager)")
    try:
        assert world.sh(pod, f"timeout 1 {probe} 2>&1; echo $?").split()[-1] != "0"
        assert world.sh(pod, "grep ':2385 .* 0A ' /proc/net/tcp6")  # its port is open
    finally:
        world.sh(pod, "kill -CONT $(pidof alertmanager)")


def test_gossip_can_be_kept_among_those_who_hold_a_key(world, tmp_path):
    """By the lines of SECURITY.md: what they make, and the options that they set."""
    text = (Path(__file__).parents[2] / "SECURITY.md").read_text()
    blocks = re.findall(r"^```(\w*)\n(.*?)^```", text, re.M | re.S)
    (lines,) = [block for language, block in blocks if not language]
    making, _, setting = lines.partition("juju config alertmanager ")
    subprocess.run(["sh", "-ec", making], cwd=tmp_path, check=True, capture_output=True)
    (flag,) = re.findall(r"--cluster.tls-config=\S+", setting)
    world.configure(
        secret_files=(tmp_path / "secret-files.yaml").read_text(), additional_args=f"{BRISK} {flag}"
    )
    world.live()
    world.until(
        lambda: [len(world.members(pod)) for pod in PODS] == [2, 2], "both to find together"
    )
    assert world.listening(PODS[0]) == {("tcp", 9093), ("tcp", 9094)}
    key = ("-cert", "gossip.crt", "-key", "gossip.key")
    assert [shake_hands(world, tmp_path, *words) for words in (key, ())] == [True, False]
    world.amtool(PODS[0], "alert", "add", "alertname=Whispered")
    world.paged("Whispered", "firing")


def shake_hands(world, folder, *words):
    """Tell whether the first pod's gossip port takes part in TLS with a stranger."""
    address = f"{world.cluster.pod(PODS[0]).ip}:9094"
    # with TLS 1.3 the server says no only after it seemed to have said yes
    command = ["openssl", "s_client", "-tls1_2", "-connect", address, *words]
    prefix = world.cluster.operator_command("alertmanager")
    return not subprocess.run(
        [*prefix, *command], cwd=folder, input=b"", capture_output=True, timeout=30, check=False
    ).returncode


def test_templates_and_secret_files_arrive_without_a_restart(world):
    before = world.processes()
    slack = {
        "api_url_file": "/etc/alertmanager/slack-url",
        "title": '{{ template "ours" . }}',
        "channel": "#alerts",
    }
    team = json.loads(world.team())
    team["receivers"] = [{"name": "team", "slack_configs": [slack]}]
    world.configure(
        alertmanager_config=json.dumps(team),
        templates='{{ define "ours" }}It is {{ .CommonLabels.alertname }}!{{ end }}',
        secret_files=f"slack-url: {world.url}/slack",
    )
    world.live()
    assert world.processes() == before
    world.amtool(PODS[1], "alert", "add", "alertname=Hot")
    titles = []

    def told():
        titles[:] = [
            call.content["attachments"][0]["title"]
            for call in world.pager.calls
            if call.path == "/slack"
        ]
        return titles

    world.until(told, "a message for Slack")
    assert titles[0] == "It is Hot!"


def test_a_relation_brings_a_certificate_and_renews_it(world, tmp_path):
    world.juju.add_remote_app("authority", "theirs", "tls-certificates")
    relation = world.juju.relate("alertmanager:certificates", "authority:theirs")
    world.shows("waiting", "waiting for a certificate from the relation certificates")
    provider = Current(world.juju, relation, Authority(tmp_path / "authority"))
    (old,) = provider.answer(days=90, age=61)
    world.live()
    world.until(lambda: schemes(world) == {"https"}, "Prometheus to know of TLS")
    world.fire("Certified")
    world.paged("Certified", "firing")
    assert [served(world, pod) for pod in PODS] == [old, old]
    before, lost = world.processes(), not_sent(world)
    world.fire("Meanwhile")
    world.look()  # it is time to ask for another one
    (new,) = provider.answer()
    world.until(lambda: [served(world, pod) for pod in PODS] == [new, new], "the new certificate")
    world.paged("Meanwhile", "firing")
    world.shows("active", "live on 2/2")
    world.fire("Renewed")
    world.paged("Renewed", "firing")
    assert world.processes() == before
    assert not_sent(world) == lost
    world.juju.remove_relation("alertmanager", "authority")
    world.live()
    world.until(lambda: schemes(world) == {"http"}, "Prometheus to know of the end of TLS")
    world.fire("Plain")
    world.paged("Plain", "firing")


def schemes(world):
    """Return in which ways Prometheus sends alerts."""
    return {url.partition(":")[0] for url in world.alertmanagers()}


def served(world, pod):
    """Return the certificate that a pod serves, PEM."""
    address = f"{world.cluster.pod(pod).ip}:9093"
    prefix = world.cluster.operator_command("alertmanager")
    command = [*prefix, "openssl", "s_client", "-connect", address]
    done = subprocess.run(command, input=b"", capture_output=True, timeout=30, check=False)
    found = re.search(r"-----BEGIN CERT.*?-----END CERTIFICATE-----\n", done.stdout.decode(), re.S)
    return found.group() if found else ""


def not_sent(world):
    """Return how many alerts Prometheus could not hand to an Alertmanager over TLS."""
    text = world.sh("prometheus-0", "wget -q -O - http://127.0.0.1:9090/metrics")
    name = "prometheus_notifications_errors_total"
    found = dict(re.findall(rf'^{name}{{alertmanager="(https[^"]+)"}} (\S+)$', text, re.M))
    found = {url: count for url, count in found.items() if url in world.alertmanagers()}
    assert len(found) == len(PODS)
    return sum(map(float, found.values()))
