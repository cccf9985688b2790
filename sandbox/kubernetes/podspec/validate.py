"""What ``pod-spec-set`` checks after decoding, in Juju's order and words.

Source: the ``Validate`` methods of Juju 2.9 ``caas/specs`` and ``caas/kubernetes/provider/specs``.
"""

from sandbox.kubernetes.podspec.pod_spec_errors import PodSpecError


def check(spec):
    """Raise PodSpecError for the first rule that the decoded ``spec`` breaks."""
    _require(spec.get("containers"), "require at least one container spec")
    for container in spec["containers"]:
        _check_container(container)
    _check_service(spec.get("service", {}))
    _check_shared_file_sets(spec["containers"])


def _require(condition, message):
    if not condition:
        raise PodSpecError(message)


def _check_container(container):
    _require(container.get("name"), "spec name is missing")
    _require(
        container.get("image") or container.get("imageDetails", {}).get("imagePath"),
        "spec image details is missing",
    )
    for file_set in container.get("volumeConfig", []):
        _check_file_set(file_set)


def _check_file_set(file_set):
    name = file_set.get("name")
    _require(name, "file set name is missing")
    _require(file_set.get("mountPath"), f'mount path is missing for file set "{name}"')
    for file in file_set.get("files", []):
        _require_fields(file, ("path", "content"), name)
    for source in ("secret", "configMap"):
        if source in file_set:
            _require_fields(file_set[source], ("name",), name)
            for file in file_set[source].get("files", []):
                _require_fields(file, ("key", "path"), name)
    sources = [key for key in ("emptyDir", "secret", "configMap") if key in file_set]
    count = len(sources) + bool(file_set.get("files"))
    _require(count > 0, f'file set "{name}" requires volume source')
    _require(count < 2, f'file set "{name}" can only have one volume source')


def _require_fields(value, wanted, file_set):
    for field in wanted:
        _require(value.get(field), f'{field.capitalize()} is missing for "{file_set}"')


def _check_service(service):
    strategy = service.get("updateStrategy")
    if strategy is not None:
        _require(strategy.get("type"), "type is required")
        rolling = strategy.get("rollingUpdate", {})
        _require(
            "partition" not in rolling or not ({"maxUnavailable", "maxSurge"} & set(rolling)),
            "partion can not be defined with maxUnavailable or maxSurge together",
        )
    policy = service.get("scalePolicy", "")
    _require(
        policy in ("", "parallel", "serial"),
        f'scale policy "{policy}" not supported',
    )


def _check_shared_file_sets(containers):
    """One file set may serve several containers, but then it must be the same volume."""
    volumes = {}
    for container in containers:
        where = 'in container "{}" not valid'.format(container["name"])
        seen = []
        mounts = set()
        for file_set in container.get("volumeConfig", []):
            name, mount = file_set["name"], file_set["mountPath"]
            source = {key: value for key, value in file_set.items() if key != "mountPath"}
            _require(
                volumes.setdefault(name, source) == source,
                f'duplicated file "{name}" with different volume spec not valid',
            )
            _require(file_set not in seen, f'duplicated file "{name}" {where}')
            seen.append(file_set)
            _require(mount not in mounts, f'duplicated mount path "{mount}" {where}')
            mounts.add(mount)
