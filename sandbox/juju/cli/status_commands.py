"""Commands that show something and change nothing."""

from __future__ import annotations

import fnmatch
import re
import time

from sandbox.juju.cli import status_report, status_tables
from sandbox.juju.cli.command_line import FORMAT, Call, command
from sandbox.juju.gnuflag import Flag, no_more
from sandbox.juju.go_values import quote
from sandbox.juju.juju_errors import JujuError, UsageError
from sandbox.juju.model import charm_schema
from sandbox.juju.model.entities import LogLine

_UNIT = re.compile("(.+)/([0-9]+)")
LEVELS = ("TRACE", "DEBUG", "INFO", "WARNING", "ERROR")
COLOUR = Flag(("color",), "Colours although the output is no terminal", switch=True)


@command(
    "status",
    "show-status",
    args="[<application or unit> ...]",
    flags=(
        Flag(("format",), "Output format", choices=("tabular", "yaml", "json", "line", "oneline")),
        Flag(("relations",), "Show relations too", switch=True),
        Flag(("watch",), "Show it again every so often, for example 2s"),
        Flag(("no-color",), "No colours", switch=True),
        Flag(("storage", "utc"), "Accepted", switch=True),
        COLOUR,
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
        colour = call.options.get("color", call.terminal.tty)
        return status_tables.status(full, relations, colour and not call.options.get("no-color"))
    if style in ("line", "oneline"):
        return "".join(_lines(full))
    import json

    import yaml

    return json.dumps(full) + "\n" if style == "json" else yaml.safe_dump(full, sort_keys=False)


def _lines(full: dict) -> list:
    """An empty line, then one a unit; the address would be a public one, which there is none of."""
    lines = ["\n"]
    for app in full["applications"].values():
        for name, unit in app.get("units", {}).items():
            states = unit["juju-status"]["current"], unit["workload-status"]["current"]
            shown = f"- {name}:  (agent:{states[0]}, workload:{states[1]})"
            ports = ", ".join(unit.get("open-ports", ()))
            lines.append(f"{shown} {ports}".rstrip() + "\n")
    return lines


def _seconds(text: str) -> float:
    number, factor = (text[:-1], 60) if text.endswith("m") else (text.rstrip("s"), 1)
    try:
        return max(float(number) * factor, 0.1)
    except ValueError:
        raise UsageError(f"invalid duration {quote(text)}: for example 2s") from None


@command(
    "debug-log",
    flags=(
        Flag(("i", "include"), "Only these applications", repeat=True),
        Flag(("x", "exclude"), "Not these applications", repeat=True),
        Flag(("include-module",), "Only these modules", repeat=True),
        Flag(("exclude-module",), "Not these modules", repeat=True),
        Flag(("l", "level"), "The lowest level to show"),
        Flag(("n", "lines"), "So many of the last lines", number=True),
        Flag(("limit",), "Stop after so many lines", number=True),
        Flag(("replay",), "From the beginning", switch=True),
        Flag(("tail",), "Wait for more", switch=True),
        Flag(("no-tail", "T"), "Do not wait for more", switch=True),
        Flag(("date",), "Dates too", switch=True),
        Flag(("ms",), "Milliseconds too", switch=True),
        Flag(("utc",), "Times in UTC", switch=True),
        Flag(("location",), "Accepted", switch=True),
        COLOUR,
    ),
)
def debug_log(call: Call) -> None:
    """Shows what the agents and charms log; waits for more if the output is a terminal."""
    no_more(call.args)
    options = call.options
    if options.get("tail") and options.get("no-tail"):
        raise UsageError("setting --tail and --no-tail not valid")
    _warn_of_names(call)
    log, shown = call.juju.model.log, _filter(call)
    position = len(log)
    old = [line for line in log[:position] if shown(line)]
    limit = options.get("limit", 0)
    if not options.get("replay"):
        old = old[max(len(old) - (limit or options.get("n", 10)), 0) :]
    for line in old[: limit or None]:
        call.say(_log_line(line, options))
    if limit and len(old) >= limit:
        return
    if options.get("tail") or (call.terminal.tty and not options.get("no-tail")):
        _follow(call, position, limit - len(old) if limit else 0)


def _follow(call: Call, position: int, limit: int) -> None:
    juju, shown = call.juju, _filter(call)
    seen = 0
    while not call.terminal.gone():
        with juju.lock:
            if len(juju.model.log) == position:
                juju.changed.wait(0.5)
            fresh = juju.model.log[position:]
        position += len(fresh)
        for line in filter(shown, fresh):
            call.say(_log_line(line, call.options))
            seen += 1
            if limit and seen >= limit:
                return


def _filter(call: Call):
    options = call.options
    level = options.get("l", "TRACE").upper()
    level = "WARNING" if level == "WARN" else level
    if level not in LEVELS:
        names = ", ".join(quote(name) for name in LEVELS)
        raise UsageError(f"level value {quote(options['l'])} is not one of {names}")
    entity = _entity_of_units if call.juju.juju_version.since(3) else _entity_of_applications
    include = [entity(name) for name in options.get("i", [])]
    exclude = [entity(name) for name in options.get("x", [])]
    modules, without = options.get("include-module", []), options.get("exclude-module", [])

    def shown(line: LogLine) -> bool:
        severe = line.level not in LEVELS or LEVELS.index(line.level) >= LEVELS.index(level)
        wanted = not include or any(fnmatch.fnmatch(line.entity, name) for name in include)
        unwanted = any(fnmatch.fnmatch(line.entity, name) for name in exclude)
        module = not modules or line.module.startswith(tuple(modules))
        return (
            severe
            and wanted
            and not unwanted
            and module
            and not line.module.startswith(tuple(without))
        )

    return shown


def _warn_of_names(call: Call) -> None:
    """Names that the client looks for as they are, in the words of the version."""
    kinds = "application, machine or unit name"
    if not call.juju.juju_version.since(3):
        kinds = "application name. Only applications produce logs for CAAS models application"
    for name in (*call.options.get("i", []), *call.options.get("x", [])):
        known = charm_schema.NAME.fullmatch(name) or _tag(name)
        if not known and not (call.juju.juju_version.since(3) and _UNIT.fullmatch(name)):
            call.note(f"WARNING {quote(name)} was not recognised as a valid {kinds}")


def _entity_of_applications(name: str) -> str:
    """What 2.9 takes a name for in a model on Kubernetes (debuglog.go, parseCAASEntity)."""
    return f"application-{name}" if charm_schema.NAME.fullmatch(name) and not _tag(name) else name


def _entity_of_units(name: str) -> str:
    """What 3 takes a name for: pod-spec charms log as their application, which is not found so."""
    if _tag(name):
        return name
    unit = _UNIT.fullmatch(name)
    if unit:
        return f"unit-{unit.group(1)}-{unit.group(2)}"
    return f"unit-{name}-*" if charm_schema.NAME.fullmatch(name) else name


def _tag(name: str) -> bool:
    return "*" in name or name.startswith(("application-", "unit-", "machine-", "controller-"))


def _log_line(line: LogLine, options: dict) -> str:
    clock = time.gmtime if options.get("utc") else time.localtime
    stamp = time.strftime(
        "%Y-%m-%d %H:%M:%S" if options.get("date") else "%H:%M:%S", clock(line.time)
    )
    if options.get("ms"):
        stamp += f".{int(line.time * 1000) % 1000:03d}"
    return f"{line.entity}: {stamp} {line.level} {line.module} {line.message}"


@command("show-unit", args="<unit> [<unit> ...]", flags=(FORMAT,))
def show_unit(call: Call) -> None:
    """Shows a unit with the data of its relations."""
    if not call.args:
        raise UsageError("an unit name must be supplied")
    with call.juju.lock:
        units = [call.juju.unit(name) for name in call.args]
        shown = {unit.name: status_report.show_unit(call.juju, unit) for unit in units}
    call.write(shown)


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
    images = call.juju.application(app).resources
    rows = [["Resource", "Image"], *([name, image.path] for name, image in sorted(images.items()))]
    call.terminal.out(status_tables.table(rows))


@command("actions", "list-actions", args="<application>", flags=(FORMAT,))
def actions(call: Call) -> None:
    """Shows the actions of an application."""
    (app,) = call.take("application name")
    declared = call.juju.application(app).charm.actions
    if "format" in call.options:
        call.write(declared)
        return
    if not declared:
        call.note(f"No actions defined for {app}.")
        return
    described = [[name, _first_line(declared[name])] for name in sorted(declared)]
    call.terminal.out(status_tables.table([["Action", "Description"], *described]))


def _first_line(declared: dict | None) -> str:
    return ((declared or {}).get("description") or "No description").strip().splitlines()[0]


@command("models", "list-models", flags=(FORMAT,))
def models(call: Call) -> None:
    """Shows the model of the sandbox."""
    model = call.juju.model
    rows = [["Model", "Cloud/Region", "Type", "Status"]]
    rows.append([model.name + "*", "sandbox/localhost", "kubernetes", "available"])
    call.say("Controller: sandbox\n")
    call.terminal.out(status_tables.table(rows))


@command("controllers", "list-controllers")
def controllers(call: Call) -> None:
    """Shows the sandbox as a controller."""
    rows = [["Controller", "Model", "Cloud/Region", "Version"]]
    rows.append(["sandbox*", call.juju.model.name, "sandbox/localhost", call.juju.juju_version])
    call.terminal.out(status_tables.table(rows))


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
