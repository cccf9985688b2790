"""``pod-spec-set`` without a controller: text in, checked tree out."""

import json
import re

from sandbox.go_yaml import Doubtful, YamlError, line_of, read_yaml
from sandbox.kubernetes.podspec import validate
from sandbox.kubernetes.podspec.go_json import NotModelled, PodSpecError, decode

_REFERENCES = {"config-map", "resource"}
_YAML_TAGS = {bool: "!!bool", str: "!!str", float: "!!float", list: "!!seq", dict: "!!map"}


def parse(text):
    """Return the pod spec in ``text`` (version 3, YAML) as a tree of dicts, lists and scalars.

    Keys with null are left out.
    Raise PodSpecError with the message that ``pod-spec-set`` prints after "ERROR ", NotModelled
    where the sandbox cannot tell or run it.
    """
    document = _from_json(text) if text.lstrip().startswith("{") else _from_yaml(text)
    version = _version(document, text)
    if version in (0, 2):
        raise NotModelled(f'pod specs of version {version}: begin the spec with "version: 3"')
    if version != 3:
        raise PodSpecError(f"latest supported version 3, but got podspec version {version}")
    spec = decode(document, "specs.podSpecV3")
    validate.check(spec)
    for container in spec["containers"]:
        for value in container.get("envConfig", {}).values():
            if isinstance(value, dict):
                _check_reference(value)
    return spec


def _check_reference(value):
    for key in _REFERENCES & set(value):
        raise NotModelled(f"{key} in envConfig")
    secret = value.get("secret")
    if isinstance(secret, dict) and (not secret.get("key") or "optional" in secret):
        raise NotModelled("a secret in envConfig without key, or an optional one")


def _from_yaml(text):
    try:
        return read_yaml(text)
    except YamlError as error:
        raise PodSpecError(f"yaml: {error}") from None
    except Doubtful as error:
        raise NotModelled(str(error)) from None


def _from_json(text):
    """Juju takes what begins with { for JSON, but only if it is YAML as well."""
    if re.search(r"\\(/|u[dD])", text) or re.search('"[^"]{1000,}"\\s*:', text):
        raise NotModelled("escapes such as \\/ and \\ud83d, and long keys, in a pod spec in JSON")
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise NotModelled("a pod spec that begins with { and is not JSON") from None


def _version(document, text):
    if document is None:
        return 0
    if not isinstance(document, dict):
        raise _unmarshal_error(document, "specs.PodSpecVersion", line_of(text))
    version = document.get("version")
    if version is None:
        return 0
    number = isinstance(version, (int, float)) and not isinstance(version, bool)
    if not number or not -(2**31) <= version < 2**31:
        raise _unmarshal_error(version, "specs.Version", line_of(text, "version"))
    return int(version)


def _unmarshal_error(value, go_type, line):
    """Return yaml.v2's refusal of a value."""
    shown = "" if isinstance(value, (list, dict)) else str(value)
    shown = shown.lower() if isinstance(value, bool) else shown
    shown = f" `{shown if len(shown) <= 10 else shown[:7] + '...'}`" if shown else ""
    tag = _YAML_TAGS.get(type(value), "!!int")
    if tag == "!!int" and abs(value) >= 2**64:
        tag = "!!float"
    told = f"line {line}: cannot unmarshal {tag}{shown} into {go_type}"
    return PodSpecError(f"yaml: unmarshal errors:\n  {told}")
