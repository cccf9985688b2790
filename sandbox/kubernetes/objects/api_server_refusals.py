"""What the Kubernetes API server refuses although its schema allows it, as far as charms meet it.

These are names, sizes, what must be unique, and ports; the tests of a charm hold its objects to
Kubernetes' schema besides. Words are Kubernetes' where people get to see them: Juju hides why a
StatefulSet is refused. Source: Kubernetes ``pkg/apis/core/validation``.
"""

import base64
import json
import re
from collections import Counter

from sandbox.kubernetes.objects.deploy_error import DeployError

_MAX_BYTES = 1024 * 1024  # of the data of one Secret
_MAX_STORED = 1536 * 1024  # etcd's --max-request-bytes, for an object as it is stored
_PROBES = ("livenessProbe", "readinessProbe", "startupProbe")
_HANDLERS = ("exec", "httpGet", "tcpSocket")

_LABEL = "[a-z0-9]([-a-z0-9]*[a-z0-9])?"
_SUBDOMAIN = rf"{_LABEL}(\.{_LABEL})*"
_CONFIG_KEY = "[-._a-zA-Z0-9]+"
_VARIABLE = "[-._a-zA-Z][-._a-zA-Z0-9]*"
_PORT_NAME = "(?=.*[a-z])(?!.*--)[a-z0-9]([-a-z0-9]{0,13}[a-z0-9])?"
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
    found = list(_CHECKS[item["kind"]](item))
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


def _invalid(path, value, message):
    shown = f'"{value}"' if isinstance(value, str) else value
    return f"{path}: Invalid value: {shown}: {message}"


def _check_name(path, value, pattern, longest=253):
    if not value:
        yield f"{path}: Required value"
        return
    if len(value) > longest:
        yield _invalid(path, value, f"must be no more than {longest} characters")
    if not re.fullmatch(pattern, value, re.ASCII):
        rule = _RULES.get(pattern, "must match '{pattern}'")
        yield _invalid(path, value, rule.replace("{pattern}", pattern))


def _check_range(path, value, least, most):
    if not isinstance(value, int) or not least <= value <= most:
        yield _invalid(path, value, f"must be between {least} and {most}, inclusive")


def _check_unique(path, values):
    for value, count in Counter(filter(None, values)).items():
        if count > 1:
            yield f'{path}: Duplicate value: "{value}"'


# --- Secrets --------------------------------------------------------------------------------------


def _secret(item):
    yield from _check_name("metadata.name", item["metadata"]["name"], _SUBDOMAIN)
    for field in ("data", "stringData"):
        for key in item.get(field, {}):
            yield from _check_name(f"{field}[{key}]", key, _CONFIG_KEY)
    if sum(size for _, size in _sizes(item)) > _MAX_BYTES:
        yield f"data: Too long: must have at most {_MAX_BYTES} bytes"


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


# --- Services -------------------------------------------------------------------------------------


def _service(item):
    ports = item["spec"].get("ports", [])
    for index, port in enumerate(ports):
        path = f"spec.ports[{index}]"
        if port.get("name") or len(ports) > 1:
            yield from _check_name(path + ".name", port.get("name"), _LABEL, 63)
        yield from _check_range(path + ".port", port["port"], 1, 65535)
    yield from _check_unique("spec.ports.name", [port.get("name") for port in ports])
    numbers = ["{}/{}".format(port["port"], port.get("protocol", "TCP")) for port in ports]
    yield from _check_unique("spec.ports", numbers)


# --- pods -----------------------------------------------------------------------------------------


def _stateful_set(item):
    pod, path = item["spec"]["template"]["spec"], "spec.template.spec"
    claims = [claim["metadata"]["name"] for claim in item["spec"].get("volumeClaimTemplates", [])]
    for volume in pod["volumes"]:
        yield from _check_name(f"{path}.volumes.name", volume["name"], _LABEL, 63)
        mode = volume.get("secret", {}).get("defaultMode", 0)
        yield from _check_range(f"{path}.volumes.secret.defaultMode", mode, 0, 0o777)
    known = [volume["name"] for volume in pod["volumes"]] + claims
    yield from _check_unique(f"{path}.volumes.name", known)
    names = [container["name"] for container in pod["containers"]]
    yield from _check_unique(f"{path}.containers.name", names)
    for index, container in enumerate(pod["containers"]):
        yield from _container(container, f"{path}.containers[{index}]")
    grace = pod.get("terminationGracePeriodSeconds", 0)
    yield from _check_range(f"{path}.terminationGracePeriodSeconds", grace, 0, 1 << 62)


def _container(container, path):
    yield from _check_name(path + ".name", container["name"], _LABEL, 63)
    if container["image"] != container["image"].strip():
        what = "must not have leading or trailing whitespace"
        yield _invalid(path + ".image", container["image"], what)
    ports = container.get("ports", [])
    for port in ports:
        if "name" in port:
            yield from _check_name(path + ".ports.name", port["name"], _PORT_NAME, 15)
        yield from _check_range(path + ".ports.port", port.get("containerPort"), 1, 65535)
    yield from _check_unique(path + ".ports.name", [port.get("name") for port in ports])
    for variable in container.get("env", []):
        yield from _check_name(path + ".env.name", variable["name"], _VARIABLE)
    mounts = [mount["mountPath"] for mount in container["volumeMounts"]]
    yield from _check_unique(path + ".volumeMounts.mountPath", mounts)
    for kind in _PROBES:
        if kind in container:
            yield from _probe(container[kind], f"{path}.{kind}", ports)
    security = container.get("securityContext", {})
    for key in ("runAsUser", "runAsGroup"):
        where = f"{path}.securityContext.{key}"
        yield from _check_range(where, security.get(key, 0), 0, (1 << 31) - 1)


def _probe(probe, path, ports):
    given = [handler for handler in _HANDLERS if handler in probe]
    if len(given) != 1:
        yield f"{path}: Invalid value: must specify one handler type"
    if "exec" in probe and not probe["exec"].get("command"):
        yield f"{path}.exec.command: Required value"
    for handler in {"httpGet", "tcpSocket"} & set(given):
        port = probe[handler].get("port", 0)
        if not isinstance(port, str):
            yield from _check_range(f"{path}.{handler}.port", port, 1, 65535)
        elif port not in [declared.get("name") for declared in ports]:
            # The API server takes any name; a kubelet never finds an undeclared one.
            yield _invalid(f"{path}.{handler}.port", port, "names no port of the container")
    for key, value in probe.items():
        if isinstance(value, int):
            yield from _check_range(f"{path}.{key}", value, 0, 1 << 31)
    if not path.endswith("readinessProbe") and probe.get("successThreshold", 1) not in (0, 1):
        yield _invalid(path + ".successThreshold", probe["successThreshold"], "must be 1")


_CHECKS = {
    "Secret": _secret,
    "Service": _service,
    "StatefulSet": _stateful_set,
}
