"""A value of the configuration while it is being checked."""

from ..go.fault import Fault
from ..version import EVERY, VersionSet
from ..yaml.nodes import Node, Path
from .check_context import Context


class Place:
    """A value of the configuration: its node, where it stands, and the check it is part of."""

    __slots__ = ("context", "node", "path")

    def __init__(self, node: Node, path: Path, context: Context):
        self.node = node
        self.path = path
        self.context = context

    def key(self, name: str, node: Node) -> "Place":
        """Give the place of a key's value, or of the key itself, in the mapping that is here."""
        return Place(node, self.path.key(name), self.context)

    def item(self, index: int, node: Node) -> "Place":
        """Give the place of an item, counted from 0, of the list that is here."""
        return Place(node, self.path.item(index), self.context)

    def refuse(self, message: str, hint: str = "", which: VersionSet = EVERY) -> None:
        """Say that some versions of Alertmanager, all if not given, refuse what stands here."""
        self.context.report.refuse(self.node, self.path, message, hint, which)

    def warn(self, message: str, hint: str = "", which: VersionSet = EVERY) -> None:
        """Say that what stands here will not do what was meant, although it is accepted."""
        self.context.report.warn(self.node, self.path, message, hint, which)

    def refuse_or_warn(
        self, refuses: bool, message: str, hint: str = "", which: VersionSet = EVERY
    ) -> None:
        """Say that Alertmanager refuses what stands here, or else that it will not work."""
        say = self.refuse if refuses else self.warn
        say(message, hint, which)

    def tell(self, fault: Fault, before: str = "", which: VersionSet = EVERY) -> None:
        """Say what Go does not read. before: the beginning of the message."""
        which &= fault.versions
        if fault.official:
            self.context.report.warn_official(self.node, self.path, fault.message, which)
        else:
            self.refuse(before + fault.message, which=which)
