"""ConfigMaps, Secrets, ingresses and access rights of a workload, as Juju creates them.

Source: Juju 2.9 ``caas/kubernetes/provider/{configmap,secrets,ingress,rbac}.go``.
"""

import base64
import json

from sandbox.kubernetes.objects import base64_go, image_reference
from sandbox.kubernetes.objects.juju_labels import make
from sandbox.kubernetes.podspec.pod_spec_errors import DeployError

_RBAC = "rbac.authorization.k8s.io"


def declared(workload, kind):
    """Return the list ``kubernetesResources.<kind>`` of the spec."""
    return workload.spec.get("kubernetesResources", {}).get(kind, [])


def config_maps(workload):
    """Yield the ConfigMaps of ``configMaps``."""
    for name, data in workload.spec.get("configmaps", {}).items():
        yield make(workload, "v1 ConfigMap", name, data=data)


def secrets(workload):
    """Yield the Secrets of ``kubernetesResources.secrets``; ``data`` must be base64."""
    for secret in declared(workload, "secrets"):
        for value in secret.get("data", {}).values():
            try:
                base64_go.check(value)
            except ValueError as error:
                raise DeployError(str(error)) from None
        fields = {key: secret[key] for key in ("type", "data", "stringData") if key in secret}
        yield make(
            workload,
            "v1 Secret",
            secret.get("name", ""),
            annotations=secret.get("annotations"),
            **fields,
        )


def image_secrets(workload):
    """Yield (container name, Secret) for each container whose image needs a login."""
    for container in workload.spec["containers"]:
        details = container.get("imageDetails", {})
        if details.get("password"):
            login = {"username": details.get("username", ""), "password": details["password"]}
            try:
                registry = image_reference.domain(details["imagePath"])
            except ValueError as error:
                raise DeployError(
                    f"creating secrets for container: {container['name']}: "
                    f"extracting registry from path: {error}"
                ) from None
            config = json.dumps({"auths": {registry: login}})
            secret = make(
                workload,
                "v1 Secret",
                image_secret_name(workload, container),
                type="kubernetes.io/dockerconfigjson",
                data={".dockerconfigjson": base64.b64encode(config.encode()).decode()},
            )
            yield container["name"], secret


def image_secret_name(workload, container):
    """Return the name of the Secret with the login for this container's image."""
    return f"{workload.app}-{container['name']}-secret"


def ingresses(workload):
    """Yield the Ingresses of ``kubernetesResources.ingressResources``."""
    for ingress in declared(workload, "ingressResources"):
        spec = ingress.get("spec", {})
        beta = "backend" in spec or '"serviceName"' in json.dumps(spec)
        yield make(
            workload,
            f"networking.k8s.io/{'v1beta1' if beta else 'v1'} Ingress",
            ingress["name"],
            labels=ingress.get("labels"),
            annotations=ingress.get("annotations"),
            spec=spec,
        )


def accounts(workload):
    """Yield ServiceAccounts, then the roles and bindings of each."""
    found = list(declared(workload, "serviceAccounts"))
    if "serviceAccount" in workload.spec:
        found.insert(0, dict(workload.spec["serviceAccount"], name=workload.app))
    for account in found:
        key = "automountServiceAccountToken"
        automount = {key: account[key]} if key in account else {}
        yield make(workload, "v1 ServiceAccount", account["name"], **automount)
    for account in found:
        for index, role in enumerate(account["roles"]):
            yield from _role_and_binding(workload, account["name"], role, index)


def _role_and_binding(workload, account, role, index):
    scope = "Cluster" if role.get("global") else ""
    name = role.get("name") or account + (str(index) if index else "")
    name = f"{workload.model}-{name}" if scope else name
    labels = {"model.juju.is/name": workload.model} if scope else {}
    yield make(workload, f"{_RBAC}/v1 {scope}Role", name, labels=labels, rules=role["rules"])
    yield make(
        workload,
        f"{_RBAC}/v1 {scope}RoleBinding",
        account if account == name else f"{account}-{name}",
        labels=labels,
        roleRef={"apiGroup": _RBAC, "kind": scope + "Role", "name": name},
        subjects=[{"kind": "ServiceAccount", "name": account, "namespace": workload.model}],
    )
