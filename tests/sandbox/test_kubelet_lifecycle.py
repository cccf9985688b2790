"""Starting, ending and being killed: what a cluster needs, and that it leaves nothing behind."""

import dataclasses
import os
import signal
import subprocess
import sys
import textwrap
import threading
from pathlib import Path

import pytest
from support import kubelet_cluster, processes
from support.kubelet_cluster import awaited, workload

from sandbox import needed_programs
from sandbox.kubernetes import objects
from sandbox.kubernetes.kubelet.cluster import Cluster
from sandbox.kubernetes.kubelet.cluster_types import ClusterError

ROOT = Path(__file__).parents[2]


def test_stopping_leaves_no_process_and_no_mount(tmp_path):
    with kubelet_cluster.started(tmp_path / "cluster") as cluster:
        cluster.run(workload(scale=2))
        cluster.ready(count=2)
        assert processes.marked(str(tmp_path))
        cluster.stop()
        assert not processes.marked(str(tmp_path))
        assert str(tmp_path) not in Path("/proc/mounts").read_text()
        cluster.stop()  # once more does no harm
        with pytest.raises(ClusterError, match="the cluster has not been started"):
            cluster.delete("web")


HOLDER = """
    import signal, sys, time
    # what the tests run in may ignore it, as what a script has in the background does
    signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.path[:0] = [{root!r}, {root!r} + "/lib", {root!r} + "/tests"]
    from support import kubelet_cluster
    with kubelet_cluster.started({folder!r}) as cluster:
        cluster.run(kubelet_cluster.workload())
        cluster.ready()
        print("up", flush=True)
        time.sleep(1000)
"""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_nothing_outlives_whoever_holds_the_cluster(tmp_path, number):
    with kubelet_cluster.started(tmp_path / "can-be-had"):
        pass  # or the test is skipped
    folder = tmp_path / "held"
    program = textwrap.dedent(HOLDER).format(root=str(ROOT), folder=str(folder))
    holder = subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    try:
        assert holder.stdout.readline() == b"up\n"
        assert len(processes.marked(str(folder))) > 1
        holder.send_signal(number)
        holder.wait(timeout=20)
    finally:
        holder.kill()
        holder.stdout.close()
    awaited(lambda: not processes.marked(str(folder)), what="every process to end")
    assert str(folder) not in Path("/proc/mounts").read_text()


def test_nothing_listens_on_this_machine(tmp_path):
    with kubelet_cluster.started(tmp_path / "cluster") as cluster:
        cluster.run(workload())
        cluster.ready()
        started = processes.marked(str(tmp_path))
        assert started
        assert [process for process in started if processes.listens_here(process)] == []


def test_it_comes_back_in_the_same_folder_with_its_claims(tmp_path):
    with kubelet_cluster.started(tmp_path / "cluster") as cluster:
        cluster.run(workload(storage="/data"))
        cluster.ready()
        cluster.sh("web-0", "echo kept > /data/file")
        cluster.stop()
        cluster.start()
        assert cluster.pods("web") == []
        cluster.run(workload(storage="/data"))
        cluster.ready()
        assert cluster.sh("web-0", "cat /data/file") == "kept"


def test_stopping_may_take_the_claims_along(tmp_path):
    with kubelet_cluster.started(tmp_path / "cluster") as cluster:
        cluster.run(workload(storage="/data"))
        cluster.ready()
        assert (tmp_path / "cluster" / "claims" / "web").exists()
        cluster.stop(keep_claims=False)
        assert not (tmp_path / "cluster" / "claims").exists()


def test_stopping_gives_programs_time_to_end(tmp_path):
    script = "trap 'sleep 0.3; echo bye; exit 0' TERM; echo up; sleep 1000 & wait"
    with kubelet_cluster.started(tmp_path / "cluster") as cluster:
        cluster.run(workload({"command": ["sh", "-c", script]}))
        cluster.ready()
        awaited(lambda: cluster.logs("web-0", "main") == "up\n")
        cluster.stop()
        assert cluster.logs("web-0", "main") == "up\nbye\n"


@pytest.mark.parametrize("as_user", [True, False])
def test_as_an_ordinary_user_or_as_root(tmp_path, as_user):
    if not as_user and os.geteuid() != 0:
        pytest.skip("not root")
    with kubelet_cluster.started(tmp_path / "cluster", as_user=as_user) as cluster:
        strict = {"runAsUser": 65534, "runAsGroup": 65534, "readOnlyRootFilesystem": True}
        web = workload(
            {"kubernetes": {"securityContext": strict}},
            storage="/data",
            pod={"securityContext": {"fsGroup": 65534}},
            secrets={"s": {"a": "1"}},
            scale=2,
        )
        cluster.run(web)
        cluster.ready(count=2)
        assert cluster.sh("web-0", "id -u; id -g") == "65534\n65534"
        assert cluster.sh("web-1", "touch /data/x; ls /data") == "x"
        assert cluster.exec("web-1", "main", ["touch", "/x"]).returncode == 1
        assert cluster.sh("web-1", "grep NoNewPrivs /proc/1/status").endswith("1")
        assert int(cluster.sh("web-1", "grep CapBnd /proc/1/status").split()[1], 16) == 0
        assert "404" in cluster.sh("web-0", "wget -qO- http://web-1.web-endpoints 2>&1 || true")
    assert not (tmp_path / "cluster" / "claims").exists()


def test_an_ordinary_user_may_run_what_runs_as_root_in_its_image(tmp_path):
    with kubelet_cluster.started(tmp_path / "cluster", as_user=True) as cluster:
        cluster.run(workload())
        cluster.ready()
        assert cluster.sh("web-0", "id -u") == "0"


def test_missing_programs_are_named_with_the_command_that_installs_them(tmp_path, monkeypatch):
    monkeypatch.setattr(needed_programs, "PATH", str(tmp_path))
    with pytest.raises(ClusterError) as error:
        Cluster(tmp_path / "cluster", "mod").start()
    assert str(error.value) == (
        "programs are missing: sudo apt-get install "
        "bubblewrap busybox-static dnsmasq-base gpgv iproute2 perl-base util-linux"
    )


def test_other_kinds_of_applications_are_refused(cluster):
    web = objects.from_metadata(workload().spec, {"name": "web"}, model="mod")
    with pytest.raises(objects.DeployError, match="deployment type stateless"):
        cluster.apply(web)


def test_what_cannot_be_deployed_is_refused_with_jujus_words(cluster):
    web = workload().spec
    web["containers"][0]["ports"] = []
    with pytest.raises(objects.DeployError, match="ports are required for kubernetes service"):
        cluster.apply(objects.Workload("web", web, deployment_type="stateful"))


def test_changes_are_announced_by_a_thread_that_may_ask_back(tmp_path):
    with kubelet_cluster.started(tmp_path / "cluster") as watched:
        asked = []

        def ask(pods):
            if any(pod.ready for pod in pods.get("web", ())):
                asked.append(watched.exec("web-0", "main", ["hostname"]).stdout)

        watched.cluster._tell = ask
        watched.run(workload())
        awaited(lambda: asked)
        assert asked[0] == "web-0\n"


def test_whoever_is_slow_hears_of_each_change_all_the_same(tmp_path):
    with kubelet_cluster.started(tmp_path / "cluster") as watched:
        counts, heard = [], threading.Event()

        def hear(pods):
            heard.wait(60)
            counts.append(len(pods.get("web", ())))

        watched.cluster._tell = hear
        web = watched.run(workload())
        for scale in (1, 3, 1):
            watched.run(dataclasses.replace(web, scale=scale))
            awaited(lambda scale=scale: len(watched.pods("web")) == scale)
        heard.set()
        awaited(lambda: counts[-1:] == [1] and 3 in counts)


def test_a_node_that_is_killed_takes_everything_along_and_says_so(tmp_path):
    with kubelet_cluster.started(tmp_path / "cluster") as cluster:
        cluster.run(workload())
        cluster.ready()
        (outermost,) = [
            process
            for process in processes.marked(str(tmp_path))
            if parent_of(process) == os.getpid()
        ]
        os.kill(int(outermost.name), signal.SIGKILL)
        awaited(lambda: not cluster.pods("web"))
        with pytest.raises(ClusterError, match="the cluster has stopped"):
            cluster.delete("web")
        cluster.stop()
        awaited(lambda: not processes.marked(str(tmp_path)))


def parent_of(process):
    return int((process / "stat").read_text().rpartition(")")[2].split()[1])
