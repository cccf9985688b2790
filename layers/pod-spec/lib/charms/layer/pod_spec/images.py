"""Read the oci-image resources."""

import typing

import yaml
from charmhelpers.core import hookenv


class ImageMissing(Exception):
    """Juju has no usable image for a resource; the text says which and how to attach one."""


class Image(typing.NamedTuple):
    """Where a container image is, and who may pull it.

    path: the reference, such as ``prom/alertmanager:v0.28.1``.
    username, password: for a private registry, else empty.
    """

    path: str
    username: str = ""
    password: str = ""

    def __repr__(self):
        return f"Image(path={self.path!r}, username={self.username!r}, password=...)"


def names():
    """Return the names of the oci-image resources in metadata.yaml, sorted."""
    resources = hookenv.metadata().get("resources") or {}
    return sorted(name for name, told in resources.items() if told.get("type") == "oci-image")


@hookenv.cached
def image(resource):
    """Return the Image that is attached as this resource; Juju is asked once per hook.

    Raises ImageMissing.
    """
    path = hookenv.resource_get(resource)
    if not path:
        raise _missing(resource, "Juju cannot deliver it")
    # To be read at once: since Juju 2.9.31 every image resource is delivered in the same file.
    try:
        with open(path, encoding="utf-8") as file:
            told = yaml.safe_load(file)
    except (OSError, ValueError, yaml.YAMLError) as problem:
        raise _missing(resource, f"{path} is unreadable ({type(problem).__name__})") from None
    if not isinstance(told, dict) or not told.get("registrypath"):
        raise _missing(resource, f"{path} has no registrypath")
    return Image(
        str(told["registrypath"]), str(told.get("username") or ""), str(told.get("password") or "")
    )


def _missing(resource, reason):
    application = hookenv.application_name()
    remedy = f"juju attach-resource {application} {resource}=<image>"
    return ImageMissing(f"no image for resource {resource}: {reason}; try {remedy}")


def available(resource):
    """Return whether ``image(resource)`` has something to return."""
    try:
        image(resource)
    except ImageMissing:
        return False
    return True
