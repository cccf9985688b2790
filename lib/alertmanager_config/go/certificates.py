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
_KEY = " PRIVATE KEY"
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
        if block.kind == b"CERTIFICATE" and not block.has_headers and _is_certificate(block.der):
            return None
    return "holds no certificate that can be read"


def find_pair_fault(certificate: bytes, key: bytes) -> Optional[Tuple[str, str]]:
    """Judge what a client shows of itself; give (certificate or key, what is wrong with it)."""
    chain = [block.der for block in _blocks(certificate) if block.kind == b"CERTIFICATE"]
    if not chain:
        return "certificate", "holds no PEM certificate"
    if not _is_certificate(chain[0]):
        return "certificate", "holds a certificate that cannot be read"
    fault = _find_key_fault(chain[0], key)
    return ("key", fault) if fault else None


def _find_key_fault(certificate: bytes, key: bytes) -> Optional[str]:
    """Judge the text of a key that is to belong to a certificate, DER."""
    keys = [block for block in _blocks(key) if f" {block.kind.decode('latin-1')}".endswith(_KEY)]
    if not keys:
        return "holds no PEM private key"
    if keys[0].kind == b"ENCRYPTED PRIVATE KEY" or keys[0].has_headers:
        return "is encrypted, and Alertmanager cannot ask for the passphrase"
    try:
        mine = _public_of_key(keys[0].der)
    except (IndexError, StopIteration, ValueError):
        return "holds a private key that cannot be read"
    if mine is not None and mine != _public_of_certificate(certificate):
        return NOT_THE_KEY
    return None


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


def _is_certificate(der: bytes) -> bool:
    try:
        return bool(read_certificate(der))
    except ValueError:
        return False


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


# A public key: what its kind is called, and what tells it from others of that kind.
_Public = Tuple[str, object]


def _public_of_certificate(der: bytes) -> Optional[_Public]:
    try:
        algorithm, bits = _open_sequence(read_certificate(der).public_key)
        names = list(_split(algorithm.content))
        raw = bits.content[1:]
        if names[0].content == _RSA:
            return "RSA", _read_number(_open_sequence(raw)[0])
    except (IndexError, StopIteration, ValueError):
        return None
    return ("EC" if names[0].content == _EC else names[0].content.hex()), raw


def _public_of_key(der: bytes) -> Optional[_Public]:
    """Give the public key of a private one, None for a kind that is not known here.

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


# Elliptic curves: by the name's encoding, p, and the generator's x and y in hexadecimal digits. In
# all of them a is -3 (FIPS 186-4, appendix D).
_CURVES = {
    "2a8648ce3d030107": (
        2**256 - 2**224 + 2**192 + 2**96 - 1,
        "6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296",
        "4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5",
    ),
    "2b81040022": (
        2**384 - 2**128 - 2**96 + 2**32 - 1,
        "AA87CA22BE8B05378EB1C71EF320AD746E1D3B628BA79B98"
        "59F741E082542A385502F25DBF55296C3A545E3872760AB7",
        "3617DE4A96262C6F5D9E98BF9292DC29F8F41DBD289A147C"
        "E9DA3113B5F0B8C00A60B1CE1D7E819D7A431D7C90EA0E5F",
    ),
    "2b81040023": (
        2**521 - 1,
        "0C6858E06B70404E9CD9E3ECB662395B4429C648139053FB521F828AF606B4D3DBA"
        "A14B5E77EFE75928FE1DC127A2FFA8DE3348B3C1856A429BF97E7E31C2E5BD66",
        "11839296A789A3BC0045C8A5FB42C7D1BD998F54449579B446817AFBD17273E662C"
        "97EE72995EF42640C550B9013FAD0761353C7086A272C24088BE94769FD16650",
    ),
    "2b81040021": (
        2**224 - 2**96 + 1,
        "B70E0CBD6BB4BF7F321390B94A03C1D356C21122343280D6115C1D21",
        "BD376388B5F723FB4C22DFE6CD4375A05A07476444D5819985007E34",
    ),
}


def _ec(curve: bytes, secret: bytes) -> bytes:
    """Give the point that belongs to a secret number, as certificates write it."""
    if curve.hex() not in _CURVES:
        raise ValueError("no curve that Go knows")
    p, *digits = _CURVES[curve.hex()]
    size = (p.bit_length() + 7) // 8
    if len(secret) > size:
        raise ValueError("no key")

    def add(one, other):
        if one is None or other is None:
            return other if one is None else one
        if one[0] == other[0]:
            if (one[1] + other[1]) % p == 0:
                return None
            slope = (3 * one[0] * one[0] - 3) * _inverse(2 * one[1], p) % p
        else:
            slope = (other[1] - one[1]) * _inverse(other[0] - one[0], p) % p
        x = (slope * slope - one[0] - other[0]) % p
        return x, (slope * (one[0] - x) - one[1]) % p

    generator = tuple(int(each, 16) for each in digits)
    point = _times(int.from_bytes(secret, "big"), generator, add, None)
    if point is None:
        raise ValueError("no key")
    return b"\x04" + point[0].to_bytes(size, "big") + point[1].to_bytes(size, "big")


def _ed25519(seed: bytes) -> bytes:
    """Give the public key that belongs to a seed (RFC 8032, section 5.1.5)."""
    if len(seed) != 32:
        raise ValueError("no key")
    p = 2**255 - 19
    d = -121665 * _inverse(121666, p) % p
    secret = int.from_bytes(hashlib.sha512(seed).digest()[:32], "little")
    secret = secret & ((1 << 254) - 8) | (1 << 254)

    def add(one, other):
        product = d * one[0] * other[0] * one[1] * other[1] % p
        x = (one[0] * other[1] + one[1] * other[0]) * _inverse(1 + product, p)
        y = (one[1] * other[1] + one[0] * other[0]) * _inverse(1 - product, p)
        return x % p, y % p

    base = (
        15112221349535400772501151409588531511454012693041857206046113283949847762202,
        46316835694926478169428394003475163141307993866256225615783033603165251855960,
    )
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


def _inverse(number: int, p: int) -> int:
    return pow(number, -1, p)
