"""The operator's options, parsed: a frozen value, and every problem that any option has.

CONTRIBUTING.md walks through a new option, file by file.
"""

import posixpath
from dataclasses import dataclass, field
from typing import Any, Callable, Dict, List, Mapping, Optional, Tuple
from urllib.parse import urlsplit

from alertmanager_config import command_line_flags as flags
from alertmanager_config.problem import Problem
from alertmanager_config.version import Version, format_version

from . import option_parsers
from .option_parsers import DIRECTORY

REMOTE = "remote-configuration"
"""The endpoint that may bring a configuration in the place of an option."""

WEB_PORT = 9093
HOLD_FILES = (
    "alertmanager-config",
    "alertmanager-secrets",
    "templates",
    "secret-files",
    "tls-cert",
    "tls-key",
    "web-users",
)
# Twice what a Kubernetes Secret holds: base64 and quotes take room.
LONGEST_FILE = 2 * 1024 * 1024
# Three of these and the rest stay below the 128 KiB that Linux allows for an argument.
LONGEST_WORDS = 32 * 1024


@dataclass(frozen=True)
class Settings:
    """What the operator asks for; what a bad option would have said stands at its default.

    Three are no options. ingress_url: where an ingress lets people in, "" if there is none.
    config_source: what problems with alertmanager_config are to be told about. tls_ca: what has to
    be trusted to trust tls_cert, PEM, if a relation brought both; "" if the option did.
    """

    alertmanager_config: str = field(default="", repr=False)
    alertmanager_secrets: str = field(default="", repr=False)
    templates: Tuple[Tuple[str, str], ...] = ()
    secret_files: Tuple[Tuple[str, str], ...] = field(default=(), repr=False)
    external_url: str = ""
    external_labels: Tuple[Tuple[str, str], ...] = ()
    log_level: str = "info"
    log_format: str = "logfmt"
    data_retention: str = "120h"
    cluster_label: str = ""
    cluster_reconnect_timeout: str = "5m"
    cluster_peers: Tuple[str, ...] = ()
    tls_cert: str = ""
    tls_key: str = field(default="", repr=False)
    web_users: Tuple[Tuple[str, str], ...] = field(default=(), repr=False)
    config_reload: str = "reload"
    strict_config: bool = True
    additional_args: Tuple[str, ...] = ()
    ingress_url: str = ""
    config_source: str = "alertmanager-config"
    tls_ca: str = ""

    @property
    def web_url(self) -> str:
        """Where people reach Alertmanager: what the operator says, else what an ingress says."""
        return self.external_url or self.ingress_url

    @property
    def scheme(self) -> str:
        """How the web port is spoken to: http or https."""
        return "https" if self.tls_cert else "http"

    @property
    def route_prefix(self) -> str:
        """The path below which everything is served, without a slash at its end: "" or "/am".

        An ingress takes the path off, so that there is none behind it.
        """
        if self.ingress_url:
            return ""
        return urlsplit(self.external_url).path.rstrip("/")


def parse_options(options: Mapping[str, Any]) -> Tuple[Settings, Tuple[Problem, ...]]:
    """Read every option.

    options: the values of config.yaml's options by name; a missing or null one has its default.
    Returns the settings and all problems, not only the first.
    """
    values: Dict[str, Any] = {}
    problems: List[Problem] = []
    for option, parser in PARSERS.items():
        value = options.get(option)
        if value is None or value == "":
            continue
        most = find_longest_length(option)
        if isinstance(value, str) and len(value) > most:
            message = f"has more than {most} characters"
            problems.append(Problem(option, message=message, hint="shorten it"))
            continue
        try:
            values[option.replace("-", "_")] = parser(value)
        except option_parsers.BadOption as bad:
            problems.append(Problem(option, bad.line, "", bad.message, bad.hint))
    settings = Settings(**values)
    problems += _find_clashes(settings, {problem.option for problem in problems})
    return settings, tuple(problems)


def find_longest_length(option: str) -> int:
    """Return how many characters an option may have, as the operator writes it, base64 or not."""
    return LONGEST_FILE if option in HOLD_FILES else LONGEST_WORDS


def _find_clashes(settings: Settings, already_bad: set) -> List[Problem]:
    """Find what is wrong between options, each of which is sound by itself."""
    problems = []
    for have, lack in (("tls-cert", "tls-key"), ("tls-key", "tls-cert")):
        present = getattr(settings, have.replace("-", "_"))
        missing = not getattr(settings, lack.replace("-", "_"))
        if present and missing and lack not in already_bad:
            problems.append(Problem(have, message=f"needs {lack} too", hint=f"set {lack} as well"))
    names = {name for name, _ in settings.templates}
    problems += _find_missing_files(settings, already_bad)
    clash = flags.find_clash(settings.additional_args)
    if clash:
        hint = "mend it, or leave out what limits the memory"
        problems.append(Problem("additional-args", message=clash, hint=hint))
    problems.extend(
        Problem("secret-files", message=f"{name} is a template's name too", hint="choose another")
        for name, _ in settings.secret_files
        if name in names
    )
    return problems


def _find_missing_files(settings: Settings, already_bad: set) -> List[Problem]:
    """Find flags that name a file of the configuration's folder which will not be there."""
    if "secret-files" in already_bad:
        return []
    there = {f"{DIRECTORY}/{name}" for name, _ in settings.secret_files}
    problems = []
    for arg in settings.additional_args:
        name, _, value = arg.partition("=")
        flag = flags.FLAGS.get(flags.resolve_name(name.lstrip("-")))
        # Only what lies in that folder is known; an image may bring other files.
        is_known = value.startswith(f"{DIRECTORY}/") or not value.startswith("/")
        is_missing = is_known and posixpath.normpath(value) not in there
        if flag and flag.kind == "file" and value and is_missing:
            message = f"{name} names {value}, which is not there"
            hint = f"give the file in secret-files, and write {DIRECTORY}/NAME"
            problems.append(Problem("additional-args", message=message, hint=hint))
    return problems


def find_too_new(settings: Settings, version: Optional[Version]) -> Tuple[Problem, ...]:
    """Find what is asked for that an Alertmanager of this version does not have.

    version: None if nobody knows which one will run: then nothing is found.
    """
    if version is None:
        return ()
    wanted = [
        (option, flag, getattr(settings, option.replace("-", "_")))
        for flag, option in option_parsers.OWN_FLAGS.items()
        if option in PARSERS
    ]
    wanted += [("tls-cert", "web.config.file", settings.tls_cert)]
    wanted += [("web-users", "web.config.file", settings.web_users)]
    words = [arg.lstrip("-").partition("=") for arg in settings.additional_args]
    wanted += [("additional-args", flag, value) for flag, _, value in words]
    problems = [
        _judge_flag(version, option, flag, value)
        for option, flag, value in wanted
        if value or option == "additional-args"
    ]
    features = sorted(flags.find_features(settings.additional_args))
    problems += [_judge_feature(version, feature) for feature in features]
    return tuple(problem for problem in problems if problem)


def _judge_flag(version: Version, option: str, flag: str, value: str) -> Optional[Problem]:
    runs = f"Alertmanager {format_version(version)}"
    fault = flags.find_value_fault(version, flag, value)
    if fault:
        message = f"{runs} does not start with --{flag}={value}"
        return Problem(option, message=message, hint=fault)
    if flags.understands(version, flag):
        return None
    known = flags.FLAGS.get(flags.resolve_name(flag))
    hint = "see alertmanager --help for those it has"
    if known:
        hint = f"attach an image of {format_version(known.since)} or later"
    return Problem(option, message=f"{runs} has no flag --{flag}", hint=hint)


def _judge_feature(version: Version, feature: str) -> Optional[Problem]:
    has_flag = flags.understands(version, "enable-feature")
    if not (has_flag and flags.lacks_feature(version, feature)):
        return None
    known = flags.KNOWN_FEATURES[feature]
    hint = f"it is there since {format_version(known.since)}"
    if known.until:
        hint += f", before {format_version(known.until)}"
    message = f"Alertmanager {format_version(version)} has no feature {feature}"
    return Problem("additional-args", message=message, hint=hint)


PARSERS: Dict[str, Callable[[Any], Any]] = {
    "alertmanager-config": option_parsers.decode_file_text,
    "alertmanager-secrets": option_parsers.decode_file_text,
    "templates": option_parsers.parse_templates,
    "secret-files": option_parsers.parse_files,
    "external-url": option_parsers.parse_external_url,
    "external-labels": option_parsers.parse_external_labels,
    "log-level": option_parsers.one_of("debug", "info", "warn", "error"),
    "log-format": option_parsers.one_of("logfmt", "json"),
    "data-retention": option_parsers.parse_duration,
    "cluster-label": option_parsers.parse_cluster_label,
    "cluster-reconnect-timeout": option_parsers.parse_duration,
    "cluster-peers": option_parsers.parse_peers,
    "tls-cert": option_parsers.parse_certificates,
    "tls-key": option_parsers.parse_private_key,
    "web-users": option_parsers.parse_web_users,
    "config-reload": option_parsers.one_of("reload", "restart"),
    "strict-config": bool,
    "additional-args": option_parsers.parse_additional_args,
}
