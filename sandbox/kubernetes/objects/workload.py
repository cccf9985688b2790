"""What Juju knows about an application besides its pod spec, as far as deploying needs it."""

import hashlib
import math
import posixpath
from dataclasses import dataclass
from typing import Dict, Tuple

STORAGE_DIR = "/var/lib/juju/storage"


class DeployError(Exception):
    """Juju or the API server refuses an object; ``str()`` is Juju's message.

    Juju shows it as the application's error status. For some refusals of the Kubernetes API server
    Juju drops the reason: ``reason`` keeps it, else it is empty.
    """

    def __init__(self, message, reason=""):
        super().__init__(message)
        self.reason = reason


@dataclass(frozen=True)
class Storage:
    """One filesystem of each pod. ``size`` is in MiB."""

    name: str
    mount_path: str
    size: int = 1024


@dataclass(frozen=True)
class Workload:
    """An application with its parsed pod spec, ready to be deployed.

    ``service_type`` and ``deployment_type`` are the words of metadata.yaml's ``deployment``; empty
    means Juju's default. ``modified_version`` counts charm refreshes and attached resources.
    ``charm_folder`` is what Juju copies into each pod, "" for nothing.
    """

    app: str
    spec: Dict
    scale: int = 1
    model: str = "sandbox"
    modified_version: int = 0
    storage: Tuple[Storage, ...] = ()
    deployment_type: str = ""
    service_type: str = ""
    model_uuid: str = "00000000-0000-4000-8000-000000000001"
    controller_uuid: str = "00000000-0000-4000-8000-000000000002"
    juju_version: str = "2.9.52"
    charm_folder: str = ""

    @property
    def kind(self):
        """The deployment type in force: stateful where the charm has storage and says nothing."""
        return self.deployment_type or ("stateful" if self.storage else "stateless")

    @property
    def juju_major(self):
        """The first number of Juju's version: 2, 3."""
        return int(self.juju_version.partition(".")[0])

    @property
    def storage_id(self):
        """The eight hex digits in the names of volume claims; random in Juju, stable here."""
        return hashlib.sha256((self.model_uuid + "/" + self.app).encode()).hexdigest()[:8]


def from_metadata(spec, metadata, **more):
    """Return the Workload of a charm with this metadata.yaml (a dict); ``more`` are its fields.

    Raise DeployError where Juju would not deploy such storage.
    """
    deployment = metadata.get("deployment") or {}
    fields = {
        "app": metadata.get("name"),
        "storage": storage_of(metadata),
        "deployment_type": deployment.get("type", ""),
        "service_type": deployment.get("service", ""),
    }
    return Workload(spec=spec, **dict(fields, **more))


def storage_of(metadata):
    """Return the Storage of one unit. Source: Juju 2.9 ``state/filesystem.go``."""
    return tuple(
        _storage(name, declared) for name, declared in (metadata.get("storage") or {}).items()
    )


def _storage(name, declared):
    location = declared.get("location", "")
    if location.startswith(STORAGE_DIR):
        raise DeployError(f'invalid location "{location}": must not fall within "{STORAGE_DIR}"')
    if not location:
        location = posixpath.join(STORAGE_DIR, name, "0")
    return Storage(name, location, _mebibytes(declared.get("minimum-size", "1G")))


def _mebibytes(size):
    """Return what ``ParseSize`` of github.com/juju/utils makes of a size such as 1.5G or 100."""
    text = str(size).upper().rstrip("IB")
    factors = {"M": 1, "G": 1024, "T": 1024**2, "P": 1024**3}
    if text[-1] in factors:
        return math.ceil(float(text[:-1]) * factors[text[-1]])
    return math.ceil(float(text))
