"""The pod spec checker, with its refusals as the controller's own."""

from __future__ import annotations

from copy import deepcopy
from functools import lru_cache
from typing import Any

from sandbox.juju.juju_errors import JujuError
from sandbox.kubernetes import podspec


def parse(text: str, app: str) -> dict[str, Any]:
    """The spec as Juju understands it; JujuError with Juju's text if Juju would refuse it."""
    try:
        return deepcopy(_parsed(text, app))
    except podspec.PodSpecError as error:
        raise JujuError(str(error)) from None


@lru_cache(maxsize=8)  # the same text is checked when it is set, committed and deployed
def _parsed(text: str, app: str) -> dict[str, Any]:
    return podspec.parse(text, app)
