"""The Kubernetes objects that Juju creates for a workload, as plain dicts.

Source: Juju 2.9.52 ``caas/kubernetes/provider/k8s.go`` (ensureService). Custom resources, their
definitions and webhooks are checked when the spec is parsed but not rendered.
"""

from contextlib import contextmanager

from . import api_server, controllers, pod, resources, services
from .errors import DeployError


def render(workload):
    """Return every object for ``workload``, in the order in which Juju creates them.

    Raise DeployError with the text of the application status that Juju would show.
    """
    app = workload.app
    with _stage(f"parsing unit spec for {app}"):
        pod_spec = pod.base(workload)
    objects = []
    _create("services", services.extra(workload), objects)
    _create("configmaps", resources.config_maps(workload), objects)
    _create("secrets", resources.secrets(workload), objects)
    _create("ingress resources", resources.ingresses(workload), objects)
    _create("service account", resources.accounts(workload), objects)
    for container, secret in resources.image_secrets(workload):
        with _stage("creating secrets for container: " + container):
            api_server.admit(secret)
        objects.append(secret)
    if workload.kind != "stateful" and workload.spec.get("service", {}).get("scalePolicy"):
        raise DeployError("ScalePolicy is only supported for stateful applications")
    if workload.service_type != "omit":
        ports = services.ports_of(workload, pod_spec)
        _create(f"service for {app}", services.main(workload, ports), objects)
    if workload.kind == "stateful":
        _create("headless service", services.headless(workload), objects)
    kind = controllers.kind_of(workload)
    with _stage("creating or updating " + kind):
        strategy = controllers.update_strategy(workload)
        for config_map in pod.add_file_sets(workload, pod_spec):
            with _stage(
                "creating or updating ConfigMap for file set " + config_map["metadata"]["name"]
            ):
                api_server.admit(config_map)
            objects.append(config_map)
    _create(kind, controllers.controller(workload, pod_spec, strategy), objects)
    return objects


def by_kind(objects, kind):
    """Return ``{name: object}`` of the rendered objects of one kind."""
    return {item["metadata"]["name"]: item for item in objects if item["kind"] == kind}


def _create(what, made, objects):
    with _stage("creating or updating " + what):
        for item in made:
            api_server.admit(item)
            objects.append(item)


@contextmanager
def _stage(text):
    """Put what Juju was doing in front of the message of an error."""
    try:
        yield
    except DeployError as error:
        raise DeployError(f"{text}: {error}", error.reason) from None
