"""The controller half of the sandbox: units, relations, leadership, hooks and hook tools."""

from .bases import Asked
from .controller import Controller, Pod
from .errors import HookFailed, JujuError
from .model import Image
from .network import NoCluster

__all__ = ["Asked", "Controller", "HookFailed", "Image", "JujuError", "NoCluster", "Pod"]
