"""Which Juju the sandbox behaves like.

What differs between versions is decided where it shows, by ``Version.since``. 2.9.52 and 3.6 have
been read throughout; of the others only what docs/reference/juju-versions.md tells.
"""

from __future__ import annotations

import re

from sandbox.juju.go_values import quote
from sandbox.juju.juju_errors import JujuError

NEWEST = {"2.9": "2.9.52", "3.6": "3.6.0"}
"""What the short names stand for."""


class Version(str):
    """A full version such as 2.9.52, as charms see it in JUJU_VERSION."""

    def since(self, *numbers: int) -> bool:
        """Whether it is the version with these numbers or a newer one."""
        return numbers_of(self) >= numbers

    @classmethod
    def from_name(cls, name: str) -> Version:
        """The version that a person means by ``2.9``, ``3.6`` or a full one of 2.9 or 3.

        JujuError for any other: before 2.9 hook tools were others, and Juju 4 runs no pod specs.
        """
        full = NEWEST.get(name, name)
        if not re.fullmatch(r"(2\.9|3\.[0-6])\.[0-9]{1,4}", full):
            known = " and ".join(NEWEST)
            raise JujuError(
                f"the sandbox does not behave like Juju {name}: it knows {known},"
                " and single versions of 2.9 and 3 such as 2.9.47"
            )
        return cls(full)


def numbers_of(version: str) -> tuple[int, ...]:
    """``2.9.52`` as numbers to compare; what follows a hyphen does not count."""
    found = re.fullmatch(r"([0-9]+(?:\.[0-9]+)*)(-\w+)?", version)
    if not found:
        raise JujuError(f"invalid version {quote(version)}")
    return tuple(map(int, found[1].split(".")))
