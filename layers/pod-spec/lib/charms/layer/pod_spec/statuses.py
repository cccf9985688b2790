"""One status per hook, decided when everything else is done."""

import json
import typing

from charms.layer.pod_spec.hook_tools import run_tool

LONGEST = 1000


class Status(typing.NamedTuple):
    """What ``juju status`` shows for the unit.

    state: ``maintenance``, ``blocked``, ``waiting`` or ``active``. message: one line. What cannot
    be printed is shown as an escape, and what is longer than LONGEST characters is cut.
    """

    state: str
    message: str


_decide = None


def status_at_exit(decide):
    """Let the decorated function decide the unit's status at the end of every successful hook.

    decide: called without arguments after all handlers, returns a Status. One per charm: two would
    overwrite each other in every hook.
    """
    global _decide  # noqa: PLW0603 - what a decorator registers is there for all
    if _decide not in (None, decide):
        raise ValueError(f"status_at_exit is taken: {_decide.__module__}.{_decide.__name__}")
    _decide = decide
    return decide


def report():
    """Show the status, if the charm decides one and Juju shows another."""
    if _decide is None:
        return
    status = _decide()
    shown = json.loads(run_tool("status-get", "--format=json", "--include-data"))
    wanted = (status.state, _one_line(status.message))
    if (shown.get("status"), shown.get("message", "")) != wanted:
        run_tool("status-set", *wanted)


def _one_line(text):
    """Juju's tools take no NUL, and Linux no argument of more than 128 KiB."""
    start = text[: LONGEST + 1]
    line = "".join(each if each.isprintable() else ascii(each)[1:-1] for each in start)
    return line if len(line) <= LONGEST else line[: LONGEST - 1] + "\u2026"
