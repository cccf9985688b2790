"""Pod spec version 3 as a Juju 2.9.30 to 3.6 controller takes it: what ``pod-spec-set`` refuses."""

from sandbox.kubernetes.podspec.go_json import NotModelled, PodSpecError
from sandbox.kubernetes.podspec.read_pod_spec import parse

__all__ = ["NotModelled", "PodSpecError", "parse"]
