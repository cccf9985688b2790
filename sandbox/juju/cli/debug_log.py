"""``juju debug-log``."""

from __future__ import annotations

import fnmatch
import re
import time
from typing import Callable

from sandbox.juju.cli.command_line import Call, command
from sandbox.juju.gnuflag import no_more
from sandbox.juju.go_values import quote
from sandbox.juju.juju_errors import UsageError
from sandbox.juju.model.charm import NAME
from sandbox.juju.model.entities import LogLine

_UNIT = re.compile("(.+)/([0-9]+)")
LEVELS = ("TRACE", "DEBUG", "INFO", "WARNING", "ERROR")


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
    if options.get("tail") or (call.terminal.tty and not options.get("no-tail")):
        _follow(call, position, limit - len(old) if limit else 0)


def _follow(call: Call, position: int, limit: int) -> None:
    juju, is_wanted = call.juju, _filter(call)
    seen = 0
    while not call.terminal.gone():
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
