"""Commands that show what there is and change nothing."""

from __future__ import annotations

import fnmatch
import re
import time
from platform import machine
from typing import Callable

from sandbox.juju.cli import status_report
from sandbox.juju.cli.command_line import Call, command
from sandbox.juju.cli.status_tables import status as status_table
from sandbox.juju.cli.status_tables import table
from sandbox.juju.gnuflag import no_more
from sandbox.juju.go_values import quote
from sandbox.juju.juju_errors import JujuError, UsageError
from sandbox.juju.model.charm import NAME
from sandbox.juju.model.entities import LogLine

ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}
"""What Juju calls a machine."""
_UNIT = re.compile("(.+)/([0-9]+)")
LEVELS = ("TRACE", "DEBUG", "INFO", "WARNING", "ERROR")


@command("status")
def status(call: Call) -> None:
    """Shows applications, units and, if asked, relations."""
    juju, options = call.juju, call.options
    with juju.lock:
        for name in call.args:
            juju.unit(name) if "/" in name else juju.application(name)
        full = status_report.full_status(juju, call.args)
        relations = status_report.relations(juju) if options.get("relations") else []
    style = options.get("format", "tabular")
    if style == "tabular":
        call.terminal.out(status_table(full, relations))
    else:
        call.write(full)


@command("show-unit")
def show_unit(call: Call) -> None:
    """Shows a unit with the data of its relations."""
    if not call.args:
        raise UsageError("an unit name must be supplied")
    with call.juju.lock:
        units = [call.juju.unit(name) for name in call.args]
        call.write({unit.name: status_report.show_unit(call.juju, unit) for unit in units})


@command("actions")
def actions(call: Call) -> None:
    """Shows the actions of an application (cmd/juju/action/list.go)."""
    (app,) = call.take("application name")
    style, whole = call.options.get("format", "default"), call.options.get("schema")
    if style == "tabular" and whole:
        raise UsageError("full schema not compatible with tabular output")
    charm = call.juju.application(app).charm
    if whole:
        call.write({name: charm.action_schema(name) for name in charm.actions}, sort=True)
        return
    texts = {name: charm.action_schema(name)["description"] for name in sorted(charm.actions)}
    if style in ("yaml", "json"):
        call.write(texts)
    elif not texts:
        call.note(f"No actions defined for {app}.")
    else:
        rows = [["Action", "Description"]]
        for name, text in texts.items():
            first, *more = text.strip().splitlines()
            rows += [[name, first], *(["", line] for line in more)]
        call.terminal.out(table(rows))


@command("show-model")
def show_model(call: Call) -> None:
    """Shows the model of the sandbox."""
    model = call.juju.model
    if call.args and call.args[0].rpartition(":")[2].rpartition("/")[2] != model.name:
        raise JujuError(f"model {quote(call.args[0])} not found")
    call.write({model.name: _model(call)})


def _model(call: Call) -> dict:
    model = call.juju.model
    return {
        "name": f"admin/{model.name}",
        "short-name": model.name,
        "model-uuid": model.uuid,
        "model-type": "caas",
        "controller-uuid": "00000000-0000-4000-8000-000000000002",
        "controller-name": "sandbox",
        "is-controller": False,
        "owner": "admin",
        "cloud": "sandbox",
        "region": "localhost",
        "type": "kubernetes",
        "life": "alive",
        "status": {"current": "available"},
        "agent-version": str(call.juju.juju_version),
    }


@command("version")
def version(call: Call) -> None:
    """Shows which Juju the sandbox behaves like."""
    shown = f"{call.juju.juju_version}-sandbox-{ARCHITECTURES.get(machine(), machine())}"
    if call.options.get("all"):
        call.write({"version": shown, "git-commit": "", "git-tree-state": "", "compiler": ""})
    elif "format" in call.options:
        call.write(shown)
    else:
        call.say(shown)


@command("switch")
def switch(call: Call) -> None:
    """Accepts the name of the one model there is."""
    name = call.juju.model.name
    given = (call.args or [name])[0].rpartition(":")[2].rpartition("/")[2]
    if given not in (name, "sandbox"):
        raise JujuError(f"model {quote(given)} not found: the sandbox has one model, {quote(name)}")
    call.say(f"sandbox:admin/{name}")


@command("debug-log")
def debug_log(call: Call) -> None:
    """Shows what the agents and charms log; waits for more if the output is a terminal."""
    no_more(call.args)
    options = call.options
    if options.get("tail") and options.get("no-tail"):
        raise UsageError("setting --tail and --no-tail not valid")
    log, is_wanted = call.juju.model.log, _filter(call)
    position = len(log)
    old = [line for line in log[:position] if is_wanted(line)]
    limit = options.get("limit", 0)
    if not options.get("replay"):
        old = old[max(len(old) - (limit or options.get("n", 10)), 0) :]
    for line in old[: limit or None]:
        call.say(_format_line(line))
    if limit and len(old) >= limit:
        return
    if options.get("tail") or (call.terminal.caller == "terminal" and not options.get("no-tail")):
        _follow(call, position, limit - len(old) if limit else 0)


def _follow(call: Call, position: int, limit: int) -> None:
    juju, is_wanted = call.juju, _filter(call)
    seen = 0
    while not call.is_over():
        with juju.lock:
            if len(juju.model.log) == position:
                juju.changed.wait(0.5)
            fresh = juju.model.log[position:]
        position += len(fresh)
        for line in filter(is_wanted, fresh):
            call.say(_format_line(line))
            seen += 1
            if limit and seen >= limit:
                return


def _filter(call: Call) -> Callable[[LogLine], bool]:
    options = call.options
    level = options.get("l", "TRACE").upper()
    level = "WARNING" if level == "WARN" else level
    if level not in LEVELS:
        names = ", ".join(quote(name) for name in LEVELS)
        raise UsageError(f"level value {quote(options['l'])} is not one of {names}")
    entity = _entity_in_3 if call.juju.juju_version.since(3) else _entity_in_2
    include = [entity(name) for name in options.get("i", [])] or ["*"]

    def is_wanted(line: LogLine) -> bool:
        return (
            line.level not in LEVELS or LEVELS.index(line.level) >= LEVELS.index(level)
        ) and any(fnmatch.fnmatch(line.entity, name) for name in include)

    return is_wanted


def _entity_in_2(name: str) -> str:
    """What 2.9 takes a name for in a model on Kubernetes (debuglog.go, parseCAASEntity)."""
    return f"application-{name}" if NAME.fullmatch(name) and not _is_tag(name) else name


def _entity_in_3(name: str) -> str:
    """What 3 takes a name for: pod-spec charms log as their application, which is not found so."""
    unit = _UNIT.fullmatch(name)
    if unit:
        return f"unit-{unit.group(1)}-{unit.group(2)}"
    return name if _is_tag(name) or not NAME.fullmatch(name) else f"unit-{name}-*"


def _is_tag(name: str) -> bool:
    return name.startswith(("application-", "unit-", "machine-", "controller-"))


def _format_line(line: LogLine) -> str:
    stamp = time.strftime("%H:%M:%S", time.localtime(line.time))
    return f"{line.entity}: {stamp} {line.level} {line.module} {line.message}"
