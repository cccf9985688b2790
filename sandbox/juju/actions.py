"""Parameters of actions: defaults and checks, as Juju makes them before it queues one."""

from __future__ import annotations

from typing import Any

from .charm import quote
from .errors import JujuError
from .model import Unit

_TYPES = {
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "array": list,
    "object": dict,
}


def check_action(unit: Unit, name: str, given: dict[str, Any]) -> dict[str, Any]:
    """The parameters that the action gets; JujuError if one is wrong or there is no such action."""
    charm = unit.app.charm
    if name not in charm.actions:
        raise JujuError(f"action {quote(name)} not defined on unit {quote(unit.name)}")
    schema = charm.action_parameters(name)
    declared = charm.actions[name] or {}
    for key in declared.get("required") or []:
        if key not in given:
            raise JujuError(f'validation failed: (root) : "{key}" property is missing and required')
    for key, value in given.items():
        if key not in schema and declared.get("additionalProperties") is False:
            raise JujuError(
                f'validation failed: (root) : additional property "{key}" is not allowed'
            )
        _check_value(key, value, schema.get(key) or {})
    defaults = {key: s["default"] for key, s in schema.items() if "default" in (s or {})}
    return dict(defaults, **given)


def _check_value(key: str, value: Any, schema: dict[str, Any]) -> None:
    kind = schema.get("type")
    wrong_bool = isinstance(value, bool) and kind in ("integer", "number")
    if kind in _TYPES and (wrong_bool or not isinstance(value, _TYPES[kind])):
        raise JujuError(
            f"validation failed: (root).{key} : must be of type {kind}, given {value!r}"
        )
    if "enum" in schema and value not in schema["enum"]:
        raise JujuError(f"validation failed: (root).{key} : must match one of the enum values")
