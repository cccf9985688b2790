"""What Juju gives every hook, each thing asked once, when it is first needed."""

import os
from functools import cached_property
from typing import Any, Dict, List, Mapping, Optional

from charmhelpers.core import hookenv
from charms.layer.pod_spec.images import Image, ImageMissing, find_reference_fault, image
from charms.layer.pod_spec.pod_addresses import (
    has_pod_address,
    ordinal_of,
    pod_host,
    read_living_units,
    read_namespace,
)
from charms.layer.pod_spec.pod_spec_tools import pod_spec_get
from charms.reactive import endpoint_from_name, is_flag_set

# Hooks in which every relation is looked at again: when a relation is removed by force, its own
# hooks do not run.
_LOOK_AT_ALL = ("config-changed", "upgrade-charm")


class HookInputs:
    """The base of what a charm's own hooks are given: set ``image_resource``, and add properties.

    Reading never writes. One object is for one hook.
    """

    image_resource = ""
    """The name that metadata.yaml has for the workload's image."""

    @cached_property
    def hook(self) -> str:
        """The name of the hook."""
        return hookenv.hook_name()

    @cached_property
    def unit(self) -> str:
        """Juju's name of this unit: alertmanager/0."""
        return hookenv.local_unit()

    @cached_property
    def application(self) -> str:
        """Juju's name of the application."""
        return hookenv.application_name()

    @cached_property
    def model(self) -> str:
        """Juju's name of the model."""
        return hookenv.model_name()

    @cached_property
    def namespace(self) -> str:
        """The Kubernetes namespace that the pods are in."""
        return read_namespace()

    @property
    def is_leader(self) -> bool:
        """Whether this unit leads: this layer has asked."""
        return is_flag_set("leadership.is_leader")

    @cached_property
    def living_units(self) -> List[str]:
        """The names of the units that are not being removed, this one among them."""
        return read_living_units()

    @cached_property
    def ordinal(self) -> int:
        """The number of the pod whose name this unit goes by."""
        return ordinal_of(self.unit, self.living_units)

    def pod_host(self, ordinal: int) -> str:
        """Return the name under which the cluster finds the pod of that number."""
        return pod_host(self.application, ordinal, self.namespace)

    @cached_property
    def has_pod(self) -> bool:
        """Whether Kubernetes has given this unit's pod an address: else there is none to ask."""
        return has_pod_address()

    @cached_property
    def options(self) -> Mapping[str, Any]:
        """The values of all options, by the names of config.yaml."""
        return hookenv.config()

    @cached_property
    def proxy(self) -> Dict[str, str]:
        """The model's proxy settings for charms, by the names under which programs know them."""
        names = ("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY")
        values = {name: os.environ.get(f"JUJU_CHARM_{name}", "") for name in names}
        return {name: value for name, value in values.items() if value}

    @cached_property
    def image(self) -> Image:
        """The image that is attached. Raises ImageMissing."""
        return image(self.image_resource)

    @cached_property
    def image_reference(self) -> str:
        """That image's reference, "" if Juju has none to give."""
        try:
            return self.image.path
        except ImageMissing:
            return ""

    @cached_property
    def image_fault(self) -> str:
        """Why no kubelet would pull that image, "" if one would try, or if there is none."""
        return find_reference_fault(self.image_reference)

    @cached_property
    def pod_spec_text(self) -> Optional[str]:
        """The pod spec as Juju held it when this hook began; None if it had none."""
        return pod_spec_get()

    def is_related(self, endpoint: str) -> bool:
        """Tell whether an endpoint has a relation."""
        return bool(endpoint_from_name(endpoint).relations)

    def may_have_changed(self, endpoint: str) -> bool:
        """Tell whether something may have happened on an endpoint since the last hook."""
        return self.hook in _LOOK_AT_ALL or self.hook.startswith(f"{endpoint}-relation-")
