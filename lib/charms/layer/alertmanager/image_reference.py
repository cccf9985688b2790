"""References to container images, as kubelets and Juju read them.

Source: https://github.com/distribution/reference, reference.go and normalize.go.
"""

import re
from typing import Tuple

from alertmanager_config.problem import Problem

_HOST = (
    r"(?:[A-Za-z0-9]+(?:-+[A-Za-z0-9]+)*(?:\.[A-Za-z0-9]+(?:-+[A-Za-z0-9]+)*)*|\[[A-Fa-f0-9:]+\])"
)
_PART = r"[a-z0-9]+(?:(?:\.|_{1,2}|-+)[a-z0-9]+)*"
_REFERENCE = re.compile(
    rf"(?P<name>(?:{_HOST}(?::[0-9]+)?/)?{_PART}(?:/{_PART})*)"
    r"(?::[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?"
    r"(?:@[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9A-Fa-f]{32,})?"
)
_LONGEST_NAME = 255 - len("docker.io/library/")
_ONLY_DIGEST = re.compile("[a-f0-9]{64}")


def problems(resource: str, reference: str) -> Tuple[Problem, ...]:
    """Say why no kubelet would pull an image; () if one would try, or if there is no reference.

    resource: the name of the resource that the reference is from.
    """
    found = _REFERENCE.fullmatch(reference)
    if not reference or (
        found and len(found["name"]) <= _LONGEST_NAME and not _ONLY_DIGEST.fullmatch(reference)
    ):
        return ()
    return (
        Problem(
            resource,
            message=f"{reference[:100]!r} is not a valid image reference",
            hint="attach one like prom/alertmanager:v0.28.1",
        ),
    )
