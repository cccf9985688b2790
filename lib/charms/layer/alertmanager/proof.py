"""Which configuration the pods really run, and which one they ought to be given.

A configuration is given to the pods, then proven: every pod says that it runs it. If a pod refuses
it instead, the one that was proven before is given again, and the refused one stays out until an
input changes.
"""

import hashlib
import math
import re
from dataclasses import dataclass
from typing import Optional, Sequence

from alertmanager_config.problem import to_one_line

from .config_files import ConfigFiles
from .stored import Stored

_SAMPLE = re.compile(r"^(alertmanager_\w+)(?:\{([^}]*)\})? (\S+)$", re.MULTILINE)
_VERSION = re.compile(r"(?:^|,)version=\"(\w[-\w.+~]{0,63})\"", re.ASCII)


@dataclass(frozen=True)
class PodState:
    """What one pod says of itself: see read_metrics."""

    version: str
    config_hash: int
    reloaded: bool
    members: int

    @property
    def short_hash(self) -> str:
        """The hash as ConfigFiles.short_hash shows it."""
        return self.config_hash.to_bytes(6, "little").hex()[:6]


def read_metrics(text: str) -> PodState:
    """Read off /metrics which version runs with which configuration, among how many members.

    reloaded is false if the last reload failed: the process then goes on with the one before.
    Never raises: whoever answers may be somebody else than Alertmanager.
    """
    values = {}
    version = ""
    for name, labels, value in _SAMPLE.findall(text):
        values[name] = value
        if name == "alertmanager_build_info":
            found = _VERSION.search(labels)
            version = found.group(1) if found else ""
    config_hash = _whole(values.get("alertmanager_config_hash"), 0)
    return PodState(
        version,
        config_hash if config_hash < 1 << 48 else 0,
        _whole(values.get("alertmanager_config_last_reload_successful"), 0) == 1,
        _whole(values.get("alertmanager_cluster_members"), 1),
    )


def _whole(value: Optional[str], otherwise: int) -> int:
    """Read a whole number that is not negative; return the other if it is none."""
    try:
        number = float(value) if value else math.nan
    except ValueError:
        return otherwise
    return int(number) if math.isfinite(number) and number >= 0 else otherwise


def fingerprint(files: ConfigFiles, image: str) -> str:
    """Name a configuration together with the image that is to run it.

    Another image may take what this one refuses, so that is another try.
    """
    return hashlib.sha256(f"{image}\0{files.digest}".encode()).hexdigest()


@dataclass(frozen=True)
class Memory:
    """What the units remember: fingerprints of the last proven and the last refused, and why."""

    proven: str = ""
    refused: str = ""
    sentence: str = ""


@dataclass(frozen=True)
class Choice:
    """current: what the pods are given. good: what they fall back to when they cannot start with
    it. refused: whether that is another configuration than the options call for.
    """

    current: ConfigFiles
    good: Optional[ConfigFiles]
    refused: bool


def choose(
    wanted: ConfigFiles,
    image: str,
    stored: Optional[Stored],
    memory: Memory,
    default: ConfigFiles,
) -> Choice:
    """Decide what the pods are given.

    wanted: what the options call for. stored: what Juju holds now. default: what an application
    without options gets, for when nothing else was ever good.
    """
    good = stored.good if stored else None
    if stored and fingerprint(stored.current, stored.image) == memory.proven:
        good = stored.current
    if fingerprint(wanted, image) == memory.proven:
        good = wanted
    if fingerprint(wanted, image) != memory.refused:
        return Choice(wanted, good, refused=False)
    return Choice(wanted.rolled_back_to(good or default), good, refused=True)


def redacted(sentence: str, secrets: Sequence[str]) -> str:
    """Take out of Alertmanager's own words what may be a secret.

    Go's YAML reader quotes the beginning of values in back quotes.
    """
    sentence = re.sub(r"`[^`]*`", "<value>", sentence)
    for secret in sorted(secrets, key=len, reverse=True):
        if len(secret) > 3:
            sentence = sentence.replace(secret, "<secret>")
    return to_one_line(" ".join(sentence.split()))
