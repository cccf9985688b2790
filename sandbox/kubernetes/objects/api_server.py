"""What the Kubernetes API server refuses that its schema cannot say: names, uniqueness, ranges.

Only objects that Juju creates for a pod spec are looked at, and of those the rules that a charm's
spec can break. Source: Kubernetes ``pkg/apis/core/validation``.
"""

import base64
import json
import posixpath
from collections import namedtuple

from sandbox.kubernetes.podspec import name_rules
from sandbox.kubernetes.podspec.pod_spec_errors import DeployError

Problem = namedtuple("Problem", "path what")

_MAX_BYTES = 1024 * 1024  # of the data of one Secret or ConfigMap
_MAX_STORED = 1536 * 1024  # etcd's --max-request-bytes, for an object as it is stored


def admit(item):
    """Raise DeployError if the API server would refuse this object as invalid."""
    found = list(_CHECKS.get(item["kind"], _name)(item))
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


def _duplicate(path, value):
    return Problem(path, f'Duplicate value: "{value}"')


def _unsupported(path, value, supported):
    listed = ", ".join(f'"{item}"' for item in supported)
    return Problem(path, f'Unsupported value: "{value}": supported values: {listed}')


def _named(path, value, rule):
    if not value:
        return [_required(path)]
    return [_invalid(path, value, text) for text in name_rules.problems(rule, value)]


def _one_of(path, value, supported):
    return [] if value is None or value in supported else [_unsupported(path, value, supported)]


def _unique(path, values, key=""):
    return [
        _duplicate(f"{path}[{index}]{key}", value)
        for index, value in enumerate(values)
        if value and value in values[:index]
    ]


def _port_number(path, value):
    if isinstance(value, int) and 1 <= value <= 65535:
        return []
    return [_invalid(path, value, "must be between 1 and 65535, inclusive")]


# --- configuration ------------------------------------------------------------------------------


def _name(item):
    yield from _named("metadata.name", item["metadata"]["name"], name_rules.DNS_SUBDOMAIN)


def _config(item):
    yield from _name(item)
    for field in ("data", "stringData"):
        for key in item.get(field, {}):
            yield from _named(f"{field}[{key}]", key, name_rules.CONFIG_KEY)
    if sum(size for _, size in _sizes(item)) > _MAX_BYTES:
        yield Problem("data", f"Too long: must have at most {_MAX_BYTES} bytes")


def _sizes(item):
    """Yield (key, bytes of its contents) of a Secret or ConfigMap."""
    for field in ("data", "stringData"):
        for key, value in item.get(field, {}).items():
            if field == "data" and item["kind"] == "Secret":
                yield key, len(base64.b64decode(value))
            else:
                yield key, len(value.encode())


def _stored_bytes(item):
    """Return about how many bytes an object takes in the database, as protobuf.

    Its managedFields name each key once more: {"f:alertmanager.yml":{}}.
    """
    if item["kind"] in ("Secret", "ConfigMap"):
        metadata = json.dumps(item["metadata"])
        return len(metadata) + sum(2 * len(key) + size + 16 for key, size in _sizes(item))
    return len(json.dumps(item))


def _role(item):
    for index, rule in enumerate(item["rules"]):
        path = f"rules[{index}]"
        if not rule.get("verbs"):
            yield _required(path + ".verbs", "verbs must contain at least one value")
        if not rule.get("nonResourceURLs"):
            for field in ("apiGroups", "resources"):
                if not rule.get(field):
                    yield _required(
                        f"{path}.{field}",
                        "resource rules must supply at least one " + _SINGULAR[field],
                    )


_SINGULAR = {"apiGroups": "api group", "resources": "resource"}


# --- Services -----------------------------------------------------------------------------------


def _service(item):
    yield from _named("metadata.name", item["metadata"]["name"], name_rules.SERVICE_NAME)
    spec = item["spec"]
    yield from _one_of(
        "spec.type",
        spec.get("type"),
        ("ClusterIP", "ExternalName", "LoadBalancer", "NodePort"),
    )
    ports = spec.get("ports", [])
    if not ports and spec.get("clusterIP") != "None" and spec.get("type") != "ExternalName":
        yield _required("spec.ports")
    for index, port in enumerate(ports):
        path = f"spec.ports[{index}]"
        if port.get("name"):
            yield from _named(path + ".name", port["name"], name_rules.DNS_LABEL)
        elif len(ports) > 1:
            yield _required(path + ".name")
        yield from _port_number(path + ".port", port.get("port", 0))
        yield from _one_of(path + ".protocol", port.get("protocol"), _PROTOCOLS)
    yield from _unique("spec.ports", [port.get("name") for port in ports], ".name")
    yield from _unique(
        "spec.ports",
        ["{}/{}".format(port.get("port"), port.get("protocol", "TCP")) for port in ports],
    )


_PROTOCOLS = ("SCTP", "TCP", "UDP")


# --- pods ---------------------------------------------------------------------------------------


def _workload(item):
    yield from _name(item)
    metadata, pod = item["spec"]["template"]["metadata"], item["spec"]["template"]["spec"]
    for key, value in metadata.get("labels", {}).items():
        path = "spec.template.labels"
        yield from (_invalid(path, key, text) for text in name_rules.label_key_problems(key))
        yield from (
            _invalid(path, value, text)
            for text in name_rules.problems(name_rules.LABEL_VALUE, value)
        )
    for key in metadata.get("annotations", {}):
        found = name_rules.label_key_problems(key.lower())
        yield from (_invalid("spec.template.annotations", key, text) for text in found)
    claims = [claim["metadata"]["name"] for claim in item["spec"].get("volumeClaimTemplates", [])]
    yield from _pod(pod, "spec.template.spec", claims)


def _pod(pod, path, claims):
    volumes = pod["volumes"]
    for index, volume in enumerate(volumes):
        yield from _volume(volume, f"{path}.volumes[{index}]")
    running = [item["name"] for item in pod["containers"]]
    first = [item["name"] for item in pod["initContainers"]]
    yield from _unique(path + ".containers", running, ".name")
    for index, name in enumerate(first):
        if name in running + first[:index]:
            yield _duplicate(f"{path}.initContainers[{index}].name", name)
    known = {volume["name"] for volume in volumes} | set(claims)
    for field in ("initContainers", "containers"):
        for index, container in enumerate(pod[field]):
            where = f"{path}.{field}[{index}]"
            yield from _container(container, where, known)
            if field == "initContainers":
                for probe in _PROBES:
                    if probe in container:
                        yield Problem(
                            where + "." + probe, "Forbidden: may not be set for init containers"
                        )
    yield from _one_of(path + ".restartPolicy", pod.get("restartPolicy"), ("Always",))
    yield from _one_of(path + ".dnsPolicy", pod.get("dnsPolicy"), _DNS_POLICIES)
    if "activeDeadlineSeconds" in pod:
        yield Problem(
            path + ".activeDeadlineSeconds",
            "Forbidden: activeDeadlineSeconds in StatefulSet is not Supported",
        )
    yield from _not_negative(pod, path, ("terminationGracePeriodSeconds",))
    security = pod.get("securityContext", {})
    yield from _security(security, path + ".securityContext")
    yield from _one_of(
        path + ".securityContext.fsGroupChangePolicy",
        security.get("fsGroupChangePolicy"),
        ("OnRootMismatch", "Always"),
    )


_DNS_POLICIES = ("ClusterFirstWithHostNet", "ClusterFirst", "Default", "None")
_PROBES = ("livenessProbe", "readinessProbe", "startupProbe")


def _volume(volume, path):
    yield from _named(path + ".name", volume["name"], name_rules.DNS_LABEL)
    for source in ("configMap", "secret"):
        if source not in volume:
            continue
        where = f"{path}.{source}"
        yield from _mode(volume[source], where + ".defaultMode", "defaultMode")
        for index, item in enumerate(volume[source].get("items", [])):
            place = f"{where}.items[{index}]"
            yield from _mode(item, place + ".mode", "mode")
            if posixpath.isabs(item["path"]):
                yield _invalid(place + ".path", item["path"], "must be a relative path")
            if ".." in item["path"].split("/"):
                yield _invalid(place + ".path", item["path"], "must not contain '..'")


def _mode(holder, path, key):
    if key in holder and not 0 <= holder[key] <= 0o777:
        yield _invalid(
            path, holder[key], "must be a number between 0 and 0777 (octal), both inclusive"
        )


def _container(container, path, volumes):
    yield from _named(path + ".name", container["name"], name_rules.DNS_LABEL)
    if container["image"] != container["image"].strip():
        yield _invalid(
            path + ".image", container["image"], "must not have leading or trailing whitespace"
        )
    yield from _one_of(
        path + ".imagePullPolicy",
        container.get("imagePullPolicy"),
        ("Always", "IfNotPresent", "Never"),
    )
    yield from _container_ports(container.get("ports", []), path + ".ports")
    for index, variable in enumerate(container.get("env", [])):
        yield from _named(f"{path}.env[{index}].name", variable["name"], name_rules.ENV_NAME)
    mounts = container["volumeMounts"]
    for index, mount in enumerate(mounts):
        if mount["name"] not in volumes:
            yield Problem(
                f"{path}.volumeMounts[{index}].name",
                'Not found: "{}"'.format(mount["name"]),
            )
    paths = [mount["mountPath"] for mount in mounts]
    for problem in _unique(path + ".volumeMounts", paths, ".mountPath"):
        value = problem.what.partition(": ")[2]
        yield Problem(problem.path, f"Invalid value: {value}: must be unique")
    for probe in _PROBES:
        if probe in container:
            yield from _probe(container[probe], f"{path}.{probe}", probe, container)
    yield from _container_security(container.get("securityContext", {}), path + ".securityContext")


def _container_ports(ports, path):
    for index, port in enumerate(ports):
        where = f"{path}[{index}]"
        if "name" in port:
            yield from (
                _invalid(where + ".name", port["name"], text)
                for text in name_rules.port_name_problems(port["name"])
            )
        if not port.get("containerPort"):
            yield _required(where + ".containerPort")
        else:
            yield from _port_number(where + ".containerPort", port["containerPort"])
        yield from _one_of(where + ".protocol", port.get("protocol"), _PROTOCOLS)
    yield from _unique(path, [port.get("name") for port in ports], ".name")


def _probe(probe, path, kind, container):
    handlers = [key for key in ("exec", "httpGet", "tcpSocket", "grpc") if key in probe]
    if not handlers:
        yield _required(path, "must specify a handler type")
    for extra in handlers[1:]:
        yield Problem(f"{path}.{extra}", "Forbidden: may not specify more than 1 handler type")
    if "exec" in probe and not probe["exec"].get("command"):
        yield _required(path + ".exec.command")
    for handler in ("httpGet", "tcpSocket"):
        if handler in probe:
            where = f"{path}.{handler}"
            port = probe[handler].get("port", 0)
            if isinstance(port, str):
                # The API server takes any name; a kubelet never finds an undeclared one.
                if port not in [item.get("name") for item in container.get("ports", [])]:
                    yield _invalid(where + ".port", port, "names no port of the container")
            else:
                yield from _port_number(where + ".port", port)
            yield from _one_of(where + ".scheme", probe[handler].get("scheme"), ("HTTP", "HTTPS"))
    yield from _not_negative(
        probe,
        path,
        (
            "initialDelaySeconds",
            "timeoutSeconds",
            "periodSeconds",
            "successThreshold",
            "failureThreshold",
        ),
    )
    if kind != "readinessProbe" and probe.get("successThreshold", 1) not in (0, 1):
        yield _invalid(path + ".successThreshold", probe["successThreshold"], "must be 1")
    if kind == "readinessProbe" and "terminationGracePeriodSeconds" in probe:
        yield _invalid(
            path + ".terminationGracePeriodSeconds",
            probe["terminationGracePeriodSeconds"],
            "must not be set for readinessProbes",
        )


def _not_negative(holder, path, keys):
    for key in keys:
        if holder.get(key, 0) < 0:
            yield _invalid(f"{path}.{key}", holder[key], "must be greater than or equal to 0")


def _security(security, path):
    for key in ("runAsUser", "runAsGroup", "fsGroup"):
        if not 0 <= security.get(key, 0) <= 2147483647:
            yield _invalid(
                f"{path}.{key}",
                security[key],
                "must be between 0 and 2147483647, inclusive",
            )
    seccomp = security.get("seccompProfile")
    if seccomp is not None:
        yield from _one_of(
            path + ".seccompProfile.type",
            seccomp.get("type", ""),
            ("Localhost", "RuntimeDefault", "Unconfined"),
        )


def _container_security(security, path):
    yield from _security(security, path)
    if security.get("allowPrivilegeEscalation") is False:
        added = security.get("capabilities", {}).get("add", [])
        if security.get("privileged"):
            yield _invalid(
                path,
                "",
                "cannot set `allowPrivilegeEscalation` to false and `privileged` to true",
            )
        if {"CAP_SYS_ADMIN", "SYS_ADMIN"} & set(added):
            yield _invalid(
                path,
                "",
                "cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` "
                "CAP_SYS_ADMIN",
            )


_CHECKS = {
    "ConfigMap": _config,
    "Secret": _config,
    "Service": _service,
    "Role": _role,
    "ClusterRole": _role,
    "StatefulSet": _workload,
    "Deployment": _workload,
    "DaemonSet": _workload,
}
