"""The Kubernetes objects that Juju makes of a pod spec, and what Juju or the API server refuse."""

from sandbox.kubernetes.objects.render_workload import render
from sandbox.kubernetes.objects.workload import (
    DeployError,
    Storage,
    Workload,
    from_metadata,
    storage_of,
)

__all__ = ["DeployError", "Storage", "Workload", "from_metadata", "render", "storage_of"]
