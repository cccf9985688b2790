"""Decodes a pod spec as Go's ``encoding/json`` would, by the types of pod-spec-v3.yaml.

Juju turns the YAML into JSON with sorted keys and decodes that into Go structs with unknown fields
disallowed; the first mistake in that order is the one reported. So does :func:`decode`.
The texts are those of Go's ``decode.go`` (``UnmarshalTypeError`` and ``DisallowUnknownFields``).
"""

import math
from pathlib import Path

import yaml

STRUCTS = yaml.safe_load(Path(__file__).with_name("pod-spec-v3.yaml").read_text("utf-8"))
NOT_MODELLED = "-"

_IN_GO = {"inf": "+Inf", "-inf": "-Inf", "nan": "NaN"}
_JSON_NAMES = {str: "string", bool: "bool", list: "array", dict: "object"}
_ZERO = {"bool": False, "int32": 0, "int64": 0, "intstr": "", "string": "", "any": None}


class PodSpecError(Exception):
    """Juju refuses the text; ``str()`` is the message that ``pod-spec-set`` prints."""


class NotModelled(Exception):
    """Juju may take the text, but the sandbox cannot run it; ``str()`` names the key."""

    def __init__(self, what):
        super().__init__(f"the sandbox does not model {what}")


def decode(value, kind, struct="", path=()):
    """Return ``value`` as ``kind`` holds it: nulls count as absent and are dropped.

    Raise PodSpecError with Go's text for the first mistake, NotModelled for a field that is not
    modelled. ``struct`` and ``path`` say where in the document the value stands.
    """
    if isinstance(kind, list):
        if not isinstance(value, list):
            raise _mismatch(value, kind, struct, path)
        return [_element(item, kind[0], struct, path) for item in value]
    if isinstance(kind, str) and kind not in STRUCTS:
        return _scalar(value, kind, struct, path)
    if not isinstance(value, dict):
        raise _mismatch(value, kind, struct, path)
    if isinstance(kind, dict):
        return {key: _element(value[key], kind["*"], struct, path) for key in sorted(value)}
    return _fields(value, kind, path)


def _fields(value, kind, path):
    fields, result = STRUCTS[kind], {}
    for key in sorted(value):
        if key not in fields:
            raise _unknown(key, fields)
        if value[key] is None:
            continue
        if fields[key] == NOT_MODELLED:
            raise NotModelled(key)
        result[key] = decode(value[key], fields[key], kind.rpartition(".")[2], (*path, key))
    return result


def _unknown(key, fields):
    """Return what to raise. Go ignores case, but wherever else a spec is read that is a mistake."""
    meant = {field.lower(): field for field in fields}.get(key.lower())
    if meant:
        return NotModelled(f'the spelling "{key}": write "{meant}"')
    return PodSpecError(f'json: unknown field "{key}"')


def _element(value, kind, struct, path):
    """Decode an item of a list or a map, where null means Go's zero value."""
    if value is not None:
        return decode(value, kind, struct, path)
    if isinstance(kind, list):
        return []
    return {} if isinstance(kind, dict) or kind in STRUCTS else _ZERO[kind.split()[0]]


def _scalar(value, kind, struct, path):
    accepts = kind.split()[0]
    if accepts == "any":
        if isinstance(value, float) and not math.isfinite(value):
            raise PodSpecError(f"json: unsupported value: {_IN_GO[str(value)]}")
        return value
    if isinstance(value, str) and accepts in ("string", "intstr"):
        return value
    if isinstance(value, bool) and accepts == "bool":
        return value
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if number and accepts in ("int32", "int64", "intstr"):
        bits = 63 if accepts == "int64" else 31
        if value == value // 1 and -(2**bits) <= value < 2**bits:
            return int(value)
        raise _mismatch(value, kind, struct, path, f"number {value}")
    raise _mismatch(value, kind, struct, path)


def _mismatch(value, kind, struct, path, what=""):
    what = what or _JSON_NAMES.get(type(value), "number")
    place = "Go struct field {}.{}".format(struct, ".".join(path)) if path else "Go value"
    return PodSpecError(f"json: cannot unmarshal {what} into {place} of type {_go_name(kind)}")


def _go_name(kind):
    if isinstance(kind, list):
        return "[]" + _go_name(kind[0])
    if isinstance(kind, dict):
        return kind.get("type", "map[string]string")
    return {"intstr": "int32", "any": "interface {}"}.get(kind, kind.split()[-1])
