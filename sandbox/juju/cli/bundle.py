"""Bundles: a file with applications and their relations, deployed in one go.

Charms of a bundle are folders here. The order and the words are those of Juju's core/bundle/changes
and cmd/juju/application/deployer/bundlehandler.go; what a bundle has that the sandbox does not
model, such as constraints or an offer, is refused rather than left out.
"""

from __future__ import annotations

import os
from typing import Any

from sandbox.juju.cli.command_line import Call
from sandbox.juju.go_values import quote
from sandbox.juju.juju_errors import JujuError, UsageError
from sandbox.juju.model import charm_schema
from sandbox.juju.model.charm import Charm
from sandbox.juju.model.charm_schema import parse_yaml

KNOWN = ("bundle", "name", "description", "series", "default-base", "applications", "relations")
OF_APPLICATION = (
    *("charm", "channel", "revision", "series", "base", "scale", "num_units", "resources"),
    *("options", "trust", "annotations"),
)
CHARM_ONLY = ("n", "resource", "config", "series", "base")


def deploy(call: Call, path: str) -> None:
    """Deploys a bundle file; JujuError where Juju, or the sandbox, refuses it."""
    given = [f"--{name}" if len(name) > 1 else f"-{name}" for name in CHARM_ONLY]
    given = [flag for flag, name in zip(given, CHARM_ONLY) if name in call.options]
    if given:
        options = ", ".join(given)
        raise UsageError(f"options provided but not supported when deploying a bundle: {options}")
    try:
        content = _read(call, path)
        applications = _applications(content, os.path.dirname(path))
        relations = _relations(content)
        call.say("Executing changes:")
        for name in sorted(applications):
            _deploy(call, name, applications[name], content.get("series", ""))
        for pair in relations:
            call.say(f"- add relation {pair[0]} - {pair[1]}")
            if not _related(call, pair):
                call.juju.relate(*pair)
    except JujuError as error:
        raise JujuError(f"cannot deploy bundle: {error}") from None
    call.note("Deploy of bundle completed.")


def _read(call: Call, path: str) -> dict[str, Any]:
    content = charm_schema.mapping(parse_yaml(call.read_file(path), path), path)
    if content.get("bundle") != "kubernetes":
        raise JujuError(
            'the sandbox deploys on Kubernetes only: the bundle must say "bundle: kubernetes"'
        )
    _only(content, KNOWN, "a bundle")
    return content


def _applications(content: dict[str, Any], folder: str) -> dict[str, dict[str, Any]]:
    """What each application is to be; ``charm`` is a path from here on."""
    found = {}
    for name, given, where in charm_schema.items(content, "applications", ""):
        app = dict(charm_schema.mapping(given, where))
        _only(app, OF_APPLICATION, f"application {quote(name)}")
        charm = charm_schema.text(app.get("charm"), f"{where}.charm")
        if not charm.startswith((".", "/")):
            raise JujuError(
                f"charm {quote(charm)} of application {quote(name)} is no path: the sandbox"
                " reaches no Charmhub, so write ./ and the folder"
            )
        _check_units(name, app)
        found[name] = dict(app, charm=os.path.normpath(os.path.join(folder, charm)))
    if not found:
        raise JujuError("at least one application must be specified")
    return found


def _check_units(name: str, app: dict[str, Any]) -> None:
    """How many units: ``scale`` or ``num_units``, and none at all if neither says (bundledata.go).

    JujuError unless they are whole numbers.
    """
    numbers = [app[key] for key in ("scale", "num_units") if app.get(key)]
    if len(numbers) == 2:
        raise JujuError(f"cannot specify both scale and num_units for application {quote(name)}")
    if any(not isinstance(number, int) or isinstance(number, bool) for number in numbers):
        raise JujuError(f"the number of units of application {quote(name)} is no whole number")
    if any(number < 0 for number in numbers):
        raise JujuError(f"negative number of units specified on application {quote(name)}")


def _only(given: dict[str, Any], known: tuple, whose: str) -> None:
    for key in given:
        if key not in known:
            raise JujuError(f"{quote(str(key))} of {whose} is not modelled in the sandbox")


def _deploy(call: Call, name: str, app: dict[str, Any], series: str) -> None:
    units = app.get("scale") or app.get("num_units") or 0
    charm = Charm.read(app["charm"])
    # seen on 2.9.52: --force does not help a series that the bundle names for all applications
    force = bool(call.options.get("force")) and not (series and "series" not in app)
    call.say(f"- upload charm {app['charm']}")
    plural = "s" if units > 1 else ""
    using = "" if name == charm.name else f" using {charm.name}"
    call.say(f"- deploy application {name}{f' with {units} unit{plural}' if units else ''}{using}")
    try:
        call.juju.deploy_from_bundle(
            app["charm"],
            name,
            series=app.get("series", series),
            force=force,
            resources={key: str(value) for key, value in (app.get("resources") or {}).items()},
            units=units,
            config=app.get("options") or {},
        )
    except JujuError as error:
        if str(error).startswith(("series ", "base ", "charm's min")):  # the client's own
            raise
        raise JujuError(f"cannot deploy application {quote(name)}: {error}") from None
    for resource in sorted(charm.resources):
        call.note(f"  added resource {resource}")


def _relations(content: dict[str, Any]) -> list[list[str]]:
    pairs = charm_schema.sequence(content.get("relations") or [], "relations")
    for pair in pairs:
        if len(charm_schema.sequence(pair, "relations")) != 2:
            raise JujuError(f"relation {pair} has {len(pair)} endpoint(s), not 2")
    return pairs


def _related(call: Call, pair: list[str]) -> bool:
    """Whether there is such a relation already."""
    wanted = {end.split(":", maxsplit=1)[0] for end in pair}
    spelled = [end for end in pair if ":" in end]
    return any(
        {end.app for end in relation.ends} == wanted
        and all(any(str(end) == one for end in relation.ends) for one in spelled)
        for relation in call.juju.model.relations.values()
    )
