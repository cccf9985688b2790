"""Ask OpenSSL whether a certificate and a key belong together, before a pod finds out."""

import math
import os
import time

from charms.layer.alertmanager import certificates
from charms.layer.alertmanager.problems import Problem


def problems(settings):
    """Return what is wrong with the certificate and the key of some Settings, as Problems.

    Nothing is put on the operator's disk: OpenSSL reads from memory that only looks like files.
    """
    if not (settings.tls_cert and settings.tls_key):
        return []
    import ssl

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    descriptors = [_in_memory(settings.tls_cert), _in_memory(settings.tls_key)]
    files = [f"/proc/self/fd/{descriptor}" for descriptor in descriptors]
    try:
        context.load_cert_chain(*files, password=_no_passphrase)
        certificates.ends(settings.tls_cert)
    except ssl.SSLError as error:
        return [_problem(error.reason or "")]
    except certificates.NoCertificate as error:
        return [Problem("tls-cert", message=str(error), hint="set a PEM certificate")]
    finally:
        for descriptor in descriptors:
            os.close(descriptor)
    return []


def ends(certificate):
    """Return when a certificate, PEM, ends, in seconds since 1970; None without one."""
    try:
        return certificates.ends(certificate).timestamp() if certificate else None
    except certificates.NoCertificate:
        return None


def days_left(moment):
    """Return how many whole days there are until what ``ends`` returned; None stays None."""
    return None if moment is None else math.floor((moment - time.time()) / 86400)


def _problem(reason):
    if "MISMATCH" in reason:
        message = "is not the key of the certificate in tls-cert"
        return Problem("tls-key", message=message, hint="set the two that belong together")
    return Problem(
        "tls-cert",
        message=f"cannot be used with tls-key ({reason.replace('_', ' ').lower() or 'unreadable'})",
        hint="set a PEM certificate and its PEM key",
    )


def _no_passphrase():
    """Give OpenSSL, which must never ask on a terminal, a passphrase that opens nothing."""
    return b"?"


def _in_memory(text):
    descriptor = os.memfd_create("tls")
    with os.fdopen(os.dup(descriptor), "w", encoding="utf-8") as file:
        file.write(text)
    return descriptor
