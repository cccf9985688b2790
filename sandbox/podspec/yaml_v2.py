"""YAML as Juju's Go library (gopkg.in/yaml.v2) resolves it, which is not quite as PyYAML does.

Dates and ``1:30`` stay text, ``1e3`` is a number, ``0o17`` is octal, ``y`` and ``n`` are booleans.
Source: resolve.go of yaml.v2.
"""

import re

import yaml

_BOOL = re.compile(
    "^(?:y|Y|yes|Yes|YES|true|True|TRUE|on|On|ON|n|N|no|No|NO|false|False|FALSE|off|Off|OFF)$"
)
_INT = re.compile(r"^[-+]?(?:0[bB][01_]+|0[xX][0-9a-fA-F_]+|0[oO]?[0-7_]+|0|[1-9][0-9_]*)$")
_FLOAT = re.compile(
    r"^(?:[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?"
    r"|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$"
)
_NULL = re.compile("^(?:~|null|Null|NULL|)$")


class _Loader(yaml.SafeLoader):
    """SafeLoader with the resolution table of yaml.v2."""

    yaml_implicit_resolvers = {}


for _tag, _pattern, _first in (
    ("bool", _BOOL, "yYnNtTfFoO"),
    ("int", _INT, "-+0123456789"),
    ("float", _FLOAT, "-+.0123456789"),
    ("null", _NULL, ["~", "n", "N", ""]),
    ("merge", re.compile("^<<$"), "<"),
):
    _Loader.add_implicit_resolver("tag:yaml.org,2002:" + _tag, _pattern, list(_first))


def _bool(loader, node):
    return loader.construct_scalar(node).lower() in ("y", "yes", "true", "on")


def _int(loader, node):
    text = loader.construct_scalar(node).replace("_", "").lower()
    sign = -1 if text.startswith("-") else 1
    digits = text.lstrip("+-")
    if re.match("0[0-7]", digits):
        return sign * int(digits, 8)
    return sign * int(digits, 0)


def _float(loader, node):
    text = loader.construct_scalar(node).lower()
    return float(text.replace(".inf", "inf").replace(".nan", "nan"))


_Loader.add_constructor("tag:yaml.org,2002:bool", _bool)
_Loader.add_constructor("tag:yaml.org,2002:int", _int)
_Loader.add_constructor("tag:yaml.org,2002:float", _float)


def first_document(text):
    """Return the value of the first document in ``text``; later ones are ignored, as Juju does.

    Mapping keys become text as they do on Juju's way to JSON (``1`` is "1", ``true`` is "true").
    Raise ``yaml.YAMLError``.
    """
    loader = _Loader(text)
    try:
        return _json_like(loader.get_data()) if loader.check_data() else None
    finally:
        loader.dispose()


def _json_like(value):
    if isinstance(value, dict):
        return {_key(key): _json_like(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_json_like(item) for item in value]
    return value


def _key(key):
    if isinstance(key, bool):
        return "true" if key else "false"
    return "null" if key is None else str(key)
