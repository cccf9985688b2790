"""Commands that run something in units: actions and, in the operator, plain commands.

An action is ``run-action`` in Juju 2.9 and ``run`` in 3; a command is ``run`` or ``exec`` in 2.9
and ``exec`` in 3 (cmd/juju/commands/main.go).
"""

from __future__ import annotations

import math
import shlex
import time
from typing import Any

from sandbox.juju.cli.command_line import FORMAT, Call, command
from sandbox.juju.gnuflag import Flag
from sandbox.juju.go_values import quote
from sandbox.juju.juju_errors import JujuError, UsageError
from sandbox.juju.model.charm_schema import parse_yaml
from sandbox.juju.model.entities import Action

PARAMS = Flag(("params",), "YAML file with parameters")
STRINGS = Flag(("string-args",), "Take values as text, not as YAML", switch=True)
IN_UNIT = (
    Flag(("u", "unit"), "The units, comma-separated", repeat=True),
    Flag(("a", "app", "application"), "The applications, comma-separated", repeat=True),
    Flag(("operator",), "In the operator, which is the only place here", switch=True),
    Flag(("timeout", "wait"), "Accepted"),
)


@command(
    "run-action",
    args="<unit> [<unit> ...] <action> [<key>=<value> ...]",
    flags=(
        FORMAT,
        PARAMS,
        STRINGS,
        Flag(("wait",), "Wait for the results", switch=True, wait=True),
    ),
    major=2,
)
def run_action(call: Call) -> None:
    """Queues an action (Juju 2.9); with --wait shows its results."""
    actions = _queue(call)
    if not call.options.get("wait"):
        for action in actions:
            call.write({"Action queued with id": action.id})
        return
    _wait(call, actions, call.options["wait"])
    shown = {}
    for action in actions:
        unit = call.juju.unit(action.unit)
        shown[unit.tag] = {"UnitId": action.unit, "id": action.id, **_outcome(action)}
    call.write(shown)


@command(
    "run",
    args="<unit> [<unit> ...] <action> [<key>=<value> ...]",
    flags=(
        FORMAT,
        PARAMS,
        STRINGS,
        Flag(("background",), "Do not wait", switch=True),
        Flag(("wait",), "Accepted"),
    ),
    major=3,
)
def run(call: Call) -> None:
    """Runs an action and shows its results (Juju 3)."""
    actions = _queue(call)
    call.note(
        f"Running operation {actions[0].id} with {len(actions)} task{'s'[: len(actions) - 1]}"
    )
    for action in actions:
        call.note(f"  - task {action.id} on {call.juju.unit(action.unit).tag}")
    call.note("")
    if call.options.get("background"):
        return
    call.note(f"Waiting for task{'s' if len(actions) > 1 else ' ' + actions[0].id}...")
    _wait(call, actions)
    _show_plain(call, actions)


def _show_plain(call: Call, actions: list[Action]) -> None:
    if "format" in call.options or len(actions) > 1:
        call.write({action.unit: {"id": action.id, **_outcome(action)} for action in actions})
    else:
        (action,) = actions
        for line in action.log:
            call.note(line)
        streams = ("Stdout", "Stderr", "Code")
        results = {key: value for key, value in action.results.items() if key not in streams}
        if results:
            call.write(results)
        call.terminal.out(action.results.get("Stdout", ""))
        call.terminal.err(action.results.get("Stderr", ""))
    failed = [action for action in actions if action.status == "failed"]
    for action in failed:
        call.note(f"Action id {action.id} failed: {action.message}")
    if failed:
        raise JujuError("the following task failed:\n" + "\n".join(_failure(a) for a in failed))


def _failure(action: Action) -> str:
    return f' - id "{action.id}" with return code {action.results.get("Code", "1")}'


@command("run", args="<command>", flags=(FORMAT, *IN_UNIT), major=2)
@command("exec", args="-- <command>", flags=(FORMAT, *IN_UNIT))
def execute(call: Call) -> None:
    """Runs a command in the operator, with the environment of a hook."""
    if not call.args:
        raise UsageError("no commands specified")
    units = _split_names(call.options.get("u", []))
    for app in _split_names(call.options.get("a", [])):
        units += sorted(call.juju.application(app).units)
    if not units:
        raise UsageError("You must specify a target with --unit or --application")
    script = call.args[0] if len(call.args) == 1 else " ".join(map(shlex.quote, call.args))
    actions = [call.juju.queue_command(unit, script) for unit in units]
    _wait(call, actions)
    for action in actions:
        if len(actions) > 1 or "format" in call.options:
            call.write([{"UnitId": action.unit, **_outcome(action)["results"]}])
        else:
            call.terminal.out(action.results.get("Stdout", ""))
            call.terminal.err(action.results.get("Stderr", ""))
    failed = [action for action in actions if action.results.get("Code") != "0"]
    if failed:
        raise JujuError(f"command returned {failed[0].results.get('Code', '1')}")


def _split_names(lists: list[str]) -> list[str]:
    return [name for names in lists for name in names.split(",") if name]


@command("show-action-output", args="<id>", flags=(FORMAT,), major=2)
@command("show-task", "show-operation", args="<id>", flags=(FORMAT,), major=3)
def show_action_output(call: Call) -> None:
    """Shows what became of an action."""
    (number,) = call.take("action ID")
    action = call.juju.model.actions.get(number)
    if action is None:
        raise JujuError(f"action {quote(number)} not found")
    call.write({"UnitId": action.unit, "id": action.id, **_outcome(action)})


def _queue(call: Call) -> list[Action]:
    units = [arg for arg in call.args if "/" in arg and "=" not in arg]
    rest = [arg for arg in call.args if arg not in units]
    if not units:
        raise UsageError("no unit specified")
    if not rest or "=" in rest[0]:
        raise UsageError("no action specified")
    params = _params(call, rest[1:])
    return [call.juju.queue_action(unit, rest[0], params) for unit in units]


def _params(call: Call, pairs: list[str]) -> dict:
    params: dict = {}
    if call.options.get("params"):
        params = parse_yaml(call.read_file(call.options["params"]), call.options["params"]) or {}
        if not isinstance(params, dict):
            raise JujuError("params must contain a YAML map with string keys")
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not equals:
            raise UsageError(f"argument {quote(pair)} must be of the form key.key.key...=value")
        place = params
        *path, last = key.split(".")
        for part in path:
            if not isinstance(place.get(part), dict):
                place[part] = {}
            place = place[part]
        place[last] = value if call.options.get("string-args") else _parse_value(value, key)
    return params


def _parse_value(text: str, key: str) -> Any:
    """What the client reads a parameter on the command line as: any YAML.

    It hands mappings on as Go's YAML library makes them, which JSON cannot be made of
    (cmd/juju/action/runaction.go and run.go). So a mapping comes from a file of --params only.
    """
    value = parse_yaml(text, key)
    if _has_mapping(value):
        raise JujuError("json: unsupported type: map[interface {}]interface {}")
    return value


def _has_mapping(value: Any) -> bool:
    items = value if isinstance(value, list) else []
    return isinstance(value, dict) or any(map(_has_mapping, items))


def _wait(call: Call, actions: list[Action], patience: float = math.inf) -> None:
    deadline = time.monotonic() + patience
    with call.juju.lock:
        while any(a.status in ("pending", "running") for a in actions):
            if call.terminal.gone():
                return
            if time.monotonic() > deadline:
                raise JujuError("timeout reached")
            call.juju.changed.wait(0.5)


def _outcome(action: Action) -> dict:
    shown = {"results": action.results, "status": action.status}
    if action.message:
        shown["message"] = action.message
    if action.log:
        shown["log"] = action.log
    times = {"enqueued": action.enqueued, "started": action.started, "completed": action.completed}
    shown["timing"] = {
        name: time.strftime("%Y-%m-%d %H:%M:%S +0000 UTC", time.gmtime(at))
        for name, at in times.items()
        if at is not None
    }
    return shown
