r"""The names that ``\p{...}`` takes in Go's regular expressions.

They are those of the tables in Go's unicode package. Each Alertmanager release carries the tables
of the Go that built it: Unicode 11 in 0.20, 12 in 0.21, 13 from 0.22, 15 from 0.27. Since Go 1.25,
and so Alertmanager 0.29, case, spaces, hyphens and underscores in a name do not matter, and the
long names of the categories are known.
"""

from functools import lru_cache
from typing import Dict

from ..version import EVERY, FUTURE, VersionSet, before

_FLEXIBLE_SINCE = 29

# Their long names are in unicode_classes.txt, as those of scripts are, in paragraphs that begin
# with the version of Alertmanager that first knew them.
_CATEGORIES = (
    "Any C Cc Cf Co Cs L Ll Lm Lo Lt Lu M Mc Me Mn N Nd Nl No "
    "P Pc Pd Pe Pf Pi Po Ps S Sc Sk Sm So Z Zl Zp Zs"
)


def _canonical(name: str) -> str:
    return name.replace("_", "").replace("-", "").replace(" ", "").lower()


@lru_cache(maxsize=1)
def _list_unknown() -> Dict[str, VersionSet]:
    """Give, for each spelling, the versions that do not know it."""
    unknown: Dict[str, VersionSet] = dict.fromkeys(_CATEGORIES.split(), 0)
    with open(__file__.rpartition(".")[0] + ".txt", encoding="utf-8") as names:
        for since, *known in map(str.split, names.read().split("\n\n")):
            unknown.update(dict.fromkeys(known, before(FUTURE if since == "later" else int(since))))
    for name, versions in list(unknown.items()):
        unknown.setdefault(_canonical(name), versions | before(_FLEXIBLE_SINCE))
    return unknown


def is_category(name: str) -> bool:
    """Tell whether this is the short name of a category, such as L or Lu."""
    return len(name) < 3 and name in _CATEGORIES.split()


def unknown_to(name: str) -> VersionSet:
    """Give the versions that do not know a name; EVERY for one that nobody knows."""
    unknown = _list_unknown()
    return unknown.get(name, unknown.get(_canonical(name), EVERY))
