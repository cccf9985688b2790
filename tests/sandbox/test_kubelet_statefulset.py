"""Which pods there are, in which order they come, go and are replaced."""

import dataclasses

import pytest
from support.kubelet_cluster import secret_volume, shell, workload

from sandbox.kubernetes import objects

READY = {"kubernetes": {"readinessProbe": {"tcpSocket": {"port": 80}}}}
NEVER_READY = {"kubernetes": {"readinessProbe": {"tcpSocket": {"port": 81}}}}


def pids(pods):
    return {pod.name: pod.containers["main"] for pod in pods}


def in_order_of_making(pods):
    """Return the names of pods, the oldest first: addresses are given in turn."""
    return [pod.name for pod in sorted(pods, key=lambda pod: [*map(int, pod.ip.split("."))])]


def ips(pods):
    return {pod.name: pod.ip for pod in pods}


def test_pods_have_names_ordinals_and_addresses_of_their_own(cluster):
    cluster.run(workload(READY, scale=3))
    pods = cluster.ready(count=3)
    assert [pod.name for pod in pods] == ["web-0", "web-1", "web-2"]
    assert [pod.ordinal for pod in pods] == [0, 1, 2]
    assert len({pod.ip for pod in pods}) == 3
    assert {pod.phase for pod in pods} == {"Running"}
    assert cluster.sh("web-1", "hostname") == "web-1"


def test_pods_start_at_the_same_time(cluster):
    cluster.run(workload(NEVER_READY, scale=3))
    for ordinal in range(3):
        cluster.running(f"web-{ordinal}")


def test_scaling_touches_no_pod_that_stays(cluster):
    web = cluster.run(workload(READY, scale=2))
    before = pids(cluster.ready(count=2))
    cluster.run(dataclasses.replace(web, scale=4))
    more = pids(cluster.ready(count=4))
    cluster.run(dataclasses.replace(web, scale=1))
    after = pids(cluster.ready(count=1))
    assert before.items() <= more.items()
    assert after.items() <= before.items()


def test_scaling_to_nothing_and_back_keeps_the_storage(cluster):
    web = cluster.run(workload(READY, storage="/data", scale=1))
    cluster.ready()
    cluster.sh("web-0", "echo kept > /data/file")
    cluster.run(dataclasses.replace(web, scale=0))
    cluster.wait(lambda: not cluster.pods("web"))
    cluster.run(web)
    cluster.ready()
    assert cluster.sh("web-0", "cat /data/file") == "kept"


def test_contents_alone_replace_no_pod(cluster):
    volume = {"volumeConfig": [secret_volume("s", "/s")]}
    before = pids_of_two(cluster, workload(volume, scale=2, secrets={"s": {"a": "one"}}))
    cluster.run(workload(volume, scale=2, secrets={"s": {"a": "two"}}))
    cluster.says("web-1", "cat /s/a", "two")
    assert pids(cluster.ready(count=2)) == before


def pids_of_two(cluster, web):
    cluster.run(web)
    return pids(cluster.ready(count=2))


def test_a_new_template_replaces_pods_one_at_a_time_from_the_highest(cluster):
    cluster.run(workload(READY, scale=3))
    old = ips(cluster.ready(count=3))
    cluster.run(workload(dict(READY, envConfig={"NEW": "1"}), scale=3))
    cluster.wait(lambda: not set(old.values()) & set(ips(cluster.pods("web")).values()))
    assert in_order_of_making(cluster.ready(count=3)) == ["web-2", "web-1", "web-0"]
    begun = next(
        index
        for index, state in enumerate(cluster.history)
        if any(pod.phase == "Terminating" for pod in state["web"])
    )
    for state in cluster.history[begun:]:
        assert len([pod for pod in state["web"] if pod.ready]) >= 2


def test_a_pod_that_does_not_get_ready_stops_the_roll_until_the_next_template(cluster):
    cluster.run(workload(READY, scale=2))
    zero, one = cluster.ready(count=2)
    cluster.run(workload(NEVER_READY, scale=2))
    cluster.replaced("web-1", one)
    cluster.running("web-1")
    assert cluster.pod("web-0") == zero
    cluster.run(workload(dict(READY, envConfig={"NEW": "1"}), scale=2))
    cluster.replaced("web-0", zero)
    cluster.ready(count=2)


def test_what_juju_does_not_pass_on_replaces_no_pod(cluster):
    before = pids_of_two(cluster, workload(READY, scale=2, pod={"securityContext": {}}))
    pod = {
        "securityContext": {"fsGroup": 5},
        "terminationGracePeriodSeconds": 3,
        "labels": {"a": "b"},
    }
    cluster.run(workload(READY, scale=3, pod=pod))
    assert before.items() <= pids(cluster.ready(count=3)).items()
    assert "5" not in cluster.sh("web-2", "id -G").split()


def test_what_is_refused_changes_nothing(cluster):
    volume = {"volumeConfig": [secret_volume("s", "/s")]}
    cluster.run(workload(volume, secrets={"s": {"a": "old"}}))
    (old,) = cluster.ready()
    refused = workload(volume, secrets={"s": {"a": "new"}})
    refused.spec["containers"][0]["image"] += " "
    with pytest.raises(objects.DeployError, match='stateful set "web" not valid'):
        cluster.run(refused)
    assert cluster.sh("web-0", "nslookup web-0.web-endpoints.mod.svc.cluster.local")
    cluster.run(workload(volume, secrets={"s": {"a": "good"}}))
    cluster.says("web-0", "cat /s/a", "good")
    assert cluster.pods("web") == [old]


def test_a_refreshed_charm_replaces_pods(cluster):
    web = cluster.run(workload(READY))
    (old,) = cluster.ready()
    cluster.run(dataclasses.replace(web, modified_version=1))
    cluster.replaced("web-0", old)
    cluster.ready()


def test_deleting_ends_pods_and_storage_and_the_name_is_free_again(cluster):
    web = cluster.run(workload(READY, storage="/data"))
    (old,) = cluster.ready()
    cluster.sh("web-0", "echo old > /data/file")
    cluster.delete("web")
    cluster.run(web)
    cluster.replaced("web-0", old)
    cluster.ready()
    assert cluster.sh("web-0", "ls /data") == ""
    cluster.delete("web")
    cluster.wait(lambda: not cluster.pods("web") and not cluster.service_address("web"))


def test_two_applications_side_by_side(cluster):
    cluster.run(workload(READY))
    cluster.run(workload({"command": shell("true")}, app="other"))
    cluster.ready()
    cluster.ready("other")
    assert cluster.service_address("web") != cluster.service_address("other")
    assert "httpd -p" in cluster.sh("web-0", "ps | grep -v grep")
    assert "httpd -p" not in cluster.sh("other-0", "ps | grep -v grep")
