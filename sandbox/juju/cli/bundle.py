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
from sandbox.juju.model.charm import Charm
from sandbox.juju.model.charm_schema import check, parse_yaml

BUNDLE = {"applications": {"*": {"!charm": str}}, "relations": [list]}
KNOWN = ("bundle", "name", "description", "series", "default-base", "applications", "relations")
OF_APPLICATION = (
    *("charm", "channel", "revision", "series", "base", "scale", "num_units", "resources"),
    *("options", "trust", "annotations"),
)
CHARM_ONLY = {"n": "-n", "resource": "--resource", "config": "--config"}
CHARM_ONLY.update({"series": "--series", "base": "--base"})


def deploy(call: Call, path: str) -> None:
    """Deploys a bundle file; JujuError where Juju, or the sandbox, refuses it."""
    given = [flag for name, flag in CHARM_ONLY.items() if name in call.options]
    if given:
        options = ", ".join(given)
        raise UsageError(f"options provided but not supported when deploying a bundle: {options}")
    try:
        content = _read(call, path)
        applications = content.get("applications") or {}
        for name, app in applications.items():
            _check_application(name, app)
            app["charm"] = os.path.normpath(os.path.join(os.path.dirname(path), app["charm"]))
        call.say("Executing changes:")
        for name in sorted(applications):
            _deploy(call, name, applications[name], content.get("series", ""))
        for pair in content.get("relations", []):
            call.say(f"- add relation {pair[0]} - {pair[1]}")
            if not _is_related(call, pair):
                call.juju.relate(*pair)
    except JujuError as error:
        raise JujuError(f"cannot deploy bundle: {error}") from None
    call.note("Deploy of bundle completed.")


def _read(call: Call, path: str) -> dict[str, Any]:
    content = check(parse_yaml(call.read_file(path), path), dict, path)
    if content.get("bundle") != "kubernetes":
        raise JujuError(
            'the sandbox deploys on Kubernetes only: the bundle must say "bundle: kubernetes"'
        )
    _refuse_others(content, KNOWN, "a bundle")
    check(content, BUNDLE, "bundle: ")
    if not content.get("applications"):
        raise JujuError("at least one application must be specified")
    for pair in content.get("relations", []):
        if len(pair) != 2:
            raise JujuError(f"relation {pair} has {len(pair)} endpoint(s), not 2")
    return content


def _check_application(name: str, app: dict[str, Any]) -> None:
    _refuse_others(app, OF_APPLICATION, f"application {quote(name)}")
    if not app["charm"].startswith((".", "/")):
        raise JujuError(
            f"charm {quote(app['charm'])} of application {quote(name)} is no path: the sandbox"
            " reaches no Charmhub, so write ./ and the folder"
        )
    numbers = [app[key] for key in ("scale", "num_units") if app.get(key)]
    if len(numbers) == 2:
        raise JujuError(f"cannot specify both scale and num_units for application {quote(name)}")
    if any(not isinstance(number, int) or isinstance(number, bool) for number in numbers):
        raise JujuError(f"the number of units of application {quote(name)} is no whole number")
    if any(number < 0 for number in numbers):
        raise JujuError(f"negative number of units specified on application {quote(name)}")


def _refuse_others(given: dict[str, Any], known: tuple, whose: str) -> None:
    for key in given:
        if key not in known:
            raise JujuError(f"the sandbox does not model {quote(str(key))} of {whose}")


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


def _is_related(call: Call, pair: list[str]) -> bool:
    """Whether there is such a relation already."""
    wanted = {end.split(":", maxsplit=1)[0] for end in pair}
    spelled = [end for end in pair if ":" in end]
    return any(
        {end.app for end in relation.ends} == wanted
        and all(any(str(end) == one for end in relation.ends) for one in spelled)
        for relation in call.juju.model.relations.values()
    )
