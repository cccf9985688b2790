"""What the Kubernetes API server refuses although its schema allows it, as far as charms meet it.

These are names, sizes, what must be unique, and ports; the tests of a charm hold its objects to
Kubernetes' schema besides. Source: Kubernetes ``pkg/apis/core/validation``.
"""

import base64
import json
from collections import namedtuple

from sandbox.kubernetes.objects import name_rules
from sandbox.kubernetes.objects.deploy_error import DeployError

Problem = namedtuple("Problem", "path what")

_MAX_BYTES = 1024 * 1024  # of the data of one Secret
_MAX_STORED = 1536 * 1024  # etcd's --max-request-bytes, for an object as it is stored
_PROBES = ("livenessProbe", "readinessProbe", "startupProbe")
_HANDLERS = ("exec", "httpGet", "tcpSocket")


def admit(item):
    """Raise DeployError if the API server would refuse this object as invalid."""
    found = list(_CHECKS[item["kind"]](item))
    if not found and _stored_bytes(item) > _MAX_STORED:
        raise DeployError("etcdserver: request is too large")
    if not found:
        return
    kind, name = item["kind"], item["metadata"]["name"]
    texts = [f"{problem.path}: {problem.what}" for problem in found]
    reason = texts[0] if len(texts) == 1 else "[{}]".format(", ".join(texts))
    if kind == "StatefulSet":
        # Juju replaces the API server's sentence by its own here.
        text = f'ensuring stateful set "{name}": stateful set "{name}" not valid'
        raise DeployError(text, reason)
    raise DeployError(f'{kind} "{name}" is invalid: {reason}')


def _invalid(path, value, message):
    shown = f'"{value}"' if isinstance(value, str) else value
    return Problem(path, f"Invalid value: {shown}: {message}")


def _required(path, message=""):
    return Problem(path, "Required value" + (": " + message if message else ""))


def _check_name(path, value, rule):
    if not value:
        return [_required(path)]
    return [_invalid(path, value, text) for text in name_rules.problems(rule, value)]


def _unique(path, values, key=""):
    return [
        Problem(f"{path}[{index}]{key}", f'Duplicate value: "{value}"')
        for index, value in enumerate(values)
        if value and value in values[:index]
    ]


def _port_number(path, value):
    if isinstance(value, int) and 1 <= value <= 65535:
        return []
    return [_invalid(path, value, "must be between 1 and 65535, inclusive")]


# --- Secrets --------------------------------------------------------------------------------------


def _secret(item):
    yield from _check_name("metadata.name", item["metadata"]["name"], name_rules.DNS_SUBDOMAIN)
    for field in ("data", "stringData"):
        for key in item.get(field, {}):
            yield from _check_name(f"{field}[{key}]", key, name_rules.CONFIG_KEY)
    if sum(size for _, size in _sizes(item)) > _MAX_BYTES:
        yield Problem("data", f"Too long: must have at most {_MAX_BYTES} bytes")


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
    yield from _check_name("metadata.name", item["metadata"]["name"], name_rules.SERVICE_NAME)
    ports = item["spec"].get("ports", [])
    for index, port in enumerate(ports):
        path = f"spec.ports[{index}]"
        if port.get("name"):
            yield from _check_name(path + ".name", port["name"], name_rules.DNS_LABEL)
        elif len(ports) > 1:
            yield _required(path + ".name")
        yield from _port_number(path + ".port", port["port"])
    yield from _unique("spec.ports", [port.get("name") for port in ports], ".name")
    numbers = ["{}/{}".format(port["port"], port.get("protocol", "TCP")) for port in ports]
    yield from _unique("spec.ports", numbers)


# --- pods -----------------------------------------------------------------------------------------


def _stateful_set(item):
    yield from _check_name("metadata.name", item["metadata"]["name"], name_rules.DNS_SUBDOMAIN)
    pod, path = item["spec"]["template"]["spec"], "spec.template.spec"
    claims = [claim["metadata"]["name"] for claim in item["spec"].get("volumeClaimTemplates", [])]
    for index, volume in enumerate(pod["volumes"]):
        yield from _volume(volume, f"{path}.volumes[{index}]")
    known = [volume["name"] for volume in pod["volumes"]] + claims
    yield from _unique(f"{path}.volumes", known, ".name")
    for field in ("containers", "initContainers"):
        names = [container["name"] for container in pod[field]]
        yield from _unique(f"{path}.{field}", names, ".name")
        for index, container in enumerate(pod[field]):
            yield from _container(container, f"{path}.{field}[{index}]")
    if pod.get("terminationGracePeriodSeconds", 0) < 0:
        seconds = pod["terminationGracePeriodSeconds"]
        yield _negative(f"{path}.terminationGracePeriodSeconds", seconds)


def _negative(path, value):
    return _invalid(path, value, "must be greater than or equal to 0")


def _volume(volume, path):
    yield from _check_name(path + ".name", volume["name"], name_rules.DNS_LABEL)
    mode = volume.get("secret", {}).get("defaultMode", 0)
    if not 0 <= mode <= 0o777:
        what = "must be a number between 0 and 0777 (octal), both inclusive"
        yield _invalid(path + ".secret.defaultMode", mode, what)


def _container(container, path):
    yield from _check_name(path + ".name", container["name"], name_rules.DNS_LABEL)
    if container["image"] != container["image"].strip():
        what = "must not have leading or trailing whitespace"
        yield _invalid(path + ".image", container["image"], what)
    yield from _ports(container.get("ports", []), path + ".ports")
    for index, variable in enumerate(container.get("env", [])):
        yield from _check_name(f"{path}.env[{index}].name", variable["name"], name_rules.ENV_NAME)
    paths = [mount["mountPath"] for mount in container["volumeMounts"]]
    for index, mount in enumerate(paths):
        if mount in paths[:index]:
            yield _invalid(f"{path}.volumeMounts[{index}].mountPath", mount, "must be unique")
    for kind in _PROBES:
        if kind in container:
            yield from _probe(container[kind], f"{path}.{kind}", container.get("ports", []))
    security = container.get("securityContext", {})
    for key in ("runAsUser", "runAsGroup"):
        if not 0 <= security.get(key, 0) < 1 << 31:
            what = "must be between 0 and 2147483647, inclusive"
            yield _invalid(f"{path}.securityContext.{key}", security[key], what)


def _ports(ports, path):
    for index, port in enumerate(ports):
        for text in name_rules.port_name_problems(port["name"]) if "name" in port else ():
            yield _invalid(f"{path}[{index}].name", port["name"], text)
        yield from _port_number(f"{path}[{index}].containerPort", port.get("containerPort"))
    yield from _unique(path, [port.get("name") for port in ports], ".name")


def _probe(probe, path, ports):
    given = [handler for handler in _HANDLERS if handler in probe]
    if not given:
        yield _required(path, "must specify a handler type")
    for further in given[1:]:
        yield Problem(f"{path}.{further}", "Forbidden: may not specify more than 1 handler type")
    if "exec" in probe and not probe["exec"].get("command"):
        yield _required(path + ".exec.command")
    for handler in {"httpGet", "tcpSocket"} & set(given):
        port = probe[handler].get("port", 0)
        if not isinstance(port, str):
            yield from _port_number(f"{path}.{handler}.port", port)
        elif port not in [declared.get("name") for declared in ports]:
            # The API server takes any name; a kubelet never finds an undeclared one.
            yield _invalid(f"{path}.{handler}.port", port, "names no port of the container")
    for key, value in probe.items():
        if isinstance(value, int) and value < 0:
            yield _negative(f"{path}.{key}", value)
    if not path.endswith("readinessProbe") and probe.get("successThreshold", 1) not in (0, 1):
        yield _invalid(path + ".successThreshold", probe["successThreshold"], "must be 1")


_CHECKS = {
    "Secret": _secret,
    "Service": _service,
    "StatefulSet": _stateful_set,
}
