"""Commands that change applications, units and relations."""

from __future__ import annotations

import os

from sandbox.juju.cli.command_line import Call, command
from sandbox.juju.gnuflag import key_values
from sandbox.juju.go_values import quote
from sandbox.juju.juju_errors import JujuError, UsageError
from sandbox.juju.model.applications import FORCE_AFTER
from sandbox.juju.model.charm import check_application_name, parse_yaml, yaml_map
from sandbox.juju.model.entities import Image


@command("deploy")
def deploy(call: Call) -> None:
    """Deploys a charm from a folder."""
    spelled, app = ([*call.args, "", ""])[:2]
    if not spelled:
        raise UsageError("no charm or bundle specified")
    if app:
        try:
            check_application_name(app)
        except JujuError as error:
            raise UsageError(str(error)) from None
    folder = call.path(spelled)
    if not os.path.isdir(folder):
        raise JujuError(f"no charm was found at {quote(spelled)}: the sandbox deploys folders only")
    if not any(os.path.exists(os.path.join(folder, part)) for part in ("hooks", "dispatch")):
        hint = "build it first (make build) and deploy the result, for example ./build/alertmanager"
        raise JujuError(f"the charm at {quote(spelled)} has neither hooks nor dispatch: {hint}")
    series = call.options.get("series", "")
    if series and call.juju.juju_version.since(3):
        raise UsageError("the sandbox does not model --series in Juju 3")
    call.juju.deploy(
        folder,
        app or None,
        resources=_images(call),
        units=call.options.get("n", 1),
        config=_deploy_config(call, app),
        series=series,
        force=bool(call.options.get("force")),
        tell=call.note,
    )


def _deploy_config(call: Call, app: str) -> dict:
    settings: dict = {}
    for given in call.options.get("config", []):
        if "=" in given:
            settings.update(_read_values(call, [given]))
        else:
            content = yaml_map(call.read_file(given), given)
            settings.update(_section(content, given, app) if app in content else content)
    return settings


@command("config")
def config(call: Call) -> None:
    """Shows or changes options."""
    if not call.args or "=" in call.args[0]:
        raise UsageError("no application name specified")
    app, *rest = call.args
    file = call.options.get("file")
    reset = [k for keys in call.options.get("reset", []) for k in keys.strip(",").split(",")]
    pairs = [arg for arg in rest if "=" in arg]
    _check_config(len(pairs), len(rest) - len(pairs), bool(file), bool(reset))
    if reset:
        call.juju.reset_config(app, *reset)
    if file:
        call.juju.config(app, _settings(yaml_map(call.read_file(file), file), file, app))
    elif pairs:
        call.juju.config(app, _read_values(call, pairs))
    elif rest:
        _show(call, app, rest[0])
    elif not reset:
        _show_all(call, app)


def _check_config(pairs: int, keys: int, file: bool, reset: bool) -> None:
    if file and pairs:
        raise UsageError("cannot specify --file and key=value arguments simultaneously")
    if reset and keys:
        raise UsageError("cannot reset and retrieve values simultaneously")
    if pairs and keys:
        raise UsageError("cannot set and retrieve values simultaneously")
    if keys > 1:
        raise UsageError("can only retrieve a single value, or all values")


def _show(call: Call, app: str, key: str) -> None:
    settings = call.juju.config(app)
    if key not in settings:
        where = f"{quote(app)} application config or charm settings."
        raise JujuError(f"key {quote(key)} not found in {where}")
    call.say(_text(settings[key]))


def _show_all(call: Call, app: str) -> None:
    application = call.juju.application(app)
    values = call.juju.config(app)
    settings = {}
    for name, option in sorted(application.charm.options.items()):
        source = "user" if name in application.config else "default"
        shown = {
            "default": option.default,
            "description": option.description,
            "source": "unset" if values[name] is None else source,
            "type": option.kind,
            "value": values[name],
        }
        settings[name] = {key: value for key, value in shown.items() if value is not None}
    shown = {"application": app, "charm": application.charm.name, "settings": settings}
    call.write(shown, sort=True)


def _text(value: object) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


@command("refresh", "upgrade-charm")
def refresh(call: Call) -> None:
    """Replaces an application's charm."""
    (app,) = call.take("application")
    call.juju.application(app)
    folder = call.options.get("path")
    if folder is None:
        raise JujuError("upgrading a local charm requires either --path or --switch")
    call.juju.refresh(
        app,
        call.path(folder),
        _images(call),
        force_series=bool(call.options.get("force-series")),
        tell=call.note,
    )


@command("attach-resource", "attach")
def attach_resource(call: Call) -> None:
    """Replaces an image resource of an application."""
    app, pair = call.take("application name", "resource")
    (name, given), *_ = key_values([pair]).items()
    call.juju.attach_resource(app, name, _image(call, given))


@command("scale-application")
def scale_application(call: Call) -> None:
    """Sets how many units an application has."""
    app, scale = call.take("application", "scale")
    if not scale.isdecimal():
        raise UsageError(f"invalid scale {quote(scale)}: expected a number")
    call.juju.scale(app, int(scale))
    call.note(f"{app} scaled to {scale} units")


@command("add-unit")
def add_unit(call: Call) -> None:
    """Adds units to an application."""
    (app,) = call.take("application")
    call.juju.add_unit(app, call.options.get("n", 1))


@command("remove-unit")
def remove_unit(call: Call) -> None:
    """Removes the units of the highest pods."""
    (app,) = call.take("application")
    if "/" in app:
        raise JujuError(
            "k8s models only support removing units by count: name the application and --num-units"
        )
    if "n" not in call.options:
        raise UsageError("specify the number of units to remove using --num-units")
    call.juju.remove_unit(app, call.options["n"])
    call.note(f"scaling down to {call.juju.application(app).scale} units")


@command("remove-application")
def remove_application(call: Call) -> None:
    """Removes applications with their relations, units and volumes."""
    if not call.args:
        raise UsageError("no application specified")
    force_after = force_after_of(call)
    if call.juju.juju_version.since(3):
        call.require_no_prompt()
    for app in call.args:
        call.juju.remove_application(app, force_after)
        call.note(f"removing application {app}")


def force_after_of(call: Call) -> float | None:
    """Seconds that units get before they go by force; None if they go by themselves only."""
    force, no_wait = call.options.get("force"), call.options.get("no-wait")
    if no_wait and not force:
        raise JujuError("--no-wait without --force not valid")
    if not force:
        return None
    return 0.0 if no_wait else FORCE_AFTER


@command("relate", "add-relation", "integrate")
def relate(call: Call) -> None:
    """Relates two applications."""
    if len(call.args) != 2:
        raise UsageError("a relation must involve two applications")
    call.juju.relate(*call.args)


@command("remove-relation")
def remove_relation(call: Call) -> None:
    """Removes a relation."""
    if len(call.args) != 2:
        raise UsageError("a relation must involve two applications")
    call.juju.remove_relation(*call.args)


@command("resolved")
def resolved(call: Call) -> None:
    """Runs the failed hook of a unit again, at once."""
    if not call.args:
        raise UsageError("no unit specified")
    for unit in call.args:
        call.juju.resolved(unit, retry=not call.options.get("no-retry"))


def _images(call: Call) -> dict[str, Image]:
    given = key_values(call.options.get("resource", []))
    return {name: _image(call, value) for name, value in given.items()}


def _image(call: Call, given: str) -> Image:
    """An image by its name, or by what a file says of it and its registry (resource/deploy.go)."""
    try:
        text = call.terminal.load(given)
    except OSError:
        return Image(given)
    details = parse_yaml(text, given)
    if not isinstance(details, dict):
        raise JujuError("expected json or yaml file containing oci-image registry details")
    path = details.get("registrypath", details.get("ImageName", ""))
    return Image(path, details.get("username", ""), details.get("password", ""))


def _read_values(call: Call, pairs: list[str]) -> dict:
    """``key=value``, and ``key=@file`` for what is in the file."""
    values = {
        key: call.read_file(value[1:]) if value.startswith("@") else value
        for key, value in key_values(pairs).items()
    }
    for key, value in values.items():
        if any(0xD800 <= ord(character) < 0xE000 for character in value):
            raise JujuError(f"value for option {quote(key)} contains non-UTF-8 sequences")
    return values


def _settings(content: dict, path: str, app: str) -> dict:
    """Options of an application in a file, which may be what ``juju config`` has printed."""
    if app in content:
        return _section(content, path, app)
    shown = content.get("settings")
    if not isinstance(shown, dict) or not all(isinstance(told, dict) for told in shown.values()):
        raise JujuError(f"no settings found for {quote(app)}")
    return {key: told["value"] for key, told in shown.items() if "value" in told}


def _section(content: dict, path: str, app: str) -> dict:
    if not isinstance(content[app], dict):
        raise JujuError(f"{path}: {app}: expected a YAML map")
    return content[app]
