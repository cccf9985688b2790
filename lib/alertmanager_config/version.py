"""The Alertmanager versions we know, and sets of them.

Alertmanager changes its configuration language in minor releases only, so a version counts as its
minor number here: 0.28.1 is 28. A set of versions is an int with one bit per minor release, which
makes unions and tests cheap.
"""

import re
from typing import Iterable, Optional, Tuple

OLDEST = 20
NEWEST = 35
# Any release after NEWEST: we know what it inherits, not what it adds.
FUTURE = NEWEST + 1

Version = Tuple[int, ...]
VersionSet = int

EVERY: VersionSet = (1 << (FUTURE - OLDEST + 1)) - 1
# What stands for "every version" when nobody knows which one it will be.
RELEASED: VersionSet = (1 << (NEWEST - OLDEST + 1)) - 1


def since(minor: int) -> VersionSet:
    """Give 0.<minor> and every later version."""
    return EVERY & ~before(minor)


def before(minor: int) -> VersionSet:
    """Give every version earlier than 0.<minor>."""
    return (1 << (minor - OLDEST)) - 1


def parse_versions(ranges: Iterable[str]) -> VersionSet:
    """Read sets of versions: ``26`` is 0.26 and later, ``24-25`` is 0.24 and 0.25."""
    found: VersionSet = 0
    for text in ranges:
        first, _, last = text.partition("-")
        found |= since(int(first)) & (before(int(last) + 1) if last else EVERY)
    return found


def only(version: Version) -> VersionSet:
    """Give the set that holds just this version, for example (0, 28, 1).

    What is older than the oldest we know counts as that, and what is newer as FUTURE.
    """
    major, minor = (*version, 0, 0)[:2]
    if major > 0:
        minor = FUTURE
    return 1 << (min(max(minor, OLDEST), FUTURE) - OLDEST)


def is_future(version: Optional[Version]) -> bool:
    """Whether this is a version newer than those we know."""
    return version is not None and only(version) == 1 << (FUTURE - OLDEST)


def parse_version(text: str) -> Optional[Version]:
    """Read a version such as ``0.28.1``, ``v0.28`` or ``0.28.1-rc.0+ds``; None if it is none."""
    digits = text.strip().lstrip("vV").split("-")[0].split("+")[0].split("~")[0].split(".")
    if not 1 < len(digits) < 5 or not all(part.isdigit() and len(part) < 6 for part in digits):
        return None
    return tuple(int(part) for part in digits)


def format_version(version: Version) -> str:
    """Write a version as Alertmanager does: 0.28.1."""
    return ".".join(map(str, version))


def describe_versions(versions: VersionSet) -> str:
    """Name a set of versions, for example ``0.26 and later`` or ``0.24 to 0.25``."""
    bits = f"{versions:b}"[::-1]
    runs = [(OLDEST + run.start(), OLDEST + run.end() - 1) for run in re.finditer("1+", bits)]
    return " and ".join(_describe_run(first, last) for first, last in runs)


def _describe_run(first: int, last: int) -> str:
    if last >= NEWEST and first > OLDEST:
        return f"0.{min(first, NEWEST)} and later"
    if first == last:
        return f"0.{first}"
    if first == OLDEST and last < NEWEST:
        return f"0.{last} and earlier"
    return f"0.{first} to 0.{min(last, NEWEST)}"
