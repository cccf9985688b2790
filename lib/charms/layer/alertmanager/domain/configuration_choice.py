"""Which configuration the pods are given: the one that the options call for, or the last good one.

A configuration is given to the pods, then proven: every pod says that it runs it. If a pod refuses
it instead, the one that was proven before is given again, and the refused one stays out until an
input changes.
"""

import hashlib
from dataclasses import dataclass
from typing import Optional

from .config_files import ConfigFiles
from .deployed_spec import DeployedSpec

DELIVERY_SECONDS = 180
"""After that, every kubelet has delivered what Juju gave it; it usually takes half of it."""


@dataclass(frozen=True)
class GivenConfiguration:
    """How the configuration that the pods were last given is recognised, and what came of it.

    fingerprint: see below, "" before any was given. config_hash: the value of Alertmanager's
    metric. short_hash: as people see it. is_proven: whether all pods were known to run it when it
    was given. refusal: what Alertmanager said against the one that it stands in for. is_live:
    whether all pods have said since that they run it. doubted_until: seconds since 1970; before
    then a refusal may be about an earlier configuration, which is still on a pod's disk.
    """

    fingerprint: str = ""
    config_hash: int = 0
    short_hash: str = ""
    is_proven: bool = False
    refusal: str = ""
    is_live: bool = False
    doubted_until: float = 0


@dataclass(frozen=True)
class Choice:
    """current: what the pods are given. good: what they fall back to when they cannot start with
    it. given: how current is recognised once the pods run it.
    """

    current: ConfigFiles
    good: Optional[ConfigFiles]
    given: GivenConfiguration


def fingerprint(files: ConfigFiles, image: str) -> str:
    """Name a configuration together with the image that is to run it.

    Another image may take what this one refuses, so that is another try.
    """
    return hashlib.sha256(f"{image}\0{files.digest}".encode()).hexdigest()


def choose(
    wanted: ConfigFiles,
    default: ConfigFiles,
    image: str,
    deployed: Optional[DeployedSpec],
    *,
    before: GivenConfiguration,
    proven: str,
    refused: str,
    sentence: str,
    now: float,
) -> Choice:
    """Decide what the pods are given.

    wanted: what the options call for. default: what an application without options gets, for when
    nothing else was ever good. image: the reference of the image. deployed: what Juju holds now.
    before: what was given last. proven, refused: fingerprints that the units remember, or "".
    sentence: what Alertmanager said against the one that it refused. now: seconds since 1970.

    A refusal may be about an earlier configuration for a while, unless all pods ran the one before
    this: then no pod's disk holds a third.
    """
    held = fingerprint(deployed.current, deployed.image) if deployed else ""
    good = deployed.good if deployed else None
    if deployed and held == proven:
        good = deployed.current
    current, name = wanted, fingerprint(wanted, image)
    if name == proven:
        good = wanted
    is_fallback = name == refused
    if is_fallback:
        current = wanted.take_routing_of(good or default)
        name = fingerprint(current, image)
    if before.fingerprint == held == name:
        is_live, doubted_until = before.is_live, before.doubted_until
    else:
        is_sure = not held or (before.fingerprint == held and before.is_live)
        is_live, doubted_until = False, 0 if is_sure else now + DELIVERY_SECONDS
    given = GivenConfiguration(
        name,
        current.config_hash,
        current.short_hash,
        is_proven=name == proven,
        refusal=sentence if is_fallback else "",
        is_live=is_live,
        doubted_until=doubted_until,
    )
    return Choice(current, good, given)
