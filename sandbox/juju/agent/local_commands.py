"""``juju-run``, or ``juju-exec`` of Juju 3: it has commands run as a hook, from outside of hooks.

Source: cmd/jujud/run/run.go.
"""

from __future__ import annotations

import re
import shlex

from sandbox.juju.gnuflag import parse_flags
from sandbox.juju.go_values import quote
from sandbox.juju.hooktools.hook_tool import DECLARED, Reply
from sandbox.juju.juju_errors import JujuError, UsageError
from sandbox.juju.model.operator_disk import NO_CONTEXT
from sandbox.juju.model.units import Units


def run_commands(state: Units, context: str, argv: list[str]) -> Reply:
    """Has shell lines run like a hook of a unit, after those that are due, and waits for it."""
    name, *words = argv
    try:
        if context != NO_CONTEXT:
            within = f"have context {quote(context)}"
            raise UsageError(f"{name} cannot be called from within a hook, {within}")
        unit, script = _parse(words)
        action = state.queue_local_command(unit, script)
    except JujuError as error:
        return Reply(2 if isinstance(error, UsageError) else 1, "", f"ERROR {error}\n")
    with state.lock:
        while action.status in ("pending", "running") and not state.closing:
            state.changed.wait(0.5)
    results = action.results
    out, err = results.get("Stdout", ""), results.get("Stderr", "")
    return Reply(int(results.get("Code", "1")) & 0xFF, out, err)


def _parse(words: list[str]) -> tuple[str, str]:
    """The unit, which may be given as a tag, and the shell lines."""
    options, rest = parse_flags(DECLARED["juju-run"].flags, words)
    rest = [options["u"], *rest] if "u" in options else rest
    if not rest:
        raise UsageError("missing unit-name")
    unit, *commands = rest
    if not commands:
        raise UsageError("missing commands")
    if not options.get("operator"):
        raise UsageError(
            "without --operator the commands run in the workload container, which the sandbox"
            " does not model"
        )
    tag = re.fullmatch("unit-(.+)-([0-9]+)", unit)
    script = commands[0] if len(commands) == 1 else " ".join(map(shlex.quote, commands))
    return "/".join(tag.groups()) if tag else unit, script
