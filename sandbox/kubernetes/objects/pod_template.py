"""The pod template's spec, as Juju fills it.

Source: Juju 2.9 ``caas/kubernetes/provider/{k8s,volume}.go`` and ``specs/container_env.go`` there.
"""

import copy

from sandbox.kubernetes.objects.juju_labels import without_empty
from sandbox.kubernetes.objects.secret_objects import declared_secrets
from sandbox.kubernetes.objects.workload import DeployError
from sandbox.kubernetes.podspec.go_json import NotModelled, PodSpecError, decode

DATA_DIR = "/var/lib/juju"
INIT_CONTAINER = "juju-pod-init"
OPERATOR_IMAGE = "jujusolutions/jujud-operator"
_GO_TYPES = {type(None): "<nil>", list: "[]interface {}"}


def base(workload):
    """Return the PodSpec without the charm's volumes, which Juju adds last."""
    pod = copy.deepcopy(workload.spec.get("kubernetesResources", {}).get("pod", {}))
    pod.pop("labels", None)
    pod.pop("annotations", None)
    pod["containers"] = [_container(workload, item) for item in workload.spec["containers"]]
    _add_juju_init(workload, pod)
    return pod


def _container(workload, spec):
    try:
        variables = _variables(spec.get("envConfig", {}))
    except DeployError as error:
        raise DeployError(f'processing container specs for app "{workload.app}": {error}') from None
    kubernetes = dict(spec.get("kubernetes", {}))
    # A security context of the charm replaces Juju's wholly.
    security = kubernetes.pop("securityContext", None)
    if security is None:
        security = {
            "allowPrivilegeEscalation": True,
            "readOnlyRootFilesystem": False,
            "runAsNonRoot": False,
        }
    result = without_empty(
        name=spec["name"],
        image=spec.get("image") or spec["imageDetails"]["imagePath"],
        imagePullPolicy=spec.get("imagePullPolicy"),
        ports=[without_empty(**port) for port in spec.get("ports", [])],
        command=spec.get("command"),
        args=spec.get("args"),
        workingDir=spec.get("workingDir"),
        env=variables,
    )
    return dict(result, securityContext=security, volumeMounts=[], **kubernetes)


def _variables(config):
    """Return ``envConfig`` as Kubernetes ``env``, sorted by name. Raise DeployError."""
    return [_variable(name, value) for name, value in sorted(config.items())]


def _variable(name, value):
    if isinstance(value, dict):
        return {"name": name, "valueFrom": _source(name, value)}
    if type(value) in _GO_TYPES:
        raise DeployError(f'config "{name}" with type {_GO_TYPES[type(value)]} not supported')
    return {"name": name, "value": _text(value)}


def _text(value):
    if isinstance(value, bool):
        return "true" if value else "false"
    return repr(value) if isinstance(value, float) else str(value)


def _source(name, value):
    try:
        reference = decode(value, "specs.configValue")
    except (PodSpecError, NotModelled) as error:
        raise DeployError(str(error)) from None
    field, secret = reference.get("field", {}), reference.get("secret", {})
    if field.get("path"):
        version = {"apiVersion": field["api-version"]} if field.get("api-version") else {}
        return {"fieldRef": {**version, "fieldPath": field["path"]}}
    if secret.get("name") and secret.get("key"):
        return {"secretKeyRef": {"name": secret["name"], "key": secret["key"]}}
    raise DeployError(f'config format of "{name}" not supported')


def _add_juju_init(workload, pod):
    pod["volumes"] = [{"name": "juju-data-dir", "emptyDir": {}}]
    data_dir = {"name": "juju-data-dir", "mountPath": DATA_DIR}
    run_path = "/usr/bin/juju-run" if workload.juju_major < 3 else "/usr/bin/juju-exec"
    run = {"name": "juju-data-dir", "mountPath": run_path, "subPath": "tools/jujud"}
    pod["initContainers"] = [
        {
            "name": INIT_CONTAINER,
            "image": f"{OPERATOR_IMAGE}:{workload.juju_version}",
            "imagePullPolicy": "IfNotPresent",
            "command": ["/bin/sh"],
            "args": ["-c", "jujud caas-unit-init --debug --wait"],
            "workingDir": DATA_DIR,
            "volumeMounts": [data_dir],
        }
    ]
    for container in pod["containers"]:
        container["volumeMounts"] += [data_dir, run]


def add_volumes(workload, pod):
    """Add the volumes of ``volumeConfig`` to the pod. Raise DeployError."""
    by_name = {item["name"]: item for item in pod["containers"]}
    volumes = {item["name"]: item for item in pod["volumes"]}
    for container in workload.spec["containers"]:
        for file_set in container.get("volumeConfig", []):
            volume = _volume(workload, file_set)
            if volumes.setdefault(volume["name"], volume) != volume:
                raise DeployError(f'duplicated volume "{volume["name"]}" not valid')
            mount = {"name": volume["name"], "mountPath": file_set["mountPath"]}
            by_name[container["name"]]["volumeMounts"].append(mount)
    pod["volumes"] = list(volumes.values())


def _volume(workload, file_set):
    name = file_set["name"]
    if "emptyDir" in file_set:
        return {"name": name, "emptyDir": dict(file_set["emptyDir"])}
    secret = file_set["secret"]
    if secret["name"] not in [item.get("name") for item in declared_secrets(workload)]:
        raise DeployError(
            "cannot mount a volume using a secret if the secret "
            f'"{secret["name"]}" is not specified in the pod spec YAML'
        )
    mode = {"defaultMode": secret["defaultMode"]} if "defaultMode" in secret else {}
    return {"name": name, "secret": {"secretName": secret["name"], **mode}}
