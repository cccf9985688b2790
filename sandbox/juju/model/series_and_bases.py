"""The series or base that an application runs on, as each version of Juju finds it.

Up to 2.9 it is a series, from 3.0 on a base, and an operator says so with another flag. Charms of
pod specs have ``series: [kubernetes]`` in metadata.yaml; bases come from manifest.yaml. Sources:
for 2.9 core/charm/computedseries.go, cmd/juju/application/deployer/{deployer,series_selector}.go,
cmd/juju/application/utils/origin.go and apiserver/facades/client/application/application.go; for 3
core/charm/{computedbase,baseselector}.go and state/application.go.
"""

from __future__ import annotations

from typing import NamedTuple

from sandbox.juju.go_values import quote
from sandbox.juju.juju_errors import JujuError
from sandbox.juju.juju_version import Version
from sandbox.juju.model.charm import Base, Charm

SERIES = {
    "16.04": "xenial",
    "18.04": "bionic",
    "20.04": "focal",
    "22.04": "jammy",
    "24.04": "noble",
}
"""Ubuntu's versions that Juju runs charms on, and what 2.9 calls them."""
KUBERNETES = "kubernetes"
LEGACY = Base("ubuntu", "20.04/stable")
"""What a charm without manifest.yaml runs on: the operator's image is Ubuntu 20.04."""
DEFAULT = "22.04"
"""What 3 prefers where a charm has several bases."""


class PlatformRequest(NamedTuple):
    """What an operator asks for: --series or --base, and --force to have it all the same."""

    series: str = ""
    base: str = ""
    force: bool = False


class Platform(NamedTuple):
    """What an application runs on; ``series`` is what 2.9 stores of it."""

    base: Base
    series: str


def supported_series(version: Version, charm: Charm) -> list[str]:
    """The series of a charm's bases, or of its metadata if it has no manifest.yaml.

    Before 2.9.43 those of its metadata alone.
    """
    if charm.bases is None or not version.since(2, 9, 43):
        return list(charm.metadata["series"])
    found = []
    for base in charm.bases:
        series = SERIES.get(base.track, KUBERNETES if base.track == KUBERNETES else "")
        if not series:
            raise JujuError(f"unknown series for version: {quote(base.track)}")
        found.append(series)
    return list(dict.fromkeys(found))


def supported_bases(charm: Charm) -> list[Base]:
    """The bases of a charm: those of manifest.yaml, or what a charm without one runs on."""
    return [LEGACY] if charm.bases is None else list(charm.bases)


def choose(version: Version, charm: Charm, asked: PlatformRequest) -> Platform:
    """What a charm folder is deployed on; JujuError with the client's text if it is not."""
    if version.since(3):
        return _on(_choose_base(charm, asked))
    return Platform(*_platform(_choose_series(version, charm, asked.series, asked.force)))


def _on(base: Base) -> Platform:
    return Platform(base, SERIES.get(base.track, ""))


def _platform(series: str) -> tuple[Base, str]:
    tracks = {name: track for track, name in SERIES.items()}
    return (Base("ubuntu", f"{tracks[series]}/stable") if series in tracks else LEGACY), series


def _choose_series(version: Version, charm: Charm, wanted: str, force: bool) -> str:
    supported = supported_series(version, charm)
    if not supported and not wanted:
        raise JujuError("series not specified and charm does not define any")
    if not wanted:
        return supported[0]
    if wanted not in supported and not force:
        raise JujuError(
            f"series {quote(wanted)} not supported by charm,"
            f" supported series are: {', '.join(supported)}"
        )
    if wanted not in (*SERIES.values(), KUBERNETES):
        raise JujuError(f"series {quote(wanted)} not valid")
    return wanted


def _choose_base(charm: Charm, asked: PlatformRequest) -> Base:
    supported = supported_bases(charm)
    wanted = _wanted_base(asked)
    if wanted is None:
        return next((base for base in supported if base.track == DEFAULT), supported[0])
    if wanted.name != "ubuntu" or wanted.track not in SERIES:
        raise JujuError(f"{charm.name} is not available on the following base: {wanted}")
    if wanted not in supported and not asked.force:
        names = _join_names(supported)
        raise JujuError(f"base {quote(str(wanted))} is not supported, supported bases are: {names}")
    return wanted


def _wanted_base(asked: PlatformRequest) -> Base | None:
    if asked.series == KUBERNETES:
        return LEGACY
    if asked.series:
        tracks = {name: track for track, name in SERIES.items()}
        if asked.series not in tracks:
            raise JujuError(
                f"attempting to convert {quote(asked.series)} to a base:"
                f" series {quote(asked.series)} not valid"
            )
        return Base("ubuntu", f"{tracks[asked.series]}/stable")
    if not asked.base:
        return None
    name, at, channel = asked.base.partition("@")
    if not at or not name or not channel:
        raise JujuError("expected base string to contain os and channel separated by '@'")
    return Base(name, channel if "/" in channel else f"{channel}/stable")


def check_unified(version: Version, argument: str, base: Base | None, url: str) -> None:
    """What a controller of 2.9.48 and newer 2.9 demands: one series, wherever the client names it.

    argument: the series that is asked for, which is the one of the charm's origin, too. base: the
    base of that origin, None if it has none. url: the series in the charm's URL.
    """
    if version.since(3) or not version.since(2, 9, 48):
        return
    based = SERIES.get(base.track, "") if base else ""
    if {argument, based or argument, url} != {argument}:
        raise JujuError(
            "cannot deploy application: inconsistent values for series detected."
            f" argument: {quote(argument)}, charm origin series: {quote(argument)},"
            f" charm origin base: {quote(str(base) if base else '')}, charm url: {quote(url)}"
        )


def check_refresh(version: Version, now: Platform, charm: Charm, force: bool) -> None:
    """Whether a charm folder may take an application over, in the client's words (2.9)."""
    supported = [] if version.since(3) else supported_series(version, charm)
    if supported and now.series not in supported and not force:
        raise JujuError(
            f"series {quote(now.series)} not supported by charm,"
            f" supported series are: {','.join(supported)}"
        )


def check_refreshed(version: Version, now: Platform, charm: Charm, force: bool) -> None:
    """Whether a charm may take an application over, in the controller's words (3)."""
    supported = supported_bases(charm)
    if version.since(3) and now.base not in supported and not force:
        raise JujuError(
            f"base {quote(now.base.short_name)} not supported by charm,"
            f" the charm supported bases are: {_join_names(supported)}"
        )


def _join_names(bases: list[Base]) -> str:
    return ", ".join(base.short_name for base in bases)
