"""The files that Alertmanager reads: made from the settings, checked, hashed."""

import hashlib
import json
import posixpath
from dataclasses import dataclass, field
from itertools import chain
from typing import Dict, List, Mapping, Optional, Tuple

import alertmanager_config
from alertmanager_config import command_line_flags
from alertmanager_config.problem import Problem
from alertmanager_config.version import Version

from . import charm_user
from .charm_options import HOLD_FILES, Settings
from .option_parsers import CONFIG_FILE, DIRECTORY, LOGIN_FILE, WEB_FILE, WEB_FILES

# A Kubernetes Secret holds 1 MiB of contents; some is left to what Kubernetes adds.
MOST_BYTES = 1024 * 1024 - 16 * 1024


@dataclass(frozen=True)
class ConfigFiles:
    """The contents of /etc/alertmanager: bytes by flat file name, in the order of the names."""

    files: Tuple[Tuple[str, bytes], ...] = field(repr=False)

    @property
    def config(self) -> bytes:
        """What alertmanager.yml says."""
        return dict(self.files)[CONFIG_FILE]

    @property
    def digest(self) -> str:
        """The whole contents' SHA-256 in hexadecimal: another one means that a file differs."""
        sha = hashlib.sha256()
        for name, content in self.files:
            sha.update(f"{name}\0{len(content)}\0".encode())
            sha.update(content)
        return sha.hexdigest()

    @property
    def short_hash(self) -> str:
        """Six hexadecimal digits that tell people one alertmanager.yml from another."""
        return hashlib.md5(self.config).hexdigest()[:6]

    @property
    def config_hash(self) -> int:
        """The value of the metric alertmanager_config_hash in a process that runs this file.

        That is the first six bytes of the MD5 of alertmanager.yml as a little-endian number, from
        Alertmanager 0.20 to 0.35 (config/coordinator.go).
        """
        return int.from_bytes(hashlib.md5(self.config).digest()[:6], "little")

    def take_routing_of(self, good: "ConfigFiles") -> "ConfigFiles":
        """Return the routing of other files with the web port of these."""
        own = {name: content for name, content in self.files if name in WEB_FILES}
        return ConfigFiles(tuple(sorted({**dict(good.routing.files), **own}.items())))

    @property
    def routing(self) -> "ConfigFiles":
        """The files that are not the web port's: those it reads for each connection."""
        return ConfigFiles(tuple(file for file in self.files if file[0] not in WEB_FILES))


def build(
    settings: Settings, default_config: str, version: Optional[Version], own_hash: str
) -> Tuple[Optional[ConfigFiles], Tuple[Problem, ...]]:
    """Make the files, and find everything in them that Alertmanager would refuse.

    default_config: the alertmanager.yml of an application whose operator gave none.
    version: the Alertmanager that will run, if known. own_hash: of the charm's own password, by
    bcrypt; "" without users.
    Returns the files, None if they must not reach a pod, and all problems, warnings included.
    """
    files: Dict[str, bytes] = {WEB_FILE: write_web_config(settings, own_hash).encode()}
    for name, content in settings.templates + settings.secret_files:
        files[name] = content.encode()
    if settings.web_users:
        files[LOGIN_FILE] = _write_login(settings).encode()
    if settings.tls_cert and settings.tls_key:
        files["tls.crt"] = settings.tls_cert.encode()
        files["tls.key"] = settings.tls_key.encode()

    document, text = _assemble(settings, default_config)
    files[CONFIG_FILE] = _add_seal(text, settings).encode()
    features = command_line_flags.find_features(settings.additional_args)
    problems = alertmanager_config.check_document(
        document, version, settings.strict_config, files, features=features
    )
    problems += _check_cluster_tls(settings, files, version)
    size = measure(files)
    if size > MOST_BYTES:
        problems.append(_too_large(settings, size))
    if any(not problem.warning for problem in problems):
        return None, tuple(problems)
    return ConfigFiles(tuple(sorted(files.items()))), tuple(problems)


def _check_cluster_tls(
    settings: Settings, files: Mapping[str, bytes], version: Optional[Version]
) -> List[Problem]:
    """Find what is wrong with the file of --cluster.tls-config, if it is one of the files."""
    flag = "--cluster.tls-config="
    named = [arg[len(flag) :] for arg in settings.additional_args if arg.startswith(flag)]
    folder, _, name = posixpath.normpath("".join(named)).rpartition("/")
    if folder != DIRECTORY or name not in files:
        return []
    text = files[name].decode()
    return alertmanager_config.check_cluster_tls(text, name, "secret-files", version, files)


def measure(files: Mapping[str, bytes]) -> int:
    """Return how many bytes files take in a Secret.

    The database of Kubernetes holds 1.5 MiB of an object, where each name stands twice: beside the
    contents, and among the fields that somebody manages.
    """
    return sum(2 * len(name) + len(content) + 16 for name, content in files.items())


def _assemble(settings: Settings, default_config: str):
    """Put the configuration together; where nothing is merged over it, to the operator's letter."""
    text = settings.alertmanager_config or default_config
    document = alertmanager_config.parse_yaml(text, settings.config_source)
    overlays = []
    if settings.alertmanager_secrets:
        overlays.append((settings.alertmanager_secrets, "alertmanager-secrets"))
    plain = document.plain() if settings.templates else None
    if settings.templates and not (isinstance(plain, dict) and "templates" in plain):
        overlays.append((f"templates: [{DIRECTORY}/*.tmpl]\n", "templates"))
    for overlay, option in overlays:
        parsed = alertmanager_config.parse_yaml(overlay, option)
        document = alertmanager_config.merge(document, parsed)
    if overlays and document.root is not None:
        text = alertmanager_config.write_yaml(document.root)
    return document, text


def _add_seal(text: str, settings: Settings) -> str:
    """Add a hash of the files beside it, so that its own hash tells whether all are in force."""
    beside = settings.templates + settings.secret_files
    if not beside:
        return text
    seal = hashlib.sha256(json.dumps(beside).encode()).hexdigest()[:16]
    return text + ("" if text.endswith("\n") else "\n") + f"# with the other files of {seal}\n"


def write_web_config(settings: Settings, own_hash: str) -> str:
    """Write the file for --web.config.file: TLS and users of the web port.

    See https://prometheus.io/docs/alerting/latest/https/; JSON is YAML.
    """
    web: Dict[str, object] = {}
    if settings.tls_cert:
        web["tls_server_config"] = {
            "cert_file": f"{DIRECTORY}/tls.crt",
            "key_file": f"{DIRECTORY}/tls.key",
        }
    if settings.web_users:
        web["basic_auth_users"] = {**dict(settings.web_users), charm_user.USER: own_hash}
    return json.dumps(web, indent=2, sort_keys=True) + "\n"


def _write_login(settings: Settings) -> str:
    """Write how the charm's own user logs in, for amtool --http.config.file.

    It asks its own pod: no certificate need be made for localhost.
    """
    user = {"username": charm_user.USER, "password": charm_user.derive_password(settings.web_users)}
    return json.dumps({"basic_auth": user, "tls_config": {"insecure_skip_verify": True}}) + "\n"


def _too_large(settings: Settings, size: int) -> Problem:
    longest = max(HOLD_FILES, key=lambda option: _count_characters(settings, option))
    return Problem(
        settings.config_source if longest == "alertmanager-config" else longest,
        message=f"all files together, names included, take {size} bytes of the {MOST_BYTES} that "
        "a Kubernetes Secret holds",
        hint="shorten it",
    )


def _count_characters(settings: Settings, option: str) -> int:
    value = getattr(settings, option.replace("-", "_"))
    return len(value) if isinstance(value, str) else sum(map(len, chain(*value)))
