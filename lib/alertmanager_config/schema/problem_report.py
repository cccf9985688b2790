"""Where the rules put what they find."""

from contextlib import contextmanager
from typing import Dict, Iterator, List, Optional, Set, Tuple

from .. import version as versions
from ..problem import Problem
from ..version import EVERY, Version, VersionSet

# More problems than this are not told; whoever reads so many would not miss the rest.
MAX_PROBLEMS = 200
# More warnings than this are not even kept; there may be one for each value.
_MAX_WARNINGS = 10 * MAX_PROBLEMS


class Report:
    """Collects problems for one version, or for all of them while nobody knows which it will be.

    A rule says for which versions it holds. If the version is known, other rules are passed
    over. If not, what only some versions refuse earns a warning that names them, as long as there
    is a version left that refuses nothing at all.
    """

    def __init__(self, version: Optional[Version]):
        self.version = version
        self._refusing: VersionSet = 0
        self._scope: VersionSet = EVERY if version is None else versions.only(version)
        self._found: Dict[Problem, VersionSet] = {}
        self._naming_versions: Set[Problem] = set()
        self._certain = 0
        self._warnings: Set[Problem] = set()
        self._told: Set[Tuple[str, ...]] = set()

    def covers(self, which: VersionSet) -> bool:
        """Whether any of these versions is in question here."""
        return bool(self._scope & which)

    @contextmanager
    def narrowed(self, which: VersionSet, refusing: VersionSet = 0) -> Iterator[bool]:
        """Give a context in which only these of the versions are in question, and if any is.

        refusing: those that refuse what stands here in any case.
        """
        before = (self._scope, self._refusing)
        self._scope &= which
        self._refusing |= refusing
        yield bool(self._scope)
        self._scope, self._refusing = before

    def refuse(self, problem: Problem, which: VersionSet) -> None:
        """Take note of what these of the versions in question refuse."""
        if self.full:
            return
        before = self._found.get(problem, 0)
        after = self._found[problem] = before | which & self._scope | self._refusing
        self._certain += self._is_certain(after) and not (before and self._is_certain(before))

    def refuse_untimely(self, problem: Problem, which: VersionSet) -> None:
        """Take note of a key that these versions do not know; the message names those that do.

        While nobody knows the version, a key is told of once.
        """
        if self.version is not None or self.first_time(problem.message):
            self._naming_versions.add(problem)
            self.refuse(problem, which)

    def _is_certain(self, which: VersionSet) -> bool:
        """Whether what these versions refuse is an error, and not the warning of a choice."""
        return self.version is not None or not versions.RELEASED & ~which

    def warn(self, problem: Problem) -> None:
        """Take note of what is accepted, but will not do what was meant."""
        if len(self._warnings) < _MAX_WARNINGS:
            self._warnings.add(problem._replace(warning=True))

    def first_time(self, *what: str) -> bool:
        """Whether this is asked for the first time, of a problem to be told only once."""
        new = what not in self._told
        self._told.add(what)
        return new

    @property
    def full(self) -> bool:
        """Whether there is no use in looking for more: so many errors suffice to refuse.

        Warnings do not count, so that no number of them can hide an error.
        """
        return self._certain >= MAX_PROBLEMS

    def problems(self) -> List[Problem]:
        """Give what was found, in no particular order.

        At most MAX_PROBLEMS: errors before warnings, and those of earlier lines before others.
        If that is not all, one more warning says so.
        """
        partial = {
            found: which for found, which in self._found.items() if not self._is_certain(which)
        }
        left = versions.RELEASED
        for which in partial.values():
            left &= ~which
        told = self._found.keys() - partial.keys() | self._warnings
        for found, which in partial.items():
            said = found.message
            if found not in self._naming_versions:
                said += f" (Alertmanager {versions.describe_versions(which)})"
            told.add(found._replace(message=said, warning=bool(left)))
        listed = sorted(told, key=lambda problem: (problem.warning, problem))
        if len(listed) > MAX_PROBLEMS or self.full:
            del listed[MAX_PROBLEMS:]
            message = f"has more problems than the {len(listed)} listed"
            listed.append(Problem(listed[0].option, message=message, warning=True))
        return listed
