"""What the Kubernetes API server refuses although its schema allows it, as far as it is modelled.

These are names, the keys and size of Secrets, and images. Words are Kubernetes' where people get to
see them: Juju hides why a StatefulSet is refused. Source: Kubernetes ``pkg/apis/core/validation``.
"""

import base64
import json
import re

from sandbox.kubernetes.objects.workload import DeployError

_MAX_BYTES = 1024 * 1024  # of the data of one Secret
_MAX_STORED = 1536 * 1024  # etcd's --max-request-bytes, for an object as it is stored
_LABEL = "[a-z0-9]([-a-z0-9]*[a-z0-9])?"
_SUBDOMAIN = rf"{_LABEL}(\.{_LABEL})*"
_CONFIG_KEY = "[-._a-zA-Z0-9]+"
_RULES = {
    _SUBDOMAIN: (
        "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or "
        "'.', and must start and end with an alphanumeric character (e.g. 'example.com', regex "
        "used for validation is '{pattern}')"
    ),
    _CONFIG_KEY: (
        "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. "
        "'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '{pattern}')"
    ),
}


def admit(item):
    """Return this object; raise DeployError if the API server would refuse it as invalid."""
    checks = {"Secret": _secret, "StatefulSet": _stateful_set}
    found = list(checks[item["kind"]](item)) if item["kind"] in checks else []
    if not found and _stored_bytes(item) > _MAX_STORED:
        raise DeployError("etcdserver: request is too large")
    if not found:
        return item
    kind, name = item["kind"], item["metadata"]["name"]
    reason = found[0] if len(found) == 1 else "[{}]".format(", ".join(found))
    if kind == "StatefulSet":
        # Juju replaces the API server's sentence by its own here.
        text = f'ensuring stateful set "{name}": stateful set "{name}" not valid'
        raise DeployError(text, reason)
    raise DeployError(f'{kind} "{name}" is invalid: {reason}')


def _secret(item):
    yield from _check_name("metadata.name", item["metadata"]["name"], _SUBDOMAIN)
    for field in ("data", "stringData"):
        for key in item.get(field, {}):
            yield from _check_name(f"{field}[{key}]", key, _CONFIG_KEY)
    if sum(size for _, size in _sizes(item)) > _MAX_BYTES:
        yield f"data: Too long: must have at most {_MAX_BYTES} bytes"


def _check_name(path, value, pattern):
    if not value:
        yield f"{path}: Required value"
        return
    if len(value) > 253:
        yield _invalid(path, value, "must be no more than 253 characters")
    if not re.fullmatch(pattern, value, re.ASCII):
        rule = _RULES.get(pattern, "must match '{pattern}'")
        yield _invalid(path, value, rule.replace("{pattern}", pattern))


def _stateful_set(item):
    pod, path = item["spec"]["template"]["spec"], "spec.template.spec"
    for volume in pod["volumes"]:
        yield from _check_name(f"{path}.volumes.name", volume["name"], _LABEL)
    for index, container in enumerate(pod["containers"]):
        yield from _check_name(f"{path}.containers[{index}].name", container["name"], _LABEL)
        if container["image"] != container["image"].strip():
            what = "must not have leading or trailing whitespace"
            yield _invalid(f"{path}.containers[{index}].image", container["image"], what)


def _invalid(path, value, message):
    return f'{path}: Invalid value: "{value}": {message}'


def _sizes(item):
    """Yield (key, bytes of its contents) of a Secret."""
    for field in ("data", "stringData"):
        for key, value in item.get(field, {}).items():
            yield key, len(base64.b64decode(value) if field == "data" else value.encode())


def _stored_bytes(item):
    """Return about how many bytes an object takes in the database, as protobuf.

    Its managedFields name each key once more: {"f:alertmanager.yml":{}}.
    """
    if item["kind"] == "Secret":
        metadata = json.dumps(item["metadata"])
        return len(metadata) + sum(2 * len(key) + size + 16 for key, size in _sizes(item))
    return len(json.dumps(item))
