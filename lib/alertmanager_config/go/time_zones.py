"""The names of the IANA time zone database (2026.6), all of them, and what Go adds.

Go's time.LoadLocation takes them from the database that the image carries.
"""

from functools import lru_cache
from pathlib import Path
from typing import FrozenSet


@lru_cache(maxsize=1)
def list_time_zones() -> FrozenSet[str]:
    """Give every name: ``Europe/Berlin``, ``UTC``, ``Local``, ..."""
    return frozenset(Path(__file__).with_suffix(".txt").read_text(encoding="ascii").split())
