"""Make keys and signing requests, and judge certificates and their keys, by OpenSSL.

Python's standard library can tell whether a key is a certificate's, and no more, and the libraries
that can do the rest are compiled ones. Juju's operator images have the program openssl: they have
python3-pip, which depends on ca-certificates, which depends on openssl (juju/charm-base-images
Dockerfile-ubuntu). Nothing is put on the operator's disk: OpenSSL reads from memory that only looks
like files.

Known to work with openssl 1.1.1 to 3.
"""

import os
import re
import ssl
import subprocess
from typing import Sequence

_WHY = re.compile(r"^error \d+ at \d+ depth lookup: ?(.+)$", re.MULTILINE)


class Missing(Exception):
    """There is no program openssl."""


class Failed(Exception):
    """The program failed. The text is its own, on one line; nothing secret is in it.

    said: all that it said.
    """

    def __init__(self, command: str, said: str):
        super().__init__(f"openssl {command}: {(said.strip().splitlines() or [''])[-1]}")
        self.said = said


def make_key() -> str:
    """Make a private key, PEM. Raises Missing, Failed.

    It is one of RSA: Vault, unless it is told otherwise, signs requests of no other.
    """
    return _run("genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048")


def make_request(key: str, common: str, dns: Sequence[str], ip: Sequence[str]) -> str:
    """Make a signing request, PEM: another text with each call. Raises Missing, Failed.

    key: PEM. common, dns, ip: the common name, the DNS names and the IP addresses to ask for.

    Providers take a text that they know for a request that they have answered. What makes it
    another is an attribute of the request, which goes into no certificate.
    """
    words = ("req", "-new", "-sha256", "-key", "{key}", "-config", "{config}")
    return _run(*words, key=key, config=_write_config(common, dns, ip))


def find_distrust(certificate: str, between: str, authority: str, host: str) -> str:
    """Say why whoever trusts an authority would not connect to a server with a certificate.

    certificate: PEM. between: PEM of those between it and the authority. authority: PEM. host: the
    name under which the server is called. Dates are not looked at.
    Returns "" if nothing speaks against it. Raises Missing.
    """
    words = ["verify", "-no-CApath", "-partial_chain", "-no_check_time", "-purpose", "sslserver"]
    words += ["-verify_hostname", host, "-CAfile", "{authority}"]
    words += ["-untrusted", "{between}"] if between else []
    files = {"certificate": certificate, "between": between, "authority": authority}
    try:
        _run(*words, "{certificate}", **files)
    except Failed as failure:
        found = _WHY.search(failure.said)
        return found.group(1).strip() if found else str(failure)
    return ""


def find_clash(certificate: str, key: str) -> str:
    """Return why a server cannot use a certificate, PEM, with a key, PEM; "" if it can.

    Nothing is put on the operator's disk: OpenSSL reads from memory that only looks like files.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    descriptors = [_open_in_memory(certificate), _open_in_memory(key)]
    files = [f"/proc/self/fd/{descriptor}" for descriptor in descriptors]
    try:
        context.load_cert_chain(*files, password=_refuse_passphrase)
    except ssl.SSLError as error:
        return (error.reason or "unreadable").replace("_", " ").lower()
    finally:
        for descriptor in descriptors:
            os.close(descriptor)
    return ""


def _write_config(common: str, dns: Sequence[str], ip: Sequence[str]) -> str:
    listed = [f"DNS.{number} = {name}" for number, name in enumerate(dns, 1)]
    listed += [f"IP.{number} = {address}" for number, address in enumerate(ip, 1)]
    lines = ["[req]", "prompt = no", "distinguished_name = subject", "attributes = attributes"]
    lines += ["req_extensions = extensions", "string_mask = utf8only"]
    lines += ["[subject]", f"CN = {common}"]
    lines += ["[attributes]", f"unstructuredName = {os.urandom(16).hex()}"]
    lines += ["[extensions]", "subjectAltName = @names", "[names]", *listed, ""]
    return "\n".join(lines)


def _run(*words: str, **files: str) -> str:
    """Run the program; {name} in a word stands for a path where it finds that text."""
    descriptors = {name: _open_in_memory(text) for name, text in files.items()}
    paths = {name: f"/proc/self/fd/{descriptor}" for name, descriptor in descriptors.items()}
    # what the machine itself trusts is nobody's authority here
    environment = {**os.environ, "SSL_CERT_FILE": os.devnull, "SSL_CERT_DIR": os.devnull}
    try:
        done = subprocess.run(
            ["openssl", *(word.format(**paths) for word in words)],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            env=environment,
            pass_fds=tuple(descriptors.values()),
            check=False,
        )
    except FileNotFoundError:
        raise Missing("openssl") from None
    finally:
        for descriptor in descriptors.values():
            os.close(descriptor)
    if done.returncode:
        raise Failed(words[0], (done.stdout + done.stderr).decode(errors="replace"))
    return done.stdout.decode()


def _open_in_memory(text: str) -> int:
    """Return a descriptor of a file that is in memory alone; to be closed."""
    descriptor = os.memfd_create("tls")
    with os.fdopen(os.dup(descriptor), "w", encoding="utf-8") as file:
        file.write(text)
    return descriptor


def _refuse_passphrase():
    """Give OpenSSL, which must never ask on a terminal, a passphrase that opens nothing."""
    return b"?"
