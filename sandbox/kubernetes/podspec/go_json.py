"""A small language for Go types, and a decoder that refuses what Go's ``encoding/json`` refuses.

Juju turns the YAML into JSON with sorted keys and decodes that into Go structs with unknown fields
disallowed; the first mistake in that order is the one reported. So does :func:`decode`.
The texts are those of Go's ``decode.go`` (``UnmarshalTypeError`` and ``DisallowUnknownFields``).
"""

import re
from collections import namedtuple

from sandbox.kubernetes.podspec.pod_spec_errors import PodSpecError

Scalar = namedtuple("Scalar", "go accepts")  # accepts: string | bool | int | intstr | quantity
List = namedtuple("List", "item")
Map = namedtuple("Map", "value go")
Struct = namedtuple("Struct", "go fields")
Either = namedtuple("Either", "first second")  # decoded strictly as one, failing that as the other
FREE = Scalar("interface {}", "anything")

STRING = Scalar("string", "string")
BOOL = Scalar("bool", "bool")
INT32 = Scalar("int32", "int")
INT64 = Scalar("int64", "int")
INT_OR_STRING = Scalar("int32", "intstr")
QUANTITY = Scalar("resource.Quantity", "quantity")

_QUANTITY = re.compile(
    r"^[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([KMGTPE]i|[numkMGTPE]|[eE][+-]?[0-9]+)?$"
)
_QUANTITY_MESSAGE = (
    "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
)


def named(go):
    """Return a string type with a Go name of its own, such as ``v1.Protocol``."""
    return Scalar(go, "string")


def string_map(go="map[string]string"):
    """Return the type of a mapping from text to text."""
    return Map(STRING, go)


def decode(value, kind):
    """Return ``value`` as ``kind`` holds it: nulls count as absent and are dropped.

    Raise PodSpecError with Go's text for the first mistake.
    """
    return _decode(value, kind, "", ())


def _decode(value, kind, struct, path):
    if isinstance(kind, Either):
        return _either(value, kind, struct, path)
    if isinstance(kind, Struct):
        return _struct(value, kind, struct, path)
    if isinstance(kind, Map):
        return _map(value, kind, struct, path)
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
        if value[key] is not None:
            result[field] = _decode(
                value[key], kind.fields[field], kind.go.rpartition(".")[2], (*path, field)
            )
    return result


def _field(kind, key):
    """Return the field that ``key`` means.

    Go ignores case; only the one spelling that everybody uses against the tag, ``configMaps``, is
    let through here, since a key in the wrong case is a mistake wherever else the spec is read.
    """
    if key in kind.fields:
        return key
    return "configmaps" if key == "configMaps" and "configmaps" in kind.fields else None


def _map(value, kind, struct, path):
    if not isinstance(value, dict):
        raise _mismatch(value, kind, struct, path)
    return {key: _element(value[key], kind.value, struct, path) for key in sorted(value)}


def _element(value, kind, struct, path):
    """Decode an item of a list or a map, where null means Go's zero value."""
    if value is None:
        zero = {Struct: {}, Map: {}, List: []}.get(type(kind))
        if zero is None and kind.accepts != "anything":
            zero = {"bool": False, "int": 0}.get(kind.accepts, "")
        return zero
    return _decode(value, kind, struct, path)


def _either(value, kind, struct, path):
    try:
        return _decode(value, kind.first, "", ())
    except PodSpecError as error:
        try:
            return _decode(value, kind.second, "", ())
        except PodSpecError:
            raise error from None


def _scalar(value, kind, struct, path):
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if kind.accepts == "anything" or (
        isinstance(value, str) and kind.accepts in ("string", "intstr")
    ):
        return value
    if kind.accepts == "bool" and isinstance(value, bool):
        return value
    if kind.accepts in ("int", "intstr") and number:
        bits = 63 if kind.go == "int64" else 31
        if isinstance(value, int) and -(2**bits) <= value < 2**bits:
            return value
        raise _mismatch(value, kind, struct, path, f"number {value}")
    if kind.accepts == "quantity":
        if _QUANTITY.match(str(value)) and not isinstance(value, bool):
            return str(value)
        raise PodSpecError(_QUANTITY_MESSAGE)
    raise _mismatch(value, kind, struct, path)


def _mismatch(value, kind, struct, path, what=""):
    what = what or {str: "string", bool: "bool", list: "array", dict: "object"}.get(
        type(value), "number"
    )
    place = "Go struct field {}.{}".format(struct, ".".join(path)) if path else "Go value"
    return PodSpecError(f"json: cannot unmarshal {what} into {place} of type {go(kind)}")


def go(kind):
    """Return the name that Go prints for a type."""
    return "[]" + go(kind.item) if isinstance(kind, List) else kind.go
