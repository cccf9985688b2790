"""The gate that every pod spec made by a test passes."""

import functools
from pathlib import Path

import kubernetes_validate
import yaml

from sandbox.kubernetes import podspec
from sandbox.kubernetes.objects import from_metadata, render

# The API that Juju 2.9.30 is built with, and a cluster of the day of Juju 3.6.
KUBERNETES = ("1.23", "1.31")
_METADATA = Path(__file__).parents[2] / "metadata.yaml"


def checked_spec(text, metadata=None, **more):
    """Return the parsed spec after Juju, its deployer and Kubernetes' own schema accepted it.

    ``metadata`` is the charm's metadata.yaml as a dict, by default this charm's; ``more`` are
    fields of Workload. Fail the test with the refusal otherwise.
    """
    spec = podspec.parse(text)
    objects = deploy_check(spec, _metadata() if metadata is None else metadata, **more)
    for item in objects:
        validate(item)
    return spec


def deploy_check(spec, metadata, **more):
    """Return the Kubernetes objects for a parsed spec of a charm with this metadata.yaml (a dict).

    ``more`` are fields of Workload, such as ``app`` or ``scale``. Raise DeployError.
    """
    return render(from_metadata(spec, metadata, **more))


def by_kind(objects, kind):
    """Return ``{name: object}`` of the rendered objects of one kind."""
    return {item["metadata"]["name"]: item for item in objects if item["kind"] == kind}


def validate(item):
    """Assert that a Kubernetes object keeps to the strict schema of each version in KUBERNETES."""
    for version in KUBERNETES:
        name = "{kind} {metadata[name]}".format(**item)
        try:
            kubernetes_validate.validate(item, version, strict=True)
        except kubernetes_validate.ValidationError as error:
            place = ".".join(str(step) for step in error.path)
            message = f"Kubernetes {version} refuses {name} at {place}: {error.message}"
            raise AssertionError(message) from None
        except kubernetes_validate.SchemaNotFoundError as error:
            raise AssertionError(f"{name}: {error.message}") from None


@functools.lru_cache(maxsize=1)
def _metadata():
    return yaml.safe_load(_METADATA.read_text())
