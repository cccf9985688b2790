"""The Kubernetes objects that Juju creates for a workload, as plain dicts.

Source: Juju 2.9.52 ``caas/kubernetes/provider/k8s.go`` (ensureService).
"""

from contextlib import contextmanager

from sandbox.kubernetes.objects import pod_template, secret_objects, services
from sandbox.kubernetes.objects.api_server_refusals import admit
from sandbox.kubernetes.objects.deploy_error import DeployError
from sandbox.kubernetes.objects.stateful_set import stateful_set

# What becomes of an object if one after it is refused. Juju deletes what it has just made, and some
# objects although they were there before.
KEPT = "kept"
UNDONE = "undone"  # deleted if it was not there before
DELETED = "deleted"


def render(workload):
    """Return every object for ``workload``, in the order in which Juju creates them.

    Raise DeployError with the text of the application status that Juju would show.
    """
    done = []
    try:
        _render(workload, done)
    except DeployError as error:
        error.done = done
        raise
    return [item for item, _ in done]


def _render(workload, done):
    app = workload.app
    if workload.kind != "stateful":
        raise DeployError(
            f"the sandbox does not model deployment type {workload.kind}: "
            'write "deployment: {type: stateful}" into metadata.yaml'
        )
    with _stage(f"parsing unit spec for {app}"):
        pod_spec = pod_template.base(workload)
    _create("secrets", secret_objects.charm_secrets(workload), done)
    for container, secret in secret_objects.image_secrets(workload):
        with _stage("creating secrets for container: " + container):
            _admit(secret, done, DELETED)
    if workload.service_type != "omit":
        service = services.main(workload, services.ports_of(workload, pod_spec))
        _create(f"service for {app}", [service], done, KEPT)
    _create("headless service", [services.headless(workload)], done, DELETED)
    with _stage("creating or updating StatefulSet"):
        pod_template.add_volumes(workload, pod_spec)
        _admit(stateful_set(workload, pod_spec), done, UNDONE)


def by_kind(objects, kind):
    """Return ``{name: object}`` of the rendered objects of one kind."""
    return {item["metadata"]["name"]: item for item in objects if item["kind"] == kind}


def _create(what, made, done, then=UNDONE):
    with _stage("creating or updating " + what):
        for item in made:
            _admit(item, done, then)


def _admit(item, done, then):
    admit(item)
    done.append((item, then))


@contextmanager
def _stage(text):
    """Put what Juju was doing in front of the message of an error."""
    try:
        yield
    except DeployError as error:
        raise DeployError(f"{text}: {error}", error.reason) from None
