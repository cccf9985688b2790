"""The StatefulSet of a workload with its volume claims.

Source: Juju 2.9 ``caas/kubernetes/provider/{statefulsets,k8s,volume}.go``.
"""

from sandbox.kubernetes.objects.juju_labels import make, selector, tags, workload_tags


def stateful_set(workload, pod_spec):
    """Return the StatefulSet that runs ``pod_spec``.

    Storage is mounted into the first container only, as Juju does.
    """
    claims = [_claim(workload, storage) for storage in workload.storage]
    for storage, claim in zip(workload.storage, claims):
        mount = {"name": claim["metadata"]["name"], "mountPath": storage.mount_path}
        pod_spec["containers"][0]["volumeMounts"].append(mount)
    spec = {
        "selector": {"matchLabels": selector(workload)},
        "revisionHistoryLimit": 0,
        "template": {"metadata": _template_metadata(workload), "spec": pod_spec},
        "replicas": workload.scale,
        "serviceName": workload.app + "-endpoints",
        "podManagementPolicy": "Parallel",
    }
    if claims:
        spec["volumeClaimTemplates"] = claims
    annotations = dict(workload_tags(workload), **{"app.juju.is/uuid": workload.storage_id})
    return make(workload, "apps/v1 StatefulSet", workload.app, annotations=annotations, spec=spec)


def _template_metadata(workload):
    pod = workload.spec.get("kubernetesResources", {}).get("pod", {})
    annotations = dict(pod.get("annotations", {}), **workload_tags(workload))
    annotations["apparmor.security.beta.kubernetes.io/pod"] = "runtime/default"
    annotations["seccomp.security.beta.kubernetes.io/pod"] = "docker/default"
    return {"labels": dict(pod.get("labels", {}), **selector(workload)), "annotations": annotations}


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
