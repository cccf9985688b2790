"""Which Juju the sandbox behaves like: 2.9.52 or 3.6, which have been read throughout.

What differs is decided where it shows, by ``Version.since``; docs/reference/juju-versions.md tells
of the versions between.
"""

from __future__ import annotations

import re

from sandbox.juju.go_values import quote
from sandbox.juju.juju_errors import JujuError

KNOWN = {"2.9": "2.9.52", "3.6": "3.6.0"}
"""What the short names stand for."""


class Version(str):
    """A full version such as 2.9.52, as charms see it in JUJU_VERSION."""

    def since(self, *numbers: int) -> bool:
        """Whether it is the version with these numbers or a newer one."""
        return numbers_of(self) >= numbers

    @classmethod
    def from_name(cls, name: str) -> Version:
        """The version that a person means by ``2.9``, ``3.6`` or one of them in full.

        JujuError for any other.
        """
        full = KNOWN.get(name, name)
        if full not in KNOWN.values():
            raise JujuError(
                f"the sandbox does not behave like Juju {name}: it knows {' and '.join(KNOWN)}"
            )
        return cls(full)


def numbers_of(version: str) -> tuple[int, ...]:
    """``2.9.52`` as numbers to compare; what follows a hyphen does not count."""
    found = re.fullmatch(r"([0-9]+(?:\.[0-9]+)*)(-\w+)?", version)
    if not found:
        raise JujuError(f"invalid version {quote(version)}")
    return tuple(map(int, found[1].split(".")))
