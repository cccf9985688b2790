"""The values that a cluster takes and gives."""

from typing import Dict, NamedTuple, Optional


class Timing(NamedTuple):
    """How long things take, in seconds; a real cluster is slower (given in brackets)."""

    sync_delay: float = 0.5  # until files of Secrets follow (up to 2 minutes)
    back_off: float = 1.0  # before the second restart (10), doubling with each
    back_off_limit: float = 30.0  # (300)
    back_off_forgotten: float = 600.0  # after running this long


class Pod(NamedTuple):
    """What is to be seen of a pod; ``containers`` are {name: process id on the node or None}.

    ``reason`` is a word of Kubernetes, such as CrashLoopBackOff, ErrImagePull, ContainerCreating,
    and empty if all is well; then ``message`` may tell what the sandbox does differently.
    """

    name: str
    ordinal: int
    ip: Optional[str]
    ready: bool
    phase: str  # Pending, Running or Terminating
    reason: str
    message: str
    restarts: int
    image: str
    containers: Dict[str, Optional[int]]
