"""Which Alertmanager an image runs, as far as its reference tells."""

import re
from typing import Optional

from alertmanager_config.command_line_flags import BASELINE
from alertmanager_config.version import Version

_VERSION_TAG = re.compile(r":v?(\d+)\.(\d+)(?:\.(\d+))?(?:[-_+.][\w.+-]*)?(?:@[\w:+.-]+)?$")
# The project's own repositories, and mirrors of them.
_OWN_REPOSITORY = re.compile(r"(?:^|/)(?:prom|prometheus)/alertmanager$")
# The first minor release that no Alertmanager has had for a long time to come.
_NO_MINOR = 100


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
