"""A charm directory, as Juju reads it: metadata, options, actions.

The rules and texts are those of github.com/juju/charm v8 (meta.go, config.go, actions.go), which
Juju 2.9 uses.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from sandbox.go_yaml import Doubtful, YamlError, read_yaml
from sandbox.juju.go_values import BOOLEANS, quote
from sandbox.juju.juju_errors import JujuError
from sandbox.juju.juju_version import numbers_of

NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]*[a-z][a-z0-9]*)*")
"""What charms, applications and storages may be called (github.com/juju/names)."""
ROLES = {"provides": "provider", "requires": "requirer"}
SERIES = {
    "16.04": "xenial",
    "18.04": "bionic",
    "20.04": "focal",
    "22.04": "jammy",
    "24.04": "noble",
}
"""Ubuntu's versions that Juju runs charms on, and what 2.9 calls them."""
_SIZE = re.compile(r"[0-9]+(\.[0-9]+)?([MGTP](i?B)?)?")


@dataclass(frozen=True)
class Endpoint:
    """One end of a possible relation. ``role`` is provider or requirer."""

    name: str
    role: str
    interface: str

    def fits(self, other: Endpoint) -> bool:
        """Whether a relation between the two ends is possible."""
        roles = {self.role, other.role}
        return self.interface == other.interface and roles == {"provider", "requirer"}


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
    def series(self) -> str:
        """What 2.9 calls it: focal."""
        return SERIES.get(self.track, self.track)

    @property
    def short_name(self) -> str:
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
        shown = json.dumps(value, ensure_ascii=False, default=str)
        wrong = JujuError(f"option {quote(self.name)} expected {self.kind}, got {shown}")
        if self.kind == "string":
            if not isinstance(value, str):
                raise wrong
            return value
        try:
            if self.kind == "boolean":
                return value if isinstance(value, bool) else BOOLEANS[value]
            if isinstance(value, bool):
                raise wrong
            return int(value) if self.kind == "int" else float(value)
        except (KeyError, ValueError, TypeError, OverflowError):
            raise wrong from None


def check_application_name(name: str) -> None:
    """JujuError unless an application may be called so (github.com/juju/names, application.go)."""
    if not NAME.fullmatch(name):
        raise JujuError(f"invalid application name {quote(name)}")


@dataclass(frozen=True)
class Charm:
    """What Juju knows of one charm revision."""

    directory: Path
    name: str
    metadata: dict[str, Any]
    endpoints: dict[str, Endpoint]
    options: dict[str, Option]
    actions: dict[str, dict[str, Any]]
    resources: dict[str, Any] = field(default_factory=dict)
    storage: dict[str, Any] = field(default_factory=dict)
    bases: tuple[Base, ...] | None = None
    """Those of manifest.yaml, None if there is no such file."""
    min_juju_version: tuple[int, ...] = (0, 0, 0)

    def storage_location(self, storage_id: str) -> str:
        """Where the storage with this id is mounted in the workload (Juju:
        FilesystemMountPoint).
        """
        location = self.storage[storage_id.partition("/")[0]].get("location")
        return location or f"/var/lib/juju/storage/{storage_id}"

    @property
    def version(self) -> str:
        """What the charm says of its own version, in a file of that name."""
        path = self.directory / "version"
        return path.read_text(encoding="utf-8").strip() if path.is_file() else ""

    def action_schema(self, name: str) -> dict[str, Any]:
        """An action's parameters as JSON schema, as juju/charm actions.go makes it."""
        declared = self.actions[name]
        text = declared.get("description") or "No description"
        more = {key: value for key, value in declared.items() if key not in ("params", "parallel")}
        return {
            **more,
            "title": name,
            "type": "object",
            "description": text,
            "properties": self.action_parameters(name),
        }

    def action_parameters(self, name: str) -> dict[str, Any]:
        """The JSON schema properties of an action's parameters."""
        return self.actions[name]["params"]

    @classmethod
    def read(cls, directory: Any) -> Charm:
        """Reads a charm directory; JujuError if it would not deploy.

        Which shape its files must have, ``charm proof`` knows better.
        """
        directory = Path(directory)
        if not (directory / "metadata.yaml").is_file():
            raise JujuError(f"no charm was found at {quote(str(directory))}: no metadata.yaml")
        try:
            return _read(directory)
        except (AttributeError, KeyError, TypeError) as error:
            raise JujuError(
                f"a file of the charm at {directory} has another shape than Juju wants"
                f" ({type(error).__name__}: {error}); run charm proof"
            ) from None


def parse_yaml(text: str, name: str) -> Any:
    """The value of a file; JujuError begins with its ``name``."""
    try:
        return read_yaml(text)
    except (YamlError, Doubtful) as error:
        raise JujuError(f"{name}: yaml: {error}") from None


def yaml_map(text: str, name: str) -> dict[str, Any]:
    """The mapping that a file is; JujuError begins with its ``name``."""
    content = parse_yaml(text, name)
    if not isinstance(content, dict):
        raise JujuError(f"{name}: expected a YAML map")
    return content


def _read(directory: Path) -> Charm:
    metadata = _read_file(directory / "metadata.yaml")
    _check_metadata(metadata)
    actions = {
        name: {**(given or {})} for name, given in _read_file(directory / "actions.yaml").items()
    }
    for declared in actions.values():
        declared["params"] = {**(declared.get("params") or {})}
    oldest = numbers_of(metadata.get("min-juju-version", "0.0.0"))
    return Charm(
        directory=directory,
        name=metadata["name"],
        metadata=metadata,
        endpoints=_endpoints(metadata),
        options=_options(_read_file(directory / "config.yaml").get("options") or {}),
        actions=actions,
        resources=metadata.get("resources", {}),
        storage=metadata.get("storage", {}),
        bases=_bases(directory / "manifest.yaml"),
        min_juju_version=(*oldest, 0, 0)[:3],
    )


def _read_file(path: Path) -> dict[str, Any]:
    text = path.read_bytes().decode("utf-8", "surrogateescape") if path.is_file() else ""
    return yaml_map(text, str(path)) if text else {}


def _bases(path: Path) -> tuple[Base, ...] | None:
    """The bases of manifest.yaml (juju/charm manifest.go and base.go)."""
    if not path.is_file():
        return None
    found = []
    for base in _read_file(path)["bases"]:
        name, channel = base["name"], base["channel"]
        if name != "ubuntu":
            raise JujuError(f"the sandbox does not model bases of {name}: it knows ubuntu only")
        found.append(Base(name, channel if "/" in channel else f"{channel}/stable"))
    return tuple(found)


def _check_metadata(metadata: dict[str, Any]) -> None:
    """JujuError for what no pod-spec charm may have.

    Source: juju/charm meta.go and MetaFormatReasons.
    """
    if not NAME.fullmatch(metadata["name"]):
        raise JujuError(f"metadata: name: {quote(metadata['name'])} is not a valid charm name")
    series = metadata.get("series")
    if not series and "deployment" in metadata:
        raise JujuError("charm with deployment metadata must declare at least one series")
    if not series:
        raise JujuError("only charms with pod specs (series: [kubernetes]) run here")
    if series[0] != "kubernetes":
        raise JujuError('charms with deployment metadata only supported for "kubernetes"')
    for key in set(metadata) & {"containers", "assumes"}:
        raise JujuError(f'ambiguous metadata: keys {quote(key)} cannot be used with "series"')
    if (metadata.get("deployment") or {}).get("mode") == "operator":
        raise JujuError("the sandbox does not model charms of the deployment mode operator")
    for key in set(metadata) & {"devices", "payloads", "peers", "subordinate", "extra-bindings"}:
        raise JujuError(f"the sandbox does not model {key} in metadata.yaml")
    _check_needs(metadata)


def _check_needs(metadata: dict[str, Any]) -> None:
    """What the charm needs must be something that there can be here."""
    for name, storage in metadata.get("storage", {}).items():
        _check_storage(name, storage)
    for name, resource in metadata.get("resources", {}).items():
        if resource["type"] != "oci-image":
            raise JujuError(
                f"resource {quote(name)} is not an oci-image; the sandbox runs only those"
            )


def _check_storage(name: str, storage: dict[str, Any]) -> None:
    if not NAME.fullmatch(name):
        raise JujuError(f"metadata: storage: {quote(name)} is not a valid storage name")
    size = storage.get("minimum-size", "1G")
    if not _SIZE.fullmatch(size):
        where = f"metadata: storage.{name}.minimum-size"
        raise JujuError(f"{where}: expected a size such as 1G, got string({quote(size)})")
    if "multiple" in storage:
        raise JujuError(f"the sandbox does not model multiple in storage {quote(name)}")
    if storage["type"] != "filesystem":
        raise JujuError(f"block storage {quote(name)} is not supported for container charms")


def _endpoints(metadata: dict[str, Any]) -> dict[str, Endpoint]:
    endpoints: dict[str, Endpoint] = {}
    for section, role in ROLES.items():
        for name, declared in metadata.get(section, {}).items():
            if name in endpoints:
                raise JujuError(f"duplicated relation name: {quote(name)}")
            interface = declared if isinstance(declared, str) else declared["interface"]
            endpoints[name] = Endpoint(name, role, interface)
    return endpoints


def _options(declared_options: dict[str, Any]) -> dict[str, Option]:
    options = {}
    for name, declared in declared_options.items():
        kind = declared.get("type") or "string"
        if kind not in ("string", "int", "float", "boolean"):
            raise JujuError(f"invalid config: option {quote(name)} has unknown type {quote(kind)}")
        default = declared.get("default")
        option = Option(name, kind, default, declared.get("description") or "")
        if default is not None:
            try:
                option.coerce(default)
            except JujuError as error:
                raise JujuError(f"invalid config default: {error}") from None
        options[name] = option
    return options
