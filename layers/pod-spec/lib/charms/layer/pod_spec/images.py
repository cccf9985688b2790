"""Read the oci-image resources."""

import re
import typing

import yaml
from charmhelpers.core import hookenv
from charms.layer.pod_spec.hook_tools import ToolError, run_tool

# What PyYAML raises at texts of all kinds; `!!int ""` is an IndexError, for example.
_UNREADABLE = (
    *(AttributeError, LookupError, OverflowError, RecursionError, TypeError, ValueError),
    yaml.YAMLError,
)

_HOST = (
    r"(?:[A-Za-z0-9]+(?:-+[A-Za-z0-9]+)*(?:\.[A-Za-z0-9]+(?:-+[A-Za-z0-9]+)*)*|\[[A-Fa-f0-9:]+\])"
)
_PART = r"[a-z0-9]+(?:(?:\.|_{1,2}|-+)[a-z0-9]+)*"
_REFERENCE = re.compile(
    rf"(?P<name>(?:{_HOST}(?::[0-9]+)?/)?{_PART}(?:/{_PART})*)"
    r"(?::[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?"
    r"(?:@[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9A-Fa-f]{32,})?"
)
_LONGEST_NAME = 255 - len("docker.io/library/")
_ONLY_DIGEST = re.compile("[a-f0-9]{64}")


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
    return sorted(
        name for name, declared in resources.items() if declared.get("type") == "oci-image"
    )


def image(resource):
    """Return the Image that is attached as this resource. Juju is asked once per hook.

    Raises ImageMissing.
    """
    found = _read(resource)
    if isinstance(found, Image):
        return found
    application = hookenv.application_name()
    remedy = f"juju attach-resource {application} {resource}=<image>"
    raise ImageMissing(f"no image for resource {resource}: {found}; try {remedy}")


def available(resource):
    """Return whether ``image(resource)`` has something to return."""
    return isinstance(_read(resource), Image)


def is_withdrawn(resource):
    """Tell whether Juju keeps the image back because the application is being removed.

    The words are those of verifyApplication in juju/juju state/resources.go.
    """
    found = _read(resource)
    if isinstance(found, Image):
        found = _ask(resource)  # that was earlier in this hook
    return isinstance(found, str) and " dying or dead" in found


@hookenv.cached
def _read(resource):
    return _ask(resource)


def _ask(resource):
    """Return the Image, or the reason why there is none."""
    try:
        path = run_tool("resource-get", resource)
    except ToolError as refusal:
        return str(refusal)
    # To be read at once: since Juju 2.9.31 every image resource is delivered in the same file.
    try:
        with open(path, encoding="utf-8") as file:
            content = yaml.safe_load(file)
    except (OSError, *_UNREADABLE) as problem:
        return f"{path} is unreadable ({type(problem).__name__})"
    if not isinstance(content, dict) or not content.get("registrypath"):
        return f"{path} has no registrypath"
    if not str(content["registrypath"]).isprintable():
        return f"{path} has a registrypath that cannot be printed"
    return Image(
        str(content["registrypath"]),
        str(content.get("username") or ""),
        str(content.get("password") or ""),
    )


def find_reference_fault(reference: str) -> str:
    """Say why no kubelet would pull an image; "" if one would try, or if there is none.

    Source: https://github.com/distribution/reference, reference.go and normalize.go.
    """
    found = _REFERENCE.fullmatch(reference)
    if not reference:
        return ""
    if found and len(found["name"]) <= _LONGEST_NAME and not _ONLY_DIGEST.fullmatch(reference):
        return ""
    return f"{reference[:100]!r} is not a valid image reference"
