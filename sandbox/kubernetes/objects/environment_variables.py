"""``envConfig`` of a container as Kubernetes ``env`` and ``envFrom``.

Source: Juju 2.9 ``caas/kubernetes/provider/specs/container_env.go``. Evaluated when deploying.
"""

from sandbox.kubernetes.objects.deploy_error import DeployError
from sandbox.kubernetes.podspec.go_json import BOOL, QUANTITY, STRING, Struct, decode
from sandbox.kubernetes.podspec.pod_spec_errors import PodSpecError

_KEYED = {"name": STRING, "key": STRING, "optional": BOOL}
_REFERENCE = Struct(
    "specs.configValue",
    {
        "field": Struct("specs.fieldSelector", {"path": STRING, "api-version": STRING}),
        "resource": Struct(
            "specs.resourceSelector",
            {"resource": STRING, "container-name": STRING, "divisor": QUANTITY},
        ),
        "secret": Struct("specs.secretSelector", _KEYED),
        "config-map": Struct("specs.configMapSelector", _KEYED),
    },
)
_GO_TYPES = {type(None): "<nil>", list: "[]interface {}"}


def to_kubernetes(config):
    """Return (env, envFrom), each sorted by name. Raise DeployError."""
    env, env_from = [], []
    for name, value in sorted(config.items()):
        if isinstance(value, dict):
            variable, source = _reference(name, value)
            env += variable
            env_from += source
        elif type(value) in _GO_TYPES:
            raise DeployError(f'config "{name}" with type {_GO_TYPES[type(value)]} not supported')
        else:
            env.append({"name": name, "value": _text(value)})
    return env, sorted(env_from, key=_source_name)


def _text(value):
    if isinstance(value, bool):
        return "true" if value else "false"
    return repr(value) if isinstance(value, float) else str(value)


def _reference(name, value):
    try:
        given = decode(value, _REFERENCE)
    except PodSpecError as error:
        raise DeployError(str(error)) from None
    found = [item for item in (_one(name, kind, spec) for kind, spec in given.items()) if item]
    if len(found) != 1:
        raise DeployError(f'config format of "{name}" not supported')
    return ([], found) if "name" not in found[0] else (found, [])


def _one(name, kind, spec):
    """Return an env or an envFrom entry, or None where Juju sees no reference at all."""
    if kind == "field" and spec.get("path"):
        source = {
            "fieldRef": _without_empty(apiVersion=spec.get("api-version"), fieldPath=spec["path"])
        }
    elif kind == "resource" and spec.get("resource"):
        selector = _without_empty(
            containerName=spec.get("container-name"), divisor=spec.get("divisor")
        )
        source = {"resourceFieldRef": dict(selector, resource=spec["resource"])}
    elif kind in ("secret", "config-map") and spec.get("name"):
        selector = {key: value for key, value in spec.items() if key != "key"}
        prefix = "secret" if kind == "secret" else "configMap"
        if not spec.get("key"):
            return {prefix + "Ref": selector}
        source = {prefix + "KeyRef": dict(selector, key=spec["key"])}
    else:
        return None
    return {"name": name, "valueFrom": source}


def _without_empty(**fields):
    return {key: value for key, value in fields.items() if value}


def _source_name(source):
    return next(iter(source.values()))["name"]
