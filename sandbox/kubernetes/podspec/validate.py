"""What ``pod-spec-set`` checks after decoding, in Juju's order and words.

Source: the ``Validate`` methods of Juju 2.9 ``caas/specs`` and ``caas/kubernetes/provider/specs``.
"""

from sandbox.kubernetes.podspec import name_rules
from sandbox.kubernetes.podspec.pod_spec_errors import PodSpecError


def check(spec):
    """Raise PodSpecError for the first rule that the decoded ``spec`` breaks."""
    resources = spec.get("kubernetesResources", {})
    _resources(resources)
    _require(spec.get("containers"), "require at least one container spec")
    for container in spec["containers"]:
        _container(container)
    _service(spec.get("service", {}))
    _shared_file_sets(spec["containers"])
    if "serviceAccount" in spec:
        _account(spec["serviceAccount"], "invalid primary service account: ")


def _require(condition, message):
    if not condition:
        raise PodSpecError(message)


def _resources(resources):
    for service in resources.get("services", []):
        _meta(service)
    for definition in resources.get("customResourceDefinitions", []):
        _meta(definition)
        scope = definition.get("spec", {}).get("scope", "")
        _require(
            scope in ("Namespaced", "Cluster"),
            'custom resource definition "{}" scope "{}" is not supported, please use "Namespaced" '
            'or "Cluster" scope'.format(definition["name"], scope),
        )
    for kind in ("mutating", "validating"):
        for webhook in resources.get(kind + "WebhookConfigurations", []):
            _meta(webhook)
            _require(
                webhook.get("webhooks"), 'empty webhooks "{}" not valid'.format(webhook["name"])
            )
    _accounts(resources.get("serviceAccounts", []))
    for ingress in resources.get("ingressResources", []):
        _meta(ingress)


def _meta(resource):
    _require(resource.get("name"), "name is missing")
    for key, value in resource.get("labels", {}).items():
        found = name_rules.label_key_problems(key)
        _require(not found, 'label key "{}": {} not valid'.format(key, "; ".join(found)))
        found = name_rules.problems(name_rules.LABEL_VALUE, value)
        _require(
            not found,
            'label value: "{}": at key: "{}": {} not valid'.format(value, key, "; ".join(found)),
        )


def _accounts(accounts):
    seen = set()
    for account in accounts:
        name = account.get("name", "")
        _require(name not in seen, f'duplicated service account name "{name}" not valid')
        seen.add(name)
        _require(name, "name is missing")
        _account(account, f'invalid service account "{name}": ')


def _account(account, prefix):
    roles = account.get("roles", [])
    _require(roles, prefix + "roles is required")
    for role in roles:
        _require(role.get("rules"), prefix + "rules is required")
    named = [role["name"] for role in roles if role.get("name")]
    for position, name in enumerate(named):
        _require(
            name not in named[:position],
            f'{prefix}duplicated role name "{name}" not valid',
        )
    _require(
        len(named) in (0, len(roles)),
        prefix + "either all or none of the roles should have a name set",
    )


def _container(container):
    _require(container.get("name"), "spec name is missing")
    _require(
        container.get("image") or container.get("imageDetails", {}).get("imagePath"),
        "spec image details is missing",
    )
    for file_set in container.get("volumeConfig", []):
        _file_set(file_set)


def _file_set(file_set):
    name = file_set.get("name")
    _require(name, "file set name is missing")
    _require(file_set.get("mountPath"), f'mount path is missing for file set "{name}"')
    for file in file_set.get("files", []):
        _fields(file, ("path", "content"), name)
    if "hostPath" in file_set:
        _fields(file_set["hostPath"], ("path",), name)
    for source in ("secret", "configMap"):
        if source in file_set:
            _fields(file_set[source], ("name",), name)
            for file in file_set[source].get("files", []):
                _fields(file, ("key", "path"), name)
    sources = [key for key in ("hostPath", "emptyDir", "secret", "configMap") if key in file_set]
    count = len(sources) + bool(file_set.get("files"))
    _require(count > 0, f'file set "{name}" requires volume source')
    _require(count < 2, f'file set "{name}" can only have one volume source')


def _fields(value, wanted, file_set):
    for field in wanted:
        _require(value.get(field), f'{field.capitalize()} is missing for "{file_set}"')


def _service(service):
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


def _shared_file_sets(containers):
    """One file set may serve several containers, but then it must be the same volume."""
    volumes = {}
    for container in containers:
        seen = []
        mounts = set()
        for file_set in container.get("volumeConfig", []):
            name, mount = file_set["name"], file_set["mountPath"]
            source = {key: value for key, value in file_set.items() if key != "mountPath"}
            _require(
                volumes.setdefault(name, source) == source,
                f'duplicated file "{name}" with different volume spec not valid',
            )
            _require(
                file_set not in seen,
                'duplicated file "{}" in container "{}" not valid'.format(name, container["name"]),
            )
            seen.append(file_set)
            _require(
                mount not in mounts,
                'duplicated mount path "{}" in container "{}" not valid'.format(
                    mount, container["name"]
                ),
            )
            mounts.add(mount)
