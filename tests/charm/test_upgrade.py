"""From each release to the charm of this working tree, and back: nothing of an operator is lost.

tests/workload/test_upgrade.py does it with real Alertmanagers and their silences.
"""

import pytest
from support import released_charm
from support.charm_stories import APP, GOOD, UNIT, files, idle, relate_to, shown
from support.pod_spec_check import by_kind

from sandbox.kubernetes.objects import render

OPTIONS = {
    "alertmanager-config": GOOD,
    "alertmanager-secrets": "global: {resolve_timeout: 1m}",
    "templates": '{{ define "a" }}b{{ end }}',
    "secret-files": "token: s3cret",
    "external-url": "https://alerts.example/am",
    "external-labels": '{"region": "eu"}',
    "data-retention": "240h",
    "additional-args": "--cluster.peer-timeout=20s",
}

# All that Juju takes over into a stateful set that exists, whatever else the pod spec says.
# Source: Juju 2.9.52 caas/kubernetes/provider/statefulsets.go, ensureStatefulSet.
TAKEN_OVER = {
    "replicas",
    "updateStrategy",
    "template.metadata.annotations",
    "template.spec.automountServiceAccountToken",
    "template.spec.containers",
    "template.spec.serviceAccountName",
    "template.spec.volumes",
}


@pytest.fixture(scope="module", params=released_charm.VERSIONS)
def release(request, tmp_path_factory):
    """The folder of a released charm."""
    return released_charm.unpacked(request.param, tmp_path_factory.mktemp("release"))


def never_updated(juju):
    """Return what stays as it is with an upgrade: values by where they stand."""
    objects = render(juju.cluster.workloads[APP])
    (stateful,) = by_kind(objects, "StatefulSet").values()
    spec = dict(stateful["spec"])
    template = spec.pop("template")
    for part in ("metadata", "spec"):
        spec.update((f"template.{part}.{name}", it) for name, it in template[part].items())
    metadata = juju.application(APP).charm.metadata
    return {
        # a change of these is refused: deployment_worker.go
        **{f"metadata.yaml: {name}": metadata.get(name) for name in ("deployment", "storage")},
        **{f"pods: {name}": it for name, it in spec.items() if name not in TAKEN_OVER},
    }


def told(juju):
    """Return what the applications that we are related to can read, by where they read it."""
    return {
        f"told: {relation.local(APP).endpoint.name}": (
            juju.databag(relation, UNIT),
            juju.databag(relation, APP),
        )
        for relation in juju.model.relations_of(APP)
    }


def refresh(juju, charm):
    """``juju refresh``, and whatever comes of it; return the messages of the hooks' warnings."""
    began = len(juju.log_lines())
    juju.refresh(APP, charm, force_series=True)
    juju.settle()
    return [line for line in juju.log_lines()[began:] if line.startswith(("WARNING", "ERROR"))]


def everything(juju):
    """Return what an upgrade must not change: values by where they are seen."""
    return {
        "state": shown(juju)[0],
        **told(juju),
        **never_updated(juju),
        **{f"file: {name}": it for name, it in files(juju).items() if name != "web.yml"},
    }


def test_there_and_back(juju, release, built_charm):
    images = {"alertmanager-image": "prom/alertmanager:v0.28.1"}
    juju.deploy(release, APP, images, config=OPTIONS, **released_charm.asked(release))
    for name in ("prometheus", "alerting-config", "alertmanager-service", "grafana-source"):
        relate_to(juju, name, f"their-{name}")
    before = everything(juju)
    assert before["state"] == "active"
    assert all(any(bags) for bags in told(juju).values())

    assert refresh(juju, built_charm) == []
    assert juju.application(APP).error == ""
    assert {name: juju.config(APP)[name] for name in OPTIONS} == OPTIONS
    assert everything(juju) == before

    assert refresh(juju, release) == []
    assert everything(juju) == before
    assert idle(juju)
