"""What goes over the relation, as typed values: no hook tool, no framework, no I/O.

Every Alertmanager unit writes the same facts in several ways, one for each kind of consumer that
is in use; the README has the table. Nothing secret is among them: a relation is readable by every
unit of both applications and by anyone who may run ``juju show-unit``.
"""

import json
import re
from dataclasses import dataclass, field
from typing import Any, Dict, Iterable, List, Mapping, Optional, Sequence, Tuple
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

PER_ALERTMANAGER_LABELS = (3, 7)
"""The first Prometheus whose alert_relabel_configs inside an alertmanagers entry change only the
alerts sent to that entry's Alertmanagers. They exist since 2.51, but until 3.6 what one entry
changed was sent to the entries after it as well, in no fixed order
(github.com/prometheus/prometheus/pull/17063)."""

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
        "alerting_config": _dump(whole_application(published)),
        "external_labels": _dump(dict(published.external_labels))
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
    entry = _entry(address)
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
        section["alert_relabel_configs"] = _relabelling(published.external_labels)
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


def alerting_config(
    alertmanagers: Iterable[Alertmanager],
    ca_file: str = "",
    basic_auth: Optional[Mapping[str, str]] = None,
    prometheus: Sequence[int] = (),
) -> Dict[str, Any]:
    """Return the ``alerting:`` section of prometheus.yml that reaches all Alertmanagers.

    ca_file: where Prometheus finds the text that ca_bundle() returns.
    basic_auth: the ``basic_auth`` of every entry, as prometheus.yml has it.
    prometheus: the version of Prometheus, for example (3, 7, 1), if known.

    Labels that the applications agree on, or that only one asks for, are attached to every alert.
    If two want a label to have different values, each gets its own from PER_ALERTMANAGER_LABELS
    on; for an older or unknown Prometheus, where that cannot be said, nobody gets that label (see
    conflicting_labels).
    """
    ordered = sorted(alertmanagers, key=by_unit)
    wanted = _labels_by_application(ordered)
    exact = tuple(prometheus) >= PER_ALERTMANAGER_LABELS and len(_distinct(wanted.values())) > 1
    groups: Dict[str, Dict[str, Any]] = {}
    for alertmanager in ordered:
        entry = _client(alertmanager, ca_file, basic_auth)
        if exact and wanted[alertmanager.application]:
            entry["alert_relabel_configs"] = _relabelling(wanted[alertmanager.application])
        group = groups.setdefault(_dump(entry), {**entry, "static_configs": [{"targets": []}]})
        targets = group["static_configs"][0]["targets"]
        if alertmanager.address.target not in targets:
            targets.append(alertmanager.address.target)
    section: Dict[str, Any] = {}
    labels = {} if exact else _agreed_labels(wanted.values())
    if labels:
        section["alert_relabel_configs"] = _relabelling(labels)
    if groups:
        section["alertmanagers"] = [groups[key] for key in sorted(groups)]
    return section


def ca_bundle(alertmanagers: Iterable[Alertmanager]) -> str:
    """Return the certificates to trust, PEM, each text once; empty if none is needed."""
    texts = _distinct(
        one.ca for one in sorted(alertmanagers, key=by_unit) if one.address.scheme == "https"
    )
    return "".join(f"{text}\n" for text in texts if text)


def conflicting_labels(alertmanagers: Iterable[Alertmanager]) -> Tuple[str, ...]:
    """Return the names of labels that applications want to have different values, sorted."""
    wanted = _labels_by_application(sorted(alertmanagers, key=by_unit)).values()
    return tuple(sorted({key for each in wanted for key in each} - set(_agreed_labels(wanted))))


def _labels_by_application(ordered: Iterable[Alertmanager]) -> Dict[str, Mapping[str, str]]:
    """Return what each application wants: what the first of its units says.

    While an option is being changed the units differ for a moment. Alertmanagers of one cluster
    must receive equal alerts all the same, or they notify twice.
    """
    wanted: Dict[str, Mapping[str, str]] = {}
    for alertmanager in ordered:
        wanted.setdefault(alertmanager.application, alertmanager.external_labels)
    return wanted


def _agreed_labels(wanted: Iterable[Mapping[str, str]]) -> Dict[str, str]:
    values: Dict[str, List[str]] = {}
    for labels in wanted:
        for name, value in labels.items():
            values.setdefault(name, []).append(value)
    return {name: given[0] for name, given in values.items() if len(set(given)) == 1}


def _client(
    alertmanager: Alertmanager, ca_file: str, basic_auth: Optional[Mapping[str, str]]
) -> Dict[str, Any]:
    """Return how Prometheus has to talk to an Alertmanager, without where."""
    entry = _entry(alertmanager.address)
    tls = {}
    if alertmanager.address.scheme == "https":
        if alertmanager.ca and ca_file:
            tls["ca_file"] = ca_file
        if alertmanager.server_name:
            tls["server_name"] = alertmanager.server_name
    if tls:
        entry["tls_config"] = tls
    if basic_auth:
        entry["basic_auth"] = dict(basic_auth)
    return entry


def _entry(address: Address) -> Dict[str, Any]:
    return {"scheme": address.scheme, "path_prefix": address.path or "/"}


def _relabelling(labels: Mapping[str, str]) -> List[Dict[str, str]]:
    """Return relabelling that sets labels; in a replacement ``$`` starts a reference."""
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


def _distinct(values: Iterable[Any]) -> List[Any]:
    seen: List[Any] = []
    for value in values:
        if value not in seen:
            seen.append(value)
    return seen


def _dump(value: Any) -> str:
    return json.dumps(value, sort_keys=True)
