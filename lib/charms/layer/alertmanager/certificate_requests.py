"""The certificate that a relation brings: what it is asked for, what is kept, when it is renewed.

**One certificate for the application.** A pod spec serves all pods, and every unit's hooks run in
one operator: a certificate for each unit would have all keys lie side by side in one Secret, and
scaling would change it. So one key pair serves every pod, whose names a wildcard covers, and the
number of units is not in the request. Only the leader asks.

**What is kept lies in the pod spec, for a Kubernetes Secret of its own, which no pod mounts.** The
private key must outlive the operator's disk and the leader, and a databag is read by the other
side. The pod spec has to hold the key anyway, for the Secret that it is served from, and Juju keeps
the spec, from which the next leader reads it back. Leader settings are kept in the controller, too,
and read by the same units: they would be no safer, only one more place that holds the key. The
signing request is kept beside the key: providers recognise what they have answered by its exact
text, and to make it again from the same key gives another text.

**The key stays the same when a certificate is renewed.** A pod reads certificate and key file one
after the other for each connection; with one key for both certificates, no moment is the wrong one.
A new relation brings a new key. (A provider of the first generation makes the key itself, and each
certificate has its own there.)
"""

import hashlib
import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Dict, Mapping, NamedTuple, Optional, Tuple
from urllib.parse import urlsplit

from . import addresses, certificates
from .assess import ENDS_SOON_DAYS

_KEY, _REQUEST, _ABOUT, _AUTHORITY = "tls.key", "tls.csr", "about.json", "ca.crt"
# X.520's bound of a common name
_LONGEST_COMMON_NAME = 64


class Names(NamedTuple):
    """What a certificate is asked for: a common name, DNS names and IP addresses."""

    common: str
    dns: Tuple[str, ...]
    ip: Tuple[str, ...]

    @property
    def all(self) -> Tuple[str, ...]:
        """The names and addresses that it is to be valid for."""
        return self.dns + self.ip


def names(application: str, model: str, url: str) -> Names:
    """Return what an application's certificate has to be valid for.

    url: where people reach it, "" if nobody has said.
    """
    service, headless = f"{application}.{model}.svc", addresses.headless_host(application, model)
    inside = [name for base in (service, headless, f"*.{headless}") for name in _in_full(base)]
    host, ip = urlsplit(url).hostname or "", ()
    if _is_address(host):
        host, ip = "", (host,)
    common = service if len(service) <= _LONGEST_COMMON_NAME else application
    dns = tuple(inside + ([host] if host and host not in inside else []))
    return Names(common[:_LONGEST_COMMON_NAME], dns, ip)


def _in_full(name: str) -> Tuple[str, str]:
    return name, f"{name}.cluster.local"


def _is_address(host: str) -> bool:
    import ipaddress

    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


@dataclass(frozen=True)
class Kept:
    """What a request for a certificate consists of.

    key: the private key, PEM. request: the signing request, PEM. names: what it asks for.
    replaces: the digest of the certificate that was in force when it was made, "" if none was.
    """

    key: str = field(repr=False)
    request: str
    names: Names
    replaces: str = ""


@dataclass(frozen=True)
class Certified:
    """certificate: PEM, those between it and the authority behind it. key: PEM. ca: what whoever
    connects has to trust, PEM.
    """

    certificate: str
    key: str = field(repr=False)
    ca: str


class Offer(NamedTuple):
    """What a relation comes to. related: whether there is one. certified: what it brought, None if
    nothing yet. fault: what is wrong with the last that it brought, "" if nothing.
    """

    related: bool = False
    certified: Optional[Certified] = None
    fault: str = ""


NO_OFFER = Offer()


def files(kept: Optional[Kept], ca: str) -> Dict[str, bytes]:
    """Return what goes into the Secret, by name.

    ca: the authority of the certificate in force, "" if none is.
    """
    if not kept:
        return {}
    about = {"names": kept.names._asdict(), "replaces": kept.replaces}
    texts = {
        _ABOUT: json.dumps(about, indent=2, sort_keys=True) + "\n",
        _AUTHORITY: ca,
        _KEY: kept.key,
        _REQUEST: kept.request,
    }
    return {name: text.encode() for name, text in texts.items() if text}


def read(data: Mapping[str, bytes]) -> Tuple[Optional[Kept], str]:
    """Return what ``files`` was given; None and "" if the Secret is empty.

    Raises KeyError, TypeError or ValueError if it is not ours.
    """
    texts = {name: content.decode() for name, content in data.items()}
    if not texts:
        return None, ""
    about = json.loads(texts[_ABOUT])
    asked = about["names"]
    kept = Kept(
        texts[_KEY],
        texts[_REQUEST],
        Names(asked["common"], tuple(asked["dns"]), tuple(asked["ip"])),
        about["replaces"],
    )
    return kept, texts.get(_AUTHORITY, "")


def digest(certificate: str) -> str:
    """Return what a certificate is recognised by."""
    return hashlib.sha256(certificate.encode()).hexdigest() if certificate else ""


def is_to_be_renewed(kept: Optional[Kept], certificate: str, now: datetime) -> bool:
    """Tell whether another certificate has to be asked for in place of the one in force.

    That is once two thirds of its time are over, and once for each certificate.
    """
    if not certificate or not kept or kept.replaces == digest(certificate):
        return False
    return now >= renewal(certificate)


def renewal(certificate: str) -> datetime:
    """Return when another certificate is asked for in place of this one."""
    said = certificates.said(certificate)
    return said.ends - (said.ends - said.begins) / 3


def notice(certificate: str) -> timedelta:
    """Return how long before its end somebody has to know that a certificate was not renewed.

    That is less than remains when another one is asked for, whichever its length.
    """
    said = certificates.said(certificate)
    return min(timedelta(days=ENDS_SOON_DAYS), (said.ends - said.begins) / 4)
