"""Tools about relations and the network (Juju 2.9: relation-*.go, goal-state.go, network-get.go,
unit-get.go).
"""

from __future__ import annotations

from sandbox.juju.gnuflag import Flag, key_values, no_more
from sandbox.juju.go_values import quote
from sandbox.juju.hooktools.hook_tool import APP, FILE, OUTPUT, RELATION, Tool
from sandbox.juju.juju_errors import JujuError, UsageError


class RelationIds(Tool):
    """Which relations an endpoint has."""

    names = ("relation-ids",)
    args = "<name>"
    purpose = "list all relation ids with the given relation name"
    flags = OUTPUT

    def init(self, args: list[str]) -> None:
        """The endpoint: the argument or the hook's."""
        current = self.context.relation
        if not args and current is None:
            raise UsageError("no relation name specified")
        self.endpoint = args[0] if args else current.name
        no_more(args[1:])

    def run(self) -> None:
        """Sorted as text, as Juju does.

        3.4.4 and newer leave out one that is dying and has no members, if the agent knows.
        """
        new = self.context.juju_version.since(3, 4, 4)
        relations = [r for r in self.context.relations.values() if not (new and r.broken)]
        self.write(sorted(r.label for r in relations if r.name == self.endpoint))


class RelationList(Tool):
    """Who is in a relation."""

    names = ("relation-list",)
    purpose = "list relation units"
    flags = (*OUTPUT, RELATION, APP)

    def init(self, args: list[str]) -> None:
        """The relation: -r or the hook's."""
        self.target = self.relation()
        no_more(args)

    def run(self) -> None:
        """The units whose -joined has run, or the application."""
        if self.options.get("app"):
            self.write(self.target.remote_app)
        else:
            self.write(sorted(self.target.members))


class RelationGet(Tool):
    """What somebody has set in a relation."""

    names = ("relation-get",)
    args = "<key> <unit id>"
    purpose = "get relation settings"
    flags = (*OUTPUT, RELATION, APP)

    def init(self, args: list[str]) -> None:
        """Key and subject; the subject defaults to the hook's unit, then to the hook's
        application.
        """
        self.target = self.relation()
        self.app = bool(self.options.get("app"))
        self.key = args[0] if args and args[0] != "-" else ""
        rest = args[1:]
        if rest:
            self.subject = self._named(rest.pop(0))
        elif self.app or not self.context.remote_unit:
            self.subject = self.context.remote_app
            self.app = True
        else:
            self.subject = self.context.remote_unit
        if not self.subject and not args[1:]:
            raise UsageError("no unit or application specified")
        no_more(rest)

    def _named(self, subject: str) -> str:
        """Whom the argument names; from 3.3.2 on an application needs --app."""
        app, slash, number = subject.partition("/")
        if self.app:
            return app if not slash or number.isdecimal() else ""
        if not slash and self.context.juju_version.since(3, 3, 2):
            raise UsageError(f"expected unit name, got application name {quote(subject)}")
        return subject

    def run(self) -> None:
        """Own settings include what this hook has set; the leader's own application's too."""
        unit = self.context.unit
        if not self.subject:
            raise JujuError('"" is not a valid unit or application')
        if self.subject == unit.name or (self.subject == unit.app.name and self.context.leads()):
            settings = self.target.own(self.app)
        else:
            settings = self.target.read(self.subject, self.app or "/" not in self.subject)
        self.write(settings.get(self.key) if self.key else settings)


class RelationSet(Tool):
    """Sets own settings in a relation, from the end of the hook on."""

    names = ("relation-set",)
    args = "key=value [key=value ...]"
    purpose = "set relation settings"
    flags = (RELATION, FILE, APP, Flag(("format",), "deprecated format flag"))
    writes = True

    def init(self, args: list[str]) -> None:
        """Pairs on the command line go over those of --file."""
        self.target = self.relation()
        self.args = args
        key_values(args)

    def run(self) -> None:
        """An empty value removes the key."""
        if self.options.get("format"):
            self.stderr += '--format flag deprecated for command "relation-set"'
        pairs = self.read_pairs(self.args)
        app = bool(self.options.get("app"))
        if app and not self.context.leads():
            raise JujuError("cannot write relation settings")
        settings = self.target.own(app)
        for key, value in pairs.items():
            settings[key] = value
            if not value:
                del settings[key]


class GoalState(Tool):
    """Who is going to be there."""

    names = ("goal-state",)
    purpose = "print the status of the charm's peers and related units"
    flags = (Flag(("format",), "Specify output format", choices=("json", "yaml")), OUTPUT[1])
    default_format = "yaml"

    def run(self) -> None:
        """Units with self, and relations without peers."""
        self.write(self.context.goal_state())


class NetworkGet(Tool):
    """Addresses to bind to and to come in by."""

    names = ("network-get",)
    args = "<binding-name> [--ingress-address] [--bind-address] [--egress-subnets]"
    purpose = "get network config"
    flags = (
        *OUTPUT,
        RELATION,
        Flag(("primary-address",), "(deprecated) get the primary address", switch=True),
        Flag(("bind-address",), "get the address on which the unit should listen", switch=True),
        Flag(("ingress-address",), "get the ingress address for the binding", switch=True),
        Flag(("egress-subnets",), "get the egress subnets for the binding", switch=True),
    )

    def init(self, args: list[str]) -> None:
        """One endpoint's name."""
        if not args:
            raise UsageError("no arguments specified")
        if not args[0]:
            raise UsageError("no binding name specified")
        self.binding = args[0]
        no_more(args[1:])

    def run(self) -> None:
        """Everything, or the one or several things asked for."""
        if self.binding not in (*self.context.unit.app.endpoints, "juju-info"):
            raise JujuError(f"no network config found for binding {quote(self.binding)}")
        info = self.context.network.info(self.context.unit)
        wanted = [
            key
            for key in ("bind-address", "ingress-address", "egress-subnets")
            if self.options.get(key)
        ]
        if self.options.get("primary-address"):
            self._write_primary(info, wanted)
        elif not wanted:
            self.write(self._with_old_keys(info))
        else:
            values = {key: self._pick(info, key) for key in wanted}
            self.write(values[wanted[0]] if len(wanted) == 1 else values)

    def _write_primary(self, info: dict, wanted: list[str]) -> None:
        if wanted:
            raise JujuError("--primary-address must be the only flag specified")
        self.write(self._bound(info))

    def _pick(self, info: dict, key: str):
        if key == "egress-subnets":
            return info.get("egress-subnets")
        if key == "ingress-address" and "ingress-addresses" in info:
            return info["ingress-addresses"][0]
        if key == "bind-address" and not info["bind-addresses"][0]["addresses"]:
            # Juju indexes an empty list here, which ends the agent: never ask before there is a
            # pod.
            raise JujuError("runtime error: index out of range [0] with length 0")
        return self._bound(info)

    def _bound(self, info: dict) -> str:
        addresses = info["bind-addresses"][0]["addresses"]
        if not addresses:
            raise JujuError(f"no addresses attached to space for binding {quote(self.binding)}")
        return addresses[0]["value"]

    def _with_old_keys(self, info: dict) -> dict:
        """YAML carries the keys that Juju 2.8 used beside the current ones; JSON does not."""
        if self.options.get("format", self.default_format) == "json":
            return info
        interface = dict(info["bind-addresses"][0], macaddress="", interfacename="")
        interface["addresses"] = [dict(a, address=a["value"]) for a in interface["addresses"]]
        return dict(info, **{"bind-addresses": [interface]})


class UnitGet(Tool):
    """The unit's own address."""

    names = ("unit-get",)
    args = "<setting>"
    purpose = "print public-address or private-address"
    flags = OUTPUT

    def init(self, args: list[str]) -> None:
        """Which address."""
        if not args:
            raise UsageError("no setting specified")
        if args[0] not in ("private-address", "public-address"):
            raise UsageError(f"unknown setting {quote(args[0])}")
        self.key = args[0]
        no_more(args[1:])

    def run(self) -> None:
        """The pod's address; public ones come from load balancers, which there are none of here."""
        if self.key == "public-address":
            raise JujuError("public address not found")
        self.write(self.context.network.private_address(self.context.unit))


TOOLS = (RelationIds, RelationList, RelationGet, RelationSet, GoalState, NetworkGet, UnitGet)
