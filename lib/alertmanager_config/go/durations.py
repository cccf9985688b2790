"""The two ways in which Alertmanager writes a length of time."""

import re
from typing import NamedTuple, Optional

from ..version import EVERY, VersionSet, before

_LONGEST = 2**63 - 1  # nanoseconds in Go's time.Duration: about 292 years
_UNITS = {"y": 31536000000, "w": 604800000, "d": 86400000, "h": 3600000, "m": 60000, "s": 1000}
_UNITS["ms"] = 1
_PROMETHEUS = re.compile(
    r"(?:([0-9]+)y)?(?:([0-9]+)w)?(?:([0-9]+)d)?(?:([0-9]+)h)?(?:([0-9]+)m)?(?:([0-9]+)s)?"
    r"(?:([0-9]+)ms)?\Z"
)
_GO = re.compile(r"[-+]?(?:(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:ns|us|\u00b5s|\u03bcs|ms|s|m|h))+\Z")
_GO_PART = re.compile(r"([0-9]*)(?:\.([0-9]*))?([a-z\u00b5\u03bc]+)")
_GO_UNITS = {"ns": 1, "us": 10**3, "\u00b5s": 10**3, "\u03bcs": 10**3, "ms": 10**6}
_GO_UNITS.update({"s": 10**9, "m": 60 * 10**9, "h": 3600 * 10**9})
# More digits than any length of time that fits can have, fractions aside.
_LONGEST_DIGITS = 20


class Duration(NamedTuple):
    """A length of time as prometheus/common's model.Duration reads it.

    zero: whether it is no time at all.
    refusing: the versions that cannot read it.
    message: why, if there are such versions.
    """

    zero: bool
    refusing: VersionSet = 0
    message: str = ""


def prometheus(text: str) -> Duration:
    """Read what prometheus/common's model.ParseDuration reads: ``5m``, ``1h30m``, ``2w``.

    Source: model/time.go of v0.7.0 (Alertmanager 0.20) to v0.70.1 (0.34). Up to v0.10 (0.21) only
    one unit was read, and ``0`` needed one up to v0.7.
    """
    if text == "0":
        message = "0 needs a unit, such as 0s"
        return Duration(True, before(21), message)
    match = _PROMETHEUS.match(text)
    if not match or not text:
        return Duration(False, EVERY, "is no length of time such as 30s, 5m or 1h30m")
    amounts = [
        (digits, unit)
        for digits, unit in zip(match.groups(), _UNITS.values())
        if digits is not None
    ]
    total = 0
    for digits, unit in amounts:
        if len(digits.lstrip("0")) > _LONGEST_DIGITS:
            return _too_long()
        total += _integer(digits) * unit * 1000000
    if total > _LONGEST:
        return _too_long()
    if len(amounts) > 1:
        return Duration(total == 0, before(22), "may have one unit only, such as 90m")
    return Duration(total == 0)


def milliseconds(text: str) -> Optional[int]:
    """Give a length of time that prometheus() can read in milliseconds; None if it cannot."""
    match = _PROMETHEUS.match(text)
    if prometheus(text).refusing == EVERY or not match:
        return None
    return sum(
        _integer(digits) * unit
        for digits, unit in zip(match.groups(), _UNITS.values())
        if digits is not None
    )


def _too_long() -> Duration:
    # Before 0.22 such a length of time wrapped around without a word.
    return Duration(False, EVERY & ~before(22), "is longer than 292 years")


def go(text: str) -> Optional[str]:
    """Say what is wrong with a text that Go's time.ParseDuration is to read, or None.

    It reads ``1m30s``, ``1.5h``, ``100ms`` and ``0``, but knows no days.
    """
    if text in ("0", "+0", "-0"):
        return None
    if not _GO.match(text):
        return "is no length of time such as 30s, 5m or 1h30m"
    parts = _GO_PART.findall(text)
    too_long = any(len(whole.lstrip("0")) > _LONGEST_DIGITS for whole, _, _ in parts)
    # The range of a signed number reaches one further down than up.
    longest = _LONGEST + 1 if text.startswith("-") else _LONGEST
    return "is longer than 292 years" if too_long or _total(text) > longest else None


def nanoseconds(text: str) -> Optional[int]:
    """Give what Go's time.ParseDuration makes of a text; None if it cannot read that.

    It cuts every part to whole nanoseconds: ``0.1ns`` is no time at all.
    """
    if go(text) is not None:
        return None
    return -_total(text) if text.startswith("-") else _total(text)


def _total(text: str) -> int:
    """Add up the parts of a length of time in nanoseconds, without the sign."""
    return sum(
        _integer(whole) * _GO_UNITS[unit] + _part(fraction, _GO_UNITS[unit])
        for whole, fraction, unit in _GO_PART.findall(text)
    )


def _integer(digits: str) -> int:
    """Read a number that may have any number of leading zeros."""
    return int(digits.lstrip("0") or "0")


def _part(fraction: str, unit: int) -> int:
    """Give a fraction of a unit in nanoseconds; digits beyond the 18th are too small to matter."""
    digits = fraction[:18]
    # Go reckons with floating point here, in this order.
    return int(int(digits) * (unit / 10 ** len(digits))) if digits else 0
