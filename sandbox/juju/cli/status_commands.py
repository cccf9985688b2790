"""Commands that show what there is and change nothing."""

from __future__ import annotations

import json
import time

import yaml

from sandbox.juju.cli import status_report
from sandbox.juju.cli.command_line import FORMAT, Call, command
from sandbox.juju.cli.status_tables import status as status_table
from sandbox.juju.cli.status_tables import table
from sandbox.juju.gnuflag import Flag
from sandbox.juju.go_values import quote
from sandbox.juju.juju_errors import JujuError, UsageError


@command(
    "status",
    "show-status",
    args="[<application or unit> ...]",
    flags=(
        Flag(("format",), "Output format", choices=("tabular", "yaml", "json")),
        Flag(("relations",), "Show relations too", switch=True),
        Flag(("watch",), "Show it again every so often, for example 2s"),
        Flag(("color", "no-color", "storage", "utc"), "Accepted", switch=True),
    ),
)
def status(call: Call) -> None:
    """Shows applications, units and, if asked, relations."""
    pause = _seconds(call.options["watch"]) if "watch" in call.options else 0.0
    while True:
        text = _status(call)
        call.terminal.out("\033[H\033[2J" + text if pause else text)
        deadline = time.monotonic() + pause
        while time.monotonic() < deadline and not call.terminal.gone():
            time.sleep(0.1)
        if not pause or call.terminal.gone():
            return


def _status(call: Call) -> str:
    juju = call.juju
    with juju.lock:
        for name in call.args:
            juju.unit(name) if "/" in name else juju.application(name)
        full = status_report.full_status(juju, call.args)
        relations = status_report.relations(juju) if call.options.get("relations") else []
    style = call.options.get("format", "tabular")
    if style == "tabular":
        return status_table(full, relations)
    return json.dumps(full) + "\n" if style == "json" else yaml.safe_dump(full, sort_keys=False)


def _seconds(text: str) -> float:
    number, factor = (text[:-1], 60) if text.endswith("m") else (text.rstrip("s"), 1)
    try:
        return max(float(number) * factor, 0.1)
    except ValueError:
        raise UsageError(f"invalid duration {quote(text)}: for example 2s") from None


@command("show-unit", args="<unit> [<unit> ...]", flags=(FORMAT,))
def show_unit(call: Call) -> None:
    """Shows a unit with the data of its relations."""
    if not call.args:
        raise UsageError("an unit name must be supplied")
    with call.juju.lock:
        units = [call.juju.unit(name) for name in call.args]
        call.write({unit.name: status_report.show_unit(call.juju, unit) for unit in units})


@command("show-application", args="<application> [<application> ...]", flags=(FORMAT,))
def show_application(call: Call) -> None:
    """Shows what an application is made of."""
    if not call.args:
        raise UsageError("an application name must be supplied")
    with call.juju.lock:
        apps = [call.juju.application(name) for name in call.args]
        call.write({app.name: status_report.show_application(call.juju, app) for app in apps})


@command("resources", "list-resources", args="<application>")
def resources(call: Call) -> None:
    """Shows the images of an application."""
    (app,) = call.take("application name")
    images = sorted(call.juju.application(app).resources.items())
    call.terminal.out(table([["Resource", "Image"], *([name, i.path] for name, i in images)]))


@command("actions", "list-actions", args="<application>", flags=(FORMAT,))
def actions(call: Call) -> None:
    """Shows the actions of an application."""
    (app,) = call.take("application name")
    declared = call.juju.application(app).charm.actions
    if "format" in call.options:
        call.write(declared)
    elif not declared:
        call.note(f"No actions defined for {app}.")
    else:
        described = [[name, _first_line(declared[name])] for name in sorted(declared)]
        call.terminal.out(table([["Action", "Description"], *described]))


def _first_line(declared: dict | None) -> str:
    return ((declared or {}).get("description") or "No description").strip().splitlines()[0]


@command("models", "list-models", flags=(FORMAT,))
def models(call: Call) -> None:
    """Shows the model of the sandbox."""
    rows = [["Model", "Cloud/Region", "Type", "Status"]]
    rows.append([call.juju.model.name + "*", "sandbox/localhost", "kubernetes", "available"])
    call.terminal.out("Controller: sandbox\n\n" + table(rows))


@command("controllers", "list-controllers")
def controllers(call: Call) -> None:
    """Shows the sandbox as a controller."""
    rows = [["Controller", "Model", "Cloud/Region", "Version"]]
    rows.append(["sandbox*", call.juju.model.name, "sandbox/localhost", call.juju.juju_version])
    call.terminal.out(table(rows))


@command("whoami")
def whoami(call: Call) -> None:
    """Shows controller and model."""
    call.say(f"Controller:  sandbox\nModel:       {call.juju.model.name}\nUser:        admin")


@command("version", "--version", flags=(FORMAT,))
def version(call: Call) -> None:
    """Shows which Juju the sandbox behaves like."""
    shown = f"{call.juju.juju_version}-sandbox"
    if "format" in call.options:
        call.write(shown)
    else:
        call.say(shown)


@command("switch", args="[<model>]")
def switch(call: Call) -> None:
    """Accepts the name of the one model there is."""
    name = call.juju.model.name
    given = (call.args or [name])[0].rpartition(":")[2].rpartition("/")[2]
    if given not in (name, "sandbox"):
        raise JujuError(f"model {quote(given)} not found: the sandbox has one model, {quote(name)}")
    call.say(f"sandbox:admin/{name}")
