"""The one door to the pod spec checker and, behind it, the cluster."""

from __future__ import annotations

from typing import Any

import yaml

from .errors import JujuError

try:
    from sandbox import podspec
except ImportError:
    podspec = None


def parse(text: str, app: str) -> dict[str, Any]:
    """The spec as Juju understands it; JujuError with Juju's text if Juju would refuse it."""
    if podspec is None:
        return yaml.safe_load(text)
    try:
        return podspec.parse(text, app)
    except podspec.PodSpecError as error:
        raise JujuError(str(error)) from None


def deploy(cluster: Any, workload: Any, metadata: dict[str, Any]) -> str:
    """Hands a workload to the cluster; returns why it could not be deployed, "" if it could."""
    if podspec is None:
        cluster.apply(workload)
        return ""
    try:
        podspec.deploy_check(workload.spec, metadata)
        cluster.apply(workload)
    except podspec.DeployError as error:
        return str(error)
    return ""
