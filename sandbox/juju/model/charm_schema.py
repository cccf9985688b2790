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
_SIZE = re.compile(r"[0-9]+(\.[0-9]+)?([MGTP](i?B)?)?")
_DEPLOYMENT = {
    "type": ("stateful", "stateless", "daemon"),
    "mode": ("operator", "workload"),
    "service": ("cluster", "loadbalancer", "external", "omit"),
}


def parse_yaml(text: str, name: str) -> Any:
    """The value of a file; JujuError begins with its ``name``."""
    try:
        return read_yaml(text)
    except (YamlError, Doubtful) as error:
        raise JujuError(f"{name}: yaml: {error}") from None


def check_metadata(metadata: dict[str, Any]) -> None:
    """JujuError with file, key and reason where a part of metadata.yaml has another shape."""
    text(metadata.get("name"), "metadata: name")
    if "min-juju-version" in metadata:
        text(metadata["min-juju-version"], "metadata: min-juju-version")
    for number, series in enumerate(sequence(metadata.get("series", []), "metadata: series")):
        text(series, f"metadata: series[{number}]")
    for name, declared, where in items(metadata, "storage", "metadata: "):
        _check_storage(name, mapping(declared, where), where)
    for section in ("devices", "resources"):
        for _, declared, where in items(metadata, section, "metadata: "):
            text(mapping(declared, where).get("type"), f"{where}.type")
    for section in ("provides", "requires", "peers"):
        for _, declared, where in items(metadata, section, "metadata: "):
            if not isinstance(declared, str):
                text(mapping(declared, where).get("interface"), f"{where}.interface")
    if "deployment" in metadata:
        _check_deployment(mapping(metadata["deployment"], "metadata: deployment"))


def _check_storage(name: str, declared: dict[str, Any], where: str) -> None:
    if not NAME.fullmatch(name):
        raise JujuError(f"metadata: storage: {json.dumps(name)} is no name for a storage")
    one_of(declared.get("type"), ("block", "filesystem"), f"{where}.type")
    for key in ("location", "description", "minimum-size"):
        if key in declared:
            text(declared[key], f"{where}.{key}")
    if "multiple" in declared:
        mapping(declared["multiple"], f"{where}.multiple")
    size = declared.get("minimum-size", "1G")
    if not _SIZE.fullmatch(size):
        raise JujuError(f"{where}.minimum-size: expected a size such as 1G, got {shown(size)}")


def _check_deployment(declared: dict[str, Any]) -> None:
    for key, allowed in _DEPLOYMENT.items():
        if key in declared:
            one_of(declared[key], allowed, f"metadata: deployment.{key}")
    if "min-version" in declared:
        text(declared["min-version"], "metadata: deployment.min-version")


def items(parent: dict[str, Any], key: str, prefix: str) -> list[tuple[str, Any, str]]:
    """Name, value and place of each entry of the mapping ``key``, of none if it is missing."""
    entries = mapping(parent.get(key, {}), prefix + key)
    return [(name, value, f"{prefix}{key}.{name}") for name, value in entries.items()]


def mapping(value: Any, where: str) -> dict[str, Any]:
    """``value``, which must be a mapping."""
    return _expect(value, dict, "map", where)


def sequence(value: Any, where: str) -> list:
    """``value``, which must be a list."""
    return _expect(value, list, "list", where)


def text(value: Any, where: str) -> str:
    """``value``, which must be text."""
    return _expect(value, str, "string", where)


def one_of(value: Any, allowed: tuple[str, ...], where: str) -> None:
    """Refuses what is not among the words ``allowed``."""
    if value not in allowed:
        raise JujuError(f"{where}: unexpected value {shown(value)}, one of {', '.join(allowed)}")


def _expect(value: Any, kind: type, wanted: str, where: str) -> Any:
    if not isinstance(value, kind):
        raise JujuError(f"{where}: expected {wanted}, got {shown(value)}")
    return value


def shown(value: Any) -> str:
    """``value`` as Go's %T(%#v) prints it, lists and mappings without what is in them."""
    if value is None:
        return "nothing"
    kinds = {dict: "map", list: "list", bool: "bool", int: "int", float: "float64", str: "string"}
    kind = kinds[type(value)]
    if isinstance(value, (dict, list)):
        return kind
    return f"{kind}({json.dumps(value, ensure_ascii=False)})"
