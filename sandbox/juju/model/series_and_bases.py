"""The series or base that an application runs on, as each of the two versions of Juju finds it.

In 2.9 it is a series, in 3 a base. Charms of pod specs have ``series: [kubernetes]`` in
metadata.yaml; bases come from manifest.yaml. Sources: for 2.9
core/charm/computedseries.go, cmd/juju/application/deployer/{deployer,series_selector}.go and
apiserver/facades/client/application/application.go; for 3 core/charm/{computedbase,baseselector}.go
and state/application.go.
"""

from __future__ import annotations

from sandbox.juju.go_values import quote
from sandbox.juju.juju_errors import JujuError
from sandbox.juju.juju_version import Version
from sandbox.juju.model.charm import SERIES, Base, Charm

KUBERNETES = Base("kubernetes", "kubernetes/stable")
"""What stands for the series of that name, which 2.9 takes a charm without manifest.yaml for."""
LEGACY = Base("ubuntu", "20.04/stable")
"""What 3 runs a charm without manifest.yaml on: the operator's image is Ubuntu 20.04."""
DEFAULT = "22.04"
"""What 3 prefers where a charm has several bases."""
_BASES = {
    **{name: Base("ubuntu", f"{track}/stable") for track, name in SERIES.items()},
    "kubernetes": KUBERNETES,
}


def choose(version: Version, charm: Charm, series: str, force: bool) -> Base:
    """What a charm folder is deployed on; JujuError with the client's text if it is not.

    series: what an operator asks 2.9 for. force: whatever the charm supports.
    """
    if version.since(3):
        supported = _supported_bases(charm)
        return next((base for base in supported if base.track == DEFAULT), supported[0])
    return _BASES[_choose_series(charm, series, force)]


def check_deployed(base: Base) -> None:
    """JujuError where a controller of 2.9 wants one series in all that its client tells.

    Of the series kubernetes the client tells that it is that of Ubuntu 20.04, too.
    """
    if base == KUBERNETES:
        raise JujuError(
            "cannot deploy application: inconsistent values for series detected."
            ' argument: "kubernetes", charm origin series: "kubernetes",'
            f' charm origin base: {quote(str(LEGACY))}, charm url: "kubernetes"'
        )


def _supported_series(charm: Charm) -> list[str]:
    """The series of a charm's bases, or of its metadata if it has no manifest.yaml."""
    if charm.bases is None:
        return list(charm.metadata["series"])
    for base in charm.bases:
        if base.track not in SERIES:
            raise JujuError(f"unknown series for version: {quote(base.track)}")
    return [base.series for base in charm.bases]


def _choose_series(charm: Charm, wanted: str, force: bool) -> str:
    supported = _supported_series(charm)
    if not supported:
        raise JujuError("series not specified and charm does not define any")
    if not wanted:
        return supported[0]
    if wanted not in supported and not force:
        raise JujuError(
            f"series {quote(wanted)} not supported by charm,"
            f" supported series are: {', '.join(supported)}"
        )
    if wanted not in _BASES:
        raise JujuError(f"series {quote(wanted)} not valid")
    return wanted


def _supported_bases(charm: Charm) -> list[Base]:
    return [LEGACY] if charm.bases is None else list(charm.bases)


def check_refresh(version: Version, now: Base, charm: Charm, force: bool) -> None:
    """Whether a charm folder may take an application over, in the words of 2.9's client."""
    supported = [] if version.since(3) else _supported_series(charm)
    if supported and now.series not in supported and not force:
        raise JujuError(
            f"series {quote(now.series)} not supported by charm,"
            f" supported series are: {','.join(supported)}"
        )


def check_refreshed(version: Version, now: Base, charm: Charm, force: bool) -> None:
    """Whether a charm may take an application over, in the words of 3's controller."""
    supported = _supported_bases(charm)
    if version.since(3) and now not in supported and not force:
        raise JujuError(
            f"base {quote(now.short_name)} not supported by charm,"
            f" the charm supported bases are: {', '.join(base.short_name for base in supported)}"
        )
