"""A value of the configuration while it is being checked, and what all rules of a check share."""

from typing import Any, Collection, Dict, Iterable, Mapping, Optional, Set, Union

from ..problem import Fault, Problem
from ..version import EVERY, Version, VersionSet, describe_versions
from ..yaml.nodes import Node, Scalar, join_path, shorten_path
from ..yaml.scalars import STR
from .problem_report import Report

# Looking for what was meant is slow, and of little use when nothing fits.
_MAX_SUGGESTIONS = 50


class Context:
    """What all rules of one check share.

    report: where they put what they find.
    strict: whether an unknown key is refused.
    files: the files beside the configuration: name to contents, None where these are not known;
        None if nobody knows which files there are.
    only_classic, only_utf8: whether since 0.27 only one of the two syntaxes of matchers is read.
    templates: the templates that files and fields bring, notification_templates.Templates.
    globals: the values of the global block, once it has been read.
    global_fields: the keys that it may have.
    used_receivers: the names of the receivers that a route leads to.
    template_files: the names of the files that templates: takes in.
    homes: which objects have a key, for keys that landed in the wrong one.
    in_use: whether what is being checked belongs to a receiver that Alertmanager will build.
    """

    def __init__(
        self,
        version: Optional[Version],
        strict: bool,
        files: Optional[Mapping[str, Optional[bytes]]],
        features: Collection[str],
    ):
        self.report = Report(version)
        self.strict = strict
        self.files = files
        self.only_classic = "classic-mode" in features
        self.only_utf8 = "utf8-strict-mode" in features
        self.templates: Any = None
        self.globals: Any = None
        self.global_fields: Mapping[str, Any] = {}
        self.used_receivers: Set[str] = set()
        self.template_files: Set[str] = set()
        self.homes: Dict[str, str] = {}
        self.in_use = True
        self._suggestions = 0

    def may_suggest(self) -> bool:
        """Whether to look for what was meant by an unknown key."""
        self._suggestions += 1
        return self._suggestions <= _MAX_SUGGESTIONS


class Place:
    """A value of the configuration: its node, where it stands, and the check it is part of."""

    __slots__ = ("context", "node", "path")

    def __init__(self, node: Node, path: str, context: Context):
        self.node = node
        self.path = path
        self.context = context

    def step(self, step: Union[str, int], node: Node) -> "Place":
        """Give the place of a key's value, the key itself, or an item of what is here."""
        return Place(node, join_path(self.path, step), self.context)

    def on_line(self, line: int) -> "Place":
        """Give the place of a line in the text that is here."""
        return Place(Scalar("", STR, self.node.option, line), self.path, self.context)

    def refuse(self, message: str, hint: str = "", which: VersionSet = EVERY) -> None:
        """Say that some versions of Alertmanager, all if not given, refuse what stands here."""
        if self.context.report.covers(which):
            self.context.report.refuse(self.problem(message, hint), which)

    def warn(self, message: str, hint: str = "", which: VersionSet = EVERY) -> None:
        """Say that what stands here will not do what was meant, although it is accepted."""
        if self.context.report.covers(which):
            self.context.report.warn(self.problem(message, hint))

    def refuse_or_warn(
        self, refuses: bool, message: str, hint: str = "", which: VersionSet = EVERY
    ) -> None:
        """Say that Alertmanager refuses what stands here, or else that it will not work."""
        say = self.refuse if refuses else self.warn
        say(message, hint, which)

    def tell(self, faults: Iterable[Fault], before: str = "", which: VersionSet = EVERY) -> None:
        """Say what Go does not read. before: the beginning of the message.

        Builds with another version of Go than the official ones may take it, so what depends on
        that is no more than a warning.
        """
        for fault in faults:
            wrong = which & fault.versions
            if not fault.official:
                self.refuse(before + fault.message, which=wrong)
            elif wrong:
                hint = f"the official Alertmanager {describe_versions(wrong)} refuses it"
                self.warn(fault.message, hint, wrong)

    def problem(self, message: str, hint: str = "") -> Problem:
        """Give the problem with what stands here."""
        return Problem(self.node.option, self.node.line, shorten_path(self.path), message, hint)
