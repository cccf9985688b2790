"""URLs and host:port pairs, read as Go's net/url and net packages read them."""

import ipaddress
import re
from typing import List, Tuple

from ..problem import Fault
from ..version import since

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_SCHEME = re.compile(r"(?:([A-Za-z][A-Za-z0-9+.-]*):)?([^?]*)")
_HOST = re.compile(r"(\[.*\]|(?!\[)(?:.*(?=:)|[^:]*))(.*)", re.DOTALL)
# Named, as all others but those beyond ASCII take milliseconds to compile.
_NOT_IN_HOST = re.compile(r"[\x00-\x20#/?@\\^`{|}\x7f]")
_NOT_IN_USER = re.compile(r"[^A-Za-z0-9\-._:~!$&'()*+,;=%@]")
_BAD_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
# In a host only non-ASCII bytes, and % itself, may be escaped.
_BAD_HOST_ESCAPE = re.compile(r"%(?!25|[89A-Fa-f][0-9A-Fa-f])")
_PORT = re.compile(r"(?::[0-9]*)?\Z")

# Go 1.26, which first built Alertmanager 0.32, refuses http://[a]:80 and http://a:80:80.
_STRICT_HOSTS = since(32)

_HALF_ESCAPE = "has a % without two hexadecimal digits after it"

# Whether something is wrong, and what that is called.
_Check = Tuple[object, str]


def find_url_faults(text: str, any_scheme: bool = False) -> List[Fault]:
    """Say what is wrong with a URL; [] if Alertmanager can use it.

    any_scheme: take any scheme, none, or none but a path, as ``proxy_url`` does; otherwise only
        http:// and https:// with a host, as Alertmanager's own URL type does.
    """
    url, _, fragment = text.partition("#")
    scheme, rest = _SCHEME.match(url).groups("")
    is_rooted = rest.startswith("/")
    authority, path = "", rest
    if scheme and not is_rooted:
        path = ""  # what Go calls opaque, as in mailto:x; nothing in it is looked at
    elif rest.startswith("//") and (scheme or not rest.startswith("///")):
        authority, _, path = rest[2:].partition("/")
    user, _, host = authority.rpartition("@")
    match = _HOST.match(host)
    name, port = match.groups() if match else ("", "")
    # An IPv6 zone takes any escape.
    name = name.partition("%25")[0] if name.startswith("[") else name
    has_odd_name = _NOT_IN_HOST.search(name) or _BAD_HOST_ESCAPE.search(name)
    is_http = scheme.lower() in ("http", "https")
    has_colon_first = not scheme and not is_rooted and ":" in rest.partition("/")[0]
    faults = _find_first(
        (_CONTROL.search(url), "has a control character, such as a line break"),
        (_BAD_ESCAPE.search(fragment), _HALF_ESCAPE),
        (url.startswith(":"), "begins with a colon"),
        (not (any_scheme or is_http), "must begin with http:// or https://"),
        (has_colon_first, "has a colon in its first part"),
        (
            _NOT_IN_USER.search(user) or _BAD_ESCAPE.search(user),
            "has a user or password with characters that must be escaped, such as %40 for @",
        ),
        (match is None, "has a [ without ] in its host"),
        (not _PORT.match(port), "has a port that is not a number"),
        (has_odd_name, "has a character in its host that no host has"),
        (_BAD_ESCAPE.search(path), _HALF_ESCAPE),
        (not host and not any_scheme, "has no host"),
    )
    if not faults and _is_loose(host):
        message = "has [ ] in its host around something other than an IPv6 address"
        return [Fault(message, _STRICT_HOSTS, official=True)]
    if not faults and "[" not in host and host.count(":") > 1 and is_http:
        return [Fault("has two colons in its host", _STRICT_HOSTS, official=True)]
    return faults


def write_as_go(text: str) -> str:
    """Give a sound URL as Go writes what it has read: to compare it with another one."""
    scheme, colon, rest = text.partition(":")
    # An empty fragment is none.
    return scheme.lower() + colon + (rest[:-1] if rest.find("#") == len(rest) - 1 else rest)


def _find_first(*checks: _Check) -> List[Fault]:
    return next(([Fault(message)] for is_wrong, message in checks if is_wrong), [])


def _is_loose(host: str) -> bool:
    """Whether only older versions of Go take this for a host with an IPv6 address."""
    if not host.startswith("["):
        return "[" in host
    try:
        ipaddress.IPv6Address(host[1 : host.rfind("]")].partition("%25")[0])
    except ValueError:
        return True
    return False


def find_host_port_faults(text: str) -> List[Fault]:
    """Say what is wrong with a host:port pair. An empty text counts as not set."""
    host, colon, port = text.rpartition(":")
    if not text:
        return []
    if not colon:
        return [Fault("needs a port, as in mail.example.org:587")]
    checks: Tuple[_Check, ...] = (
        (":" in host, "has two colons; put an IPv6 address in [ ]"),
        ("[" in text or "]" in text, "has a bracket where none may be"),
    )
    if text.startswith("["):
        end = text.find("]")
        checks = (
            (end < 0, "has a [ without ]"),
            (end + 1 != len(host), "needs a port after the ], as in [::1]:587"),
            ("[" in text[1:] or "]" in text[end + 1 :], "has a bracket too many"),
        )
    return _find_first(*checks, (not port, "needs a port after the colon"))
