"""The real Alertmanager in the cluster, as its image would run it."""

import json

import pytest
from support.kubelet_cluster import NOBODY, alertmanager, awaited

from sandbox import debian_programs
from sandbox.kubernetes.kubelet import image_programs


def status(cluster, pod):
    return json.loads(cluster.sh(pod, "wget -qO- http://127.0.0.1:9093/api/v2/status"))


def test_pods_find_each_other_by_the_headless_name(cluster):
    cluster.run(alertmanager(scale=2))
    cluster.ready(count=2)
    for pod in ("web-0", "web-1"):
        awaited(lambda pod=pod: len(status(cluster, pod)["cluster"]["peers"]) == 2)
    assert cluster.sh("web-0", "id -u") == "65534"
    assert cluster.sh("web-0", "cat /proc/1/comm").startswith("alertmanager"[:5])


def test_a_new_configuration_is_read_without_a_restart(cluster):
    cluster.run(alertmanager())
    (before,) = cluster.ready()
    cluster.run(alertmanager(config=NOBODY + "templates: [/nothing]\n"))
    cluster.says("web-0", "grep -c templates /etc/alertmanager/alertmanager.yml", "1")
    cluster.sh("web-0", "wget -qO- --post-data= http://127.0.0.1:9093/-/reload")
    assert "/nothing" in status(cluster, "web-0")["config"]["original"]
    assert cluster.pod("web-0") == before


def test_silences_survive_the_pod(cluster):
    cluster.run(alertmanager())
    (old,) = cluster.ready()
    url = "--alertmanager.url=http://127.0.0.1:9093"
    cluster.sh("web-0", f"amtool {url} silence add -c test -a me a=b")
    cluster.run(alertmanager(modified_version=1))
    cluster.replaced("web-0", old)
    cluster.ready()
    assert "a=" in cluster.sh("web-0", f"amtool {url} silence query")


@pytest.mark.parametrize("wanted", ["0.25.0", "0.28.1", "0.33.1"])
def test_the_tag_picks_the_version(cluster, wanted):
    if wanted not in debian_programs.versions("alertmanager"):
        pytest.skip(f"no Alertmanager {wanted} to be had here")
    cluster.run(alertmanager(tag=":v" + wanted))
    (pod,) = cluster.ready(timeout=60)
    assert status(cluster, "web-0")["versionInfo"]["version"].startswith(wanted)
    assert (pod.message, pod.image) == ("", "prom/alertmanager:v" + wanted)


def test_a_version_that_cannot_be_had_is_replaced_by_the_nearest_and_said(cluster):
    oldest = debian_programs.versions("alertmanager")[0]
    cluster.run(alertmanager(tag=":v0.20.0"))
    (pod,) = cluster.ready(timeout=60)
    assert pod.message == (
        f"no alertmanager 0.20.0 is to be had from Debian: the sandbox runs {oldest}"
    )
    assert status(cluster, "web-0")["versionInfo"]["version"].startswith(oldest)


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ("0.20.0", "0.25.0"),
        ("0.26.0", "0.25.0"),
        ("0.27.0", "0.28.1"),
        ("0.28", "0.28.1"),
        ("0.31.0", "0.33.1"),
        ("1.0.0", "0.33.1"),
    ],
)
def test_nearest_version(wanted, expected):
    assert image_programs.nearest(wanted, ("0.25.0", "0.28.1", "0.33.1")) == expected


@pytest.mark.parametrize(
    ("reference", "expected"),
    [
        ("prom/alertmanager:v0.28.1", ("alertmanager", "v0.28.1")),
        ("quay.io:443/prometheus/alertmanager", ("alertmanager", "")),
        ("localhost:5000/alertmanager:1@sha256:abc", ("alertmanager", "1")),
        ("busybox", ("busybox", "")),
    ],
)
def test_references_are_taken_apart(reference, expected):
    assert image_programs.split(reference) == expected
