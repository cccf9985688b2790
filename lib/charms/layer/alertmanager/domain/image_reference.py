"""References to container images, as kubelets and Juju read them, and the Alertmanager in them.

Source: https://github.com/distribution/reference, reference.go and normalize.go.
"""

import re
from typing import Optional, Tuple

from alertmanager_config.problem import Problem
from alertmanager_config.version import Version

# Everything up to here is understood by every Alertmanager that the charm supports.
BASELINE: Version = (0, 20, 0)

_VERSION_TAG = re.compile(r":v?(\d+)\.(\d+)(?:\.(\d+))?(?:[-_+.][\w.+-]*)?(?:@[\w:+.-]+)?$")
# The project's own repositories, and mirrors of them.
_OWN_REPOSITORY = re.compile(r"(?:^|/)(?:prom|prometheus)/alertmanager$")
# The first minor release that no Alertmanager has had for a long time to come.
_NO_MINOR = 100


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


def find_problems(reference: str) -> Tuple[Problem, ...]:
    """Say why no kubelet would pull an image; () if one would try, or if there is none."""
    found = _REFERENCE.fullmatch(reference)
    if not reference or (
        found and len(found["name"]) <= _LONGEST_NAME and not _ONLY_DIGEST.fullmatch(reference)
    ):
        return ()
    return (
        Problem(
            "alertmanager-image",
            message=f"{reference[:100]!r} is not a valid image reference",
            hint="attach one like prom/alertmanager:v0.28.1",
        ),
    )


def version_of(image: str) -> Optional[Version]:
    """Read Alertmanager's version off an image reference.

    image: for example ``registry:5000/prom/alertmanager:v0.28.1``.
    Returns (0, 28, 1); None where the tag is no version of Alertmanager (``latest``, a digest, a
    private scheme, ``v4.15`` of a product that brings it along). Every release so far is 0.x; 1.x
    is believed of the project's own repositories only, and 0.3 of those named after it.
    """
    found = _VERSION_TAG.search(image)
    if not found or "/" in found.group(0):
        return None
    major, minor, patch = (int(part or 0) for part in found.groups())
    repository = image[: found.start()]
    if minor >= _NO_MINOR or major > (1 if _OWN_REPOSITORY.search(repository) else 0):
        return None
    if (major, minor, patch) < BASELINE and "alertmanager" not in repository:
        return None
    return major, minor, patch
