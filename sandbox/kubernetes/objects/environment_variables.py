"""``envConfig`` of a container as Kubernetes ``env``.

Source: Juju 2.9 ``caas/kubernetes/provider/specs/container_env.go``. Evaluated when deploying.
"""

from sandbox.kubernetes.objects.deploy_error import DeployError
from sandbox.kubernetes.podspec.go_json import NotModelled, PodSpecError, decode

_GO_TYPES = {type(None): "<nil>", list: "[]interface {}"}


def to_kubernetes(config):
    """Return the variables sorted by name. Raise DeployError."""
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
