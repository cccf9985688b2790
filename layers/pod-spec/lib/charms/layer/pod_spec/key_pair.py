"""Ask OpenSSL whether a certificate and a key belong together, before a pod finds out."""

import os
import ssl


def find_clash(certificate: str, key: str) -> str:
    """Return why a server cannot use a certificate, PEM, with a key, PEM; "" if it can.

    Nothing is put on the operator's disk: OpenSSL reads from memory that only looks like files.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    descriptors = [open_in_memory(certificate), open_in_memory(key)]
    files = [f"/proc/self/fd/{descriptor}" for descriptor in descriptors]
    try:
        context.load_cert_chain(*files, password=_refuse_passphrase)
    except ssl.SSLError as error:
        return (error.reason or "unreadable").replace("_", " ").lower()
    finally:
        for descriptor in descriptors:
            os.close(descriptor)
    return ""


def is_mismatch(clash: str) -> bool:
    """Tell whether what ``find_clash`` returned is that the key is another certificate's."""
    return "mismatch" in clash


def open_in_memory(text: str) -> int:
    """Return a descriptor of a file that is in memory alone; to be closed."""
    descriptor = os.memfd_create("tls")
    with os.fdopen(os.dup(descriptor), "w", encoding="utf-8") as file:
        file.write(text)
    return descriptor


def _refuse_passphrase():
    """Give OpenSSL, which must never ask on a terminal, a passphrase that opens nothing."""
    return b"?"
