"""Ask OpenSSL whether a certificate and a key belong together, before a pod finds out."""

import os
import time

from alertmanager_config.problem import Problem
from charms.layer.alertmanager.assess import ENDS_SOON_DAYS


def problems(settings):
    """Return what is wrong with the certificate and the key of some Settings, as Problems.

    Those that a relation brought have been looked at before they came into the Settings.
    """
    if settings.tls_ca or not (settings.tls_cert and settings.tls_key):
        return []
    reason = clash(settings.tls_cert, settings.tls_key)
    return [_problem(reason)] if reason else []


def clash(certificate, key):
    """Return why a server cannot use a certificate, PEM, with a key, PEM; "" if it can.

    Nothing is put on the operator's disk: OpenSSL reads from memory that only looks like files.
    """
    import ssl

    from charms.layer.alertmanager import certificates

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    descriptors = [in_memory(certificate), in_memory(key)]
    files = [f"/proc/self/fd/{descriptor}" for descriptor in descriptors]
    try:
        context.load_cert_chain(*files, password=_no_passphrase)
        certificates.ends(certificate)
    except ssl.SSLError as error:
        return (error.reason or "unreadable").replace("_", " ").lower()
    except certificates.NoCertificate as error:
        return str(error)
    finally:
        for descriptor in descriptors:
            os.close(descriptor)
    return ""


def ends(certificate):
    """Return when a certificate, PEM, ends, in seconds since 1970; None without one."""
    from charms.layer.alertmanager import certificates

    try:
        return certificates.ends(certificate).timestamp() if certificate else None
    except certificates.NoCertificate:
        return None


def validity(settings):
    """Return what ``ends`` says of some Settings' certificate, and ``notice`` in days."""
    return ends(settings.tls_cert), notice(settings.tls_cert, settings.tls_ca) / 86400


def notice(certificate, ca):
    """Return how long before a certificate ends somebody has to know, in seconds.

    ca: "" unless a relation brought the certificate, which then is renewed without anybody.
    """
    if not ca:
        return ENDS_SOON_DAYS * 86400
    from charms.layer.alertmanager import certificate_requests

    return certificate_requests.notice(certificate).total_seconds()


def days_left(moment):
    """Return how many days there are until what ``ends`` returned; None stays None."""
    return None if moment is None else (moment - time.time()) / 86400


def is_mismatch(reason):
    """Tell whether what ``clash`` returned is that the key is another certificate's."""
    return "mismatch" in reason


def in_memory(text):
    """Return a descriptor of a file that is in memory alone; to be closed."""
    descriptor = os.memfd_create("tls")
    with os.fdopen(os.dup(descriptor), "w", encoding="utf-8") as file:
        file.write(text)
    return descriptor


def _problem(reason):
    if is_mismatch(reason):
        message = "is not the key of the certificate in tls-cert"
        return Problem("tls-key", message=message, hint="set the two that belong together")
    if reason.startswith("holds "):
        return Problem("tls-cert", message=reason, hint="set a PEM certificate")
    return Problem(
        "tls-cert",
        message=f"cannot be used with tls-key ({reason})",
        hint="set a PEM certificate and its PEM key",
    )


def _no_passphrase():
    """Give OpenSSL, which must never ask on a terminal, a passphrase that opens nothing."""
    return b"?"
