"""Tools about addresses (Juju 2.9: network-get.go, unit-get.go)."""

from __future__ import annotations

from sandbox.juju.gnuflag import no_more
from sandbox.juju.go_values import quote
from sandbox.juju.hooktools.hook_tool import ToolCall, tool
from sandbox.juju.juju_errors import JujuError, UsageError

PARTS = ("bind-address", "ingress-address", "egress-subnets")


@tool("network-get")
def network_get(call: ToolCall) -> None:
    """Everything about an endpoint, or the one or several things asked for."""
    binding = (call.args or ["-"])[0]
    if not call.args or not binding:
        raise UsageError("no binding name specified" if call.args else "no arguments specified")
    no_more(call.args[1:])
    if binding not in (*call.context.unit.app.endpoints, "juju-info"):
        raise JujuError(f"no network config found for binding {quote(binding)}")
    info = call.context.state.addresses.info(call.context.unit)
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


@tool("unit-get")
def unit_get(call: ToolCall) -> None:
    """The pod's address; public ones come from load balancers, which there are none of here."""
    key = (call.args or [""])[0]
    if call.args and key not in ("private-address", "public-address"):
        raise UsageError(f"unknown setting {quote(key)}")
    if call.required("no setting specified") == "public-address":
        raise JujuError("public address not found")
    call.write(call.context.state.addresses.private_address(call.context.unit))
