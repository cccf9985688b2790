"""What PEM texts of certificates say: when they begin and end, and which key is theirs."""

import base64
import binascii
from datetime import datetime
from typing import List

from alertmanager_config.go.certificates import Certificate, read_certificate

_BEGIN, _END = "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----"


class NoCertificate(ValueError):
    """The text holds no certificate that can be read."""


def ends(pem: str) -> datetime:
    """Return when the first certificate in a PEM text ends, in UTC.

    Raises NoCertificate.
    """
    return read_first(pem).ends


def read_first(pem: str) -> Certificate:
    """Read the first certificate in a PEM text. Raises NoCertificate."""
    found = split(pem)
    if not found:
        raise NoCertificate("holds no PEM certificate")
    try:
        return read_certificate(_der(found[0]))
    except (binascii.Error, ValueError):
        raise NoCertificate("holds a certificate that cannot be read") from None


def split(pem: str) -> List[str]:
    """Return the certificates in a PEM text, each ending in a new line, without what is between."""
    parts = [part.partition(_END) for part in pem.split(_BEGIN)[1:]]
    texts = (f"{_BEGIN}{body}{end}" for body, end, _ in parts if body and end)
    return ["".join(f"{line.strip()}\n" for line in text.splitlines()) for text in texts]


def distinct(*pems: str) -> List[str]:
    """Return the certificates in some PEM texts, in their order, the same one only once."""
    found = {}
    for block in (block for pem in pems for block in split(pem)):
        found.setdefault("".join(block.split()), block)
    return list(found.values())


def _der(block: str) -> bytes:
    return base64.b64decode("".join(block.strip()[len(_BEGIN) : -len(_END)].split()), validate=True)
