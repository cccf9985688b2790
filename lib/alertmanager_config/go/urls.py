"""URLs and host:port pairs, read as Go's net/url and net packages read them."""

import ipaddress
import re
from typing import List, Tuple

from ..version import since
from .fault import Fault

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_NOT_IN_HOST = re.compile(r"[^A-Za-z0-9\-_.~!$&'()*+,;=:\[\]<>\"%\x80-\U0010ffff]")
_USER = re.compile(r"[A-Za-z0-9\-._:~!$&'()*+,;=%@]*\Z")
_BAD_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
# In a host only non-ASCII bytes, and % itself, may be escaped.
_BAD_HOST_ESCAPE = re.compile(r"%(?!25|[89A-Fa-f][0-9A-Fa-f])")
_PORT = re.compile(r"(?::[0-9]*)?\Z")

# Go 1.26, which first built Alertmanager 0.32, refuses http://[a]:80.
_STRICT_HOSTS = since(32)


def find_url_faults(text: str, any_scheme: bool = False) -> List[Fault]:
    """Say what is wrong with a URL; [] if Alertmanager can use it.

    any_scheme: take any scheme, none, or none but a path, as ``proxy_url`` does; otherwise only
        http:// and https:// with a host, as Alertmanager's own URL type does.
    """
    text, _, fragment = text.partition("#")
    if _CONTROL.search(text):
        return [Fault("has a control character, such as a line break")]
    if _BAD_ESCAPE.search(fragment):
        return [Fault("has a % without two hexadecimal digits after it")]
    scheme, rest, wrong = _scheme(text)
    if wrong:
        return [Fault(wrong)]
    if not any_scheme and scheme not in ("http", "https"):
        return [Fault("must begin with http:// or https://")]
    return _after_scheme(scheme, rest.partition("?")[0], any_scheme)


def _scheme(text: str) -> Tuple[str, str, str]:
    """Split off the scheme; give (scheme, rest, what is wrong)."""
    match = _SCHEME.match(text)
    if match:
        return match.group(1).lower(), text[match.end() :], ""
    if text.startswith(":"):
        return "", text, "begins with a colon"
    return "", text, ""


def _after_scheme(scheme: str, rest: str, any_scheme: bool) -> List[Fault]:
    faults: List[Fault] = []
    host = ""
    if not rest.startswith("/"):
        if not scheme and ":" in rest.partition("/")[0]:
            return [Fault("has a colon in its first part")]
        if scheme:
            # What Go calls opaque, as in mailto:x; nothing in it is looked at.
            return [] if any_scheme else [Fault("has no host")]
    elif rest.startswith("//") and (scheme or not rest.startswith("///")):
        authority, slash, path = rest[2:].partition("/")
        rest = slash + path
        user, _, host = authority.rpartition("@")
        wrong = _wrong_user(user) or _wrong_host(host)
        if wrong:
            return [Fault(wrong)]
        if _is_loose(host):
            message = "has [ ] in its host around something other than an IPv6 address"
            faults.append(Fault(message, _STRICT_HOSTS, official=True))
    if _BAD_ESCAPE.search(rest):
        return [Fault("has a % without two hexadecimal digits after it")]
    if not host and not any_scheme:
        return [Fault("has no host")]
    return faults


def _wrong_user(user: str) -> str:
    if not _USER.match(user) or _BAD_ESCAPE.search(user):
        return "has a user or password with characters that must be escaped, such as %40 for @"
    return ""


def _wrong_host(host: str) -> str:
    if host.startswith("["):
        end = host.rfind("]")
        if end < 0:
            return "has a [ without ] in its host"
        name, port = host[: end + 1], host[end + 1 :]
        zone = name.find("%25")
        if zone >= 0:
            # An IPv6 zone takes any escape.
            return _wrong_port(port) or _wrong_name(name[:zone] + "]")
    else:
        colon = host.rfind(":")
        name, port = (host, "") if colon < 0 else (host[:colon], host[colon:])
    return _wrong_port(port) or _wrong_name(name)


def _is_loose(host: str) -> bool:
    """Whether only older versions of Go take this for a host with an IPv6 address."""
    if not host.startswith("["):
        return "[" in host
    try:
        ipaddress.IPv6Address(host[1 : host.rfind("]")].partition("%25")[0])
    except ValueError:
        return True
    return False


def _wrong_port(port: str) -> str:
    return "" if _PORT.match(port) else "has a port that is not a number"


def _wrong_name(name: str) -> str:
    if _NOT_IN_HOST.search(name) or _BAD_HOST_ESCAPE.search(name):
        return "has a character in its host that no host has"
    return ""


def find_host_port_faults(text: str) -> List[Fault]:
    """Say what is wrong with a host:port pair. An empty text counts as not set."""
    host, colon, port = text.rpartition(":")
    message = ""
    if not text:
        return []
    if not colon:
        message = "needs a port, as in mail.example.org:587"
    elif text.startswith("["):
        message = _wrong_brackets(text, len(host))
    elif ":" in host:
        message = "has two colons; put an IPv6 address in [ ]"
    elif "[" in text or "]" in text:
        message = "has a bracket where none may be"
    if not message and not port:
        message = "needs a port after the colon"
    return [Fault(message)] if message else []


def _wrong_brackets(text: str, colon: int) -> str:
    """Judge what begins with a [; colon is the place of the last colon."""
    end = text.find("]")
    if end < 0:
        return "has a [ without ]"
    if end + 1 != colon:
        return "needs a port after the ], as in [::1]:587"
    return "has a bracket too many" if "[" in text[1:] or "]" in text[end + 1 :] else ""
