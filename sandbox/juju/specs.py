"""The pod spec checker, with its refusals as the controller's own."""

from __future__ import annotations

from typing import Any

from sandbox import podspec

from .errors import JujuError


def parse(text: str, app: str) -> dict[str, Any]:
    """The spec as Juju understands it; JujuError with Juju's text if Juju would refuse it."""
    try:
        return podspec.parse(text, app)
    except podspec.PodSpecError as error:
        raise JujuError(str(error)) from None
