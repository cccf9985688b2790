"""Which Alertmanager an image runs."""

import re
from typing import Optional, Tuple

Version = Tuple[int, int, int]

# Everything up to here is understood by every Alertmanager that the charm supports.
BASELINE: Version = (0, 20, 0)

_TAG = re.compile(r":v?(\d+)\.(\d+)(?:\.(\d+))?(?:[-_+.][\w.+-]*)?(?:@[\w:+.-]+)?$")
# The project's own repositories, and mirrors of them.
_OWN = re.compile(r"(?:^|/)(?:prom|prometheus)/alertmanager$")
# The first minor release that no Alertmanager has had for a long time to come.
_NO_MINOR = 100


def of_image(image: str) -> Optional[Version]:
    """Read Alertmanager's version off an image reference.

    image: for example ``registry:5000/prom/alertmanager:v0.28.1``.
    Returns (0, 28, 1); None where the tag is no version of Alertmanager (``latest``, a digest, a
    private scheme, ``v4.15`` of a product that brings it along). Every release so far is 0.x; 1.x
    is believed of the project's own repositories only, and 0.3 of those named after it.
    """
    found = _TAG.search(image)
    if not found or "/" in found.group(0):
        return None
    major, minor, patch = (int(part or 0) for part in found.groups())
    repository = image[: found.start()]
    if minor >= _NO_MINOR or major > (1 if _OWN.search(repository) else 0):
        return None
    if (major, minor, patch) < BASELINE and "alertmanager" not in repository:
        return None
    return major, minor, patch
