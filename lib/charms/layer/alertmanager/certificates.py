"""When a certificate ends, read off its PEM text.

Nothing in Python's standard library reads a certificate without making a connection, and hooks
have no other: so this reads as much of the DER encoding as it takes (RFC 5280, section 4.1).
"""

import base64
import binascii
import re
from datetime import datetime, timezone
from typing import Tuple

_BLOCK = re.compile("-----BEGIN CERTIFICATE-----(.+?)-----END CERTIFICATE-----", re.DOTALL)
_TIMES = {0x17: "%y%m%d%H%M%SZ", 0x18: "%Y%m%d%H%M%SZ"}  # UTCTime, GeneralizedTime


class NoCertificate(ValueError):
    """The text holds no certificate that can be read."""


def ends(pem: str) -> datetime:
    """Return when the first certificate in a PEM text ends, in UTC.

    Raises NoCertificate.
    """
    found = _BLOCK.search(pem)
    if not found:
        raise NoCertificate("holds no PEM certificate")
    try:
        return _not_after(base64.b64decode("".join(found.group(1).split()), validate=True))
    except (binascii.Error, IndexError, KeyError, ValueError):
        raise NoCertificate("holds a certificate that cannot be read") from None


def _not_after(der: bytes) -> datetime:
    _, start, _ = _element(der, 0)  # Certificate
    _, position, _ = _element(der, start)  # TBSCertificate
    if der[position] == 0xA0:  # version, which version 1 leaves out
        _, _, position = _element(der, position)
    for _ in ("serialNumber", "signature", "issuer"):
        _, _, position = _element(der, position)
    _, start, _ = _element(der, position)  # Validity
    _, _, position = _element(der, start)  # notBefore
    tag, start, end = _element(der, position)
    moment = datetime.strptime(der[start:end].decode("ascii"), _TIMES[tag])
    return moment.replace(tzinfo=timezone.utc)


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
