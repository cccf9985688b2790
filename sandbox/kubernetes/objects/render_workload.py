"""The Kubernetes objects that Juju creates for a workload, as plain dicts.

Source: Juju 2.9.52 ``caas/kubernetes/provider/k8s.go`` (ensureService). Custom resources, their
definitions and webhooks are checked when the spec is parsed but not rendered.
"""

from contextlib import contextmanager

from sandbox.kubernetes.objects import (
    api_server,
    config_maps_and_secrets,
    pod_template,
    services,
    stateful_set,
)
from sandbox.kubernetes.podspec.pod_spec_errors import DeployError

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
    with _stage(f"parsing unit spec for {app}"):
        pod_spec = pod_template.base(workload)
    _create("services", services.extra(workload), done)
    _create("configmaps", config_maps_and_secrets.config_maps(workload), done)
    _create("secrets", config_maps_and_secrets.secrets(workload), done)
    _create("ingress resources", config_maps_and_secrets.ingresses(workload), done)
    _create("service account", config_maps_and_secrets.accounts(workload), done)
    for container, secret in config_maps_and_secrets.image_secrets(workload):
        with _stage("creating secrets for container: " + container):
            _admit(secret, done, DELETED)
    if workload.kind != "stateful" and workload.spec.get("service", {}).get("scalePolicy"):
        raise DeployError("ScalePolicy is only supported for stateful applications")
    if workload.service_type != "omit":
        ports = services.ports_of(workload, pod_spec)
        _create(f"service for {app}", services.main(workload, ports), done, KEPT)
    if workload.kind == "stateful":
        _create("headless service", services.headless(workload), done, DELETED)
    kind = stateful_set.kind_of(workload)
    with _stage("creating or updating " + kind):
        strategy = stateful_set.update_strategy(workload)
        for config_map in pod_template.add_file_sets(workload, pod_spec):
            with _stage(
                "creating or updating ConfigMap for file set " + config_map["metadata"]["name"]
            ):
                _admit(config_map, done, KEPT)
    _create(kind, stateful_set.controller(workload, pod_spec, strategy), done)


def by_kind(objects, kind):
    """Return ``{name: object}`` of the rendered objects of one kind."""
    return {item["metadata"]["name"]: item for item in objects if item["kind"] == kind}


def _create(what, made, done, then=UNDONE):
    with _stage("creating or updating " + what):
        for item in made:
            _admit(item, done, then)


def _admit(item, done, then):
    api_server.admit(item)
    done.append((item, then))


@contextmanager
def _stage(text):
    """Put what Juju was doing in front of the message of an error."""
    try:
        yield
    except DeployError as error:
        raise DeployError(f"{text}: {error}", error.reason) from None
