"""The Kubernetes objects that Juju makes of a pod spec, and what Juju or the API server refuse."""

from sandbox.kubernetes.objects.deploy_error import DeployError
from sandbox.kubernetes.objects.render_workload import by_kind, render
from sandbox.kubernetes.objects.workload import Storage, Workload, from_metadata, storage_of


def deploy_check(spec, metadata, **more):
    """Return the Kubernetes objects for a parsed spec of a charm with this metadata.yaml (a dict).

    ``more`` are fields of Workload, such as ``app`` or ``scale``. Raise DeployError.
    """
    return render(from_metadata(spec, metadata, **more))


__all__ = [
    "DeployError",
    "Storage",
    "Workload",
    "by_kind",
    "deploy_check",
    "from_metadata",
    "render",
    "storage_of",
]
