"""What each kind of value that an option may hold means.

A parser takes the option's value and returns what it means, or raises BadOption.
"""

import base64
import json
import re
import shlex
from typing import Callable, Dict, Tuple
from urllib.parse import quote, unquote, urlsplit

from alertmanager_config import command_line_flags as flags
from alertmanager_config.go import durations
from alertmanager_config.yaml import nodes, reader

from . import charm_user, pem

DIRECTORY = "/etc/alertmanager"
CONFIG_FILE = "alertmanager.yml"
WEB_FILE = "web.yml"
# What templates/login_probe.sh logs in with.
LOGIN_FILE = "charm-login.yml"
# What belongs to the web port, and so to the command line and the probes, rather than to routing.
WEB_FILES = frozenset({WEB_FILE, LOGIN_FILE, "tls.crt", "tls.key"})

# memberlist gives the length of a label one byte.
_LONGEST_CLUSTER_LABEL = 255
LONGEST_URL = 2048
_BASE64 = re.compile(r"[A-Za-z0-9+/]+={0,2}")
_FILE_NAME = re.compile(r"[A-Za-z0-9_][-._A-Za-z0-9]{0,252}")
_LABEL_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_BCRYPT = re.compile(r"\$2[abxy]\$(0[4-9]|[12][0-9]|3[01])\$[./A-Za-z0-9]{53}")
_HOST_PORT = re.compile(
    r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9]([-.A-Za-z0-9]*[A-Za-z0-9])?):([0-9]{1,5})"
)
_BEGINS_MAPPING = re.compile(r"""(\{\s*)?["']?[^\s{}"':#]+\.tmpl["']?\s*:""")
OWN_FLAGS = {
    "cluster.advertise-address": "",
    "cluster.label": "cluster-label",
    "cluster.listen-address": "",
    "cluster.peer": "cluster-peers",
    "cluster.peer-name": "",
    "cluster.reconnect-timeout": "cluster-reconnect-timeout",
    "config.file": "alertmanager-config",
    "data.retention": "data-retention",
    "help": "",
    "log.format": "log-format",
    "log.level": "log-level",
    "storage.path": "",
    "version": "",
    "web.config.file": "tls-cert, tls-key or web-users",
    "web.external-url": "external-url",
    "web.listen-address": "",
    "web.route-prefix": "external-url",
    "web.systemd-socket": "",
}
"""Flags that the charm sets itself, and the option by which the operator has it do so, if any."""
_FLAG = re.compile(r"--([a-z0-9][-.a-z0-9]*)(=.*)?", re.DOTALL)


class BadOption(Exception):
    """An option's value cannot be used; the arguments are Problem's message, hint and line."""

    def __init__(self, message: str, hint: str = "", line: int = 0):
        super().__init__(message)
        self.message, self.hint, self.line = message, hint, line


def decode_file_text(value: str) -> str:
    """Return the file's text.

    value: plain text, or base64 of it with or without line breaks: UTF-8, or UTF-16 with a byte
    order mark. No file that an option may hold consists of base64's letters alone: YAML mappings
    have a colon, PEM has dashes.
    """
    packed = "".join(value.split())
    if not packed or len(packed) % 4 or not _BASE64.fullmatch(packed):
        return value
    try:
        return reader.decode(base64.b64decode(packed, validate=True))
    except ValueError:
        return value


def one_of(*choices: str) -> Callable[[str], str]:
    """Make a parser that takes these words alone."""

    def parser(value: str) -> str:
        value = value.strip()  # from a file it comes with a line break
        if value not in choices:
            raise BadOption(f"{value!r} is not a choice", "choose " + " or ".join(choices))
        return value

    return parser


def parse_duration(value: str) -> str:
    """Read a duration as Go's time.ParseDuration does: no unit above the hour."""
    value = value.strip()
    if durations.parse_go(value) is None or value.startswith(("-", "+")):
        hint = "write one like 120h, 90m or 1h30m, of at most 292 years"
        raise BadOption(f"{value!r} is not a duration", hint)
    return value


def parse_cluster_label(value: str) -> str:
    """Read a label that all packets between members carry."""
    value = value.strip()
    length = len(value.encode())
    if length > _LONGEST_CLUSTER_LABEL:
        raise BadOption(f"has {length} bytes", f"shorten it to {_LONGEST_CLUSTER_LABEL} at most")
    if not value.isprintable():
        raise BadOption("has a character that cannot be printed", "leave it out")
    return value


def _parse_mapping(value: str) -> Dict[str, str]:
    """Read a YAML (or JSON) mapping of strings to strings, whose values may be secret."""
    document = reader.parse_yaml(decode_file_text(value), "")
    for problem in document.problems:
        raise BadOption(problem.message, problem.hint, problem.line)
    mapping = document.plain()
    if not isinstance(mapping, dict):
        raise BadOption("must be a mapping", "write NAME: VALUE, one a line")
    for name, text in mapping.items():
        if not isinstance(text, str):
            raise BadOption(f"the value of {name} must be text", "put it in quotes")
    return mapping


def parse_files(value: str) -> Tuple[Tuple[str, str], ...]:
    """Read a mapping of flat file names to contents, sorted by name."""
    mapping = _parse_mapping(value)
    for name, content in mapping.items():
        if not _FILE_NAME.fullmatch(name):
            hint = "use letters, digits, dots, dashes and underscores; no folders"
            raise BadOption(f"{name!r} cannot be a file name", hint)
        if name in {CONFIG_FILE, *WEB_FILES}:
            raise BadOption(f"{name} is the charm's own file", "choose another name")
        if not content:
            raise BadOption(f"{name} is empty", "give it a content or leave it out")
    return tuple(sorted(mapping.items()))


def parse_templates(value: str) -> Tuple[Tuple[str, str], ...]:
    """Read one template file, or a mapping of several, in any spelling of YAML or JSON."""
    text = decode_file_text(value)
    if not _maps_templates(text):
        return (("templates.tmpl", text),)
    named = parse_files(text)
    for name, _ in named:
        if not name.endswith(".tmpl"):
            hint = f"call it {name}.tmpl"
            raise BadOption(f"the file name {name} does not end in .tmpl", hint)
    return named


def _maps_templates(text: str) -> bool:
    """Tell a mapping of file names from the text of one file, whatever that looks like."""
    root = reader.parse_yaml(text, "").root
    if root is not None:
        keys = root.keys if isinstance(root, nodes.Mapping) else ()
        # What has blanks or tags in front of the name is a sentence, or a comment of HTML.
        return any(re.fullmatch(r"[^\s<>]+\.tmpl", key) for key in keys)
    # What is no YAML is a template, unless it begins like a mapping that has a mistake in it.
    lines = (line.strip() for line in text.splitlines())
    first = next((line for line in lines if line and not line.startswith(("#", "---"))), "")
    return bool(_BEGINS_MAPPING.match(first))


def parse_external_url(value: str) -> str:
    """Read an http or https URL as Go's net/url does, and write it as Alertmanager listens to it.

    It loses the slash at its end, and characters that stand in no URL are escaped.
    """
    value = value.strip()
    if len(value) > LONGEST_URL:
        raise BadOption(f"has {len(value)} characters", f"shorten it to {LONGEST_URL} at most")
    # Python's urlsplit drops line breaks and tabs without a word.
    if re.search(r"[\x00-\x1f\x7f]", value):
        raise BadOption("has a control character, such as a line break", "leave it out")
    hint = "write one like https://alerts.example.com/am"
    try:
        url = urlsplit(value)
        port_is_sound = url.port is None or url.port > 0
    except ValueError:
        raise BadOption("is not a URL", hint) from None
    host = re.compile(r"([^@]*@)?([-.0-9A-Za-z]+|\[[0-9A-Fa-f:.]+\])(:[0-9]*)?")
    host_is_sound = host.fullmatch(url.netloc)
    if url.scheme not in ("http", "https") or not host_is_sound or not port_is_sound:
        raise BadOption("is not an http or https URL", hint)
    if "?" in value or "#" in value or url.username is not None:
        hint = "leave only scheme, host, port and path"
        raise BadOption("has a query, a fragment or a user", hint)
    return f"{url.scheme}://{url.netloc}{_prefix(url.path.rstrip('/'))}"


def _prefix(path: str) -> str:
    """Return a path below which Alertmanager can serve, with what needs it escaped."""
    if re.search("%(?![0-9A-Fa-f]{2})", path):
        raise BadOption("has a % in its path that is not an escape", "write %25 for it")
    hint = "use letters, digits, - . _ ~ and /"
    try:
        plain = unquote(path, errors="strict")
    except UnicodeDecodeError:
        raise BadOption("has escapes in its path that are not UTF-8", hint) from None
    parts = plain.split("/")[1:]
    # Its routers give : * { } and blanks a meaning of their own, and may crash; Go cleans paths.
    unfit = re.search(r"[\x00-\x1f\x7f:*{}\s]|%2[Ff]", plain + path)
    # Some versions undo escapes once more when they look for the path of their API.
    if {"", ".", ".."} & set(parts) or unfit or re.search("%[0-9A-Fa-f]{2}", plain):
        raise BadOption("has a path that cannot be a prefix", hint)
    # As Go writes a path: it does not find its API below one that is escaped otherwise.
    return quote(plain, safe="/-._~$&+,;=@")


def parse_external_labels(value: str) -> Tuple[Tuple[str, str], ...]:
    """Read a JSON mapping of label names to values, sorted by name."""
    hint = 'write it like {"region": "eu"}'
    try:
        labels = json.loads(value, parse_int=float)  # int takes minutes for a megabyte
    except ValueError as error:
        raise BadOption(f"is not JSON ({error})", hint) from None
    except RecursionError:
        raise BadOption("is nested too deeply", hint) from None
    if not isinstance(labels, dict):
        raise BadOption("is not a JSON mapping", hint)
    for name, text in labels.items():
        if not _LABEL_NAME.fullmatch(name) or name.startswith("__"):
            raise BadOption(
                f"{name!r} cannot be a label's name",
                "use letters, digits and underscores, no digit first, not two underscores first",
            )
        if not isinstance(text, str) or not text:
            raise BadOption(f"the value of label {name} must be text", "write it in quotes")
    return tuple(sorted(labels.items()))


def parse_peers(value: str) -> Tuple[str, ...]:
    """Read a list of HOST:PORT."""
    addresses = tuple(value.replace(",", " ").split())
    for peer in addresses:
        found = _HOST_PORT.fullmatch(peer)
        if "@" in peer:
            raise BadOption("has a user before a host", "leave it out")
        if not found or not 0 < int(found.group(3)) < 1 << 16:
            raise BadOption(f"{peer!r} is not HOST:PORT", "write it like am.example.com:9094")
    return addresses


def parse_certificates(value: str) -> str:
    """Read PEM text: the server's certificate, then those between it and its authority.

    They are passed on to whoever has to trust them, so a private key beside them, as in files
    that other servers take, is refused, and what stands between them is left out.
    """
    blocks = pem.read_blocks(decode_file_text(value))
    if any(kind.endswith("PRIVATE KEY") for kind, _ in blocks):
        raise BadOption("holds a private key, too", "move the key into tls-key")
    texts = [text for kind, text in blocks if kind == "CERTIFICATE"]
    if not texts:
        raise BadOption("holds no PEM certificate", "give PEM text, or base64 of it")
    return "".join(texts)


def parse_private_key(value: str) -> str:
    """Read PEM text with a private key that needs no passphrase."""
    blocks = pem.read_blocks(decode_file_text(value))
    texts = [text for kind, text in blocks if kind.endswith("PRIVATE KEY")]
    if not texts:
        raise BadOption("holds no PEM private key", "give PEM text, or base64 of it")
    if "ENCRYPTED" in texts[0]:
        raise BadOption("is encrypted", "give the key without a passphrase")
    return texts[0]


def parse_web_users(value: str) -> Tuple[Tuple[str, str], ...]:
    """Read a mapping of user names to bcrypt hashes, sorted by name."""
    users = _parse_mapping(value)
    for name, password in users.items():
        if not name or ":" in name:
            raise BadOption(f"{name!r} cannot be a user's name", "leave out colons")
        if name == charm_user.USER:
            raise BadOption(f"{name} is the charm's own user", "choose another name")
        if not _BCRYPT.fullmatch(password):
            raise BadOption(
                f"the password of {name} is not a bcrypt hash",
                "put what htpasswd -nbBC 10 NAME PASSWORD prints behind the colon",
            )
    return tuple(sorted(users.items()))


def parse_additional_args(value: str) -> Tuple[str, ...]:
    """Read command line flags, each of which the charm leaves to the operator."""
    try:
        args = tuple(shlex.split(value))
    except ValueError as error:
        raise BadOption(f"cannot be split into words ({error})", "close every quote") from None
    seen = set()
    for arg in args:
        if not arg.isprintable():
            raise BadOption("has a character that cannot be printed", "leave it out")
        name = _check_flag(arg)
        if name in seen:
            raise BadOption(f"--{name} is given twice", "give it once")
        seen.add(name)
    return args


def _check_flag(arg: str) -> str:
    """Return the name of the flag that an argument sets."""
    found = _FLAG.fullmatch(arg)
    if not found:
        raise BadOption("has a word that is not --flag or --flag=value", "write each in one word")
    name = flags.resolve_name(found.group(1))
    flag = flags.FLAGS.get(name)
    if name in OWN_FLAGS:
        hint = f"use {OWN_FLAGS[name]}" if OWN_FLAGS[name] else "leave it out"
        raise BadOption(f"--{name} is set by the charm", hint)
    value = found.group(2)
    if flag and not flags.is_valid_value(found.group(1), value[1:] if value else None):
        raise BadOption(f"--{name} has a value that it does not take", f"it takes {flag.value}")
    return name
