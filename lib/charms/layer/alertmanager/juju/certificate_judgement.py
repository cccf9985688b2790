"""Judge what the relation certificates answers, and make what it is asked for.

An answer takes the place of the certificate in force only once it is found that those who send
alerts would trust it. Until then, and also when an answer disappears, as it does for a while
whenever a provider renews it, the one in force stays.
"""

import time
from typing import Optional, Tuple

from alertmanager_config.go.certificates import NOT_THE_KEY, find_pair_fault
from alertmanager_config.problem import Problem
from charms.layer.alertmanager.domain import certificate_requests as requests
from charms.layer.alertmanager.domain import pem
from charms.layer.alertmanager.domain.certificate_requests import (
    CertificateRequest,
    IssuedCertificate,
    Names,
)
from charms.layer.alertmanager.domain.option_parsers import BadOption, parse_private_key
from charms.layer.alertmanager.juju import relation_data
from charms.layer.pod_spec import openssl

# Characters of an answer. Both Secrets that hold it have to stay below 1 MiB.
_LONGEST = 128 * 1024
# Seconds by which the clocks of those who sign and those who look may differ.
_CLOCK_SKEW = 300


class Unusable(Exception):
    """A certificate must not come into force; the text says why, of whose answer it is."""


def judge(
    endpoint,
    unit: str,
    request: CertificateRequest,
    in_force: Optional[IssuedCertificate],
    host: str,
) -> Tuple[Optional[IssuedCertificate], str]:
    """Return the certificate to be in force, and what is wrong with the last that was brought.

    endpoint: that of the interface tls-certificates. unit: this unit's name. request: what it was
    asked for. in_force: the relation's certificate that is in force, if any. host: a pod's name.
    The second is a line, "" if nothing is wrong.
    """
    try:
        issued = endpoint.issued(unit, request.request)
        usable = [_read(one, request, in_force, host) for one in issued]
    except (ValueError, Unusable) as error:
        return in_force, str(
            Problem(requests.CERTIFICATES, message=str(error), hint=relation_data.HINT)
        )
    return (usable or [in_force])[0], ""


def make_request(
    before: Optional[CertificateRequest], names: Names, certificate: str
) -> Tuple[Optional[CertificateRequest], str]:
    """Make a request for a certificate with these names.

    before: the one that it takes the place of, whose key it keeps. certificate: PEM, the one that
    is in force; "" if none is.
    Returns the request, and "". If none can be made: the one before, and why, in a line.
    """
    try:
        key = before.key if before else openssl.make_key()
        request = openssl.make_request(key, *names)
    except openssl.Missing:
        message = "where hooks run there is no program openssl to make a request with"
    except openssl.Failed as error:
        message = f"no request can be made: {error}"
    else:
        return CertificateRequest(key, request, names, requests.digest(certificate)), ""
    hint = "set tls-cert and tls-key instead"
    return before, str(Problem(requests.CERTIFICATES, message=message, hint=hint))


def _read(issued, request, in_force, host) -> Optional[IssuedCertificate]:
    """Return what was answered, or what is in force if that is no older. Raises Unusable."""
    authority = pem.find_certificates(issued.ca)
    if not pem.find_certificates(issued.certificate):
        raise Unusable("what was answered holds no PEM certificate")
    if not authority:
        raise Unusable("the certificate came without that of its authority (ca)")
    try:
        key = parse_private_key(issued.key) if issued.key else request.key
    except BadOption as bad:
        raise Unusable(f"the key of the certificate {bad.message}") from None
    leaf, *between = pem.find_certificates(issued.certificate, *issued.chain)
    found = IssuedCertificate("".join([leaf, *between]), key, "".join(authority))
    if found == in_force or (issued.key and _is_older(leaf, in_force)):
        return in_force
    if len(found.certificate) + len(found.ca) > _LONGEST:
        raise Unusable(f"certificate, chain and ca have more than {_LONGEST} characters")
    _check(leaf, "".join(between), found, host)
    return found


def _is_older(leaf: str, in_force: Optional[IssuedCertificate]) -> bool:
    """Tell whether a certificate is from before the one in force, which is still good.

    A unit that leads again finds what it was given when it led before.
    """
    if not in_force:
        return False
    end, good_until = requests.find_end(leaf), requests.find_end(in_force.certificate)
    return end is not None and time.time() < good_until and end < good_until


def _check(leaf: str, between: str, found: IssuedCertificate, host: str) -> None:
    """Raise Unusable if a server cannot use the certificate, or nobody would trust it."""
    if find_pair_fault(leaf.encode(), found.key.encode()) == ("key", NOT_THE_KEY):
        raise Unusable("the certificate is of another key")
    clash = openssl.find_clash(leaf, found.key)
    if clash:
        raise Unusable(f"the certificate cannot be used: {clash}")
    read, now = pem.read_first(leaf), time.time()
    if read.ends.timestamp() <= now:
        raise Unusable("the certificate has ended already")
    if read.begins.timestamp() > now + _CLOCK_SKEW:
        raise Unusable(
            f"the certificate is not valid yet, but from {read.begins:%Y-%m-%d %H:%M} UTC"
        )
    try:
        distrust = openssl.find_distrust(leaf, between, found.ca, host)
    except openssl.Missing:
        raise Unusable("there is no program openssl to judge the certificate with") from None
    if distrust:
        raise Unusable(f"nobody who trusts its ca would trust the certificate: {distrust}")
