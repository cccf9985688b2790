"""Which Alertmanager an image runs."""

import re
from typing import Optional, Tuple

Version = Tuple[int, int, int]

# Everything up to here is understood by every Alertmanager that the charm supports.
BASELINE: Version = (0, 20, 0)

_TAG = re.compile(r":v?(\d+)\.(\d+)(?:\.(\d+))?(?:[-_+.][\w.+-]*)?(?:@[\w:+.-]+)?$")


def of_image(image: str) -> Optional[Version]:
    """Read Alertmanager's version off an image reference.

    image: for example ``registry:5000/prom/alertmanager:v0.28.1``.
    Returns (0, 28, 1); None where the tag is no version (``latest``, a digest, a private scheme).
    """
    found = _TAG.search(image)
    if not found or "/" in found.group(0):
        return None
    major, minor, patch = found.groups()
    return int(major), int(minor), int(patch or 0)


def text(version: Version) -> str:
    """Write a version as Alertmanager does: 0.28.1."""
    return ".".join(map(str, version))
