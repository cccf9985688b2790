"""A charm directory, as Juju reads it: metadata, options, actions.

The rules and texts are those of github.com/juju/charm v8 (meta.go, config.go, actions.go), which
Juju 2.9 uses.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from string import ascii_lowercase as LOWERCASE
from string import ascii_uppercase as UPPERCASE
from typing import Any, NamedTuple

from sandbox.juju.go_values import BOOLEANS, in_go, quote
from sandbox.juju.juju_errors import JujuError
from sandbox.juju.juju_version import numbers_of
from sandbox.juju.model import charm_schema
from sandbox.juju.model.charm_schema import parse_yaml

SYSTEMS = ("ubuntu", "centos", "windows", "osx", "opensuse", "genericlinux")
ARCHITECTURES = ("amd64", "arm64", "ppc64el", "s390x", "i386", "armhf")
ROLES = {"provides": "provider", "requires": "requirer", "peers": "peer"}


@dataclass(frozen=True)
class Endpoint:
    """One end of a possible relation. ``role`` is provider, requirer or peer."""

    name: str
    role: str
    interface: str

    def fits(self, other: Endpoint) -> bool:
        """Whether a relation between the two ends is possible."""
        return self.interface == other.interface and {self.role, other.role} == {
            "provider",
            "requirer",
        }


class Base(NamedTuple):
    """A base of manifest.yaml: an operating system and its channel, ``20.04/stable``."""

    name: str
    channel: str

    def __str__(self) -> str:
        return f"{self.name}@{self.channel}"

    @property
    def track(self) -> str:
        """The version, 20.04."""
        return self.channel.split("/")[0]

    @property
    def shown(self) -> str:
        """As people see it: ubuntu@20.04."""
        return str(self)[: -len("/stable")] if self.channel.endswith("/stable") else str(self)


@dataclass(frozen=True)
class Option:
    """One option of config.yaml. ``kind`` is string, int, float or boolean."""

    name: str
    kind: str
    default: Any
    description: str

    def coerce(self, value: Any) -> Any:
        """The typed value for what a user typed (or a test gave); JujuError if it has another
        type.
        """
        shown = quote(value) if isinstance(value, str) else in_go(value)
        wrong = JujuError(f"option {quote(self.name)} expected {self.kind}, got {shown}")
        if self.kind == "string":
            if not isinstance(value, str):
                raise wrong
            return value
        try:
            if self.kind == "boolean":
                return _boolean(value)
            if isinstance(value, bool):
                raise wrong
            return int(value) if self.kind == "int" else float(value)
        except (KeyError, ValueError, TypeError, OverflowError):
            raise wrong from None


def check_application_name(name: str) -> None:
    """JujuError unless an application may be called so.

    Rule and texts are ValidateApplicationName's of github.com/juju/names (application.go).
    """
    if charm_schema.NAME.fullmatch(name):
        return
    problem = f"invalid application name {quote(name)}"
    strange = next((c for c in name if not (c in LOWERCASE or c.isnumeric() or c == "-")), "")
    if any(c in UPPERCASE for c in name):
        problem += ", unexpected uppercase character"
    elif re.search("-[0-9]+$", name):
        problem += ", unexpected number(s) found after last hyphen"
    elif strange:
        problem += f", unexpected character {quote(strange)[1:-1]}"
    raise JujuError(problem)


def _boolean(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    return BOOLEANS[value]


@dataclass(frozen=True)
class Charm:
    """What Juju knows of one charm revision."""

    directory: Path
    name: str
    metadata: dict[str, Any]
    endpoints: dict[str, Endpoint]
    options: dict[str, Option]
    actions: dict[str, Any]
    resources: dict[str, Any] = field(default_factory=dict)
    storage: dict[str, Any] = field(default_factory=dict)
    bases: tuple[Base, ...] | None = None
    """Those of manifest.yaml, None if there is no such file."""

    @property
    def min_juju_version(self) -> tuple:
        """``min-juju-version`` as numbers, (0, 0, 0) where the charm states none."""
        stated = numbers_of(self.metadata.get("min-juju-version", "0.0.0"))
        return (*stated, 0, 0)[:3]

    def fixed(self) -> dict[str, Any]:
        """What Juju lets no refresh change: deployment, storage and devices as Juju holds them."""
        deployment = self.metadata.get("deployment")
        volume, device = {"shared": False, "read-only": False}, {"countmin": 1, "countmax": 1}
        return {
            "deployment": deployment and dict({"mode": "workload"}, **deployment),
            "storage": {name: dict(volume, **given) for name, given in self.storage.items()},
            "devices": {
                name: dict(device, **given)
                for name, given in self.metadata.get("devices", {}).items()
            },
        }

    def storage_location(self, storage_id: str) -> str:
        """Where the storage with this id is mounted in the workload (Juju:
        FilesystemMountPoint).
        """
        name = storage_id.split("/", maxsplit=1)[0]
        declared = self.storage[name]
        location = declared.get("location") or ""
        if location and not declared.get("multiple"):
            return location
        return f"{location or '/var/lib/juju/storage'}/{storage_id}"

    def action_parameters(self, name: str) -> dict[str, Any]:
        """The JSON schema properties of an action's parameters."""
        return dict((self.actions[name] or {}).get("params") or {})

    @classmethod
    def read(cls, directory: Any) -> Charm:
        """Reads and checks a charm directory; JujuError with Juju's text if it would not deploy."""
        directory = Path(directory)
        if not directory.is_dir():
            raise JujuError(f"no charm was found at {quote(str(directory))}")
        metadata = _read_yaml(directory / "metadata.yaml", required=True)
        _check_metadata(metadata)
        _check_needs(metadata)
        return cls(
            directory=directory,
            name=metadata["name"],
            metadata=metadata,
            endpoints=_endpoints(metadata),
            options=_options(_read_yaml(directory / "config.yaml")),
            actions=_actions(_read_yaml(directory / "actions.yaml")),
            resources=metadata.get("resources", {}),
            storage=metadata.get("storage", {}),
            bases=_bases(directory / "manifest.yaml"),
        )


def _read_yaml(path: Path, required: bool = False) -> dict[str, Any]:
    if not path.is_file():
        if required:
            raise JujuError(
                f"no charm was found at {quote(str(path.parent))}: it has no {path.name}"
            )
        return {}
    content = parse_yaml(path.read_bytes().decode("utf-8", "surrogateescape"), str(path))
    if content is not None and not isinstance(content, dict):
        raise JujuError(f"{path}: it must be a mapping")
    return content or {}


def _bases(path: Path) -> tuple[Base, ...] | None:
    """The bases of manifest.yaml (juju/charm manifest.go and base.go)."""
    if not path.is_file():
        return None
    found = []
    declared = charm_schema.sequence(_read_yaml(path).get("bases"), "manifest: bases")
    for number, given in enumerate(declared):
        where = f"manifest: bases[{number}]"
        base = charm_schema.mapping(given, where)
        name, channel = (charm_schema.text(base.get(key, ""), where) for key in ("name", "channel"))
        if not name:
            raise JujuError("manifest: base without name not valid")
        if name not in SYSTEMS:
            raise JujuError(f"manifest: os {quote(name)} not valid")
        if not channel:
            raise JujuError("manifest: channel not valid")
        for architecture in charm_schema.sequence(base.get("architectures") or [], where):
            if architecture not in ARCHITECTURES:
                raise JujuError(f"manifest: architecture {quote(str(architecture))} not valid")
        found.append(Base(name, channel if "/" in channel else f"{channel}/stable"))
    return tuple(found)


def _check_metadata(metadata: dict[str, Any]) -> None:
    """The refusals that concern a pod-spec charm (juju/charm meta.go and MetaFormatReasons)."""
    charm_schema.check_metadata(metadata)
    if not charm_schema.NAME.fullmatch(metadata["name"]):
        raise JujuError(f"metadata: name: {quote(metadata['name'])} is no name for a charm")
    series = metadata.get("series")
    if not series and "deployment" in metadata:
        raise JujuError("charm with deployment metadata must declare at least one series")
    if not series:
        raise JujuError("only charms with pod specs (series: [kubernetes]) run here")
    if series[0] != "kubernetes":
        raise JujuError('charms with deployment metadata only supported for "kubernetes"')
    for key in ("containers", "assumes"):
        if key in metadata:
            raise JujuError(f'ambiguous metadata: keys {quote(key)} cannot be used with "series"')
    for name, storage in metadata.get("storage", {}).items():
        if storage["type"] == "block":
            raise JujuError(f"block storage {quote(name)} is not supported for container charms")


def _check_needs(metadata: dict[str, Any]) -> None:
    """What the charm needs must be something that there can be here."""
    version = metadata.get("min-juju-version", "0.0.0")
    if not re.fullmatch(r"[0-9]+(\.[0-9]+)*(-\w+)?", version):
        raise JujuError(f"invalid min-juju-version: invalid version {quote(version)}")
    for name, resource in metadata.get("resources", {}).items():
        if resource["type"] != "oci-image":
            raise JujuError(f"resource {quote(name)} is no oci-image, and only those run here")


def _endpoints(metadata: dict[str, Any]) -> dict[str, Endpoint]:
    endpoints: dict[str, Endpoint] = {}
    for section, role in ROLES.items():
        for name, declared in metadata.get(section, {}).items():
            if name in endpoints:
                raise JujuError(f"duplicated relation name: {quote(name)}")
            interface = declared if isinstance(declared, str) else declared["interface"]
            endpoints[name] = Endpoint(name, role, interface)
    return endpoints


def _options(config: dict[str, Any]) -> dict[str, Option]:
    options = {}
    given = {key: value for key, value in config.items() if value is not None}
    for name, section, where in charm_schema.items(given, "options", "config.yaml: "):
        declared = charm_schema.mapping(section or {}, where)
        kind = charm_schema.text(declared.get("type") or "string", f"{where}.type")
        if kind not in ("string", "int", "float", "boolean"):
            raise JujuError(f"invalid config: option {quote(name)} has unknown type {quote(kind)}")
        description = charm_schema.text(declared.get("description") or "", f"{where}.description")
        option = Option(name, kind, declared.get("default"), description)
        if option.default is not None:
            try:
                option.coerce(option.default)
            except JujuError as error:
                raise JujuError(f"invalid config default: {error}") from None
        options[name] = option
    return options


def _actions(declared: dict[str, Any]) -> dict[str, Any]:
    for name, given in declared.items():
        action = charm_schema.mapping(given or {}, f"actions.yaml: {name}")
        for _, schema, where in charm_schema.items(action, "params", f"actions.yaml: {name}."):
            charm_schema.mapping(schema or {}, where)
        charm_schema.sequence(action.get("required") or [], f"actions.yaml: {name}.required")
        charm_schema.text(action.get("description") or "", f"actions.yaml: {name}.description")
    return declared
