"""What goes over the relation, as typed values: no hook tool, no framework, no I/O.

Every Alertmanager unit writes the same facts in several ways, one for each kind of consumer that
is in use; the README has the table. Nothing secret is among them: a relation is readable by every
unit of both applications and by anyone who may run ``juju show-unit``.
"""

import json
import re
from dataclasses import dataclass, field
from typing import Any, Dict, List, Mapping, Optional, Tuple
from urllib.parse import urlsplit

KEYS = (
    "url",
    "public_address",
    "scheme",
    "hostname",
    "port",
    "alerting_config",
    "external_labels",
    "ca",
    "server_name",
    "login",
)
"""The keys of a unit's databag that are this interface's; no other is ever written."""

_PORTS = {"http": 80, "https": 443}
_HOST = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9._-]*[A-Za-z0-9_.])?|[0-9A-Fa-f.]*:[0-9A-Fa-f:.]*")
_PATH = re.compile(r"(?:/[A-Za-z0-9._~!$&'()*+,;=:%-]+)*")
_LABEL = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


class DecodeError(ValueError):
    """A databag holds something that is not an Alertmanager; says which key and why."""


@dataclass(frozen=True, order=True)
class Address:
    """Where one Alertmanager, or all of an application's, can be reached.

    scheme: ``http`` or ``https``.
    host: a DNS name or an IP address, without brackets.
    port: 1 to 65535.
    path: the route prefix, ``/alerts``; empty for none, never with a slash at its end.

    Raises DecodeError if it is none of that.
    """

    scheme: str
    host: str
    port: int
    path: str = ""

    def __post_init__(self):
        if self.scheme not in _PORTS:
            raise DecodeError(f"scheme is not http or https: {self.scheme!r:.60}")
        if not _HOST.fullmatch(self.host):
            raise DecodeError(f"not a host name or IP address: {self.host!r:.60}")
        if not 0 < self.port < 65536:
            raise DecodeError(f"not a port: {self.port!r:.60}")
        if not _PATH.fullmatch(self.path):
            raise DecodeError(f"not a path: {self.path!r:.60}")

    @classmethod
    def parse(cls, url: str) -> "Address":
        """Read an address from a URL; a port that it lacks follows from its scheme.

        Raises DecodeError, which does not repeat credentials that the URL may contain.
        """
        if "@" in url:
            raise DecodeError("a URL with credentials")
        try:
            parts = urlsplit(url.strip())
            port = parts.port
        except ValueError:
            raise DecodeError(f"not a URL: {url!r:.60}") from None
        if parts.query or parts.fragment or not parts.hostname:
            raise DecodeError(f"not the URL of an Alertmanager: {url!r:.60}")
        if port is None:
            port = _PORTS.get(parts.scheme, 0)
        return cls(parts.scheme, parts.hostname, port, parts.path.rstrip("/"))

    @property
    def target(self) -> str:
        """``host:port``, as Prometheus lists it."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def url(self) -> str:
        """``http://host:port/path``."""
        return f"{self.scheme}://{self.target}{self.path}"


@dataclass(frozen=True)
class Published:
    """What one unit of an Alertmanager tells those that are related to it.

    address: where this unit's own Alertmanager is reached, never a load balancer's address:
        Prometheus has to send every alert to every Alertmanager of a cluster.
    headless: the DNS name that yields the addresses of all units, for consumers that resolve it
        themselves; empty if there is none.
    external_labels: labels that Prometheus shall attach to the alerts that it sends here.
    ca: the certificates, PEM, that a client of an https address has to trust; empty if it is one
        that everybody trusts.
    server_name: the name in the server's certificate, if it is another one than the address's.
    login: whether it asks for a user and a password, which nothing here says.

    Raises DecodeError if a value could not be understood by who receives it.
    """

    address: Address
    headless: str = ""
    external_labels: Mapping[str, str] = field(default_factory=dict)
    ca: str = ""
    server_name: str = ""
    login: bool = False

    def __post_init__(self):
        _check_labels(self.external_labels)
        _check_ca(self.ca)
        for host in (self.headless, self.server_name):
            if host and not _HOST.fullmatch(host):
                raise DecodeError(f"not a host name: {host!r:.60}")


@dataclass(frozen=True)
class Alertmanager:
    """One Alertmanager that a related unit has published.

    unit: the Juju unit that published it, ``alertmanager/0``.
    The other fields are those of Published.
    """

    unit: str
    address: Address
    external_labels: Mapping[str, str] = field(default_factory=dict)
    ca: str = ""
    server_name: str = ""
    login: bool = False

    @property
    def application(self) -> str:
        """The Juju application that the unit belongs to."""
        return self.unit.split("/")[0]

    @property
    def url(self) -> str:
        """``http://host:port/path``."""
        return self.address.url


def encode(published: Published) -> Dict[str, str]:
    """Return what a unit writes into its databag: keys out of KEYS, no empty values."""
    address = published.address
    bag = {
        "url": address.url,
        "public_address": f"{address.target}{address.path}",
        "scheme": address.scheme,
        "hostname": address.host,
        "port": str(address.port),
        "alerting_config": dump(whole_application(published)),
        "external_labels": dump(dict(published.external_labels))
        if published.external_labels
        else "",
        "ca": published.ca,
        "server_name": published.server_name,
        "login": "basic" if published.login else "",
    }
    return {key: value for key, value in bag.items() if value}


def whole_application(published: Published) -> Dict[str, Any]:
    """Return an ``alerting`` object that is the same from every unit of an application.

    Who reads it keeps one unit's and drops the others', so it must not be about one unit. The
    path of a certificate on the consumer's disk is unknown here.
    """
    address = published.address
    entry = make_entry(address)
    if published.headless:
        entry["dns_sd_configs"] = [
            {"names": [published.headless], "type": "A", "port": address.port}
        ]
    else:
        entry["static_configs"] = [{"targets": [address.target]}]
    if address.scheme == "https" and published.server_name:
        entry["tls_config"] = {"server_name": published.server_name}
    section: Dict[str, Any] = {"alertmanagers": [entry]}
    if published.external_labels:
        section["alert_relabel_configs"] = make_relabelling(published.external_labels)
    return section


def decode(unit: str, bag: Mapping[str, str]) -> Optional[Alertmanager]:
    """Return the Alertmanager that a unit published, None if it has not published one yet.

    unit: the unit's name.
    bag: its databag; keys that are not this interface's are ignored.

    Of an address given in several ways the richest counts: ``url``, then ``public_address`` with
    ``scheme``, then ``hostname`` with ``port``. Raises DecodeError.
    """
    values = {key: (bag.get(key) or "").strip() for key in KEYS}
    scheme = values["scheme"] or "http"
    if values["url"]:
        address = _decode_url("url", values["url"])
    elif values["public_address"]:
        address = _decode_url("public_address", f"{scheme}://{values['public_address']}")
    elif values["hostname"] and values["port"]:
        host = values["hostname"]
        host = f"[{host}]" if ":" in host else host
        address = _decode_url("hostname", f"{scheme}://{host}:{values['port']}")
    else:
        return None
    labels = values["external_labels"]
    if values["server_name"] and not _HOST.fullmatch(values["server_name"]):
        raise DecodeError(f"server_name: not a host name: {values['server_name']!r:.60}")
    return Alertmanager(
        unit=unit,
        address=address,
        external_labels=_decode_labels(labels) if labels else {},
        ca=_check_ca(values["ca"]),
        server_name=values["server_name"],
        login=bool(values["login"]),
    )


def by_unit(alertmanager: Alertmanager) -> Tuple[str, int, str, Address]:
    """Return what Alertmanagers are sorted by: application, number of the unit, address."""
    number = alertmanager.unit.rpartition("/")[2]
    return (
        alertmanager.application,
        int(number) if number.isdigit() else 0,
        alertmanager.unit,
        alertmanager.address,
    )


def make_entry(address: Address) -> Dict[str, Any]:
    """Return the beginning of an entry of ``alertmanagers``."""
    return {"scheme": address.scheme, "path_prefix": address.path or "/"}


def make_relabelling(labels: Mapping[str, str]) -> List[Dict[str, str]]:
    """Return the relabelling that sets labels; in a replacement ``$`` starts a reference."""
    return [
        {"target_label": name, "replacement": value.replace("$", "$$")}
        for name, value in sorted(labels.items())
    ]


def _decode_url(key: str, url: str) -> Address:
    try:
        return Address.parse(url)
    except DecodeError as error:
        raise DecodeError(f"{key}: {error}") from None


def _decode_labels(text: str) -> Dict[str, str]:
    try:
        labels = json.loads(text, parse_int=float)  # int takes minutes for a megabyte
    except (ValueError, RecursionError):
        raise DecodeError("external_labels: not JSON") from None
    _check_labels(labels)
    return labels


def _check_labels(labels: Any) -> None:
    if not isinstance(labels, Mapping):
        raise DecodeError("external_labels: not a mapping of names to values")
    for name, value in labels.items():
        if not isinstance(name, str) or not _LABEL.fullmatch(name) or name.startswith("__"):
            raise DecodeError(f"external_labels: not the name of a label: {name!r:.60}")
        if not isinstance(value, str):
            raise DecodeError(f"external_labels: the value of {name} is not a text")


def _check_ca(text: str) -> str:
    """Return the certificates in a text, stripped; refuse a private key, or no PEM at all.

    A key that somebody put there by mistake must neither be spread nor be passed on.
    """
    inside = False
    for line in text.splitlines():
        if line.startswith("-----"):
            if line.strip() != f"-----{'END' if inside else 'BEGIN'} CERTIFICATE-----":
                raise DecodeError("ca: holds something else than certificates")
            inside = not inside
    if inside or (text.strip() and "-----BEGIN" not in text):
        raise DecodeError("ca: not certificates in PEM form")
    return text.strip()


def dump(value: Any) -> str:
    """Return a value as JSON, equal for equal values."""
    return json.dumps(value, sort_keys=True)
