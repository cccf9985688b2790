"""The Kubernetes objects that Juju creates for a workload, as plain dicts.

Source: Juju 2.9.52 ``caas/kubernetes/provider/k8s.go`` (ensureService) and ``services.go`` there.
"""

from contextlib import contextmanager

from sandbox.kubernetes.objects import pod_template, secret_objects
from sandbox.kubernetes.objects.api_server_refusals import admit
from sandbox.kubernetes.objects.juju_labels import make, selector, without_empty
from sandbox.kubernetes.objects.stateful_set import stateful_set
from sandbox.kubernetes.objects.workload import DeployError


def render(workload):
    """Return every object for ``workload``, in the order in which Juju creates them.

    Raise DeployError with the text of the application status that Juju would show.
    """
    app = workload.app
    if workload.kind != "stateful":
        raise DeployError(
            f"the sandbox does not model deployment type {workload.kind}: "
            'write "deployment: {type: stateful}" into metadata.yaml'
        )
    with _stage(f"parsing unit spec for {app}"):
        pod_spec = pod_template.base(workload)
    with _stage("creating or updating secrets"):
        objects = [admit(secret) for secret in secret_objects.charm_secrets(workload)]
    if workload.service_type != "omit":
        service = _service(workload, _ports(workload, pod_spec))
        with _stage(f"creating or updating service for {app}"):
            objects.append(admit(service))
    with _stage("creating or updating headless service"):
        objects.append(admit(_headless_service(workload)))
    with _stage("creating or updating StatefulSet"):
        pod_template.add_volumes(workload, pod_spec)
        objects.append(admit(stateful_set(workload, pod_spec)))
    return objects


def _ports(workload, pod_spec):
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


def _service(workload, ports):
    """Return the Service named like the application. Raise DeployError."""
    if workload.service_type not in ("", "cluster"):
        raise DeployError(f"the sandbox does not model service type {workload.service_type}")
    spec = {"type": "ClusterIP", "selector": selector(workload), "ports": ports}
    annotations = workload.spec.get("service", {}).get("annotations")
    return make(workload, "v1 Service", workload.app, annotations=annotations, spec=spec)


def _headless_service(workload):
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


@contextmanager
def _stage(text):
    """Put what Juju was doing in front of the message of an error."""
    try:
        yield
    except DeployError as error:
        raise DeployError(f"{text}: {error}", error.reason) from None
