"""Tools about what Juju keeps for the unit: charm state and storage."""

from __future__ import annotations

import re

from sandbox.juju.gnuflag import key_values, no_more
from sandbox.juju.go_values import quote
from sandbox.juju.hooktools.hook_tool import ToolCall, tool
from sandbox.juju.juju_errors import JujuError, UsageError

MOST_OF_KEY, MOST_OF_VALUE, MOST_IN_ALL = 256, 1 << 16, 1 << 21
"""Bytes, as Juju's quotas allow."""


@tool("state-get")
def state_get(call: ToolCall) -> None:
    """A missing key is empty unless --strict."""
    key, state = call.optional(), call.context.charm_state()
    if not key:
        call.write(state or (None if call.format == "json" else {}))
    elif key not in state and call.options.get("strict"):
        raise JujuError(f"{quote(key)} not found")
    else:
        call.write(state.get(key, ""))


@tool("state-set", writes=True)
def state_set(call: ToolCall) -> None:
    """From the end of the hook on; arguments go over --file."""
    key_values(call.args)
    state = dict(call.context.charm_state())
    for key, value in call.read_pairs().items():
        for part, what, most in ((key, "key", MOST_OF_KEY), (value, "value", MOST_OF_VALUE)):
            if _size(part) > most:
                raise JujuError(f"max allowed {what} length ({most}) exceeded")
        state[key] = value
    if sum(_size(key) + _size(value) for key, value in state.items()) > MOST_IN_ALL:
        raise JujuError(f"max allowed state size ({MOST_IN_ALL}) exceeded")
    call.context.set_charm_state(state)


@tool("state-delete", writes=True)
def state_delete(call: ToolCall) -> None:
    """From the end of the hook on; a missing key is no error."""
    no_more(call.args[1:])
    state = dict(call.context.charm_state())
    for key in call.args:
        state.pop(key, None)
    call.context.set_charm_state(state)


@tool("storage-list")
def storage_list(call: ToolCall) -> None:
    """Ids such as data/0."""
    no_more(call.args[1:])
    ids = sorted(call.context.unit.storage)
    call.write(tuple(i for i in ids if not call.args or i.split("/")[0] == call.args[0]))


@tool("storage-get")
def storage_get(call: ToolCall) -> None:
    """Kind and location of the storage that -s or the hook names."""
    hook, unit = call.context.hook, call.context.unit
    storage = call.options.get("s") or (hook.storage_id if hook else "")
    if not storage:
        raise UsageError("no storage instance specified")
    if storage not in unit.storage:
        is_id = re.fullmatch("[a-z][a-z0-9-]*/[0-9]+", storage)
        name = quote(storage)
        problem = f"storage {name} not found" if is_id else f"invalid storage ID {name}"
        raise UsageError(f"invalid value {name} for option -s: {problem}")
    no_more(call.args[1:])
    values = {"kind": "filesystem", "location": unit.app.charm.storage_location(storage)}
    key = (call.args or [""])[0]
    if key and key not in values:
        raise JujuError(f"invalid storage attribute {quote(key)}")
    call.write(values[key] if key else values)


def _size(text: str) -> int:
    return len(text.encode("utf-8", "surrogateescape"))
