"""Tools about addresses and ports (Juju 2.9: network-get.go, unit-get.go, ports.go)."""

from __future__ import annotations

import re

from sandbox.juju.gnuflag import Flag, no_more
from sandbox.juju.go_values import quote
from sandbox.juju.hooktools.hook_tool import (
    DEPRECATED_FORMAT,
    OUTPUT,
    RELATION,
    ToolCall,
    tool,
)
from sandbox.juju.juju_errors import JujuError, UsageError

PARTS = ("bind-address", "ingress-address", "egress-subnets")


@tool(
    "network-get",
    flags=(
        *OUTPUT,
        RELATION,
        Flag(("primary-address",), "(deprecated) get the primary address", switch=True),
        Flag(("bind-address",), "get the address on which the unit should listen", switch=True),
        Flag(("ingress-address",), "get the ingress address for the binding", switch=True),
        Flag(("egress-subnets",), "get the egress subnets for the binding", switch=True),
    ),
)
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
        call.write(info if call.format == "json" else _with_old_keys(info))
    else:
        values = {part: _part(info, part, binding) for part in wanted}
        call.write(values[wanted[0]] if len(wanted) == 1 else values)


def _part(info: dict, part: str, binding: str):
    if part == "egress-subnets":
        return info.get("egress-subnets")
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


@tool("unit-get", flags=OUTPUT)
def unit_get(call: ToolCall) -> None:
    """The pod's address; public ones come from load balancers, which there are none of here."""
    key = (call.args or [""])[0]
    if call.args and key not in ("private-address", "public-address"):
        raise UsageError(f"unknown setting {quote(key)}")
    if call.required("no setting specified") == "public-address":
        raise JujuError("public address not found")
    call.write(call.context.state.addresses.private_address(call.context.unit))


@tool(
    "open-port",
    "close-port",
    flags=(DEPRECATED_FORMAT, Flag(("endpoints",), "a list of endpoints to target")),
    writes=True,
)
def change_port(call: ToolCall) -> None:
    """No pod-spec application can: the tool does not complain, the hook fails when it ends."""
    if not call.args:
        raise UsageError("no port or range specified")
    _check_ports(call.args[0].lower())
    no_more(call.args[1:])
    call.warn_of_format()
    call.context.change_ports()


@tool(
    "opened-ports",
    flags=(*OUTPUT, Flag(("endpoints",), "display the target endpoints", switch=True)),
)
def opened_ports(call: ToolCall) -> None:
    """On Kubernetes always none."""
    no_more(call.args)
    call.write([])


def _check_ports(spelled: str) -> None:
    """Juju's rules about ports and ranges (core/network/portrange.go)."""
    ports, slash, protocol = spelled.partition("/")
    if ports == "icmp":
        return
    if slash and protocol == "icmp":
        raise UsageError(f'protocol "icmp" doesn\'t support any ports; got {quote(ports)}')
    bounds = ports.split("-", maxsplit=1)
    for bound in bounds:
        if not re.fullmatch("[0-9]+", bound):
            wrong = quote(bound)
            raise UsageError(f"invalid port {wrong}: strconv.Atoi: parsing {wrong}: invalid syntax")
    if slash and protocol not in ("tcp", "udp"):
        raise UsageError(f'invalid protocol {quote(protocol)}, expected "tcp", "udp", or "icmp"')
    first, last = int(bounds[0]), int(bounds[-1])
    if not (0 < first < 1 << 16 and 0 < last < 1 << 16):
        raise UsageError(f"port range bounds must be between 1 and 65535, got {first}-{last}")
    if first > last:
        raise UsageError(f"invalid port range {first}-{last}/{protocol or 'tcp'}")
