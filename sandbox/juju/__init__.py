"""The controller half of the sandbox: units, relations, leadership, hooks and hook tools."""

from sandbox.juju.controller import Controller
from sandbox.juju.juju_errors import JujuError
from sandbox.juju.model.entities import Image
from sandbox.kubernetes.kubelet.cluster_types import Pod

__all__ = ["Controller", "Image", "JujuError", "Pod"]
