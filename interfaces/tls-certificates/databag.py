"""What is said over the relation, in two dialects at once: theirs never collide.

Pure functions; see README.md for who writes which key.
"""

import base64
import binascii
import json
import uuid
from typing import Any, Dict, List, Mapping, NamedTuple, Optional, Sequence, Tuple

UNIT_KEYS = ("unit_name", "common_name", "sans", "certificate_name")
APPLICATION_KEYS = ("certificate_signing_requests",)
_LONGEST_REASON = 300


class DecodeError(ValueError):
    """What was said makes no sense; says which key and why, and repeats nothing of it."""


class Refusal(DecodeError):
    """The other side will not sign what was asked for; says why, in its own words, in one line."""


class Issued(NamedTuple):
    """A certificate as it was answered; nobody has looked at what the texts hold.

    certificate: PEM, perhaps with those between it and the authority behind it. ca: PEM of the
    authority, "" if the answer has none. chain: further PEM texts, which may be the same again.
    key: its private key if the other side has made it, "" if it is the one of the request.
    """

    certificate: str
    ca: str
    chain: Tuple[str, ...] = ()
    key: str = ""

    def __repr__(self) -> str:
        return "Issued(...)"  # may hold a key


def encode(
    *, unit: str, request: str = "", common_name: str = "", names: Sequence[str] = ()
) -> Tuple[Dict[str, str], Dict[str, str]]:
    """Return what the unit that asks and what its application write.

    unit: Juju's name of the unit. request: a certificate signing request, PEM; "" takes back what
    was asked before. common_name: 64 characters at most. names: DNS names and IP addresses.
    """
    if not request:
        return {}, {}
    unit_bag = {
        "unit_name": _key_part(unit),
        "common_name": common_name,
        "sans": json.dumps(list(names)),
        "certificate_name": str(uuid.uuid5(uuid.NAMESPACE_DNS, common_name)),
    }
    asked = [{"certificate_signing_request": request.strip(), "ca": False}]
    return unit_bag, {"certificate_signing_requests": json.dumps(asked)}


def answered(bag: Mapping[str, str], request: str) -> Optional[Issued]:
    """Return what the other application's databag answers to a signing request, None if nothing.

    Raises Refusal, DecodeError.
    """
    text = bag.get("certificates") or "[]"
    try:
        entries = json.loads(text, parse_int=float)  # int takes minutes for a megabyte
    except (ValueError, RecursionError):
        raise DecodeError("certificates is not JSON") from None
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise DecodeError("certificates is not a list of mappings")
    ours = [entry for entry in entries if _same(entry.get("certificate_signing_request"), request)]
    # one that is revoked is about to be followed by another for the same request
    for entry in reversed([entry for entry in ours if not entry.get("revoked")]):
        return _issued(entry)
    reason = _refusal(bag, request)
    if reason:
        raise Refusal(f"the request is refused: {reason}")
    return None


def _refusal(bag: Mapping[str, str], request: str) -> str:
    """Return why a request is refused, "" if it is not; what makes no sense is no refusal."""
    try:
        entries = json.loads(bag.get("request_errors") or "[]", parse_int=float)
    except (ValueError, RecursionError):
        return ""
    for entry in entries if isinstance(entries, list) else ():
        if not isinstance(entry, dict) or not _same(entry.get("csr"), request):
            continue
        error = entry.get("error")
        said = [error.get(key) for key in ("message", "reason")] if isinstance(error, dict) else []
        texts = [text for text in said if text and isinstance(text, str)]
        return " ".join(": ".join(texts).split())[:_LONGEST_REASON] or "no reason is given"
    return ""


def handed_out(bag: Mapping[str, str], unit: str) -> Optional[Issued]:
    """Return what one unit of the other side has made for a unit of ours, None if nothing.

    unit: Juju's name of ours. Raises DecodeError.
    """
    name = _key_part(unit)
    certificate, key = bag.get(f"{name}.server.cert") or "", bag.get(f"{name}.server.key") or ""
    if not certificate and not key:
        return None
    if not certificate or not key:
        raise DecodeError("has a certificate without its key, or a key alone")
    chain = bag.get("chain") or ""
    return Issued(certificate, bag.get("ca") or "", (chain,) if chain else (), key)


def _issued(entry: Mapping[str, Any]) -> Issued:
    chain: List[Any] = entry.get("chain") or []
    certificate, authority = entry.get("certificate"), entry.get("ca") or ""
    texts = [certificate, authority, *(chain if isinstance(chain, list) else [None])]
    if not all(isinstance(text, str) for text in texts):
        raise DecodeError("certificates has an entry whose certificate, ca or chain is not text")
    return Issued(certificate, authority, tuple(chain))


def _key_part(unit: str) -> str:
    return unit.replace("/", "_")


def _same(said: Any, request: str) -> bool:
    """Tell whether two PEM texts hold the same, however their lines are broken."""
    return isinstance(said, str) and bool(request) and _body(said) == _body(request)


def _body(pem: str) -> bytes:
    """Return what the first PEM text in a text holds, b"" if there is none."""
    rest = pem.partition("-----BEGIN ")[2].partition("-----")[2]
    body, end, _ = rest.partition("-----END ")
    try:
        return base64.b64decode("".join(body.split()), validate=True) if end else b""
    except (binascii.Error, ValueError):
        return b""
