"""What a charm that deploys a pod spec needs from Juju.

The flags that this layer sets are listed in ``charms.layer.pod_spec.hook_flags``; README.md of the
layer has an example.
"""

from charms.layer.pod_spec.endpoints import (
    PublishOnlyEndpoint,
    QuietEndpoint,
    is_new_relation,
    unsettled_relations,
)
from charms.layer.pod_spec.hook_tools import ToolError, run_tool
from charms.layer.pod_spec.images import Image, ImageMissing, image
from charms.layer.pod_spec.pod_spec_tools import NotLeader, PodSpecError, pod_spec_get, pod_spec_set
from charms.layer.pod_spec.statuses import Status, status_at_exit
from charms.layer.pod_spec.templates import render
from charms.layer.pod_spec.unconfirmed_writes import note_write

__all__ = [
    "Image",
    "ImageMissing",
    "NotLeader",
    "PodSpecError",
    "PublishOnlyEndpoint",
    "QuietEndpoint",
    "Status",
    "ToolError",
    "image",
    "is_new_relation",
    "note_write",
    "pod_spec_get",
    "pod_spec_set",
    "render",
    "run_tool",
    "status_at_exit",
    "unsettled_relations",
]
