"""Tools about the unit itself: options, status, leadership, logs, resources, state, storage,
ports.
"""

from __future__ import annotations

import re
from typing import Any

from sandbox.juju.gnuflag import Flag, key_values, no_more
from sandbox.juju.go_values import quote
from sandbox.juju.hooktools.hook_tool import FILE, OUTPUT, Tool
from sandbox.juju.juju_errors import JujuError, UsageError
from sandbox.juju.model.entities import Status

STATES = ("maintenance", "blocked", "waiting", "active")
_DEPRECATED_FORMAT = Flag(("format",), "deprecated format flag")


class ConfigGet(Tool):
    """Options."""

    names = ("config-get",)
    args = "[<key>]"
    purpose = "print application configuration"
    flags = (*OUTPUT, Flag(("a", "all"), "print all keys", switch=True))

    def init(self, args: list[str]) -> None:
        """One key or --all or neither."""
        self.key = args[0] if args else ""
        if self.key and self.options.get("a"):
            raise UsageError(f"cannot use argument --all together with key {quote(self.key)}")
        no_more(args[1:])

    def run(self) -> None:
        """An unknown key has no value, which is no error."""
        settings = self.context.config()
        if self.key:
            self.write(settings.get(self.key))
        elif self.options.get("a"):
            self.write(settings)
        else:
            self.write({key: value for key, value in settings.items() if value is not None})


class StatusSet(Tool):
    """Sets a status, at once."""

    names = ("status-set",)
    args = "<maintenance | blocked | waiting | active> [message]"
    purpose = "set status information"
    flags = (Flag(("application",), "set this status for the application", switch=True),)
    writes = True

    def init(self, args: list[str]) -> None:
        """State and message."""
        if not args:
            raise UsageError("invalid args, require <status> [message]")
        if args[0] not in STATES:
            raise UsageError(
                f"invalid status {quote(args[0])}, expected one of [{' '.join(STATES)}]"
            )
        self.state, self.message = args[0], args[1] if len(args) > 1 else ""
        no_more(args[2:])

    def run(self) -> None:
        """Only the leader speaks for the application."""
        if self.options.get("application"):
            self.context.set_application_status(self.state, self.message)
        else:
            self.context.set_status(self.state, self.message)


class StatusGet(Tool):
    """Reads a status."""

    names = ("status-get",)
    args = "[--include-data] [--application]"
    purpose = "print status information"
    flags = (
        *OUTPUT,
        Flag(("include-data",), "print all status data", switch=True),
        Flag(("application",), "print status for all units if this unit leads", switch=True),
    )

    def run(self) -> None:
        """The bare word in the smart format, a mapping otherwise."""
        bare = self.options.get("format", "smart") == "smart" and not self.options.get(
            "include-data"
        )
        if not self.options.get("application"):
            status = self.context.status()
            self.write(status.state if bare else self._details(status))
            return
        try:
            status = self.context.application_status()
        except JujuError as error:
            raise JujuError(f"finding application status: {error}") from None
        if bare:
            self.write(status.state)
            return
        details = self._details(status)
        units = self.context.unit.app.units.values()
        details["units"] = {unit.name: self._details(unit.workload) for unit in units}
        self.write({"application-status": details})

    def _details(self, status: Status) -> dict[str, Any]:
        details: dict[str, Any] = {"status": status.state}
        if self.options.get("include-data"):
            details.update({"message": status.message, "status-data": dict(status.data)})
        return details


class IsLeader(Tool):
    """Whether the unit leads."""

    names = ("is-leader",)
    purpose = "print application leadership status"
    flags = OUTPUT

    def run(self) -> None:
        """True holds for thirty seconds, False for the rest of the hook."""
        self.write(self.context.leads())


class LeaderGet(Tool):
    """The leader's settings, for every unit."""

    names = ("leader-get",)
    args = "[<key>]"
    purpose = "print application leadership settings"
    flags = OUTPUT

    def init(self, args: list[str]) -> None:
        """A key, or - or nothing for all."""
        self.key = args[0] if args and args[0] != "-" else ""
        if "=" in self.key:
            raise UsageError(f"invalid key {quote(self.key)}")
        no_more(args[1:])

    def run(self) -> None:
        """An unknown key has no value."""
        settings = self.context.unit.app.leader_settings
        self.write(settings.get(self.key) if self.key else dict(settings))


class LeaderSet(Tool):
    """Changes the leader's settings, at once."""

    names = ("leader-set",)
    args = "<key>=<value> [...]"
    purpose = "write application leadership settings"
    writes = True

    def init(self, args: list[str]) -> None:
        """``key=value`` pairs."""
        self.settings = key_values(args)

    def run(self) -> None:
        """An empty value removes the key."""
        try:
            self.context.set_leader_settings(self.settings)
        except JujuError as error:
            raise JujuError(f"cannot write leadership settings: {error}") from None


class JujuLog(Tool):
    """A line in debug-log."""

    names = ("juju-log",)
    args = "<message>"
    purpose = "write a message to the juju log"
    flags = (
        Flag(("debug",), "log at debug level", switch=True),
        Flag(("l", "log-level"), "Send log message at the given level"),
        _DEPRECATED_FORMAT,
    )

    def init(self, args: list[str]) -> None:
        """Words."""
        if not args:
            raise UsageError("no message specified")
        self.message = " ".join(args)

    def run(self) -> None:
        """An unknown level is reported and becomes INFO."""
        if self.options.get("format"):
            self.stderr += '--format flag deprecated for command "juju-log"'
        level = "DEBUG" if self.options.get("debug") else self.options.get("l", "INFO").upper()
        if level == "WARN":
            level = "WARNING"
        if level not in ("TRACE", "DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"):
            given = quote(self.options["l"])
            self.context.log("WARNING", f"Specified log level of {given} is not valid")
            level = "INFO"
        self.context.log(level, self.message)


class ApplicationVersionSet(Tool):
    """The version that juju status shows, at once."""

    names = ("application-version-set",)
    args = "<new-version>"
    purpose = "specify which version of the application is deployed"
    writes = True

    def init(self, args: list[str]) -> None:
        """One version."""
        if not args:
            raise UsageError("no version specified")
        self.version = args[0]
        no_more(args[1:])

    def run(self) -> None:
        """Any text."""
        self.context.set_version(self.version)


class ResourceGet(Tool):
    """The path of a resource's file."""

    names = ("resource-get",)
    args = "<resource name>"
    purpose = "get the path to the locally cached resource file"

    def init(self, args: list[str]) -> None:
        """One name."""
        if not args:
            raise UsageError("missing required resource name")
        no_more(args[1:])
        self.resource = args[0]

    def run(self) -> None:
        """The path without a newline, as Juju prints it."""
        try:
            self.stdout += self.context.download_resource(self.resource)
        except JujuError as error:
            raise JujuError(f"could not download resource: {error}") from None


class StateGet(Tool):
    """Charm state kept by the controller."""

    names = ("state-get",)
    args = "[<key>]"
    purpose = "print server-side-state value"
    flags = (*OUTPUT, Flag(("strict",), "Return an error if the key does not exist", switch=True))

    def init(self, args: list[str]) -> None:
        """A key, or - or nothing for all."""
        self.key = args[0] if args and args[0] != "-" else ""
        no_more(args[1:])

    def run(self) -> None:
        """A missing key is empty unless --strict."""
        state = self.context.charm_state()
        if not self.key:
            empty = None if self.options.get("format") == "json" else {}
            self.write(state or empty)
        elif self.key not in state and self.options.get("strict"):
            raise JujuError(f"{quote(self.key)} not found")
        else:
            self.write(state.get(self.key, ""))


class StateSet(Tool):
    """Changes charm state, from the end of the hook on."""

    names = ("state-set",)
    args = "key=value [key=value ...]"
    purpose = "set server-side-state values"
    flags = (FILE,)
    writes = True

    def init(self, args: list[str]) -> None:
        """Pairs on the command line go over those of --file."""
        self.args = args
        key_values(args)

    def run(self) -> None:
        """Juju's quotas apply: 256 bytes a key, 64 KiB a value, 2 MiB in all."""
        state = dict(self.context.charm_state())
        for key, value in self.read_pairs(self.args).items():
            for part, what, size in ((key, "key", 256), (value, "value", 65536)):
                if _size(part) > size:
                    raise JujuError(f"max allowed {what} length ({size}) exceeded")
            state[key] = value
        if sum(_size(key) + _size(value) for key, value in state.items()) > 1 << 21:
            raise JujuError("max allowed state size (2097152) exceeded")
        self.context.set_charm_state(state)


class StateDelete(Tool):
    """Removes charm state, from the end of the hook on."""

    names = ("state-delete",)
    args = "<key>"
    purpose = "delete server-side-state key value pair"
    writes = True

    def init(self, args: list[str]) -> None:
        """One key."""
        self.key = args[0] if args else ""
        no_more(args[1:])

    def run(self) -> None:
        """A missing key is no error."""
        state = dict(self.context.charm_state())
        state.pop(self.key, None)
        self.context.set_charm_state(state)


class StorageList(Tool):
    """Storage attached to the unit."""

    names = ("storage-list",)
    args = "[<storage-name>]"
    purpose = "list storage attached to the unit"
    flags = OUTPUT

    def init(self, args: list[str]) -> None:
        """A name, or nothing for all."""
        self.storage = args[0] if args else ""
        no_more(args[1:])

    def run(self) -> None:
        """Ids such as data/0."""
        ids = sorted(self.context.unit.storage)
        self.write([i for i in ids if not self.storage or i.split("/")[0] == self.storage])


class StorageGet(Tool):
    """Where a storage is."""

    names = ("storage-get",)
    args = "[<key>]"
    purpose = "print information for storage instance with specified id"
    flags = (*OUTPUT, Flag(("s",), "specify a storage instance by id"))

    def init(self, args: list[str]) -> None:
        """The storage: -s or the hook's."""
        hook = self.context.hook
        self.storage = self.options.get("s") or (hook.storage_id if hook else "")
        if not self.storage:
            raise UsageError("no storage instance specified")
        if self.storage not in self.context.unit.storage:
            known = re.fullmatch("[a-z][a-z0-9-]*/[0-9]+", self.storage)
            name = quote(self.storage)
            problem = f"storage {name} not found" if known else f"invalid storage ID {name}"
            raise UsageError(f"invalid value {name} for option -s: {problem}")
        self.key = args[0] if args else ""
        no_more(args[1:])

    def run(self) -> None:
        """Kind and location."""
        unit = self.context.unit
        location = unit.app.charm.storage_location(self.storage)
        values = {"kind": "filesystem", "location": location}
        if self.key and self.key not in values:
            raise JujuError(f"invalid storage attribute {quote(self.key)}")
        self.write(values[self.key] if self.key else values)


class Ports(Tool):
    """Opens or closes a port, which no pod-spec application can: the hook fails when it ends."""

    names = ("open-port", "close-port")
    args = "<port>[/<protocol>] or <from>-<to>[/<protocol>] or icmp"
    purpose = "register a request to open or close a port or port range"
    flags = (_DEPRECATED_FORMAT, Flag(("endpoints",), "a list of endpoints to target"))
    writes = True

    def init(self, args: list[str]) -> None:
        """One port or range."""
        if not args:
            raise UsageError("no port or range specified")
        _check_ports(args[0].lower())
        no_more(args[1:])

    def run(self) -> None:
        """The tool itself never complains."""
        if self.options.get("format"):
            self.stderr += f'--format flag deprecated for command "{self.name}"'
        self.context.change_ports()


class OpenedPorts(Tool):
    """Ports: on Kubernetes always none."""

    names = ("opened-ports",)
    purpose = "list all ports or port ranges opened by the unit"
    flags = (*OUTPUT, Flag(("endpoints",), "display the target endpoints", switch=True))

    def run(self) -> None:
        """An empty list."""
        self.write([])


class CredentialGet(Tool):
    """Cloud credentials: never on Kubernetes."""

    names = ("credential-get",)
    purpose = "access cloud credentials"
    flags = OUTPUT

    def run(self) -> None:
        """Refused."""
        raise JujuError(
            'cannot access cloud credentials: credential-get on a "caas" model not supported'
        )


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


def _size(text: str) -> int:
    return len(text.encode("utf-8", "surrogateescape"))


TOOLS = (
    ConfigGet,
    StatusSet,
    StatusGet,
    IsLeader,
    LeaderGet,
    LeaderSet,
    JujuLog,
    ApplicationVersionSet,
    ResourceGet,
    StateGet,
    StateSet,
    StateDelete,
    StorageList,
    StorageGet,
    Ports,
    OpenedPorts,
    CredentialGet,
)
