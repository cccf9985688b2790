"""What a charm that deploys a pod spec needs from Juju.

The flags that this layer sets are listed in ``charms.layer.pod_spec.hook_flags``; README.md of the
layer has an example.
"""

from charms.layer.pod_spec.actions import ActionFailed, count_others, number, run_action
from charms.layer.pod_spec.endpoint_bases import (
    PublishOnlyEndpoint,
    QuietEndpoint,
    is_new_relation,
    unsettled_relations,
)
from charms.layer.pod_spec.hook_tools import ToolError, run_tool
from charms.layer.pod_spec.images import Image, ImageMissing, find_reference_fault, image
from charms.layer.pod_spec.pod_addresses import (
    has_pod_address,
    headless_host,
    headless_name,
    ordinal_of,
    pod_host,
    read_living_units,
    read_namespace,
)
from charms.layer.pod_spec.pod_spec_tools import NotLeader, PodSpecError, pod_spec_get, pod_spec_set
from charms.layer.pod_spec.statuses import Status, status_at_exit
from charms.layer.pod_spec.templates import render
from charms.layer.pod_spec.unconfirmed_writes import note_write

__all__ = [
    "ActionFailed",
    "Image",
    "ImageMissing",
    "NotLeader",
    "PodSpecError",
    "PublishOnlyEndpoint",
    "QuietEndpoint",
    "Status",
    "ToolError",
    "count_others",
    "find_reference_fault",
    "has_pod_address",
    "headless_host",
    "headless_name",
    "image",
    "is_new_relation",
    "note_write",
    "number",
    "ordinal_of",
    "pod_host",
    "pod_spec_get",
    "pod_spec_set",
    "read_living_units",
    "read_namespace",
    "render",
    "run_action",
    "run_tool",
    "status_at_exit",
    "unsettled_relations",
]
