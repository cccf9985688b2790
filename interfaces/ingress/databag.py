"""What is said over the relation, version 2: every value is JSON.

Pure functions; see README.md for who reads which key.
"""

import json
from typing import Any, Dict, Mapping, Tuple
from urllib.parse import urlsplit

UNIT_KEYS = ("host",)
APPLICATION_KEYS = ("model", "name", "port", "scheme", "strip-prefix", "healthcheck_params")


class DecodeError(ValueError):
    """The answer is no URL; says why."""


def encode(
    *,
    model: str,
    application: str,
    host: str,
    port: int,
    scheme: str,
    strip_prefix: bool,
    health_check: str = "",
) -> Tuple[Dict[str, str], Dict[str, str]]:
    """Return what a unit and what the application write.

    host: a name or address of this very unit: requests are balanced between the units' hosts. One
        unit that says nothing keeps all from being served.
    scheme: ``http``, ``https`` or ``h2c``, as the units speak it.
    strip_prefix: whether the path of the URL that is given is taken off requests.
    health_check: the path at which a unit answers with 200 as long as it is well, "" for no check.
    """
    common: Dict[str, Any] = {"model": model, "name": application, "port": port, "scheme": scheme}
    if strip_prefix:
        common["strip-prefix"] = True
    if health_check:
        common["healthcheck_params"] = {"path": health_check}
    return ({"host": json.dumps(host)}, {key: json.dumps(value) for key, value in common.items()})


def decode(bag: Mapping[str, str]) -> str:
    """Return the URL that the other application's databag gives us, "" if it gives none yet.

    Raises DecodeError, which repeats nothing of the answer: a URL may hold a password.
    """
    text = bag.get("ingress") or ""
    if not text:
        return ""
    try:
        answer = json.loads(text, parse_int=float)  # int takes minutes for a megabyte
    except (ValueError, RecursionError):
        raise DecodeError("ingress: not JSON") from None
    if answer is None:
        return ""
    url = answer.get("url") if isinstance(answer, dict) else None
    if not isinstance(url, str):
        raise DecodeError("ingress: has no url")
    try:
        parts = urlsplit(url)
    except ValueError:
        raise DecodeError("ingress: not an http or https URL") from None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise DecodeError("ingress: not an http or https URL")
    return url.rstrip("/")
