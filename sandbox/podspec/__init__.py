"""Pod spec version 3 as a Juju 2.9.30 to 3.6 controller takes it, without the controller.

>>> spec = parse(text)                               # what pod-spec-set accepts
>>> objects = deploy_check(spec, metadata)           # what the cluster accepts, rendered

Both refuse with Juju's own words.
"""

from .controllers import updated_fields
from .errors import DeployError, PodSpecError
from .parse import parse
from .render import DELETED, UNDONE, by_kind, render
from .workload import Storage, Workload, from_metadata, storage_of


def deploy_check(spec, metadata, **more):
    """Return the Kubernetes objects for a parsed spec of a charm with this metadata.yaml (a dict).

    ``more`` are fields of Workload, such as ``app`` or ``scale``. Raise DeployError.
    """
    return render(from_metadata(spec, metadata, **more))


__all__ = [
    "DELETED",
    "UNDONE",
    "DeployError",
    "PodSpecError",
    "Storage",
    "Workload",
    "by_kind",
    "deploy_check",
    "from_metadata",
    "parse",
    "render",
    "storage_of",
    "updated_fields",
]
