"""Commands that run something in units: actions and, in the operator, plain commands.

An action is ``run-action`` in Juju 2.9 and ``run`` in 3; a command is ``run`` or ``exec`` in 2.9
and ``exec`` in 3 (cmd/juju/commands/main.go). What they print is that of cmd/juju/action.
"""

from __future__ import annotations

import math
import re
import shlex
import time
from typing import Any

from sandbox.go_yaml import write_yaml
from sandbox.juju.cli.command_line import Call, CommandExit, command
from sandbox.juju.go_values import quote
from sandbox.juju.juju_errors import JujuError, UsageError
from sandbox.juju.model.charm import parse_yaml
from sandbox.juju.model.entities import Action

EXEC_PATIENCE, RUN_PATIENCE = 300.0, 60.0
"""Seconds that exec and run wait by themselves."""
_UNIT = re.compile("[a-z][-a-z0-9]*/([0-9]+|leader)")
_STREAMS = {"Code": "return-code", "Stdout": "stdout", "Stderr": "stderr"}


@command("run-action")
def run_action(call: Call) -> None:
    """Queues an action (Juju 2.9); with --wait shows its results."""
    actions = _queue(call)
    patience = call.options.get("wait")
    if patience is None:
        for action in actions:
            call.write({"Action queued with id": action.id})
        return
    if not _wait(call, actions, patience):
        raise JujuError("timeout reached")
    units = [call.juju.unit(action.unit).tag for action in actions]
    shown = {unit: _outcome(call, action) for unit, action in zip(units, actions)}
    call.write(shown, sort=True)


@command("run", major=3)
def run(call: Call) -> None:
    """Runs an action and shows its results (Juju 3)."""
    actions = _queue(call)
    if call.options.get("background"):
        call.note(f"Scheduled operation {actions[0].id} with task {actions[0].id}")
        return
    _wait_for_tasks(call, actions, RUN_PATIENCE)
    if len(actions) == 1 and actions[0].log:
        call.note("\n".join(actions[0].log) + "\n")
    _write_tasks(call, actions, _plain_results)


@command("exec", major=3)
def execute(call: Call) -> None:
    """Runs a command in the operator, with the environment of a hook (Juju 3)."""
    actions = _queue_commands(call)
    _wait_for_tasks(call, actions, EXEC_PATIENCE)
    _write_tasks(call, actions, _plain_output)


@command("run", "exec", major=2)
def execute_in_2(call: Call) -> None:
    """The same in Juju 2.9, whose run has the words of older versions."""
    actions = _queue_commands(call)
    in_time = _wait(call, actions, _patience(call, EXEC_PATIENCE))
    done = [action for action in actions if action.completed is not None]
    shown = [_told_by_2(action, call.name == "run") for action in done]
    if in_time and len(actions) == 1 and "format" not in call.options:
        _act_as_local(call, {key.lower(): value for key, value in shown[0].items()})
        return
    if shown:
        call.write(shown, sort=True)
    if not in_time:
        raise JujuError(_timed_out("result" + "s"[: len(actions) - len(done) > 1], actions))


def _told_by_2(action: Action, old: bool) -> dict[str, Any]:
    told = {"UnitId" if old else "unit": action.unit, **_results(action, old)}
    if old:
        told.setdefault("Stdout", "")
    if action.message:
        told["Message" if old else "message"] = action.message
    return told


def _act_as_local(call: Call, told: dict[str, Any]) -> None:
    """Prints what the one command has printed, and ends as it has ended."""
    call.terminal.out(told.get("stdout", "") + "\n")
    call.terminal.err(told.get("stderr", ""))
    code = told.get("returncode", told.get("return-code", 0))
    if code:
        raise CommandExit(code)
    call.terminal.err(told.get("message", ""))


@command("show-action-output", "show-task")
def show_action_output(call: Call) -> None:
    """Shows what became of an action."""
    (number,) = call.take("task ID" if call.juju.juju_version.since(3) else "action ID")
    action = call.juju.model.actions.get(number)
    if action is None:
        raise JujuError(f"action {quote(number)} not found")
    if "wait" in call.options and not _wait(call, [action], call.options["wait"]):
        raise JujuError("timeout reached")
    call.write(_outcome(call, action), sort=True)


# -- before ----------------------------------------------------------------------------------------


def _queue(call: Call) -> list[Action]:
    """The actions that the words of the command line ask for, queued."""
    units = []
    while len(units) < len(call.args) and _UNIT.fullmatch(call.args[len(units)]):
        units.append(call.args[len(units)])
    name, pairs = ([*call.args[len(units) :], ""])[0], call.args[len(units) + 1 :]
    if not units:
        raise UsageError("no unit specified")
    if not name:
        raise UsageError("no action specified")
    params = _params(call, pairs)
    return [call.juju.queue_action(unit, name, params) for unit in units]


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


def _queue_commands(call: Call) -> list[Action]:
    if not call.args:
        raise UsageError("no commands specified")
    units = _split_names(call.options.get("u", []))
    for app in _split_names(call.options.get("a", [])):
        units += sorted(call.juju.application(app).units)
    if not units:
        raise UsageError(
            "You must specify a target, either through --all, --machine, --application or --unit"
        )
    script = call.args[0] if len(call.args) == 1 else " ".join(map(shlex.quote, call.args))
    return [call.juju.queue_command(unit, script) for unit in units]


def _split_names(lists: list[str]) -> list[str]:
    return [name for names in lists for name in names.split(",") if name]


# -- meanwhile -------------------------------------------------------------------------------------


def _patience(call: Call, usual: float) -> float:
    return call.options.get("wait", call.options.get("timeout", usual))


def _wait(call: Call, actions: list[Action], patience: float = math.inf) -> bool:
    """Waits for the end of actions; whether all have ended in time."""
    deadline = time.monotonic() + patience
    with call.juju.lock:
        while any(action.status in ("pending", "running") for action in actions):
            left = deadline - time.monotonic()
            if left <= 0 or call.is_over():
                return False
            call.juju.changed.wait(min(left, 0.5))
    return True


def _wait_for_tasks(call: Call, actions: list[Action], usual: float) -> None:
    if not _wait(call, actions, _patience(call, usual)):
        raise JujuError(_timed_out("results", actions))


def _timed_out(what: str, actions: list[Action]) -> str:
    late = sorted(f"unit {action.unit}" for action in actions if action.completed is None)
    return f"timed out waiting for {what} from: {', '.join(late)}"


# -- afterwards ------------------------------------------------------------------------------------


def _write_tasks(call: Call, actions: list[Action], plain: Any) -> None:
    """Prints what Juju 3 prints; JujuError if one of them has failed."""
    shown = {action.unit: _outcome(call, action) for action in actions}
    if "format" in call.options:
        call.write(shown, sort=True)
    else:
        plain(call, shown)
    codes = {action.id: int(action.results.get("Code", 1)) for action in actions}
    failed = [f' - id "{number}" with return code {code}' for number, code in codes.items() if code]
    if failed:
        plural = "s" if len(failed) > 1 else ""
        raise JujuError(
            f"the following task{plural} failed:\n" + "\n".join(sorted(failed)) + "\n\n"
            f"use 'juju show-task' to inspect the failure{plural}\n"
        )


def _plain_results(call: Call, shown: dict[str, dict]) -> None:
    told = {}
    for unit, outcome in shown.items():
        results = {
            k: v for k, v in outcome.get("results", {}).items() if k not in _STREAMS.values()
        }
        told[unit] = {"id": outcome["id"], "status": outcome["status"]}
        told[unit]["output"] = write_yaml(results, sort=True) if results else ""
        told[unit].update({"message": outcome["message"]} if "message" in outcome else {})
    if len(shown) > 1:
        call.write(told, sort=True)
        return
    (only,), (outcome,) = told.values(), shown.values()
    if only["status"] == "failed":
        call.say(f"Action id {only['id']} failed: {only.get('message', '')}")
    call.say(only["output"])
    for stream in ("stdout", "stderr"):
        text = outcome.get("results", {}).get(stream, "").strip("\n")
        call.terminal.out(f"{text}\n" if text else "")


def _plain_output(call: Call, shown: dict[str, dict]) -> None:
    for unit, told in sorted(shown.items()):
        results = told.get("results", {})
        heading, end = (f"{unit}:\n", "\n") if len(shown) > 1 else ("", "")
        call.terminal.out(heading + results.get("stdout", "") + results.get("stderr", "") + end)


def _outcome(call: Call, action: Action) -> dict:
    """One action as both Jujus tell it: formatActionResult and ConvertActionOutput."""
    old = not call.juju.juju_version.since(3)
    shown: dict[str, Any] = {"id": action.id, "status": action.status}
    shown["UnitId" if old else "unit"] = action.unit
    results = _results(action, old)
    if results:
        shown["results"] = results
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


def _results(action: Action, old: bool) -> dict[str, Any]:
    """The results with what the process printed and returned; 2.9 tells no return code of 0."""
    results = {key: value for key, value in action.results.items() if key not in _STREAMS}
    for key in {"Stdout", "Stderr"} & set(action.results):
        results[key if old else _STREAMS[key]] = action.results[key]
    code = int(action.results.get("Code", 0))
    if "Code" in action.results and (code or not old):
        results["ReturnCode" if old else "return-code"] = code
    return results
