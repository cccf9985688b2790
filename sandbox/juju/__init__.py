"""The controller half of the sandbox: units, relations, leadership, hooks and hook tools."""

from .controller import Controller, Pod
from .errors import HookFailed, JujuError
from .model import Image
from .network import NoCluster

__all__ = ["Controller", "HookFailed", "Image", "JujuError", "NoCluster", "Pod"]
