"""What a charm that deploys a pod spec needs from Juju.

The flags that this layer sets are listed in ``charms.layer.pod_spec.facts``; README.md of the
layer has an example.
"""

from charms.layer.pod_spec.images import Image, ImageMissing, image
from charms.layer.pod_spec.outlets import Outlet, QuietEndpoint
from charms.layer.pod_spec.specs import NotLeader, PodSpecError, pod_spec_get, pod_spec_set
from charms.layer.pod_spec.statuses import Status, status_at_exit
from charms.layer.pod_spec.templates import render
from charms.layer.pod_spec.tools import ToolError
from charms.layer.pod_spec.writes import note_write

__all__ = [
    "Image",
    "ImageMissing",
    "NotLeader",
    "Outlet",
    "PodSpecError",
    "QuietEndpoint",
    "Status",
    "ToolError",
    "image",
    "note_write",
    "pod_spec_get",
    "pod_spec_set",
    "render",
    "status_at_exit",
]
