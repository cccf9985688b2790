"""A charm directory, as Juju reads it: metadata, options, actions.

The rules and texts are those of github.com/juju/charm v8 (meta.go, config.go, actions.go), which
Juju 2.9 uses.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from string import ascii_lowercase as LOWERCASE
from string import ascii_uppercase as UPPERCASE
from typing import Any

import yaml

from .errors import JujuError

ROLES = {"provides": "provider", "requires": "requirer", "peers": "peer"}
_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]*[a-z][a-z0-9]*)*")


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
        wrong = JujuError(
            f"option {quote(self.name)} expected {self.kind}, got {quote(str(value))}"
        )
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
        except (KeyError, ValueError, TypeError):
            raise wrong from None


def quote(text: str) -> str:
    """``text`` as Go's %q prints it."""
    return json.dumps(text, ensure_ascii=False)


def check_application_name(name: str) -> None:
    """JujuError unless an application may be called so.

    Rule and texts are ValidateApplicationName's of github.com/juju/names (application.go).
    """
    if _NAME.fullmatch(name):
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
    words = dict.fromkeys(("1", "t", "T", "true", "True", "TRUE"), True)
    words.update(dict.fromkeys(("0", "f", "F", "false", "False", "FALSE"), False))
    return words[value]


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

    @property
    def min_juju_version(self) -> tuple:
        """``min-juju-version`` as numbers, (0, 0, 0) where the charm states none."""
        words = str(self.metadata.get("min-juju-version", "0.0.0")).split("-")[0].split(".")
        return tuple(int(word) for word in ([*words, "0", "0"])[:3])

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
            actions=_read_yaml(directory / "actions.yaml"),
            resources=metadata.get("resources") or {},
            storage=metadata.get("storage") or {},
        )


def _read_yaml(path: Path, required: bool = False) -> dict[str, Any]:
    if not path.is_file():
        if required:
            raise JujuError(
                f"no charm was found at {quote(str(path.parent))}: it has no {path.name}"
            )
        return {}
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise JujuError(f"{path}: {' '.join(str(error).split())}") from None
    if not isinstance(content or {}, dict):
        raise JujuError(f"{path}: it must be a mapping")
    return content or {}


def _check_metadata(metadata: dict[str, Any]) -> None:
    """The refusals that concern a pod-spec charm (juju/charm meta.go and MetaFormatReasons)."""
    if not _NAME.fullmatch(str(metadata.get("name") or "")):
        raise JujuError(f"metadata: name: expected string, got {quote(str(metadata.get('name')))}")
    series = metadata.get("series") or []
    if not series and metadata.get("deployment"):
        raise JujuError("charm with deployment metadata must declare at least one series")
    if not series:
        raise JujuError("only charms with pod specs (series: [kubernetes]) run here")
    if series[0] != "kubernetes":
        raise JujuError('charms with deployment metadata only supported for "kubernetes"')
    for key in ("containers", "assumes"):
        if key in metadata:
            raise JujuError(f'ambiguous metadata: keys {quote(key)} cannot be used with "series"')
    for name, storage in (metadata.get("storage") or {}).items():
        if storage.get("type") == "block":
            raise JujuError(f"block storage {quote(name)} is not supported for container charms")


def _check_needs(metadata: dict[str, Any]) -> None:
    """What the charm needs must be something that there can be here."""
    version = str(metadata.get("min-juju-version", "0.0.0"))
    if not re.match(r"^\d+(\.\d+)*(-\w+)?$", version):
        raise JujuError(f"invalid min-juju-version: invalid version {quote(version)}")
    for name, resource in (metadata.get("resources") or {}).items():
        if resource.get("type") != "oci-image":
            raise JujuError(f"resource {quote(name)} is no oci-image, and only those run here")


def _endpoints(metadata: dict[str, Any]) -> dict[str, Endpoint]:
    endpoints: dict[str, Endpoint] = {}
    for section, role in ROLES.items():
        for name, declared in (metadata.get(section) or {}).items():
            if name in endpoints:
                raise JujuError(f"duplicated relation name: {quote(name)}")
            interface = declared if isinstance(declared, str) else (declared or {}).get("interface")
            if not interface:
                where = f"metadata: {section}.{name}.interface"
                raise JujuError(f"{where}: expected string, got nothing")
            endpoints[name] = Endpoint(name, role, interface)
    return endpoints


def _options(config: dict[str, Any]) -> dict[str, Option]:
    options = {}
    for name, section in (config.get("options") or {}).items():
        declared = section or {}
        kind = declared.get("type") or "string"
        if kind not in ("string", "int", "float", "boolean"):
            raise JujuError(f"invalid config: option {quote(name)} has unknown type {quote(kind)}")
        option = Option(name, kind, declared.get("default"), declared.get("description") or "")
        if option.default is not None:
            option.coerce(option.default)
        options[name] = option
    return options
