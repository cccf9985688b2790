"""Tools that only an action may call (Juju 2.9: action-*.go)."""

from __future__ import annotations

import re
from typing import Any

from sandbox.juju.gnuflag import no_more
from sandbox.juju.go_values import quote
from sandbox.juju.hooktools.hook_tool import OUTPUT, Tool
from sandbox.juju.juju_errors import JujuError, UsageError

_KEY = re.compile(r"^[a-z](?:[a-z-]*[a-z])?$|^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$")
_RESERVED = ("stdout", "stdout-encoding", "stderr", "stderr-encoding")


class ActionTool(Tool):
    """What the tools here share."""

    def action(self):
        """The action that is running; JujuError in a hook."""
        if self.context.action is None:
            raise JujuError("not running an action")
        return self.context.action


class ActionGet(ActionTool):
    """The parameters."""

    names = ("action-get",)
    args = "[<key>[.<key>.<key>...]]"
    purpose = "get action parameters"
    flags = OUTPUT

    def init(self, args: list[str]) -> None:
        """A dotted path, or nothing for all."""
        no_more(args[1:])
        self.path = args[0].split(".") if args else []

    def run(self) -> None:
        """The value at the path, nothing if there is none."""
        value: Any = self.action().params
        for key in self.path:
            value = value.get(key) if isinstance(value, dict) else None
        self.write(value)


class ActionSet(ActionTool):
    """The results."""

    names = ("action-set",)
    args = "<key>=<value> [<key>=<value> ...]"
    purpose = "set action results"
    writes = True

    def init(self, args: list[str]) -> None:
        """``a.b=value`` pairs."""
        self.pairs = []
        for arg in args:
            path, equals, value = arg.partition("=")
            if not equals:
                raise UsageError(f"argument {quote(arg)} must be of the form key...=value")
            for key in path.split("."):
                self._check(key)
            self.pairs.append((path.split("."), value))

    def _check(self, key: str) -> None:
        if not _KEY.match(key):
            raise UsageError(
                f"key {quote(key)} must start and end with lowercase alphanumeric, and contain only"
                " lowercase alphanumeric, hyphens and periods"
            )
        if key in _RESERVED:
            raise UsageError(f"cannot set reserved action key {quote(key)}")

    def run(self) -> None:
        """Sets nested results; a value in the way is replaced."""
        action = self.action()
        for path, value in self.pairs:
            place: dict[str, Any] = action.results
            for key in path[:-1]:
                if not isinstance(place.get(key), dict):
                    place[key] = {}
                place = place[key]
            place[path[-1]] = value


class ActionFail(ActionTool):
    """Says that the action failed; the process goes on."""

    names = ("action-fail",)
    args = '["<failure message>"]'
    purpose = "set action fail status with message"
    writes = True

    def init(self, args: list[str]) -> None:
        """At most one message."""
        default = "action failed without reason given, check action for errors"
        self.message = args[0] if args else default
        no_more(args[1:])

    def run(self) -> None:
        """Remembered until the action ends."""
        self.action().message = self.message
        self.context.action_failed = True


class ActionLog(ActionTool):
    """A message about progress."""

    names = ("action-log",)
    args = "<message>"
    purpose = "record a progress message for the current action"

    def init(self, args: list[str]) -> None:
        """Words."""
        if not args:
            raise UsageError("no message specified")
        self.message = " ".join(args)

    def run(self) -> None:
        """At once."""
        self.action().log.append(self.message)


TOOLS = (ActionGet, ActionSet, ActionFail, ActionLog)
