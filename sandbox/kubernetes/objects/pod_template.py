"""The pod template's spec, as Juju fills it.

Source: Juju 2.9 ``caas/kubernetes/provider/{k8s,volume}.go``.
"""

import copy

from sandbox.kubernetes.objects import environment_variables
from sandbox.kubernetes.objects.config_maps_and_secrets import declared_secrets, image_secret_name
from sandbox.kubernetes.objects.deploy_error import DeployError
from sandbox.kubernetes.objects.juju_labels import make, without_empty, workload_tags

DATA_DIR = "/var/lib/juju"
INIT_CONTAINER = "juju-pod-init"
OPERATOR_IMAGE = "jujusolutions/jujud-operator"


def base(workload):
    """Return the PodSpec without the charm's volumes, which Juju adds last."""
    pod = copy.deepcopy(workload.spec.get("kubernetesResources", {}).get("pod", {}))
    pod.pop("labels", None)
    pod.pop("annotations", None)
    containers = workload.spec["containers"]
    running = [item for item in containers if not item.get("init")]
    first = [item for item in containers if item.get("init")]
    pod["containers"] = [_container(workload, item) for item in running]
    pod["initContainers"] = [_container(workload, item) for item in first]
    logins = [
        {"name": image_secret_name(workload, item)}
        for item in running + first
        if item.get("imageDetails", {}).get("password")
    ]
    if logins:
        pod["imagePullSecrets"] = logins
    _add_juju_init(workload, pod)
    return pod


def _container(workload, spec):
    try:
        variables, sources = environment_variables.to_kubernetes(spec.get("envConfig", {}))
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
        envFrom=sources,
    )
    return dict(result, securityContext=security, volumeMounts=[], **kubernetes)


def _add_juju_init(workload, pod):
    pod["volumes"] = [{"name": "juju-data-dir", "emptyDir": {}}]
    data_dir = {"name": "juju-data-dir", "mountPath": DATA_DIR}
    run_path = "/usr/bin/juju-run" if workload.juju_major < 3 else "/usr/bin/juju-exec"
    run = {"name": "juju-data-dir", "mountPath": run_path, "subPath": "tools/jujud"}
    pod["initContainers"].append(
        {
            "name": INIT_CONTAINER,
            "image": f"{OPERATOR_IMAGE}:{workload.juju_version}",
            "imagePullPolicy": "IfNotPresent",
            "command": ["/bin/sh"],
            "args": ["-c", "jujud caas-unit-init --debug --wait"],
            "workingDir": DATA_DIR,
            "volumeMounts": [data_dir],
        }
    )
    for container in pod["containers"]:
        container["volumeMounts"] += [data_dir, run]


def add_file_sets(workload, pod):
    """Add the volumes of ``volumeConfig`` to the pod; yield the ConfigMaps made for ``files``."""
    by_name = {item["name"]: item for item in pod["containers"] + pod["initContainers"]}
    volumes = {item["name"]: item for item in pod["volumes"]}
    for container in workload.spec["containers"]:
        for file_set in container.get("volumeConfig", []):
            volume = _volume(workload, file_set)
            if file_set.get("files"):
                yield _files(workload, volume["name"], file_set["files"])
            if volumes.setdefault(volume["name"], volume) != volume:
                raise DeployError(f'duplicated volume "{volume["name"]}" not valid')
            mount = {"name": volume["name"], "mountPath": file_set["mountPath"]}
            by_name[container["name"]]["volumeMounts"].append(mount)
    pod["volumes"] = list(volumes.values())


def _files(workload, name, files):
    data = {file["path"]: file["content"] for file in files}
    return make(workload, "v1 ConfigMap", name, annotations=workload_tags(workload), data=data)


def _volume(workload, file_set):
    name = file_set["name"]
    if file_set.get("files"):
        name = f"{workload.app}-{name}-config"
        items = [_item(file, file["path"]) for file in file_set["files"]]
        return {"name": name, "configMap": {"name": name, "items": items}}
    if "emptyDir" in file_set:
        return {"name": name, "emptyDir": dict(file_set["emptyDir"])}
    key = "configMap" if "configMap" in file_set else "secret"
    reference = file_set[key]
    _require_declared(workload, key, reference["name"])
    source = {("name" if key == "configMap" else "secretName"): reference["name"]}
    if reference.get("files"):
        source["items"] = [_item(file, file["key"]) for file in reference["files"]]
    if "defaultMode" in reference:
        source["defaultMode"] = reference["defaultMode"]
    return {"name": name, key: source}


def _item(file, key):
    mode = {"mode": file["mode"]} if "mode" in file else {}
    return dict({"key": key, "path": file["path"]}, **mode)


def _require_declared(workload, key, name):
    if key == "configMap":
        what, known = "config map", workload.spec.get("configmaps", {})
    else:
        what, known = "secret", [item.get("name") for item in declared_secrets(workload)]
    if name not in known:
        raise DeployError(
            f'cannot mount a volume using a {what} if the {what} "{name}" is not specified in the '
            "pod spec YAML"
        )
