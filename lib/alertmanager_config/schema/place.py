"""A value of the configuration while it is being checked."""

from typing import Iterable, Union

from ..go.fault import Fault
from ..problem import Problem
from ..version import EVERY, VersionSet, describe_versions
from ..yaml.nodes import Node, Scalar, join_path, shorten_path
from ..yaml.scalars import STR
from .check_context import Context


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
