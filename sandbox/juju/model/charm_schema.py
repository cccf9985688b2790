"""The shapes that a charm's YAML files must have.

Rules and texts are those of github.com/juju/schema (errors.go) and of the schemas in
github.com/juju/charm v8 (meta.go); Juju calls metadata.yaml just "metadata".
"""

from __future__ import annotations

import json
import re
from typing import Any

from sandbox.go_yaml import Doubtful, YamlError, read_yaml
from sandbox.juju.juju_errors import JujuError

NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]*[a-z][a-z0-9]*)*")
"""What charms, applications and storages may be called (github.com/juju/names)."""

# A shape is a type; a tuple of allowed words; a list with the shape of its items; or a dict with
# the shapes of keys, * for any other, and with ! in front of those that must be there.
_ENDPOINTS = {"*": {"!interface": str}}
METADATA = {
    "!name": str,
    "min-juju-version": str,
    "series": [str],
    "storage": {
        "*": {
            "!type": ("block", "filesystem"),
            "location": str,
            "description": str,
            "minimum-size": str,
            "multiple": dict,
        }
    },
    "resources": {"*": {"!type": str}},
    "provides": _ENDPOINTS,
    "requires": _ENDPOINTS,
    "deployment": {
        "type": ("stateful", "stateless", "daemon"),
        "mode": ("operator", "workload"),
        "service": ("cluster", "loadbalancer", "external", "omit"),
        "min-version": str,
    },
}
CONFIG = {"options": {"*": {"type": str, "description": str}}}
ACTIONS = {"*": {"params": {"*": dict}, "required": list, "description": str}}
MANIFEST = {"!bases": [{"!name": str, "!channel": str}]}
_GO_KINDS = {dict: "map", list: "list", bool: "bool", int: "int", float: "float64", str: "string"}


def parse_yaml(text: str, name: str) -> Any:
    """The value of a file; JujuError begins with its ``name``."""
    try:
        return read_yaml(text)
    except (YamlError, Doubtful) as error:
        raise JujuError(f"{name}: yaml: {error}") from None


def check(value: Any, shape: Any, where: str) -> Any:
    """Returns ``value`` if it has this shape; JujuError that begins with ``where`` otherwise."""
    if isinstance(shape, tuple):
        if value not in shape:
            words = ", ".join(shape)
            raise JujuError(f"{where}: unexpected value {_describe(value)}, one of {words}")
        return value
    kind = shape if isinstance(shape, type) else type(shape)
    if not isinstance(value, kind):
        raise JujuError(f"{where}: expected {_GO_KINDS[kind]}, got {_describe(value)}")
    if isinstance(shape, list):
        for number, item in enumerate(value):
            check(item, shape[0], f"{where}[{number}]")
    elif isinstance(shape, dict):
        _check_keys(value, shape, where if where.endswith(": ") else f"{where}.")
    return value


def _check_keys(value: dict[str, Any], shape: dict[str, Any], prefix: str) -> None:
    for key, below in shape.items():
        if key == "*":
            for name, entry in value.items():
                check(entry, below, prefix + name)
        elif key.startswith("!") or key in value:
            check(value.get(key.lstrip("!")), below, prefix + key.lstrip("!"))


def without_nulls(value: Any) -> Any:
    """A value less the keys that have none, which count as missing in some files."""
    if not isinstance(value, dict):
        return value
    return {key: without_nulls(below) for key, below in value.items() if below is not None}


def _describe(value: Any) -> str:
    """``value`` as Go's %T(%#v) prints it, lists and mappings without what is in them."""
    if value is None:
        return "nothing"
    kind = _GO_KINDS[type(value)]
    if isinstance(value, (dict, list)):
        return kind
    return f"{kind}({json.dumps(value, ensure_ascii=False)})"
