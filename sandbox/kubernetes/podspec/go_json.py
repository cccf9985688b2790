"""A small language for Go types, and a decoder that refuses what Go's ``encoding/json`` refuses.

Juju turns the YAML into JSON with sorted keys and decodes that into Go structs with unknown fields
disallowed; the first mistake in that order is the one reported. So does :func:`decode`.
The texts are those of Go's ``decode.go`` (``UnmarshalTypeError`` and ``DisallowUnknownFields``).
"""

import math
from collections import namedtuple

from sandbox.kubernetes.podspec.pod_spec_errors import NotModelled, PodSpecError

Scalar = namedtuple("Scalar", "go accepts")  # accepts: string | bool | int | intstr
List = namedtuple("List", "item")
Map = namedtuple("Map", "value go")
Struct = namedtuple("Struct", "go fields")
FREE = Scalar("interface {}", "anything")
NOT_MODELLED = Scalar("", "nothing")
"""A field that Juju knows and the sandbox does not run."""

STRING = Scalar("string", "string")
BOOL = Scalar("bool", "bool")
INT32 = Scalar("int32", "int")
INT64 = Scalar("int64", "int")
INT_OR_STRING = Scalar("int32", "intstr")

_IN_GO = {"inf": "+Inf", "-inf": "-Inf", "nan": "NaN"}
_JSON_NAMES = {str: "string", bool: "bool", list: "array", dict: "object"}


def string_type(go):
    """Return a string type with a Go name of its own, such as ``v1.Protocol``."""
    return Scalar(go, "string")


def string_map(go="map[string]string"):
    """Return the type of a mapping from text to text."""
    return Map(STRING, go)


def decode(value, kind, struct="", path=()):
    """Return ``value`` as ``kind`` holds it: nulls count as absent and are dropped.

    Raise PodSpecError with Go's text for the first mistake, NotModelled for a field that is not
    modelled. ``struct`` and ``path`` say where in the document the value stands.
    """
    if isinstance(kind, Struct):
        return _struct(value, kind, struct, path)
    if isinstance(kind, Map):
        if not isinstance(value, dict):
            raise _mismatch(value, kind, struct, path)
        return {key: _element(value[key], kind.value, struct, path) for key in sorted(value)}
    if isinstance(kind, List):
        if not isinstance(value, list):
            raise _mismatch(value, kind, struct, path)
        return [_element(item, kind.item, struct, path) for item in value]
    return _scalar(value, kind, struct, path)


def _struct(value, kind, struct, path):
    if not isinstance(value, dict):
        raise _mismatch(value, kind, struct, path)
    result = {}
    for key in sorted(value):
        field = _field(kind, key)
        if field is None:
            raise PodSpecError(f'json: unknown field "{key}"')
        if value[key] is None:
            continue
        if kind.fields[field] == NOT_MODELLED:
            raise NotModelled(key)
        name = kind.go.rpartition(".")[2]
        result[field] = decode(value[key], kind.fields[field], name, (*path, field))
    return result


def _field(kind, key):
    """Return the field that ``key`` means, None if there is none. NotModelled for a wrong case.

    Go ignores case, but a key in the wrong case is a mistake wherever else the spec is read.
    """
    if key in kind.fields:
        return key
    meant = {field.lower(): field for field in kind.fields}.get(key.lower())
    if meant:
        raise NotModelled(f'the spelling "{key}": write "{meant}"')
    return None


def _element(value, kind, struct, path):
    """Decode an item of a list or a map, where null means Go's zero value."""
    if value is None:
        zero = {Struct: {}, Map: {}, List: []}.get(type(kind))
        if zero is None and kind.accepts != "anything":
            zero = {"bool": False, "int": 0}.get(kind.accepts, "")
        return zero
    return decode(value, kind, struct, path)


def _scalar(value, kind, struct, path):
    if kind.accepts == "anything":
        if isinstance(value, float) and not math.isfinite(value):
            raise PodSpecError(f"json: unsupported value: {_IN_GO[str(value)]}")
        return value
    if isinstance(value, str) and kind.accepts in ("string", "intstr"):
        return value
    if isinstance(value, bool) and kind.accepts == "bool":
        return value
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if kind.accepts in ("int", "intstr") and number:
        bits = 63 if kind.go == "int64" else 31
        if value == value // 1 and -(2**bits) <= value < 2**bits:
            return int(value)
        raise _mismatch(value, kind, struct, path, f"number {value}")
    raise _mismatch(value, kind, struct, path)


def _mismatch(value, kind, struct, path, what=""):
    what = what or _JSON_NAMES.get(type(value), "number")
    place = "Go struct field {}.{}".format(struct, ".".join(path)) if path else "Go value"
    return PodSpecError(f"json: cannot unmarshal {what} into {place} of type {_go_name(kind)}")


def _go_name(kind):
    return "[]" + _go_name(kind.item) if isinstance(kind, List) else kind.go
