"""What ``pod-spec-set`` checks after decoding, in Juju's order and words.

Source: the ``Validate`` methods of Juju 2.9 ``caas/specs`` and ``caas/kubernetes/provider/specs``.
"""

from sandbox.kubernetes.podspec.go_json import NotModelled, PodSpecError


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
    if "secret" in file_set:
        _require(file_set["secret"].get("name"), f'Name is missing for "{name}"')
    sources = {"emptyDir", "secret"} & set(file_set)
    _require(sources, f'file set "{name}" requires volume source')
    _require(len(sources) == 1, f'file set "{name}" can only have one volume source')


def _check_service(service):
    policy = service.get("scalePolicy", "")
    _require(policy in ("", "parallel", "serial"), f'scale policy "{policy}" not supported')
    if policy == "serial":
        raise NotModelled("the scalePolicy serial")


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
