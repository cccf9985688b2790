"""One status per hook, decided when everything else is done."""

import json
import typing

from charms.layer.pod_spec import tools


class Status(typing.NamedTuple):
    """What ``juju status`` shows for the unit.

    state: ``maintenance``, ``blocked``, ``waiting`` or ``active``. message: one line.
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
    shown = json.loads(tools.run("status-get", "--format=json", "--include-data"))
    if (shown.get("status"), shown.get("message", "")) != tuple(status):
        tools.run("status-set", *status)
