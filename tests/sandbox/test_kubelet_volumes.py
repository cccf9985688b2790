"""Files of Secrets and ConfigMaps, folders that end with the pod, and claims that do not."""

import os
import time

import pytest
from support import kubelet_cluster
from support.kubelet_cluster import secret_volume, shell, workload

USER = {"kubernetes": {"securityContext": {"runAsUser": 65534, "runAsGroup": 65534}}}
GROUP = {"securityContext": {"fsGroup": 65534}}
real_ids = pytest.mark.skipif(os.geteuid() != 0, reason="only root has other user ids for certain")


def with_secret(data, pod=None, **source):
    container = dict(USER, volumeConfig=[secret_volume("s", "/s", **source)])
    return workload(container, secrets={"s": data}, pod=pod or {})


def listing(cluster, path):
    """Return {name: (mode, user, group)} of a folder in the pod, links followed."""
    lines = cluster.sh("web-0", f"cd {path}; stat -L -c '%n %a %u %g' *").splitlines()
    return {name: tuple(rest) for name, *rest in map(str.split, lines)}


def test_without_files_every_key_is_shown_and_follows_the_secret(cluster):
    cluster.run(with_secret({"a": "1", "b": "2"}))
    cluster.ready()
    assert cluster.sh("web-0", "cd /s; ls; cat a b") == "a\nb\n12"
    cluster.run(with_secret({"b": "3", "c": "4"}))
    cluster.says("web-0", "cd /s; ls; cat b c", "b\nc\n34")


def test_all_files_change_in_one_step(cluster):
    cluster.run(with_secret({"a": "1", "b": "1"}))
    cluster.ready()
    old = cluster.sh("web-0", "readlink /s/..data")
    assert cluster.sh("web-0", "readlink /s/a") == "..data/a"
    cluster.run(with_secret({"a": "2", "b": "2"}))
    # The moment that one link changes, everything below it is new.
    wait = f'while [ "$(readlink /s/..data)" = {old} ]; do :; done; cat /s/a /s/b'
    assert cluster.sh("web-0", wait) == "22"
    new = cluster.sh("web-0", "readlink /s/..data")
    assert new > old  # they are named after the time
    cluster.says("web-0", "ls -A /s", f"{new}\n..data\na\nb")


def test_the_link_to_all_files_is_never_missing(tmp_path):
    def secret(number):
        volume = secret_volume("s", "/s")
        watch = "while :; do [ -L /s/..data ] || echo missing; done"
        container = {"command": ["sh", "-c", watch], "volumeConfig": [volume]}
        return workload(container, secrets={"s": {"a": str(number)}})

    with kubelet_cluster.started(tmp_path / "quick", sync_delay=0) as cluster:
        cluster.run(secret(0))
        cluster.ready()
        for number in range(1, 11):
            cluster.run(secret(number))
            cluster.says("web-0", "cat /s/a", str(number))
        assert cluster.logs("web-0", "main") == ""


def test_contents_follow_after_the_delay_and_not_before(tmp_path):
    with kubelet_cluster.started(tmp_path / "slow", sync_delay=1.0, sync_spread=0.5) as cluster:
        cluster.run(with_secret({"a": "old"}))
        cluster.ready()
        begun = time.monotonic()
        cluster.run(with_secret({"a": "new"}))
        assert cluster.sh("web-0", "cat /s/a") == "old"
        cluster.says("web-0", "cat /s/a", "new")
        assert time.monotonic() - begun >= 1.0


def test_modes_and_owners(cluster):
    cluster.run(with_secret({"a": "1"}, pod=GROUP, defaultMode=0o400))
    cluster.ready()
    assert listing(cluster, "/s")["a"] == ("440", "0", "65534")
    assert cluster.sh("web-0", "cat /s/a") == "1"
    assert cluster.exec("web-0", "main", ["touch", "/s/x"]).returncode == 1


@real_ids
def test_without_fs_group_files_belong_to_root_alone(cluster):
    cluster.run(with_secret({"a": "1"}, defaultMode=0o400))
    cluster.ready()
    assert listing(cluster, "/s")["a"] == ("400", "0", "0")
    assert "Permission denied" in cluster.exec("web-0", "main", ["cat", "/s/a"]).stderr


@real_ids
def test_a_fresh_claim_is_not_writable_without_fs_group(cluster):
    cluster.run(workload(USER, storage="/data"))
    cluster.ready()
    assert "Permission denied" in cluster.exec("web-0", "main", ["touch", "/data/x"]).stderr


@real_ids
def test_a_fresh_claim_is_writable_with_fs_group(cluster):
    cluster.run(workload(USER, storage="/data", pod=GROUP))
    cluster.ready()
    cluster.sh("web-0", "touch /data/x")
    assert listing(cluster, "/data")["x"] == ("644", "65534", "65534")


def test_each_pod_has_a_claim_of_its_own(cluster):
    cluster.run(workload(dict(USER), storage="/data", pod=GROUP, scale=2))
    cluster.ready(count=2)
    for pod in ("web-0", "web-1"):
        cluster.sh(pod, "hostname > /data/name")
    assert cluster.sh("web-0", "cat /data/name") == "web-0"


def test_what_a_removed_unit_has_stored_goes_with_its_pod(cluster):
    web = workload(dict(USER), storage="/data", pod=GROUP, scale=2)
    cluster.run(web)
    old, _ = cluster.ready(count=2)
    for pod in ("web-0", "web-1"):
        cluster.sh(pod, "touch /data/x")
    cluster.delete_claims("web", "web-0")  # whose pod goes on, for another unit
    assert cluster.sh("web-0", "ls /data") == "x"
    cluster.run(workload(dict(USER), storage="/data", pod=GROUP))
    cluster.wait(lambda: len(cluster.pods("web")) == 1)
    cluster.delete_claims("web", "web-1")
    cluster.delete_pod("web-0")
    cluster.replaced("web-0", old)
    cluster.run(web)
    cluster.ready(count=2)
    for pod in ("web-0", "web-1"):
        assert cluster.sh(pod, "ls /data") == ""


def test_a_pod_that_is_deleted_comes_again_with_what_it_has_stored(cluster):
    cluster.run(workload(dict(USER), storage="/data", pod=GROUP))
    (old,) = cluster.ready()
    cluster.sh("web-0", "touch /data/x")
    cluster.delete_pod("web-0")
    cluster.replaced("web-0", old)
    cluster.ready()
    assert cluster.sh("web-0", "ls /data") == "x"


def test_an_empty_dir_ends_with_the_pod(cluster):
    volume = {"name": "v", "mountPath": "/v", "emptyDir": {}}
    cluster.run(workload(dict(USER, volumeConfig=[volume])))
    (old,) = cluster.ready()
    cluster.sh("web-0", "touch /v/x")
    cluster.run(workload(dict(USER, volumeConfig=[volume], envConfig={"NEW": "1"})))
    cluster.replaced("web-0", old)
    cluster.ready()
    assert cluster.sh("web-0", "ls /v") == ""


def test_secrets_are_never_on_disk(cluster, tmp_path):
    cluster.run(with_secret({"a": "my-secret-word"}))
    cluster.ready()
    cluster.says("web-0", "cat /s/a", "my-secret-word")
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert files
    assert not [path for path in files if b"my-secret-word" in path.read_bytes()]


def test_storage_below_another_mount(cluster):
    # /var/lib/juju is a volume of Juju's; storage without location goes below it.
    web = workload(storage="/var/lib/juju/deep")
    cluster.run(web)
    cluster.ready()
    cluster.sh("web-0", "touch /var/lib/juju/deep/x; ls /var/lib/juju/tools/jujud")


def test_an_image_brings_a_volume_of_its_own(cluster):
    container = dict(
        USER, image="prom/alertmanager:v0.25.0", command=shell("touch /alertmanager/x")
    )
    container["kubernetes"] = {
        "securityContext": {"runAsUser": 65534, "readOnlyRootFilesystem": True}
    }
    cluster.run(workload(container))
    cluster.ready()
    cluster.says("web-0", "ls /alertmanager", "x")
