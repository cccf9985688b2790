"""StatefulSet, Deployment or DaemonSet, and the volume claims.

Source: Juju 2.9 ``caas/kubernetes/provider/{statefulsets,k8s,volume}.go``.
"""

from collections import namedtuple

from sandbox.kubernetes.objects.juju_labels import make, selector, tags, workload_tags
from sandbox.kubernetes.podspec.pod_spec_errors import DeployError

_Kind = namedtuple("_Kind", "name strategy_key at_once rolling nothing_rolling")

_KINDS = {  # by deployment type of metadata.yaml
    "stateful": _Kind(
        "StatefulSet",
        "updateStrategy",
        "OnDelete",
        {"partition"},
        "rolling update spec partition is missing",
    ),
    "stateless": _Kind(
        "Deployment",
        "strategy",
        "Recreate",
        {"maxSurge", "maxUnavailable"},
        "empty rolling update spec",
    ),
    "daemon": _Kind(
        "DaemonSet",
        "updateStrategy",
        "OnDelete",
        {"maxUnavailable"},
        "rolling update spec maxUnavailable is missing",
    ),
}


def kind_of(workload):
    """Return the kind of the object that owns the pods. Raise DeployError for an unknown type."""
    if workload.kind not in _KINDS:
        raise DeployError(f'deployment type "{workload.kind}" not supported')
    return _KINDS[workload.kind].name


def update_strategy(workload):
    """Return the update strategy of the spec, or None. Raise DeployError."""
    strategy = workload.spec.get("service", {}).get("updateStrategy")
    if strategy is None:
        return None
    kind = _KINDS[workload.kind]
    given, rolling = strategy["type"], strategy.get("rollingUpdate")
    message = ""
    if given not in (kind.at_once, "RollingUpdate"):
        message = f'strategy type "{given}" for {kind.name.lower()} not valid'
    elif rolling is not None and given == kind.at_once:
        message = f'rolling update spec is not supported for "{given}"'
    elif rolling is not None and set(rolling) - kind.rolling:
        message = f"rolling update spec for {kind.name.lower()} not valid"
    elif rolling is not None and not rolling:
        message = kind.nothing_rolling
    if message:
        raise DeployError(message)
    return strategy


def controller(workload, pod_spec, strategy):
    """Yield the StatefulSet (or Deployment, DaemonSet) that runs ``pod_spec``.

    Storage is mounted into the first container only, as Juju does.
    """
    kind = _KINDS[workload.kind]
    claims = [_claim(workload, storage) for storage in workload.storage]
    for storage, claim in zip(workload.storage, claims):
        mount = {"name": claim["metadata"]["name"], "mountPath": storage.mount_path}
        pod_spec["containers"][0]["volumeMounts"].append(mount)
    spec = {
        "selector": {"matchLabels": selector(workload)},
        "revisionHistoryLimit": 0,
        "template": {"metadata": _template_metadata(workload), "spec": pod_spec},
    }
    if kind.name != "DaemonSet":
        spec["replicas"] = workload.scale
    if strategy:
        spec[kind.strategy_key] = strategy
    if kind.name == "StatefulSet":
        serial = workload.spec.get("service", {}).get("scalePolicy") == "serial"
        spec["serviceName"] = workload.app + "-endpoints"
        spec["podManagementPolicy"] = "OrderedReady" if serial else "Parallel"
        if claims:
            spec["volumeClaimTemplates"] = claims
    else:
        for claim in claims:
            name = claim["metadata"]["name"]
            volume = {"name": name, "persistentVolumeClaim": {"claimName": name}}
            pod_spec["volumes"].append(volume)
            yield claim
    annotations = dict(workload_tags(workload), **{"app.juju.is/uuid": workload.storage_id})
    yield make(workload, f"apps/v1 {kind.name}", workload.app, annotations=annotations, spec=spec)


def updated_fields(workload):
    """Return the fields of the pod's spec that Juju passes on to a StatefulSet that is there.

    Source: ensureStatefulSet of Juju 2.9.52; init containers since 3.0 (commit 243c04a5d0).
    """
    fields = ["volumes", "containers", "serviceAccountName", "automountServiceAccountToken"]
    return fields if workload.juju_major < 3 else [*fields, "initContainers"]


def _template_metadata(workload):
    pod = workload.spec.get("kubernetesResources", {}).get("pod", {})
    annotations = dict(pod.get("annotations", {}), **workload_tags(workload))
    annotations["apparmor.security.beta.kubernetes.io/pod"] = "runtime/default"
    annotations["seccomp.security.beta.kubernetes.io/pod"] = "docker/default"
    return {
        "labels": dict(pod.get("labels", {}), **selector(workload)),
        "annotations": annotations,
    }


def _claim(workload, storage):
    labels = {"storage.juju.is/name": storage.name, "app.kubernetes.io/managed-by": "juju"}
    annotations = dict(tags(workload), **{"storage.juju.is/name": storage.name})
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {
            "name": f"{storage.name}-{workload.storage_id}",
            "labels": labels,
            "annotations": annotations,
        },
        "spec": {
            "accessModes": ["ReadWriteOnce"],
            "resources": {"requests": {"storage": f"{storage.size}Mi"}},
        },
    }
