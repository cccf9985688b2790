"""Names, labels and annotations that Juju gives to everything it creates.

The label scheme is that of models made by Juju 2.9 or newer.
"""


def selector(workload):
    """Return the labels by which Services and the StatefulSet find the pods."""
    return {"app.kubernetes.io/name": workload.app}


def tags(workload):
    """Return the annotations of every object."""
    return {
        "model.juju.is/id": workload.model_uuid,
        "controller.juju.is/id": workload.controller_uuid,
    }


def workload_tags(workload):
    """Return the annotations of the pod template and what belongs to it."""
    version = {"charm.juju.is/modified-version": str(workload.modified_version)}
    return dict(tags(workload), **version)


def make(workload, kind, name, labels=None, annotations=None, **fields):
    """Return an object; ``kind`` is like "apps/v1 StatefulSet", annotations go over the tags."""
    api_version, _, kind = kind.rpartition(" ")
    managed = {"app.kubernetes.io/managed-by": "juju"}
    metadata = {
        "name": name,
        "namespace": workload.model,
        "labels": dict(labels or {}, **selector(workload), **managed),
        "annotations": dict(tags(workload), **(annotations or {})),
    }
    return dict({"apiVersion": api_version, "kind": kind, "metadata": metadata}, **fields)


def without_empty(**fields):
    """Return the fields that have a value."""
    return {key: value for key, value in fields.items() if value not in (None, "", [], {})}
