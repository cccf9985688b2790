"""What PEM texts of certificates say: when they begin and end, and which key is theirs.

Nothing in Python's standard library reads a certificate without making a connection, and hooks
have no other: so this reads as much of the DER encoding as it takes (RFC 5280, section 4.1).
"""

import base64
import binascii
from datetime import datetime, timezone
from typing import List, NamedTuple, Tuple

_BEGIN, _END = "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----"
_TIMES = {0x17: "%y%m%d%H%M%SZ", 0x18: "%Y%m%d%H%M%SZ"}  # UTCTime, GeneralizedTime


class NoCertificate(ValueError):
    """The text holds no certificate that can be read."""


class Said(NamedTuple):
    """What a certificate says. begins, ends: in UTC. public_key: of its key, DER."""

    begins: datetime
    ends: datetime
    public_key: bytes


def ends(pem: str) -> datetime:
    """Return when the first certificate in a PEM text ends, in UTC.

    Raises NoCertificate.
    """
    return said(pem).ends


def said(pem: str) -> Said:
    """Read the first certificate in a PEM text. Raises NoCertificate."""
    found = blocks(pem)
    if not found:
        raise NoCertificate("holds no PEM certificate")
    try:
        return read(_der(found[0]))
    except (binascii.Error, ValueError):
        raise NoCertificate("holds a certificate that cannot be read") from None


def blocks(pem: str) -> List[str]:
    """Return the certificates in a PEM text, each ending in a new line, without what is between."""
    parts = [part.partition(_END) for part in pem.split(_BEGIN)[1:]]
    texts = (f"{_BEGIN}{body}{end}" for body, end, _ in parts if body and end)
    return ["".join(f"{line.strip()}\n" for line in text.splitlines()) for text in texts]


def distinct(*pems: str) -> List[str]:
    """Return the certificates in some PEM texts, in their order, the same one only once."""
    found = {}
    for block in (block for pem in pems for block in blocks(pem)):
        found.setdefault("".join(block.split()), block)
    return list(found.values())


def read(der: bytes) -> Said:
    """Read a certificate, DER. Raises ValueError."""
    try:
        return _read(der)
    except (IndexError, KeyError):
        raise ValueError("no certificate") from None


def _der(block: str) -> bytes:
    return base64.b64decode("".join(block.strip()[len(_BEGIN) : -len(_END)].split()), validate=True)


def _read(der: bytes) -> Said:
    _, start, _ = _element(der, 0)  # Certificate
    _, position, _ = _element(der, start)  # TBSCertificate
    if der[position] == 0xA0:  # version, which version 1 leaves out
        _, _, position = _element(der, position)
    for _ in ("serialNumber", "signature", "issuer"):
        _, _, position = _element(der, position)
    _, start, position = _element(der, position)  # Validity
    begins, start = _moment(der, start)
    ends, _ = _moment(der, start)
    _, _, position = _element(der, position)  # subject
    _, _, end = _element(der, position)  # subjectPublicKeyInfo
    return Said(begins, ends, der[position:end])


def _moment(der: bytes, position: int) -> Tuple[datetime, int]:
    tag, start, end = _element(der, position)
    moment = datetime.strptime(der[start:end].decode("ascii"), _TIMES[tag])
    return moment.replace(tzinfo=timezone.utc), end


def _element(der: bytes, position: int) -> Tuple[int, int, int]:
    """Return the tag of the element there, and where its content starts and ends."""
    tag, length = der[position], der[position + 1]
    position += 2
    if length & 0x80:
        size = length & 0x7F
        length = int.from_bytes(der[position : position + size], "big")
        position += size
    if position + length > len(der):
        raise ValueError("cut off")
    return tag, position, position + length
