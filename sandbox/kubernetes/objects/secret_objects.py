"""The Secrets of a workload, as Juju creates them.

Source: Juju 2.9 ``caas/kubernetes/provider/secrets.go``.
"""

import base64
import binascii
import json

from sandbox.kubernetes.objects.deploy_error import DeployError
from sandbox.kubernetes.objects.juju_labels import make


def declared_secrets(workload):
    """Return ``kubernetesResources.secrets`` of the spec."""
    return workload.spec.get("kubernetesResources", {}).get("secrets", [])


def charm_secrets(workload):
    """Yield the Secrets of ``kubernetesResources.secrets``; ``data`` must be base64."""
    for secret in declared_secrets(workload):
        for key, value in secret.get("data", {}).items():
            try:
                base64.b64decode(value.replace("\r", "").replace("\n", ""), validate=True)
            except (binascii.Error, ValueError):
                raise DeployError(f"illegal base64 data in {key}") from None
        fields = {key: secret[key] for key in ("type", "data", "stringData") if key in secret}
        name, annotations = secret.get("name", ""), secret.get("annotations")
        yield make(workload, "v1 Secret", name, annotations=annotations, **fields)


def image_secrets(workload):
    """Yield (container name, Secret) for each container whose image needs a login."""
    for container in workload.spec["containers"]:
        details = container.get("imageDetails", {})
        if details.get("password"):
            login = {"username": details.get("username", ""), "password": details["password"]}
            config = json.dumps({"auths": {_registry_of(details["imagePath"]): login}})
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


def _registry_of(image):
    """Return the registry of an image: the first part of its path if that looks like a host.

    Source: https://github.com/distribution/reference, normalize.go (splitDockerDomain).
    """
    first, slash, _ = image.partition("/")
    is_host = "." in first or ":" in first or first == "localhost" or first != first.lower()
    return first if slash and is_host else "docker.io"
