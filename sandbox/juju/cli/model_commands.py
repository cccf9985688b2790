"""Commands about the model as a whole."""

from __future__ import annotations

import math
import re

from alertmanager_config.go.durations import parse_go

from sandbox.juju.cli.application_commands import force_after_of
from sandbox.juju.cli.command_line import Call, command
from sandbox.juju.cli.status_tables import table
from sandbox.juju.gnuflag import key_values
from sandbox.juju.go_values import quote
from sandbox.juju.juju_errors import JujuError, UsageError

INTERVAL, LOGGING = "update-status-hook-interval", "logging-config"
PROXIES = {
    "juju-ftp-proxy": "FTP_PROXY",
    "juju-http-proxy": "HTTP_PROXY",
    "juju-https-proxy": "HTTPS_PROXY",
    "juju-no-proxy": "NO_PROXY",
}
DEFAULTS = {INTERVAL: "5m", LOGGING: "<root>=INFO", **dict.fromkeys(PROXIES, "")}
"""The model's options that are known here; logging-config changes nothing."""


@command("add-model")
def add_model(call: Call) -> None:
    """Gives the one model another name, as long as it is empty."""
    name = (call.args or [""])[0]
    if not name:
        raise UsageError("no model name specified")
    if not re.fullmatch("[a-z0-9]+[a-z0-9-]*", name):
        allowed = "model names may only contain lowercase letters, digits and hyphens"
        raise UsageError(f"{quote(name)} is not a valid name: {allowed}")
    options = key_values(call.options.get("config", []))
    _check_options(options)
    with call.juju.lock:
        call.juju.rename_model(name)
    _set_options(call, options)
    call.note(
        f"Added {quote(name)} model on sandbox/localhost with credential 'sandbox' for user 'admin'"
    )


@command("model-config")
def model_config(call: Call) -> None:
    """Shows or sets options of the model."""
    reset = [key for keys in call.options.get("reset", []) for key in keys.split(",")]
    pairs = {key: DEFAULTS.get(key, "") for key in reset}
    pairs.update(key_values([word for word in call.args if "=" in word]))
    keys = [word for word in call.args if "=" not in word]
    _check_options([*pairs, *keys])
    _set_options(call, pairs)
    told = _options(call)
    if keys:
        call.say(told[keys[0]])
    elif pairs:
        return
    elif call.options.get("format", "tabular") == "tabular":
        rows = [[key, _source(key, value), value] for key, value in told.items()]
        call.terminal.out(table([["Attribute", "From", "Value"], *rows]))
    else:
        shown = {key: {"Value": v, "Source": _source(key, v)} for key, v in told.items()}
        call.write(shown, sort=True)


def _check_options(keys: object) -> None:
    for key in keys:
        if key not in DEFAULTS:
            known = ", ".join(sorted(DEFAULTS))
            raise JujuError(f"key {quote(key)} is not modelled: the sandbox knows {known}")


def _source(key: str, value: str) -> str:
    return "default" if value == DEFAULTS[key] else "model"


def _options(call: Call) -> dict[str, str]:
    seconds = call.juju.update_status_interval
    told = dict(DEFAULTS, **{key: call.juju.model.proxy.get(PROXIES[key], "") for key in PROXIES})
    told[INTERVAL] = f"{seconds // 60}m" if seconds % 60 == 0 else f"{seconds}s"
    return dict(sorted(told.items()))


def _set_options(call: Call, pairs: dict[str, str]) -> None:
    for key, value in pairs.items():
        if key in PROXIES:
            call.juju.model.proxy[PROXIES[key]] = value
        elif key == INTERVAL:
            seconds = math.ceil((parse_go(value) or 0) / 10**9)
            if seconds <= 0:
                raise UsageError(f"invalid duration {quote(value)}: for example 30s or 5m")
            call.juju.update_status_interval = seconds


@command("set-constraints")
def set_constraints(call: Call) -> None:
    """Takes constraints, which limit nothing here."""
    if not call.args:
        raise UsageError("no application name specified")
    app, *words = call.args
    call.juju.application(app)
    key_values(words)
    call.note("WARNING the sandbox takes constraints, but its containers run without limits")


@command("destroy-model")
def destroy_model(call: Call) -> None:
    """Removes all applications, and waits until they are gone. The sandbox itself goes on."""
    (name,) = call.take("model")
    if name.rpartition(":")[2].rpartition("/")[2] != call.juju.model.name:
        raise JujuError(f"model {quote(name)} not found")
    force_after = force_after_of(call)
    _check_storage(call)
    call.require_no_prompt()
    call.terminal.err("Destroying model")
    call.juju.destroy_model(force_after)
    _wait_for_end(call)
    call.note("\nModel destroyed.")


def _check_storage(call: Call) -> None:
    """Volumes that would outlive the model must be given up first."""
    count = sum(len(unit.storage) for unit in call.juju.units())
    if count and not (call.options.get("destroy-storage") or call.options.get("release-storage")):
        raise JujuError(
            f"cannot destroy model {quote(call.juju.model.name)}\n\n"
            "The model has persistent storage remaining:\n"
            f"    {count} volume(s)\n    {count} filesystem(s)\n\n"
            "To destroy the storage, run the destroy-model\n"
            'command again with the "--destroy-storage" option.\n'
        )


def _wait_for_end(call: Call) -> None:
    """Until no application is left, however long that takes: a failed hook keeps its own."""
    told = 0
    with call.juju.lock:
        while call.juju.model.applications and not call.is_over():
            left = len(call.juju.model.applications)
            if left != told:
                told = left
                call.terminal.err(f"\nWaiting for model to be removed, {left} application(s)...")
            call.juju.changed.wait(0.5)


@command("kill-controller")
def kill_controller(call: Call) -> None:
    """Ends the sandbox, with everything in it."""
    call.end()
