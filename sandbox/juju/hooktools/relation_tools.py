"""Tools about relations (Juju 2.9: relation-*.go, goal-state.go)."""

from __future__ import annotations

from sandbox.juju.gnuflag import key_values, no_more
from sandbox.juju.go_values import quote
from sandbox.juju.hooktools.hook_tool import ToolCall, tool
from sandbox.juju.juju_errors import JujuError, UsageError
from sandbox.juju.model import displayed_status
from sandbox.juju.model.charm import NAME
from sandbox.juju.model.entities import Hook

NO_HOOK = Hook("", "")


@tool("relation-ids")
def relation_ids(call: ToolCall) -> None:
    """Those of an endpoint, the hook's if none is named, sorted as text, as Juju does."""
    current = call.context.relation
    if not call.args and current is None:
        raise UsageError("no relation name specified")
    no_more(call.args[1:])
    endpoint = call.args[0] if call.args else current.name
    relations = call.context.relations.values()
    call.write(tuple(sorted(r.label for r in relations if r.name == endpoint)))


@tool("relation-list")
def relation_list(call: ToolCall) -> None:
    """The units whose -joined has run, or the application."""
    relation = call.relation()
    no_more(call.args)
    call.write(relation.remote_app if call.options.get("app") else tuple(sorted(relation.members)))


@tool("relation-get")
def relation_get(call: ToolCall) -> None:
    """Somebody's settings; by default those of the hook's unit, then of the hook's application.

    Own settings include what this hook has set; the leader's own application's too.
    """
    relation, context = call.relation(), call.context
    of_app = bool(call.options.get("app"))
    key, rest = (call.args or ["-"])[0], call.args[1:]
    if rest:
        subject = _resolve_subject(call, rest.pop(0), of_app)
    else:
        hook = context.hook or NO_HOOK
        of_app = of_app or not hook.remote_unit
        subject = hook.remote_app if of_app else hook.remote_unit
        if not subject:
            raise UsageError("no unit or application specified")
    no_more(rest)
    if not subject:
        raise JujuError('"" is not a valid unit or application')
    own_app = subject == context.unit.app.name
    if subject == context.unit.name or (own_app and context.leads()):
        settings = relation.own(of_app)
    else:
        settings = relation.read(subject, of_app or "/" not in subject)
    call.write(settings if key in ("", "-") else settings.get(key))


def _resolve_subject(call: ToolCall, subject: str, of_app: bool) -> str:
    """Whom the argument names; in Juju 3 an application needs --app (from 3.3.2 on)."""
    app, slash, number = subject.partition("/")
    if of_app:
        valid = NAME.fullmatch(app) and (not slash or number.isdecimal())
        return app if valid else ""
    if not slash and call.context.state.juju_version.since(3):
        raise UsageError(f"expected unit name, got application name {quote(subject)}")
    return subject


@tool("relation-set", writes=True)
def relation_set(call: ToolCall) -> None:
    """From the end of the hook on; arguments go over --file, an empty value removes the key."""
    relation = call.relation()
    key_values(call.args)
    call.warn_of_format()
    pairs = call.read_pairs()
    of_app = bool(call.options.get("app"))
    if of_app and not call.context.leads():
        raise JujuError("cannot write relation settings")
    settings = relation.own(of_app)
    for key, value in pairs.items():
        settings[key] = value
        if not value:
            del settings[key]


@tool("goal-state", default_format="yaml")
def goal_state(call: ToolCall) -> None:
    """Units with self, and relations."""
    no_more(call.args)
    told = displayed_status.goal_state(call.context.state.model, call.context.unit.app)
    call.write(told, sort=False)
