"""The Secrets of a workload, as Juju creates them.

Source: Juju 2.9 ``caas/kubernetes/provider/secrets.go``.
"""

import base64
import binascii

from sandbox.kubernetes.objects.juju_labels import make
from sandbox.kubernetes.objects.workload import DeployError


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
