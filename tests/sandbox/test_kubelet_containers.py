"""How a container is started, as whom, with which arguments, and what happens when it ends."""

import os
import re
import signal

import pytest
from support.kubelet_cluster import awaited, shell, workload

from sandbox.kubernetes.kubelet.cluster_types import ClusterError
from sandbox.kubernetes.kubelet.container import expand

STRICT = {
    "runAsUser": 65534,
    "runAsGroup": 65534,
    "runAsNonRoot": True,
    "readOnlyRootFilesystem": True,
    "allowPrivilegeEscalation": False,
    "capabilities": {"drop": ["ALL"]},
}
BACK_OFF = r"back-off (\S+)s restarting failed container=main"
real_ids = pytest.mark.skipif(os.geteuid() != 0, reason="only root has other user ids for certain")


def security(**context):
    return {"kubernetes": {"securityContext": context}}


def status_of_first_process(cluster, pod="web-0"):
    text = cluster.sh(pod, "cat /proc/1/status")
    return {key: value.split() for key, value in re.findall(r"^(\w+):(.*)$", text, re.MULTILINE)}


# --- who it is ---


@real_ids
def test_the_security_context_is_applied(cluster):
    cluster.run(workload(security(**STRICT), pod={"securityContext": {"fsGroup": 77}}))
    cluster.ready()
    status = status_of_first_process(cluster)
    assert set(status["Uid"]) == set(status["Gid"]) == {"65534"}
    assert status["Groups"] == ["77"]
    assert status["NoNewPrivs"] == ["1"]
    for kind in ("Inh", "Prm", "Eff", "Bnd", "Amb"):
        assert int(status["Cap" + kind][0], 16) == 0
    assert cluster.sh("web-0", "id") == "uid=65534(nobody) gid=65534(nobody) groups=77"


def test_a_read_only_root_takes_no_file(cluster):
    cluster.run(workload(security(**STRICT)))
    cluster.ready()
    for path in ("/x", "/tmp/x", "/bin/x", "/etc/x"):
        assert cluster.exec("web-0", "main", ["touch", path]).returncode == 1


@real_ids
def test_without_one_the_image_says_who_it_is_and_tmp_is_writable(cluster):
    cluster.run(workload({}))
    cluster.ready()
    assert status_of_first_process(cluster)["Uid"][0] == "0"
    cluster.sh("web-0", "touch /x /tmp/x")


@real_ids
def test_a_root_user_keeps_what_the_spec_leaves_it(cluster):
    kept = {"drop": ["ALL"], "add": ["NET_BIND_SERVICE"]}
    more = {"name": "usual", "image": "busybox", "command": shell("true")}
    cluster.run(workload(security(capabilities=kept), more=[more]))
    cluster.ready()
    assert int(status_of_first_process(cluster)["CapEff"][0], 16) == 1 << 10
    usual = cluster.sh("web-0", "grep CapEff /proc/1/status", "usual").split()[1]
    assert int(usual, 16) & (1 << 21) == 0  # CAP_SYS_ADMIN
    assert int(usual, 16) & 1  # CAP_CHOWN


@pytest.mark.parametrize(
    ("image", "context", "user"),
    [
        ("busybox", {}, "0"),
        ("busybox", {"runAsUser": 0}, "0"),
        ("prom/alertmanager:v0.25.0", {}, "nobody"),
    ],
)
def test_run_as_non_root_needs_a_number(cluster, image, context, user):
    container = dict(security(runAsNonRoot=True, **context), image=image)
    cluster.run(workload(container))
    pod = cluster.wait(lambda: next((p for p in cluster.pods("web") if p.message), None))
    message = f"container has runAsNonRoot, and its user may be root: {user}"
    assert (pod.reason, pod.message) == ("CreateContainerConfigError", message)


def test_containers_of_a_pod_share_network_and_volumes_but_not_processes_or_files(cluster):
    shared = {"name": "shared", "mountPath": "/shared", "emptyDir": {}}
    other = {
        "name": "other",
        "image": "busybox",
        "command": shell("echo hello > /tmp/mine; httpd -p 7000 -h /tmp"),
        "volumeConfig": [dict(shared, mountPath="/theirs")],
    }
    cluster.run(workload({"volumeConfig": [shared]}, more=[other]))
    cluster.ready()
    cluster.sh("web-0", "echo both > /shared/file")
    assert cluster.sh("web-0", "cat /theirs/file", "other") == "both"
    cluster.says("web-0", "wget -qO- http://127.0.0.1:7000/mine", "hello")
    assert cluster.sh("web-0", "ls /tmp") == ""
    assert "httpd -p 7000" not in cluster.sh("web-0", "ps | grep -v grep")
    assert cluster.sh("web-0", "cat /proc/1/comm") == "sh"


# --- how it is started ---


def test_arguments_are_expanded(cluster):
    script = "for word; do echo \"$word\"; done > /tmp/words; trap 'exit 0' TERM; sleep 1000 & wait"
    container = {
        "command": ["sh", "-c", script, "sh"],
        "args": ["[$(POD_IP)]:9094", "$(B)", "$$(A)", "$(NO)", "$A", "a  b"],
        "envConfig": {"POD_IP": {"field": {"path": "status.podIP"}}, "A": "one", "B": "$(A) two"},
    }
    cluster.run(workload(container))
    (pod,) = cluster.ready()
    expected = [f"[{pod.ip}]:9094", "one two", "$(A)", "$(NO)", "$A", "a  b"]
    cluster.says("web-0", "cat /tmp/words", "\n".join(expected))


@pytest.mark.parametrize(
    ("text", "expected"),
    [("$(A)", "1"), ("$$(A)", "$(A)"), ("$$$(A)", "$1"), ("$(a)$", "$(a)$"), ("$(A", "$(A")],
)
def test_expansion(text, expected):
    assert expand(text, {"A": "1"}) == expected


def test_environment(cluster):
    container = {
        "envConfig": {
            "PLAIN": "a b",
            "NAME": {"field": {"path": "metadata.name"}},
            "SPACE": {"field": {"path": "metadata.namespace"}},
            "APP": {"field": {"path": "metadata.labels['app.kubernetes.io/name']"}},
        }
    }
    cluster.run(workload(container))
    cluster.ready()
    found = dict(line.split("=", 1) for line in cluster.sh("web-0", "env").splitlines())
    expected = {"PLAIN": "a b", "NAME": "web-0", "SPACE": "mod", "APP": "web", "HOSTNAME": "web-0"}
    assert expected.items() <= found.items()
    assert "MAYBE" not in found
    assert not [name for name in found if name in ("PYTHONPATH", "USER", "LANG")]


def in_secret(key, **data):
    """Return a workload with a variable from a Secret of these contents."""
    container = {"envConfig": {"URL": {"secret": {"name": "proxy", "key": key}}}}
    return workload(container, secrets={"proxy": data})


def test_a_variable_comes_from_a_secret_as_it_is(cluster):
    cluster.run(in_secret("url", url="http://a:$(HOME)$$@b"))
    cluster.ready()
    cluster.says("web-0", "echo $URL", "http://a:$(HOME)$$@b")


def test_a_variable_waits_for_its_key(cluster):
    cluster.run(in_secret("url", other="a"))
    pod = cluster.wait(lambda: next((p for p in cluster.pods("web") if p.message), None))
    assert pod.reason == "CreateContainerConfigError"
    assert "couldn't find key url in Secret mod/proxy" in pod.message
    cluster.run(in_secret("url", url="a"))
    cluster.ready()


def test_an_unknown_image_cannot_be_pulled(cluster):
    cluster.run(workload({"image": "registry.example.com/nginx:1"}))
    pod = cluster.wait(lambda: next((p for p in cluster.pods("web") if p.message), None))
    assert pod.reason == "ErrImagePull"
    assert 'image "registry.example.com/nginx:1" is not in the sandbox' in pod.message
    assert pod.image == "registry.example.com/nginx:1"


@pytest.mark.parametrize(
    ("version", "program"), [("2.9.52", "/usr/bin/juju-run"), ("3.6.1", "/usr/bin/juju-exec")]
)
def test_jujus_own_mounts_are_there(cluster, tmp_path, version, program):
    charm = tmp_path / "charm"
    charm.mkdir()
    (charm / "metadata.yaml").write_text("name: web\n")
    cluster.run(
        workload(
            security(**STRICT),
            pod={"securityContext": {"fsGroup": 65534}},
            juju_version=version,
            charm_folder=str(charm),
        )
    )
    cluster.ready()
    done = cluster.exec("web-0", "main", [program])
    assert (done.returncode, done.stderr.strip()) == (1, "the sandbox has no Juju agent in the pod")
    # whoever runs code here has the key to the operator
    assert cluster.sh("web-0", "cd /var/lib/juju; find . -type f | sort").split() == [
        "./agents/unit-web-0/ca.crt",
        "./agents/unit-web-0/charm/metadata.yaml",
        "./agents/unit-web-0/operator-client.yaml",
        "./tools/jujud",
    ]
    assert "token: " in cluster.sh("web-0", "cat /var/lib/juju/agents/unit-web-0/*.yaml")
    modes = "cd /var/lib/juju; stat -c %a . agents/*/operator-client.yaml agents/*/ca.crt"
    assert cluster.sh("web-0", modes).split() == ["2777", "644", "644"]


def test_volumes_hide_what_juju_has_put_into_its_folder(cluster):
    hidden = [
        {"name": name, "mountPath": f"/var/lib/juju/{name}", "emptyDir": {"medium": "Memory"}}
        for name in ("agents", "tools")
    ]
    cluster.run(workload(dict(security(**STRICT), volumeConfig=hidden)))
    cluster.ready()
    assert cluster.sh("web-0", "find /var/lib/juju | sort").split() == [
        "/var/lib/juju",
        "/var/lib/juju/agents",
        "/var/lib/juju/tools",
    ]


# --- how it ends ---


def test_a_killed_program_comes_back_in_the_same_pod(cluster):
    cluster.run(workload(storage="/data", pod={"securityContext": {"fsGroup": 65534}}))
    (before,) = cluster.ready()
    cluster.sh("web-0", "echo kept > /data/file; touch /tmp/gone")
    cluster.kill("web-0", "main", signal.SIGKILL)
    cluster.wait(lambda: cluster.pod("web-0").restarts == 1 and cluster.pod("web-0").ready)
    after = cluster.pod("web-0")
    assert after.ip == before.ip
    assert after.containers != before.containers
    assert cluster.sh("web-0", "cat /data/file; ls /tmp") == "kept"


def test_a_program_that_keeps_failing_is_started_ever_later(cluster):
    cluster.run(workload({"command": ["sh", "-c", "echo tried; exit 3"]}))

    def waits():
        """Return how long it was waited, in seconds, by the number of restarts so far."""
        seen = [pod for state in list(cluster.history) for pod in state["web"]]
        return {
            pod.restarts: float(re.match(BACK_OFF, pod.message).group(1))
            for pod in seen
            if pod.reason == "CrashLoopBackOff"
        }

    cluster.wait(lambda: 3 in waits())
    assert {restarts: waits()[restarts] for restarts in (2, 3)} == {2: 0.3, 3: 0.6}
    assert 1 not in waits()  # the first is at once
    assert cluster.logs("web-0", "main").splitlines()[:3] == ["tried"] * 3


def test_a_pod_ends_by_sigterm_and_has_its_grace_period(cluster):
    script = "trap 'sleep 0.5; echo bye; exit 0' TERM; echo up; sleep 1000 & wait"
    cluster.run(workload({"command": ["sh", "-c", script]}))
    cluster.ready()
    awaited(lambda: cluster.logs("web-0", "main") == "up\n")
    cluster.delete("web")
    cluster.wait(lambda: not cluster.pods("web"))
    assert cluster.logs("web-0", "main") == "up\nbye\n"


def test_a_pod_that_does_not_end_is_killed_after_its_grace_period(cluster):
    # As a first process of its own, sleep does not react to SIGTERM.
    pod = {"terminationGracePeriodSeconds": 1}
    cluster.run(workload({"command": ["sleep", "1000"]}, pod=pod))
    cluster.ready()
    cluster.delete("web")
    cluster.wait(lambda: not cluster.pods("web"), timeout=5)


def test_exec_reports_like_the_program(cluster):
    cluster.run(workload())
    cluster.ready()
    done = cluster.exec("web-0", "main", ["sh", "-c", "echo out; echo err >&2; exit 7"])
    assert (done.returncode, done.stdout, done.stderr) == (7, "out\n", "err\n")
    with pytest.raises(ClusterError, match=r"no end after 0\.1 s"):
        cluster.exec("web-0", "main", ["sleep", "10"], timeout=0.1)
    with pytest.raises(ClusterError, match="no pod is called web-7"):
        cluster.exec("web-7", "main", ["true"])
    with pytest.raises(ClusterError, match="pod web-0 has no running container side"):
        cluster.exec("web-0", "side", ["true"])


def test_options_of_the_spec_do_not_show_in_the_process_list(cluster):
    cluster.run(workload({"envConfig": {"PASSWORD": "my-secret-word"}}))
    cluster.ready()
    assert cluster.sh("web-0", "echo $PASSWORD") == "my-secret-word"
    shown = []
    for path in os.listdir("/proc"):
        if path.isdigit():
            try:
                with open(f"/proc/{path}/cmdline", "rb") as file:
                    shown.append(file.read())
            except OSError:
                continue
    assert not [line for line in shown if b"my-secret-word" in line]
