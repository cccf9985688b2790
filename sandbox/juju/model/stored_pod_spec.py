"""Reads the pod spec that a charm sets and the controller holds."""

from __future__ import annotations

from copy import deepcopy
from functools import lru_cache
from typing import Any

from sandbox.juju.juju_errors import JujuError, UsageError
from sandbox.kubernetes.podspec import NotModelled, PodSpecError, parse


def parse_pod_spec(text: str) -> dict[str, Any]:
    """The spec as Juju understands it; JujuError with Juju's text if Juju would refuse it,
    UsageError for what the sandbox does not model.
    """
    try:
        return deepcopy(_parse(text))
    except PodSpecError as error:
        raise JujuError(str(error)) from None
    except NotModelled as error:
        raise UsageError(str(error)) from None


@lru_cache(maxsize=8)  # the same text is checked when it is set, committed and deployed
def _parse(text: str) -> dict[str, Any]:
    return parse(text)
