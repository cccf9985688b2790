"""Parameters of actions: defaults and checks, as Juju makes them before it queues one."""

from __future__ import annotations

import json
from typing import Any

from sandbox.juju.go_values import quote
from sandbox.juju.juju_errors import JujuError
from sandbox.juju.model.entities import Unit

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
    declared = charm.actions[name]
    problems = [
        _problem("(root)", f'"{key}" property is missing and required', given)
        for key in declared.get("required") or []
        if key not in given
    ]
    if declared.get("additionalProperties") is False:
        problems += [
            _problem("(root)", f'additional property "{key}" is not allowed', given)
            for key in given
            if key not in schema
        ]
    for key, value in given.items():
        problems += _problems_of_value(key, value, schema.get(key) or {})
    if problems:
        raise JujuError(f"validation failed: {'; '.join(problems)}")
    defaults = {key: s["default"] for key, s in schema.items() if "default" in (s or {})}
    return dict(defaults, **given)


def _problems_of_value(key: str, value: Any, schema: dict[str, Any]) -> list[str]:
    kind = schema.get("type")
    wrong_bool = isinstance(value, bool) and kind in ("integer", "number")
    if kind in _TYPES and (wrong_bool or not isinstance(value, _TYPES[kind])):
        return [_problem(f"(root).{key}", f"must be of type {kind}", value)]
    if "enum" in schema and value not in schema["enum"]:
        allowed = ",".join(map(_json, schema["enum"]))
        return [_problem(f"(root).{key}", f"must match one of the enum values [{allowed}]", value)]
    return []


def _problem(where: str, what: str, given: Any) -> str:
    """One line of github.com/juju/gojsonschema (locales.go, result.go)."""
    return f"{where} : {what}, given {_json(given)}"


def _json(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), sort_keys=True, ensure_ascii=False)
