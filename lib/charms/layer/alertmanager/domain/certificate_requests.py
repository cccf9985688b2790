"""The certificate that a relation brings: what is asked for, what is kept, when it is renewed.

One key pair serves every pod, whose names a wildcard covers, so that scaling changes nothing. Key
and request lie in the pod spec, for a Kubernetes Secret that no pod mounts: they must outlive the
operator's disk and the leader, a databag is read by the other side, and providers recognise what
they have answered by the request's exact text. The key stays when a certificate is renewed, as a
pod reads certificate and key one after the other; a new relation brings a new key.
"""

import hashlib
import ipaddress
import json
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Dict, Mapping, NamedTuple, Optional, Tuple
from urllib.parse import urlsplit

from . import pem

CERTIFICATES = "certificates"
"""The endpoint."""

_KEY, _REQUEST, _ABOUT, _AUTHORITY = "tls.key", "tls.csr", "about.json", "ca.crt"
# X.520's bound of a common name
_LONGEST_COMMON_NAME = 64
WARNING_PERIOD = timedelta(days=21)
"""How long before a certificate ends somebody has to be warned, if nobody renews it."""


class Names(NamedTuple):
    """What a certificate is asked for: a common name, DNS names and IP addresses."""

    common: str
    dns: Tuple[str, ...]
    ip: Tuple[str, ...]


def find_names(application: str, service: str, headless: str, url: str) -> Names:
    """Return what an application's certificate has to be valid for.

    service: the name of its Service. headless: that of the one that resolves to its pods. url:
    where people reach it, "" if nobody has said.
    """
    bases = (service, headless, f"*.{headless}")
    inside = [name for base in bases for name in (base, f"{base}.cluster.local")]
    common = service if len(service) <= _LONGEST_COMMON_NAME else application
    host, ip = urlsplit(url).hostname or "", ()
    try:
        ip = (str(ipaddress.ip_address(host)),)
    except ValueError:  # it is a name
        inside += [host] if host and host not in inside else []
    return Names(common[:_LONGEST_COMMON_NAME], tuple(inside), ip)


@dataclass(frozen=True)
class CertificateRequest:
    """A request for a certificate, with its key.

    key: the private key, PEM. request: the signing request, PEM. names: what it asks for.
    replaces: the digest of the certificate that was in force when it was made, "" if none was.
    """

    key: str = field(repr=False)
    request: str
    names: Names
    replaces: str = ""


@dataclass(frozen=True)
class IssuedCertificate:
    """certificate: PEM, those between it and the authority behind it. key: PEM. ca: what whoever
    connects has to trust, PEM.
    """

    certificate: str
    key: str = field(repr=False)
    ca: str


class CertificateState(NamedTuple):
    """What a relation comes to. is_related: whether there is one. issued: the certificate that it
    brought and that is fit to be in force, None if none is. fault: what is wrong with the last that
    it brought, in a line, "" if nothing.
    """

    is_related: bool = False
    issued: Optional[IssuedCertificate] = None
    fault: str = ""


@dataclass(frozen=True)
class CertificateRecord:
    """What is remembered of a relation: nothing of it is secret.

    is_related: None before anybody has looked. certificate, ca: PEM, "" while there is none. fault:
    as in CertificateState. renewal: seconds since 1970, None if nothing is to be renewed.
    """

    is_related: Optional[bool] = None
    certificate: str = ""
    ca: str = ""
    fault: str = ""
    renewal: Optional[float] = None

    @classmethod
    def of(
        cls, found: CertificateState, request: Optional[CertificateRequest]
    ) -> "CertificateRecord":
        """Return what is to be remembered of a relation, and of what it is asked for."""
        issued = found.issued
        if not issued:
            return cls(found.is_related, fault=found.fault)
        renewal = find_renewal(request, issued.certificate)
        return cls(found.is_related, issued.certificate, issued.ca, found.fault, renewal)


def to_files(request: Optional[CertificateRequest], ca: str) -> Dict[str, bytes]:
    """Return what goes into the Secret, by name.

    ca: the authority of the certificate in force, "" if none is.
    """
    if not request:
        return {}
    about = {"names": request.names._asdict(), "replaces": request.replaces}
    texts = {
        _ABOUT: json.dumps(about, indent=2, sort_keys=True) + "\n",
        _AUTHORITY: ca,
        _KEY: request.key,
        _REQUEST: request.request,
    }
    return {name: text.encode() for name, text in texts.items() if text}


def from_files(data: Mapping[str, bytes]) -> Tuple[Optional[CertificateRequest], str]:
    """Return what ``to_files`` was given; None and "" if the Secret is empty.

    Raises KeyError, TypeError or ValueError if it is not ours.
    """
    texts = {name: content.decode() for name, content in data.items()}
    if not texts:
        return None, ""
    about = json.loads(texts[_ABOUT])
    asked = about["names"]
    request = CertificateRequest(
        texts[_KEY],
        texts[_REQUEST],
        Names(asked["common"], tuple(asked["dns"]), tuple(asked["ip"])),
        about["replaces"],
    )
    return request, texts.get(_AUTHORITY, "")


def digest(certificate: str) -> str:
    """Return what a certificate is recognised by."""
    return hashlib.sha256(certificate.encode()).hexdigest() if certificate else ""


def find_renewal(request: Optional[CertificateRequest], certificate: str) -> Optional[float]:
    """Return when another certificate has to be asked for in place of the one in force.

    That is once two thirds of its time are over, in seconds since 1970, and once for each
    certificate; None if there is nothing to ask for.
    """
    if not certificate or not request or request.replaces == digest(certificate):
        return None
    read = pem.read_first(certificate)
    return (read.ends - (read.ends - read.begins) / 3).timestamp()


def find_end(certificate: str) -> Optional[float]:
    """Return when a certificate, PEM, ends, in seconds since 1970; None without one."""
    try:
        return pem.read_first(certificate).ends.timestamp() if certificate else None
    except pem.NoCertificate:
        return None


def find_warning_period(certificate: str, ca: str) -> float:
    """Return how many seconds before a certificate ends somebody has to be warned.

    ca: "" unless a relation brought the certificate, which then is renewed without anybody. That it
    was not renewed is to be known later than another one is asked for, whatever its length.
    """
    if not ca:
        return WARNING_PERIOD.total_seconds()
    read = pem.read_first(certificate)
    return min(WARNING_PERIOD, (read.ends - read.begins) / 4).total_seconds()
