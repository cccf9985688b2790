"""The values that a cluster takes and gives, and its errors, one line each that says what helps."""

from typing import Dict, List, NamedTuple, Optional

NOBODY = 65534


class ClusterError(Exception):
    """The cluster cannot do what was asked."""


class NotYet(Exception):
    """A container or volume cannot be made now; the pod shows ``reason`` and ``str()`` and waits.

    ``reason`` is a word of the kubelet's, such as ErrImagePull or CreateContainerConfigError.
    """

    def __init__(self, reason, message):
        super().__init__(message)
        self.reason = reason


class Timing(NamedTuple):
    """How long things take, in seconds."""

    sync_delay: float = 0.5  # until files of Secrets follow
    sync_spread: float = 0.0  # and up to so much longer, another time for each pod
    back_off: float = 1.0  # before the second restart, doubling with each
    back_off_limit: float = 30.0
    back_off_forgotten: float = 600.0  # after running this long
    eager_probe: float = 0.2  # at most, between probes of what has not been ready yet


REAL = Timing(0.0, 90.0, back_off=10.0, back_off_limit=300.0, eager_probe=3600.0)
"""What a real kubelet takes: it was seen to deliver a Secret after 41 to 86 seconds."""


class Pod(NamedTuple):
    """What is to be seen of a pod; ``containers`` are {name: process id on the node or None}.

    ``phase`` is Pending, Running or Terminating. ``reason`` is a word of Kubernetes, such as
    CrashLoopBackOff, ErrImagePull, ContainerCreating, and empty if all is well; then ``message``
    may tell what the sandbox does differently.
    """

    name: str
    ip: Optional[str] = None
    ready: bool = True
    reason: str = ""
    message: str = ""
    phase: str = "Running"
    ordinal: int = 0
    restarts: int = 0
    image: str = ""
    containers: Dict[str, Optional[int]] = {}


class Image(NamedTuple):
    """A root file system and how to start in it.

    ``user`` is what the image names, which may be "" for root; ``binds`` are {path in the
    container: file or folder on the machine}; ``note`` tells what differs from the reference.
    """

    entrypoint: List[str]
    command: List[str]
    user: str
    workdir: str
    volumes: List[str]
    binds: Dict[str, str]
    note: str = ""
