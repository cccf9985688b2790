"""Names, Services, probes, and what is cut when the network is."""

import contextlib
import dataclasses
import http.server
import socket
import threading
import urllib.request
from signal import SIGTERM

import pytest
from support.kubelet_cluster import shell, workload

from sandbox.kubernetes.kubelet.cluster_types import ClusterError

READY = {"kubernetes": {"readinessProbe": {"tcpSocket": {"port": 80}}}}
ANSWER = {
    "command": shell("hostname > /tmp/index.html; httpd -p 80 -h /tmp"),
    "kubernetes": {"readinessProbe": {"httpGet": {"path": "/index.html", "port": "http"}}},
}
ONE_READY = dict(
    ANSWER, kubernetes={"readinessProbe": {"exec": {"command": ["test", "-e", "/tmp/ok"]}}}
)


def get(name, port=80):
    return f"timeout 2 wget -qO- http://{name}:{port}/index.html"


def probed(probe, **kinds):
    kinds = kinds or {"readinessProbe": probe}
    return {"kubernetes": kinds}


# --- names and Services ---


@pytest.mark.parametrize(
    "name",
    [
        "web-1.web-endpoints",
        "web-1.web-endpoints.mod",
        "web-1.web-endpoints.mod.svc",
        "web-1.web-endpoints.mod.svc.cluster.local",
    ],
)
def test_a_pod_is_known_by_name(web_of_two, name):
    assert web_of_two.sh("web-0", get(name)) == "web-1"


@pytest.mark.parametrize("name", ["web", "web.mod", "web.mod.svc", "web.mod.svc.cluster.local"])
def test_the_service_is_known_by_name_and_serves_every_pod(web_of_two, name):
    answers = web_of_two.sh("web-0", f"{get(name)}; {get(name)}")
    assert sorted(answers.split()) == ["web-0", "web-1"]


@pytest.fixture(scope="module")
def web_of_two(tmp_path_factory):
    from support import kubelet_cluster

    with kubelet_cluster.started(tmp_path_factory.mktemp("cluster")) as cluster:
        cluster.run(workload(ANSWER, scale=2))
        cluster.ready(count=2)
        yield cluster


def test_the_headless_name_has_every_pod(web_of_two):
    text = web_of_two.sh("web-0", "nslookup web-endpoints.mod.svc.cluster.local")
    assert all(f"Address: {pod.ip}\n" in text + "\n" for pod in web_of_two.pods("web"))


def test_the_pod_resolves_as_in_kubernetes(web_of_two):
    assert web_of_two.sh("web-0", "cat /etc/resolv.conf").splitlines() == [
        "search mod.svc.cluster.local svc.cluster.local cluster.local",
        "nameserver 10.1.0.1",
        "options ndots:5",
    ]
    assert web_of_two.sh("web-0", "hostname -f").startswith("web-0.web-endpoints.mod.svc")


def unknown(cluster, name):
    """Tell whether a pod finds no address for a name."""
    return "bad address" in cluster.exec("web-0", "main", ["wget", f"http://{name}/"]).stderr


@pytest.mark.parametrize("name", ["web-2.web-endpoints", "example.org", "other"])
def test_other_names_do_not_exist(web_of_two, name):
    assert unknown(web_of_two, name)
    assert not unknown(web_of_two, "web-1.web-endpoints")


def test_nothing_of_the_machine_is_reached_from_the_cluster(web_of_two):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        for address in ("127.0.0.1", "10.1.0.1"):
            done = web_of_two.exec("web-0", "main", ["wget", f"http://{address}:{port}/"])
            assert "Connection refused" in done.stderr
    done = web_of_two.exec("web-0", "main", ["timeout", "1", "wget", "http://192.0.2.1/"])
    assert done.returncode != 0


def test_a_pod_that_is_not_ready_has_a_name_but_gets_nothing_from_the_service(cluster):
    cluster.run(workload(ONE_READY, scale=2))
    for name in ("web-0", "web-1"):
        cluster.running(name)
    cluster.says("web-0", get("web-1.web-endpoints"), "web-1")
    assert cluster.exec("web-0", "main", ["sh", "-c", get("web")]).returncode == 1
    cluster.sh("web-1", "touch /tmp/ok")
    cluster.wait(lambda: cluster.pod("web-1").ready)
    assert cluster.sh("web-0", f"{get('web')}; {get('web')}").split() == ["web-1"] * 2


def test_a_pod_that_went_has_no_name(cluster):
    web = workload(ANSWER, scale=2)
    cluster.run(web)
    cluster.ready(count=2)
    cluster.run(workload(ANSWER, scale=1))
    cluster.ready(count=1)
    assert unknown(cluster, "web-1.web-endpoints")


def test_the_service_keeps_its_address(cluster):
    cluster.run(workload(ANSWER))
    (old,) = cluster.ready()
    address = cluster.service_address("web")
    cluster.run(workload(dict(ANSWER, envConfig={"NEW": "1"})))
    cluster.replaced("web-0", old)
    cluster.ready()
    assert cluster.service_address("web") == address
    assert cluster.sh("web-0", get(address)) == "web-0"


def test_no_service_no_address(cluster):
    cluster.run(workload(ANSWER, service=False))
    cluster.ready()
    assert cluster.service_address("web") is None
    with pytest.raises(ClusterError, match="web has no Service"):
        cluster.publish("web", 80)


# --- the machine and the cluster ---


def test_publish_serves_this_machine_only(cluster):
    cluster.run(workload(ANSWER))
    cluster.ready()
    host, port = cluster.publish("web", 80)
    assert host == "127.0.0.1"
    with urllib.request.urlopen(f"http://{host}:{port}/index.html", timeout=5) as answer:
        assert answer.read() == b"web-0\n"
    with pytest.raises(ClusterError, match=f"port {port} on 127.0.0.1: Address already in use"):
        cluster.publish("web", 80, port)
    cluster.stop()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((host, port), timeout=5)


def test_publish_may_serve_one_pod_ready_or_not_until_it_is_taken_back(cluster):
    cluster.run(workload(ONE_READY, scale=2))
    cluster.running("web-0")
    cluster.running("web-1")
    host, port = cluster.publish("web", 80, pod="web-1")
    # its process runs, but may not listen yet
    assert cluster.wait(lambda: _answer(host, port)) == b"web-1\n"
    cluster.unpublish((host, port))
    cluster.wait(lambda: _refuses(host, port))


def _answer(host, port):
    with contextlib.suppress(OSError), urllib.request.urlopen(
        f"http://{host}:{port}/index.html", timeout=5
    ) as answer:
        return answer.read()


def _refuses(host, port):
    try:
        socket.create_connection((host, port), timeout=5).close()
    except ConnectionRefusedError:
        return True
    return False


def test_publish_closes_what_no_pod_can_answer(cluster):
    cluster.run(workload(ONE_READY))
    cluster.running("web-0")
    host, port = cluster.publish("web", 80)
    with socket.create_connection((host, port), timeout=5) as client:
        assert client.recv(1) == b""


def test_a_server_of_the_machine_can_be_let_in(cluster):
    class Hello(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"hello " + self.path.encode())

        def log_message(self, *_):
            pass

    cluster.run(workload(ANSWER))
    cluster.ready()
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hello) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        address, port = cluster.admit(server.server_port)
        assert cluster.sh("web-0", f"wget -qO- http://{address}:{port}/x") == "hello /x"
        server.shutdown()


def test_two_clusters_do_not_see_each_other(cluster, tmp_path):
    from support import kubelet_cluster

    with kubelet_cluster.started(tmp_path / "second") as second:
        for one in (cluster, second):
            one.run(workload(ANSWER))
        (first_pod,) = cluster.ready()
        (second_pod,) = second.ready()
        assert first_pod.ip == second_pod.ip
        second.sh("web-0", "echo second > /tmp/index.html")
        assert cluster.sh("web-0", get("web")) == "web-0"
        assert second.sh("web-0", get("web")) == "second"


# --- the network cut ---


def test_a_partition_cuts_pods_off_and_healing_joins_them(cluster):
    cluster.run(workload(ANSWER, scale=3))
    pods = cluster.ready(count=3)
    cluster.partition([["web-0"], ["web-1"]])
    done = cluster.exec("web-0", "main", ["sh", "-c", get(pods[1].ip)])
    assert done.returncode == -SIGTERM  # packets vanish, nobody says no: timeout(1) had to end it
    assert cluster.sh("web-0", get(pods[2].ip)) == "web-2"
    assert cluster.sh("web-2", get(pods[1].ip)) == "web-1"
    assert all(pod.ready for pod in cluster.pods("web"))  # probes still reach them
    cluster.heal()
    assert cluster.sh("web-0", get(pods[1].ip)) == "web-1"


def test_a_partition_holds_for_pods_made_later(cluster):
    cluster.run(workload(ANSWER, scale=2))
    _, one = cluster.ready(count=2)
    cluster.partition([["web-0"], ["web-1"]])
    cluster.run(workload(dict(ANSWER, envConfig={"NEW": "1"}), scale=2))
    new = cluster.replaced("web-1", one)
    cluster.ready(count=2)

    def is_cut_off():
        return cluster.exec("web-0", "main", ["sh", "-c", get(new.ip)]).returncode == -SIGTERM

    cluster.wait(is_cut_off)  # a moment after it has started


def test_a_partition_of_unknown_pods_is_refused(cluster):
    with pytest.raises(ClusterError, match="no pod is called web-0"):
        cluster.partition([["web-0"], ["web-1"]])


# --- probes ---


def test_http_probe_sends_its_headers_and_wants_a_good_status(cluster):
    # busybox httpd asks for the password of /cgi-bin and below as httpd.conf says.
    setup = "mkdir /tmp/a; touch /tmp/a/x; echo '/a:joe:pw' > /tmp/c; httpd -c /tmp/c -p 80 -h /tmp"
    header = {"name": "Authorization", "value": "Basic am9lOnB3"}

    def web(*headers):
        probe = {"httpGet": {"path": "/a/x", "port": 80, "httpHeaders": list(headers)}}
        return workload(dict(probed(probe), command=shell(setup)))

    cluster.run(web())
    cluster.running("web-0")
    cluster.says("web-0", "wget -qO- http://127.0.0.1/a/x 2>&1 | grep -c 401", "1")
    assert not cluster.pod("web-0").ready
    cluster.run(web(header))
    cluster.ready()


def test_a_pod_is_ready_only_while_its_probe_succeeds(cluster):
    probe = {"exec": {"command": ["test", "-e", "/tmp/ok"]}, "periodSeconds": 1}
    cluster.run(workload(probed(dict(probe, failureThreshold=1))))
    cluster.running("web-0")
    assert not cluster.pod("web-0").ready
    cluster.sh("web-0", "touch /tmp/ok")
    cluster.ready()
    cluster.sh("web-0", "rm /tmp/ok")
    cluster.wait(lambda: not cluster.pod("web-0").ready)
    assert cluster.pod("web-0").restarts == 0


def test_a_pod_is_ready_only_when_all_its_containers_are(cluster):
    probe = {"exec": {"command": ["test", "-e", "/tmp/ok"]}}
    more = dict(probed(probe), name="more", image="busybox", command=shell("true"))
    cluster.run(workload(READY, more=[more]))
    cluster.running("web-0")
    assert not cluster.pod("web-0").ready
    cluster.sh("web-0", "touch /tmp/ok", "more")
    cluster.ready()


def test_liveness_restarts_a_container(cluster):
    probe = {
        "exec": {"command": ["test", "!", "-e", "/tmp/dead"]},
        "periodSeconds": 1,
        "failureThreshold": 1,
    }
    cluster.run(workload(probed(None, livenessProbe=probe)))
    (before,) = cluster.ready()
    cluster.sh("web-0", "touch /tmp/dead")
    cluster.wait(lambda: cluster.pod("web-0").restarts == 1 and cluster.pod("web-0").ready)
    assert cluster.pod("web-0").ip == before.ip
    messages = {pod.message for state in cluster.history for pod in state["web"]}
    assert "Liveness probe failed: exit code 1" in messages


def test_startup_holds_the_other_probes_back(cluster):
    startup = {"exec": {"command": ["test", "-e", "/tmp/up"]}, "failureThreshold": 100}
    alive = {"exec": {"command": ["test", "-e", "/tmp/up"]}, "failureThreshold": 1}
    ready = {"tcpSocket": {"port": 80}}
    cluster.run(
        workload(
            probed(
                None,
                startupProbe=dict(startup, periodSeconds=1),
                livenessProbe=alive,
                readinessProbe=ready,
            )
        )
    )
    cluster.running("web-0")
    assert not cluster.pod("web-0").ready
    cluster.sh("web-0", "touch /tmp/up")
    cluster.ready()
    assert cluster.pod("web-0").restarts == 0


def test_a_failing_startup_probe_restarts(cluster):
    startup = {"tcpSocket": {"port": 81}, "failureThreshold": 1, "periodSeconds": 1}
    pod = {"terminationGracePeriodSeconds": 1}  # the shell may not listen to SIGTERM yet
    cluster.run(workload(probed(None, startupProbe=startup), pod=pod))
    cluster.running("web-0")
    cluster.wait(lambda: cluster.pod("web-0").restarts >= 1)


def test_a_probe_that_takes_too_long_fails(cluster):
    probe = {"exec": {"command": ["sleep", "5"]}, "failureThreshold": 1, "timeoutSeconds": 1}
    cluster.run(workload(probed(None, livenessProbe=probe)))
    cluster.running("web-0")
    cluster.wait(lambda: cluster.pod("web-0").restarts >= 1)


def test_an_https_probe_wants_tls(cluster):
    # By plain HTTP the same address answers well.
    get_page = {"path": "/index.html", "port": 80}
    probe = {"httpGet": dict(get_page, scheme="HTTPS"), "failureThreshold": 1, "periodSeconds": 1}
    cluster.run(
        workload(
            dict(ANSWER, **probed(None, livenessProbe=probe, startupProbe={"httpGet": get_page}))
        )
    )
    cluster.running("web-0")
    cluster.wait(lambda: cluster.pod("web-0").restarts >= 1)
    messages = {pod.message for state in cluster.history for pod in state["web"]}
    assert [text for text in messages if "Liveness probe failed: [SSL" in text]


def test_a_service_without_pods_still_has_its_name(cluster):
    web = workload(ANSWER)
    cluster.run(web)
    cluster.run(workload(ANSWER, app="other"))
    cluster.ready()
    cluster.ready("other")
    cluster.run(dataclasses.replace(web, scale=0))
    cluster.wait(lambda: not cluster.pods("web"))
    done = cluster.exec("other-0", "main", ["wget", "http://web/"])
    assert "bad address" not in done.stderr
    assert done.returncode == 1
