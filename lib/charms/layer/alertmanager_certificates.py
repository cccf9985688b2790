"""The certificate of the relation: asked for by the leader, judged, put into force.

An answer takes the place of the certificate in force only once it is found that those who send
alerts would trust it. Until then, and also when an answer disappears, as it does for a while
whenever a provider renews it, the one in force stays.

The leader reads the databags. The other units go by what stands in the pod spec: the signing
request is not theirs to read, and what is served is what they have to tell. Leader settings wake
them. What is kept in the unit's database is public, and only saves asking Juju again.
"""

import time
from datetime import datetime, timezone
from functools import lru_cache

from alertmanager_config.problem import Problem
from charmhelpers.core import hookenv, unitdata
from charms.layer import alertmanager_heard as heard
from charms.layer import alertmanager_pods as pods
from charms.layer import alertmanager_tls as tls
from charms.layer import pod_spec
from charms.reactive import data_changed, endpoint_from_name, is_flag_set

CERTIFICATES = "certificates"
_KNOWN = "alertmanager.certificates"
_DIGEST = "alertmanager.certificates.digest"
_SPEC = "alertmanager.certificates.spec"
_ANNOUNCED = "alertmanager.certificates.announced"
_ASKED = "alertmanager.certificates.asked"
# Characters of an answer. Both Secrets that hold it have to stay below 1 MiB.
_LONGEST = 128 * 1024
# Seconds by which the clocks of those who sign and those who look may differ.
_SKEW = 300
_UNKNOWN = {"related": None, "certificate": "", "ca": "", "fault": "", "renewal": None}

# What this hook has put into the pod spec, which pod-spec-get does not show yet.
_handed_over = []


class Unusable(Exception):
    """A certificate must not come into force; says why, of whose answer it is."""


def known():
    """Return what the last look found, as a dict.

    related; certificate and ca, PEM, "" while there is none; fault: a line, or ""; renewal: seconds
    since 1970, None if there is nothing to renew. related is None before any look.
    """
    return unitdata.kv().get(_KNOWN) or _UNKNOWN


def changed():
    """Look, if there is a reason to, and tell whether something has to follow from it."""
    before = known()
    if before["related"] is None or heard.may_have_changed(CERTIFICATES):
        offer()
        return data_changed(_DIGEST, {**known(), "renewal": None})
    if not before["related"]:
        return False
    if is_flag_set("leadership.is_leader"):
        due = before["renewal"] is not None and time.time() >= before["renewal"]
        # what failed may succeed, and what was not valid yet may be now
        return due or bool(before["fault"])
    # another unit decides, and the pod spec says how
    return data_changed(_SPEC, pod_spec.pod_spec_get())


@lru_cache(maxsize=1)
def offer():
    """Return what the relation comes to, as certificate_requests.Offer; note it."""
    from charms.layer.alertmanager import certificate_requests as requests

    if not _is_related():
        found = requests.NO_OFFER
    elif is_flag_set("leadership.is_leader"):
        found = requests.Offer(True, *_chosen(_kept(), _held().certified))
    else:
        found = requests.Offer(True, _held().certified)
    _note(found)
    return found


def to_keep(settings):
    """Return what the Secret of the request is to hold: files by name; make a request if need be.

    settings: those that the pod spec is made of.
    """
    from charms.layer import alertmanager_openssl as openssl
    from charms.layer.alertmanager import certificate_requests as requests

    found, kept = offer(), _kept()
    if not found.related:
        return {}
    names = requests.names(hookenv.application_name(), pods.namespace(), settings.web_url)
    if not kept or kept.names != names or _is_to_be_renewed(kept, settings.tls_cert):
        try:
            key = kept.key if kept else openssl.make_key()
            request = openssl.make_request(key, names)
            kept = requests.Kept(key, request, names, requests.digest(settings.tls_cert))
            found = found._replace(fault="")
        except (openssl.Missing, openssl.Failed) as error:
            found = found._replace(fault=_unmade(error))
    _handed_over[:] = [kept]
    _note(found)
    return requests.files(kept, settings.tls_ca)


def announce():
    """Wake the other units if another certificate is in force than before.

    Returns whether something else is asked for than before.
    """
    from charms.layer.alertmanager import certificate_requests as requests

    digest = requests.digest(known()["certificate"])
    if unitdata.kv().get(_ANNOUNCED, "") != digest:
        pods.remember(certificate=digest)
        unitdata.kv().set(_ANNOUNCED, digest)
    return data_changed(_ASKED, request())


def request():
    """Return what this unit asks for: arguments of the endpoint's ``publish``, or nothing.

    That is never more than what the pod spec holds, or it would be lost with the operator's disk.
    """
    asks = is_flag_set("leadership.is_leader") and known()["related"]
    kept = _kept() if asks else None
    if not kept:
        return {}
    return {"request": kept.request, "common_name": kept.names.common, "names": kept.names.all}


def _is_to_be_renewed(kept, certificate):
    from charms.layer.alertmanager import certificate_requests as requests

    # not as the answer to an answer: who only gives short ones would never be let alone
    if heard.may_have_changed(CERTIFICATES):
        return False
    return requests.is_to_be_renewed(
        kept, certificate, datetime.fromtimestamp(time.time(), timezone.utc)
    )


def _is_related():
    before = known()["related"]
    if before is None or heard.may_have_changed(CERTIFICATES):
        return bool(endpoint_from_name(CERTIFICATES).relations)
    return before


def _held():
    from charms.layer.alertmanager import stored

    return stored.read(pod_spec.pod_spec_get()) or stored.NOTHING


def _kept():
    return _handed_over[-1] if _handed_over else _held().kept


def _chosen(kept, in_force):
    """Return the certificate to be in force, and what is wrong with the last that was brought."""
    if not kept:
        return in_force, known()["fault"]  # which is that none can be made
    try:
        issued = endpoint_from_name(CERTIFICATES).issued(hookenv.local_unit(), kept.request)
        usable = [_judged(one, kept, in_force) for one in issued]
    except (ValueError, Unusable) as error:
        return in_force, _fault(str(error))
    return (usable or [in_force])[0], ""


def _judged(issued, kept, in_force):
    """Return what was answered as certificate_requests.Certified. Raises Unusable."""
    from charms.layer.alertmanager import certificate_requests as requests
    from charms.layer.alertmanager import certificates

    leaf, authority = certificates.blocks(issued.certificate), certificates.distinct(issued.ca)
    if not leaf:
        raise Unusable("what was answered holds no PEM certificate")
    if not authority:
        raise Unusable("the certificate came without that of its authority (ca)")
    key = _key(issued) or kept.key
    leaf, *between = certificates.distinct(issued.certificate, *issued.chain)
    certified = requests.Certified("".join([leaf, *between]), key, "".join(authority))
    if certified == in_force or (issued.key and _is_older(leaf, in_force)):
        return in_force
    if len(certified.certificate) + len(certified.ca) > _LONGEST:
        raise Unusable(f"certificate, chain and ca have more than {_LONGEST} characters")
    _check(leaf, "".join(between), key, certified.ca)
    return certified


def _is_older(leaf, in_force):
    """Tell whether a certificate is from before the one in force, which is still good.

    A unit that leads again finds what it was given when it led before.
    """
    if not in_force:
        return False
    ends, good_until = tls.ends(leaf), tls.ends(in_force.certificate)
    return ends is not None and time.time() < good_until and ends < good_until


def _key(issued):
    from charms.layer.alertmanager import parsers

    try:
        return parsers.private_key(issued.key) if issued.key else ""
    except parsers.BadOption as bad:
        raise Unusable(f"the key of the certificate {bad.message}") from None


def _check(leaf, between, key, authority):
    from charms.layer import alertmanager_openssl as openssl
    from charms.layer.alertmanager import addresses, certificates

    clash = tls.clash(leaf, key)
    if clash:
        why = "is of another key" if tls.is_mismatch(clash) else f"cannot be used: {clash}"
        raise Unusable(f"the certificate {why}")
    said, now = certificates.said(leaf), time.time()
    if said.ends.timestamp() <= now:
        raise Unusable("the certificate has ended already")
    if said.begins.timestamp() > now + _SKEW:
        raise Unusable(
            f"the certificate is not valid yet, but from {said.begins:%Y-%m-%d %H:%M} UTC"
        )
    host = addresses.pod_host(hookenv.application_name(), 0, pods.namespace())
    try:
        distrust = openssl.distrust(leaf, between, authority, host)
    except openssl.Missing:
        raise Unusable("there is no program openssl to judge the certificate with") from None
    if distrust:
        raise Unusable(f"nobody who trusts its ca would trust the certificate: {distrust}")


def _fault(message):
    hint = "see juju show-unit, and the charm on the other side"
    return str(Problem(CERTIFICATES, message=message, hint=hint))


def _unmade(error):
    from charms.layer import alertmanager_openssl as openssl

    message = f"no request can be made: {error}"
    if isinstance(error, openssl.Missing):
        message = "where hooks run there is no program openssl to make a request with"
    return str(Problem(CERTIFICATES, message=message, hint="set tls-cert and tls-key instead"))


def _note(found):
    """Note what a later hook may have to know, and log a fault that is new."""
    from charms.layer.alertmanager import certificate_requests as requests

    before, kept, certified = known(), _kept() if found.related else None, found.certified
    renewal = None
    if certified and kept and kept.replaces != requests.digest(certified.certificate):
        renewal = requests.renewal(certified.certificate).timestamp()
    if found.fault and found.fault != before["fault"]:
        hookenv.log(found.fault, hookenv.WARNING)
    news = {
        "related": found.related,
        "certificate": certified.certificate if certified else "",
        "ca": certified.ca if certified else "",
        "fault": found.fault,
        "renewal": renewal,
    }
    unitdata.kv().set(_KNOWN, news)
