"""Certificates and keys as Go's crypto/tls takes them when a client is made.

An authority's file must hold a certificate (x509.CertPool.AppendCertsFromPEM); a client's
certificate and key must belong together (tls.X509KeyPair). Nothing in Python's standard library
reads a certificate without making a connection, so this reads as much of its encoding as it takes
(RFC 5280, section 4.1).
"""

import base64
import hashlib
import re
from datetime import datetime, timezone
from typing import Iterator, List, NamedTuple, Optional, Tuple

_EDGE = re.compile(rb"^-----(BEGIN|END) ([^\r\n]*)-----[ \t\r]*$", re.MULTILINE)
_HEADER = re.compile(rb"\A(?:[^\n:]*:[^\n]*\n)+")

NOT_THE_KEY = "is not the key of the certificate"
_RSA = bytes.fromhex("2a864886f70d010101")
_EC = bytes.fromhex("2a8648ce3d0201")
_ED25519 = bytes.fromhex("2b6570")
_TIMES = {0x17: "%y%m%d%H%M%SZ", 0x18: "%Y%m%d%H%M%SZ"}  # UTCTime, GeneralizedTime


class Certificate(NamedTuple):
    """What a certificate says. begins, ends: in UTC. public_key: of its key, DER."""

    begins: datetime
    ends: datetime
    public_key: bytes


def read_certificate(der: bytes) -> Certificate:
    """Read a certificate, DER. Raises ValueError."""
    try:
        (whole,) = _split(der)
        parts = list(_split(next(_split(whole.content)).content))
        if parts[0].tag == 0xA0:  # version, which version 1 leaves out
            parts = parts[1:]
        _, _, _, validity, _, key = parts[:6]
        begins, ends = map(_read_moment, _split(validity.content))
    except (IndexError, KeyError, StopIteration):
        raise ValueError("no certificate") from None
    return Certificate(begins, ends, key.whole)


def _read_moment(element: "_Element") -> datetime:
    moment = datetime.strptime(element.content.decode("ascii"), _TIMES[element.tag])
    return moment.replace(tzinfo=timezone.utc)


def find_authority_fault(pem: bytes) -> Optional[str]:
    """Judge what is to be trusted."""
    for block in _blocks(pem):
        if block.kind == b"CERTIFICATE" and not block.has_headers and _try_to_read(block):
            return None
    return "holds no certificate that can be read"


def find_pair_fault(certificate: bytes, key: bytes) -> Optional[Tuple[str, str]]:
    """Judge what a client shows of itself; give (certificate or key, what is wrong with it)."""
    chain = [block for block in _blocks(certificate) if block.kind == b"CERTIFICATE"]
    if not chain:
        return "certificate", "holds no PEM certificate"
    shown = _try_to_read(chain[0])
    if shown is None:
        return "certificate", "holds a certificate that cannot be read"
    keys = [block for block in _blocks(key) if (b" " + block.kind).endswith(b" PRIVATE KEY")]
    if not keys:
        return "key", "holds no PEM private key"
    if keys[0].kind == b"ENCRYPTED PRIVATE KEY" or keys[0].has_headers:
        return "key", "is encrypted, and Alertmanager cannot ask for the passphrase"
    try:
        mine = _public_of_key(keys[0].der)
    except (IndexError, StopIteration, ValueError):
        return "key", "holds a private key that cannot be read"
    is_wrong = mine is not None and mine != _read_public_key(shown.public_key)
    return ("key", NOT_THE_KEY) if is_wrong else None


class _Block(NamedTuple):
    kind: bytes
    der: bytes
    has_headers: bool


def _blocks(pem: bytes) -> Iterator[_Block]:
    """Give the blocks of a PEM text that can be decoded, as Go's encoding/pem does."""
    begin = None
    for edge in _EDGE.finditer(pem):
        if edge.group(1) == b"BEGIN":
            begin = edge
            continue
        opened, begin = begin, None
        if opened is None or opened.group(2) != edge.group(2):
            continue
        body = pem[opened.end() + 1 : edge.start()]
        headers = _HEADER.match(body)
        packed = b"".join((body[headers.end() :] if headers else body).split())
        try:
            der = base64.b64decode(packed, validate=True)
        except ValueError:
            continue
        yield _Block(edge.group(2), der, bool(headers))


def _try_to_read(block: _Block) -> Optional[Certificate]:
    try:
        return read_certificate(block.der)
    except ValueError:
        return None


class _Element(NamedTuple):
    """An element of DER. whole: its content, and the tag and length before it."""

    tag: int
    content: bytes
    whole: bytes


def _split(der: bytes) -> Iterator[_Element]:
    """Give the elements that lie one behind the other. Raises ValueError and IndexError."""
    outset = 0
    while outset < len(der):
        start, length = outset + 2, der[outset + 1]
        if length & 0x80:
            start += length & 0x7F
            length = int.from_bytes(der[outset + 2 : start], "big")
        end = start + length
        if end > len(der):
            raise ValueError("cut off")
        yield _Element(der[outset], der[start:end], der[outset:end])
        outset = end


def _open_sequence(der: bytes) -> List[_Element]:
    whole = next(_split(der))
    if whole.tag != 0x30:
        raise ValueError("no sequence")
    return list(_split(whole.content))


def _read_number(element: _Element) -> int:
    if element.tag != 2:
        raise ValueError("no number")
    return int.from_bytes(element.content, "big")


def _read_public_key(der: bytes) -> Optional[Tuple[str, object]]:
    """Give the kind of a public key, and what tells it from others of that kind."""
    try:
        algorithm, bits = _open_sequence(der)
        names = list(_split(algorithm.content))
        raw = bits.content[1:]
        if names[0].content == _RSA:
            return "RSA", _read_number(_open_sequence(raw)[0])
    except (IndexError, StopIteration, ValueError):
        return None
    return ("EC" if names[0].content == _EC else names[0].content.hex()), raw


def _public_of_key(der: bytes) -> Optional[Tuple[str, object]]:
    """Give the same of a private one; None for a kind that is not known here.

    As tls.parsePrivateKey: PKCS #1, PKCS #8, or the form of elliptic curves.
    """
    parts = _open_sequence(der)
    if parts[1].tag == 0x02:  # PKCS #1: version, n, e, ...
        return "RSA", _rsa(parts)
    if parts[1].tag == 0x04:  # version, the secret, [0] the curve, [1] the public key
        curve = next(part.content for part in parts if part.tag == 0xA0)
        return "EC", _ec(next(_split(curve)).content, parts[1].content)
    names = list(_split(parts[1].content))
    if names[0].content == _RSA:
        return "RSA", _rsa(_open_sequence(parts[2].content))
    if names[0].content == _EC:
        return "EC", _ec(names[1].content, _open_sequence(parts[2].content)[1].content)
    if names[0].content == _ED25519:
        return _ED25519.hex(), _ed25519(next(_split(parts[2].content)).content)
    return None


def _rsa(parts: List[_Element]) -> int:
    _, modulus, _, _, one, other = map(_read_number, parts[:6])
    if one * other != modulus:
        raise ValueError("no key")
    return modulus


def _read_curve(key: str) -> List[int]:
    """Give p and the generator's x and y of a curve. Raises ValueError if Go knows none such.

    key: its name, or how certificates encode that. A line of the file has both, and these three
    (FIPS 186-4, appendix D; RFC 8032, section 5.1); all in hexadecimal digits.
    """
    file = __file__.rpartition("certificates")[0] + "elliptic_curves.txt"
    with open(file, encoding="utf-8") as curves:
        for name, encoding, *numbers in map(str.split, curves):
            if key in (name, encoding):
                return [int(number, 16) for number in numbers]
    raise ValueError("no curve that Go knows")


def _ec(curve: bytes, secret: bytes) -> bytes:
    """Give the point that belongs to a secret number, as certificates write it."""
    p, *generator = _read_curve(curve.hex())
    size = (p.bit_length() + 7) // 8
    if len(secret) > size:
        raise ValueError("no key")

    def add(one, other):
        if one is None or other is None:
            return other if one is None else one
        if one[0] == other[0]:
            if (one[1] + other[1]) % p == 0:
                return None
            # In all of these curves a is -3.
            slope = (3 * one[0] * one[0] - 3) * pow(2 * one[1], -1, p) % p
        else:
            slope = (other[1] - one[1]) * pow(other[0] - one[0], -1, p) % p
        x = (slope * slope - one[0] - other[0]) % p
        return x, (slope * (one[0] - x) - one[1]) % p

    point = _times(int.from_bytes(secret, "big"), generator, add, None)
    if point is None:
        raise ValueError("no key")
    return b"\x04" + point[0].to_bytes(size, "big") + point[1].to_bytes(size, "big")


def _ed25519(seed: bytes) -> bytes:
    """Give the public key that belongs to a seed (RFC 8032, section 5.1.5)."""
    if len(seed) != 32:
        raise ValueError("no key")
    p, *base = _read_curve("edwards25519")
    d = -121665 * pow(121666, -1, p) % p
    secret = int.from_bytes(hashlib.sha512(seed).digest()[:32], "little")
    secret = secret & ((1 << 254) - 8) | (1 << 254)

    def add(one, other):
        product = d * one[0] * other[0] * one[1] * other[1] % p
        x = (one[0] * other[1] + one[1] * other[0]) * pow(1 + product, -1, p)
        y = (one[1] * other[1] + one[0] * other[0]) * pow(1 - product, -1, p)
        return x % p, y % p

    x, y = _times(secret, base, add, (0, 1))
    return (y | (x & 1) << 255).to_bytes(32, "little")


def _times(number: int, point, add, nothing):
    total = nothing
    while number:
        if number & 1:
            total = add(total, point)
        point = add(point, point)
        number >>= 1
    return total
