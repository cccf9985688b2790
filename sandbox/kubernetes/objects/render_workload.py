"""The Kubernetes objects that Juju creates for a workload, as plain dicts.

Source: Juju 2.9.52 ``caas/kubernetes/provider/k8s.go`` (ensureService).
"""

from contextlib import contextmanager

from sandbox.kubernetes.objects import pod_template, secret_objects, services
from sandbox.kubernetes.objects.api_server_refusals import admit
from sandbox.kubernetes.objects.deploy_error import DeployError
from sandbox.kubernetes.objects.stateful_set import stateful_set


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
        service = services.main(workload, services.ports_of(workload, pod_spec))
        with _stage(f"creating or updating service for {app}"):
            objects.append(admit(service))
    with _stage("creating or updating headless service"):
        objects.append(admit(services.headless(workload)))
    with _stage("creating or updating StatefulSet"):
        pod_template.add_volumes(workload, pod_spec)
        objects.append(admit(stateful_set(workload, pod_spec)))
    return objects


@contextmanager
def _stage(text):
    """Put what Juju was doing in front of the message of an error."""
    try:
        yield
    except DeployError as error:
        raise DeployError(f"{text}: {error}", error.reason) from None
