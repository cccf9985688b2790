"""Where the rules put what they find."""

from typing import Dict, List, NamedTuple, Optional, Set, Tuple

from .. import version as versions
from ..problem import Problem
from ..version import EVERY, Version, VersionSet
from ..yaml.nodes import Node, Path

# More problems than this are not told; whoever reads so many would not miss the rest.
MAX_PROBLEMS = 200
# More warnings than this are not even kept; there may be one for each value.
_MAX_WARNINGS = 10 * MAX_PROBLEMS


class _Found(NamedTuple):
    """A problem without the versions that have it."""

    option: str
    line: int
    path: str
    message: str
    hint: str
    says_versions: bool = False


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
        self._found: Dict[_Found, VersionSet] = {}
        self._certain = 0
        self._warnings: Set[Problem] = set()
        self._told: Set[Tuple[str, ...]] = set()

    def covers(self, which: VersionSet) -> bool:
        """Whether any of these versions is in question here."""
        return bool(self._scope & which)

    def narrowed(self, which: VersionSet, refusing: VersionSet = 0) -> "_Narrowed":
        """Give a context in which only these of the versions are in question.

        refusing: those that refuse what stands here in any case.
        """
        return _Narrowed(self, which, refusing)

    def refuse(
        self, node: Node, path: Path, message: str, hint: str = "", which: VersionSet = EVERY
    ) -> None:
        """Say that some versions of Alertmanager refuse what stands here.

        which: those versions, all if not given.
        """
        which &= self._scope
        if which:
            self._find(_Found(node.option, node.line, str(path), message, hint), which)

    def refuse_untimely(self, node: Node, path: Path, message: str, which: VersionSet) -> None:
        """Say that some versions do not know a key. The message names those that do.

        While nobody knows the version, a key is told of once.
        """
        if self.version is not None or self.first_time(message):
            found = _Found(node.option, node.line, str(path), message, "", says_versions=True)
            self._find(found, which & self._scope)

    def _find(self, found: _Found, which: VersionSet) -> None:
        if not which or self.full:
            return
        before = self._found.get(found, 0)
        after = self._found[found] = before | which | self._refusing
        self._certain += self._is_certain(after) and not (before and self._is_certain(before))

    def _is_certain(self, which: VersionSet) -> bool:
        """Whether what these versions refuse is an error, and not the warning of a choice."""
        return self.version is not None or not versions.RELEASED & ~which

    def warn(
        self, node: Node, path: Path, message: str, hint: str = "", which: VersionSet = EVERY
    ) -> None:
        """Say that what stands here will not do what was meant, although it is accepted."""
        if self._scope & which and len(self._warnings) < _MAX_WARNINGS:
            self._warn(_Found(node.option, node.line, str(path), message, hint))

    def warn_official(self, node: Node, path: Path, message: str, which: VersionSet) -> None:
        """Say that the official builds of some versions refuse what stands here.

        Builds with another version of Go may take it, so it is no more than a warning.
        """
        if self._scope & which:
            hint = f"the official Alertmanager {versions.describe_versions(which)} refuses it"
            self.warn(node, path, message, hint)

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
        told = [_problem(found) for found in self._found if found not in partial]
        for found, which in partial.items():
            said = found.message
            if not found.says_versions:
                said += f" (Alertmanager {versions.describe_versions(which)})"
            told.append(_problem(found._replace(message=said), warning=bool(left)))
        told = sorted({*told, *self._warnings}, key=lambda problem: (problem.warning, problem))
        if len(told) > MAX_PROBLEMS or self.full:
            told = told[:MAX_PROBLEMS]
            message = f"has more problems than the {len(told)} listed"
            told.append(Problem(told[0].option, message=message, warning=True))
        return told

    def _warn(self, found: _Found) -> None:
        self._warnings.add(_problem(found, warning=True))


def _problem(found: _Found, warning: bool = False) -> Problem:
    return Problem(found.option, found.line, found.path, found.message, found.hint, warning=warning)


class _Narrowed:
    """Narrows a report's versions while it is entered."""

    def __init__(self, report: Report, which: VersionSet, refusing: VersionSet):
        self.report = report
        self.which = which
        self.refusing = refusing
        self.before = (EVERY, 0)

    def __enter__(self) -> bool:
        """Give whether any version remains."""
        self.before = (self.report._scope, self.report._refusing)
        self.report._scope &= self.which
        self.report._refusing |= self.refusing
        return bool(self.report._scope)

    def __exit__(self, *_exception) -> None:
        self.report._scope, self.report._refusing = self.before
