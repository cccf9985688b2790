"""The Services of a workload, as Juju creates them.

Source: Juju 2.9 ``caas/kubernetes/provider/{k8s,services}.go``.
"""

from sandbox.kubernetes.objects.deploy_error import DeployError
from sandbox.kubernetes.objects.juju_labels import make, selector, without_empty


def ports_of(workload, pod_spec):
    """Return the Service's ports: every port of every container that is not an init container."""
    ports = [
        without_empty(name=port.get("name"), protocol=port.get("protocol"), port=number)
        for container in pod_spec["containers"]
        for port in container.get("ports", [])
        for number in [port.get("containerPort")]
        if number
    ]
    if not ports:
        raise DeployError(f'ports are required for kubernetes service "{workload.app}"')
    ports[0]["targetPort"] = ports[0]["port"]
    return ports


def main(workload, ports):
    """Return the Service named like the application. Raise DeployError."""
    if workload.service_type not in ("", "cluster"):
        raise DeployError(f"the sandbox does not model service type {workload.service_type}")
    spec = {"type": "ClusterIP", "selector": selector(workload), "ports": ports}
    annotations = workload.spec.get("service", {}).get("annotations")
    return make(workload, "v1 Service", workload.app, annotations=annotations, spec=spec)


def headless(workload):
    """Return the Service whose name resolves to every pod, ready or not."""
    spec = {
        "type": "ClusterIP",
        "clusterIP": "None",
        "selector": selector(workload),
        "publishNotReadyAddresses": True,
    }
    tolerate = {"service.alpha.kubernetes.io/tolerate-unready-endpoints": "true"}
    name = workload.app + "-endpoints"
    return make(workload, "v1 Service", name, annotations=tolerate, spec=spec)
