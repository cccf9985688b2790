"""Tools about a unit and its application: options, status, leadership, log, addresses, spec."""

from __future__ import annotations

import contextlib
from typing import Any

from sandbox.juju.gnuflag import key_values, no_more
from sandbox.juju.go_values import quote
from sandbox.juju.hooktools.hook_context import NOT_LEADER
from sandbox.juju.hooktools.hook_tool import ToolCall, tool
from sandbox.juju.juju_errors import JujuError, UsageError
from sandbox.juju.model.entities import Status

STATES = ("maintenance", "blocked", "waiting", "active")
PARTS = ("bind-address", "ingress-address", "egress-subnets")
LEVELS = ("TRACE", "DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")


@tool("config-get")
def config_get(call: ToolCall) -> None:
    """One option or all; an unknown one has no value, which is no error."""
    key, every = (call.args or [""])[0], call.options.get("a")
    if key and every:
        raise UsageError(f"cannot use argument --all together with key {quote(key)}")
    no_more(call.args[1:])
    settings = call.context.config()
    if key:
        call.write(settings.get(key))
    else:
        call.write({k: value for k, value in settings.items() if every or value is not None})


@tool("status-set", writes=True)
def status_set(call: ToolCall) -> None:
    """At once; only the leader speaks for the application."""
    if not call.args:
        raise UsageError("invalid args, require <status> [message]")
    state, message = [*call.args, ""][:2]
    if state not in STATES:
        raise UsageError(f"invalid status {quote(state)}, expected one of [{' '.join(STATES)}]")
    no_more(call.args[2:])
    if call.options.get("application"):
        if not call.context.leads():
            raise JujuError(NOT_LEADER)
        call.context.unit.app.status = Status(state, message, call.context.state.now)
    else:
        call.context.set_status(state, message)


@tool("status-get")
def status_get(call: ToolCall) -> None:
    """The bare word in the smart format, a mapping otherwise."""
    no_more(call.args)
    whole = call.options.get("include-data")
    of_application, app = call.options.get("application"), call.context.unit.app
    if of_application and not call.context.leads():
        raise JujuError(f"finding application status: {NOT_LEADER}")
    status = call.context.status()
    if of_application:
        status = call.context.state.application_status(app)
    if call.format == "smart" and not whole:
        call.write(status.state)
        return
    details = _details(status, whole)
    if of_application:
        units = {unit.name: _details(unit.workload, whole) for unit in app.units.values()}
        details["units"] = units
        details = {"application-status": details}
    # Juju forgets the mistake of writing all of it
    with contextlib.suppress(JujuError) if whole else contextlib.nullcontext():
        call.write(details)


def _details(status: Status, whole: bool) -> dict[str, Any]:
    data = {"message": status.message, "status-data": {}} if whole else {}
    return {"status": status.state, **data}


@tool("is-leader")
def is_leader(call: ToolCall) -> None:
    """True holds for thirty seconds, False for the rest of the hook."""
    no_more(call.args)
    call.write(call.context.leads())


@tool("leader-get")
def leader_get(call: ToolCall) -> None:
    """The leader's settings, for every unit; an unknown key has no value."""
    key = (call.args or [""])[0]
    if "=" in key:
        raise UsageError(f"invalid key {quote(key)}")
    no_more(call.args[1:])
    settings = call.context.unit.app.leader_settings
    call.write(dict(settings) if key in ("", "-") else settings.get(key))


@tool("leader-set", writes=True)
def leader_set(call: ToolCall) -> None:
    """At once; an empty value removes the key."""
    settings = key_values(call.args)
    try:
        call.context.set_leader_settings(settings)
    except JujuError as error:
        raise JujuError(f"cannot write leadership settings: {error}") from None


@tool("juju-log")
def juju_log(call: ToolCall) -> None:
    """An unknown level is reported and becomes INFO."""
    if not call.args:
        raise UsageError("no message specified")
    call.warn_of_format()
    level = "DEBUG" if call.options.get("debug") else call.options.get("l", "INFO").upper()
    level = "WARNING" if level == "WARN" else level
    if level not in LEVELS:
        given = quote(call.options["l"])
        call.context.log("WARNING", f"Specified log level of {given} is not valid")
        level = "INFO"
    call.context.log(level, " ".join(call.args))


@tool("application-version-set", writes=True)
def application_version_set(call: ToolCall) -> None:
    """The version that juju status shows, at once."""
    call.context.unit.version = call.required("no version specified")


@tool("resource-get")
def resource_get(call: ToolCall) -> None:
    """The path without a newline, as Juju prints it."""
    name = call.required("missing required resource name")
    try:
        call.stdout += call.context.download_resource(name)
    except JujuError as error:
        raise JujuError(f"could not download resource: {error}") from None


@tool("unit-get")
def unit_get(call: ToolCall) -> None:
    """The pod's address; public ones come from load balancers, which there are none of here."""
    key = (call.args or [""])[0]
    if call.args and key not in ("private-address", "public-address"):
        raise UsageError(f"unknown setting {quote(key)}")
    if call.required("no setting specified") == "public-address":
        raise JujuError("public address not found")
    address = call.context.state.pod_address(call.context.unit)
    if not address:
        raise JujuError("private address not found")
    call.write(address)


@tool("network-get")
def network_get(call: ToolCall) -> None:
    """Everything about an endpoint, or the one or several things asked for."""
    binding = (call.args or ["-"])[0]
    if not call.args or not binding:
        raise UsageError("no binding name specified" if call.args else "no arguments specified")
    no_more(call.args[1:])
    if binding not in (*call.context.unit.app.endpoints, "juju-info"):
        raise JujuError(f"no network config found for binding {quote(binding)}")
    info = call.context.state.network_info(call.context.unit)
    wanted = [part for part in PARTS if call.options.get(part)]
    if call.options.get("primary-address"):
        if wanted:
            raise JujuError("--primary-address must be the only flag specified")
        call.write(_bound_address(info, binding))
    elif not wanted:
        call.write(info if call.format == "json" else _with_old_keys(info), sort=False)
    else:
        values = {part: _part(info, part, binding) for part in wanted}
        call.write(values[wanted[0]] if len(wanted) == 1 else values)


def _part(info: dict, part: str, binding: str):
    if part == "egress-subnets":
        return tuple(info.get("egress-subnets", ()))
    if part == "ingress-address" and "ingress-addresses" in info:
        return info["ingress-addresses"][0]
    if part == "bind-address" and not info["bind-addresses"][0]["addresses"]:
        # Juju indexes an empty list here, which ends the agent: never ask before there is a pod.
        raise JujuError("runtime error: index out of range [0] with length 0")
    return _bound_address(info, binding)


def _bound_address(info: dict, binding: str) -> str:
    addresses = info["bind-addresses"][0]["addresses"]
    if not addresses:
        raise JujuError(f"no addresses attached to space for binding {quote(binding)}")
    return addresses[0]["value"]


def _with_old_keys(info: dict) -> dict:
    """YAML carries the keys that Juju 2.8 used beside the current ones; JSON does not."""
    interface = dict(info["bind-addresses"][0], macaddress="", interfacename="")
    interface["addresses"] = [dict(a, address=a["value"]) for a in interface["addresses"]]
    return dict(info, **{"bind-addresses": [interface]})


@tool("pod-spec-set", writes=True)
def spec_set(call: ToolCall) -> None:
    """From the end of the hook on. The texts are joined byte by byte, as Juju does."""
    no_more(call.args)
    text = call.read_file(call.options.get("file", "-"))
    if not text:
        raise JujuError(
            "no k8s spec specified: pipe k8s spec to command, or specify a file with --file"
        )
    if call.options.get("k8s-resources"):
        text += call.read_named_file(call.options["k8s-resources"])
    call.context.set_spec(text)


@tool("pod-spec-get")
def spec_get(call: ToolCall) -> None:
    """The spec that the controller holds, as it is, no newline added."""
    no_more(call.args)
    app = call.context.unit.app
    if app.pod_spec is None:
        raise JujuError(f"k8s spec for application {app.name} not found")
    call.stdout += app.pod_spec
