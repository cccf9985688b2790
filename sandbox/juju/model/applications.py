"""Applications: what deploy, refresh, config and remove-application change, and what they refuse.

Nothing here runs a hook: the agents notice by themselves.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Callable, Union

from sandbox.juju.go_values import quote
from sandbox.juju.juju_errors import JujuError
from sandbox.juju.juju_version import Version
from sandbox.juju.model.charm import Base, Charm, check_application_name
from sandbox.juju.model.entities import Application, Image, Status, relation_key
from sandbox.juju.model.series_and_bases import (
    check_deployed,
    check_refresh,
    check_refreshed,
    choose,
)
from sandbox.juju.model.units import Units

ResourceLike = Union[str, Image]
DEPRECATED = "podspec charms are deprecated. Support for them will be removed soon."
FORCE_AFTER = 60.0
"""Seconds that Juju gives units to stop when they are removed with --force and not --no-wait."""
_FIXED = {
    "deployment": ("deployment info for services", "deployment info"),
    "storage": ("storage on a statefulset", "storage declarations"),
}


class Applications(Units):
    """The commands about applications. Each checks first and changes then, or raises JujuError."""

    def deploy(
        self,
        charm_dir: str | Path,
        app: str | None = None,
        resources: dict[str, ResourceLike] | None = None,
        units: int = 1,
        config: dict[str, Any] | None = None,
        *,
        series: str = "",
        force: bool = False,
        tell: Callable[[str], object] = str,
    ) -> Application:
        """``juju deploy`` of a folder: an application named like its charm unless ``app`` is given.

        series: what to run on in 2.9. force: whatever the charm supports. tell: called with each
        line that Juju prints meanwhile, some of them before the controller refuses.
        """
        with self.lock:
            charm = Charm.read(charm_dir)
            name = app or charm.name
            base = choose(self.juju_version, charm, series, force)
            self._check_images(charm, resources or {})
            self._check_version(charm)
            tell(f"Located local charm {quote(charm.name)}, revision 0")
            if self.juju_version.since(3):
                tell(f"WARNING deploying podspec charm {quote(charm.name)}: {DEPRECATED}")
            _images(charm, resources or {})
            where = str(base) if self.juju_version.since(3) else base.series
            local = f"local charm {quote(charm.name)}, revision 0"
            tell(f"Deploying {quote(name)} from {local} on {where}")
            check_deployed(base)
            self.check_new_application(name)
            settings = _coerce(charm, config or {})
            images = _images(charm, resources or {})
            charm = self.operator.keep(charm, name, 0)
            application = Application(name, charm, charm.endpoints, units, Status("unset"))
            application.config, application.resources = settings, images
            application.base = base
            self.model.applications[name] = application
            self.add_new_units(application, units)
            self.notify()
            return application

    def _check_images(self, charm: Charm, given: dict[str, ResourceLike]) -> None:
        missing = [name for name in charm.resources if name not in given]
        if missing:
            raise JujuError(f"local charm missing OCI images for: {', '.join(missing)}")

    def check_new_application(self, name: str) -> None:
        """JujuError if no application may be called so, or one is already."""
        check_application_name(name)
        if name in self.model.applications:
            raise JujuError(f"cannot add application {quote(name)}: application already exists")

    def _check_version(self, charm: Charm) -> None:
        if not self.juju_version.since(*charm.min_juju_version):
            wanted = ".".join(str(number) for number in charm.min_juju_version)
            raise JujuError(
                f"charm's min version ({wanted}) is higher than this juju model's version"
                f" ({self.juju_version})"
            )

    def refresh(
        self,
        app: str,
        charm_dir: str | Path,
        resources: dict[str, ResourceLike] | None = None,
        *,
        force_series: bool = False,
        tell: Callable[[str], object] = str,
    ) -> None:
        """``juju refresh --path``: a new charm, with upgrade-charm in every unit.

        A unit in error waits until its hook has succeeded. force_series: also if the charm does not
        support what the application runs on, which stays as it is. tell: as for ``deploy``.
        """
        with self.lock:
            application = self.application(app)
            charm = Charm.read(charm_dir)
            check_refresh(self.juju_version, application.base, charm, force_series)
            if charm.name != application.charm.name:
                names = f"{quote(application.charm.name)} to {quote(charm.name)}"
                raise JujuError(f"cannot refresh {names}")
            self._check_version(charm)
            revision = application.revision + 1
            tell(f"Added local charm {quote(charm.name)}, revision {revision}, to the model")
            _check_fixed(application.charm, charm)
            self._check_upgrade(application, charm, force_series)
            application.resources.update(_images(charm, resources or {}))
            application.revision = revision
            application.charm = self.operator.keep(charm, app, revision)
            application.endpoints = charm.endpoints
            application.config = {k: v for k, v in application.config.items() if k in charm.options}
            application.modified_version += 1
            self.notify()

    def _check_upgrade(self, application: Application, charm: Charm, force_series: bool) -> None:
        """What the controller's state refuses (state/application.go, SetCharm)."""
        url = charm_url(self.juju_version, charm, application.base, application.revision + 1)
        try:
            check_refreshed(self.juju_version, application.base, charm, force_series)
            for relation in self.model.relations_of(application.name):
                endpoint = relation.local(application.name).endpoint
                if charm.endpoints.get(endpoint.name) != endpoint:
                    key = relation_key(relation.ends)
                    raise JujuError(f"would break relation {quote(key)}")
        except JujuError as error:
            raise JujuError(
                f"cannot upgrade application {quote(application.name)} to charm {quote(url)}:"
                f" {error}"
            ) from None

    def attach_resource(self, app: str, name: str, image: ResourceLike) -> None:
        """``juju attach-resource``: another image, with upgrade-charm in every unit."""
        with self.lock:
            application = self.application(app)
            application.resources.update(_images(application.charm, {name: image}))
            application.modified_version += 1
            self.notify()

    def config(self, app: str, values: dict[str, Any] | None = None) -> dict[str, Any]:
        """``juju config``: changes options if any are given; returns all with the values in
        force.
        """
        with self.lock:
            application = self.application(app)
            application.config.update(_coerce(application.charm, values or {}))
            self.notify()
            return application.settings()

    def reset_config(self, app: str, *options: str) -> None:
        """``juju config --reset``."""
        with self.lock:
            application = self.application(app)
            _check_options(application.charm, options)
            for option in options:
                application.config.pop(option, None)
            self.notify()

    def remove_application(self, app: str, force_after: float | None = None) -> None:
        """``juju remove-application``: its relations break, its units stop, then it is gone.

        A unit whose hook fails stays until it is resolved. force_after: seconds after which units
        go all the same (``--force``: FORCE_AFTER).
        """
        with self.lock:
            application = self.application(app)
            application.life = "dying"
            for relation in self.model.relations_of(app):
                self.break_relation(relation)
            for unit in list(application.units.values()):
                self.let_go(unit, force_after)
            self.bury_application(application)
            self.notify()

    def rename_model(self, name: str) -> None:
        """``juju add-model``: the sandbox's one model is the new one, if it is empty."""
        if name != self.model.name and self.model.applications:
            mine = quote(self.model.name)
            raise JujuError(f"the sandbox has one model: juju destroy-model {mine} empties it")
        self.model.name = name
        self.cluster.rename(name)

    def destroy_model(self, force_after: float | None = None) -> None:
        """``juju destroy-model``: removes all applications. The sandbox's one model stays."""
        with self.lock:
            for app in list(self.model.applications):
                self.remove_application(app, force_after)


def charm_url(version: Version, charm: Charm, base: Base, revision: int) -> str:
    """How Juju names a charm that came from a folder."""
    series = "" if version.since(3) else f"{base.series}/"
    return f"local:{series}{charm.name}-{revision}"


def _images(charm: Charm, given: dict[str, ResourceLike]) -> dict[str, Image]:
    for name in given:
        if name not in charm.resources:
            raise JujuError(f"unrecognized resource {quote(name)}")
    return {
        name: image if isinstance(image, Image) else Image(image) for name, image in given.items()
    }


def _check_fixed(old: Charm, new: Charm) -> None:
    """What no refresh may change (Juju: setCharmWithAgentValidation in
    apiserver/facades/client/application, whose three lines are one here).
    """
    for part, (cannot, what) in _FIXED.items():
        if old.metadata.get(part) != new.metadata.get(part):
            raise JujuError(
                f"Juju on containers does not support updating {cannot}."
                f" The new charm's metadata contains updated {what}."
                " You'll need to deploy a new charm rather than upgrading if you need this change."
            )


def _coerce(charm: Charm, values: dict[str, Any]) -> dict[str, Any]:
    _check_options(charm, values)
    return {name: charm.options[name].coerce(value) for name, value in values.items()}


def _check_options(charm: Charm, names: Any) -> None:
    for name in names:
        if name not in charm.options:
            raise JujuError(f"unknown option {quote(name)}")
