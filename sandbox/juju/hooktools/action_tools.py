"""Tools that only an action may call (Juju 2.9: action-*.go)."""

from __future__ import annotations

import re
from typing import Any

from sandbox.juju.gnuflag import no_more
from sandbox.juju.go_values import quote
from sandbox.juju.hooktools.hook_tool import ToolCall, tool
from sandbox.juju.juju_errors import JujuError, UsageError
from sandbox.juju.model.entities import Action

_KEY = re.compile(r"^[a-z](?:[a-z-]*[a-z])?$|^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$")
_RESERVED = ("stdout", "stdout-encoding", "stderr", "stderr-encoding")


def _running(call: ToolCall) -> Action:
    if call.context.action is None:
        raise JujuError("not running an action")
    return call.context.action


@tool("action-get")
def action_get(call: ToolCall) -> None:
    """The parameter at a dotted path, all without one; nothing if there is none."""
    no_more(call.args[1:])
    value: Any = _running(call).params
    for key in call.args[0].split(".") if call.args else ():
        value = value.get(key) if isinstance(value, dict) else None
    call.write(value)


@tool("action-set", writes=True)
def action_set(call: ToolCall) -> None:
    """Results from pairs ``a.b=value``; a value in the way is replaced."""
    pairs = [_pair(arg) for arg in call.args]
    for path, value in pairs:
        place: dict[str, Any] = _running(call).results
        for key in path[:-1]:
            if not isinstance(place.get(key), dict):
                place[key] = {}
            place = place[key]
        place[path[-1]] = value


def _pair(arg: str) -> tuple[list[str], str]:
    dotted, equals, value = arg.partition("=")
    if not equals:
        raise UsageError(f"argument {quote(arg)} must be of the form key...=value")
    for key in dotted.split("."):
        if not _KEY.match(key):
            raise UsageError(
                f"key {quote(key)} must start and end with lowercase alphanumeric, and contain only"
                " lowercase alphanumeric, hyphens and periods"
            )
        if key in _RESERVED:
            raise UsageError(f"cannot set reserved action key {quote(key)}")
    return dotted.split("."), value


@tool("action-fail", writes=True)
def action_fail(call: ToolCall) -> None:
    """The message is remembered until the action ends, which goes on."""
    no_more(call.args[1:])
    default = "action failed without reason given, check action for errors"
    _running(call).message = call.args[0] if call.args else default
    call.context.action_failed = True


@tool("action-log")
def action_log(call: ToolCall) -> None:
    """At once."""
    if not call.args:
        raise UsageError("no message specified")
    _running(call).log.append(" ".join(call.args))
