"""The two ways in which Alertmanager writes a length of time; both come to whole nanoseconds."""

import re
from typing import List, Optional

from ..problem import Fault
from ..version import EVERY, before

_LONGEST = 2**63 - 1  # nanoseconds in Go's time.Duration: about 292 years
_SECOND = 10**9
_DAY = 24 * 60 * 60 * _SECOND
_UNITS = {
    **{"y": 365 * _DAY, "w": 7 * _DAY, "d": _DAY, "h": 3600 * _SECOND, "m": 60 * _SECOND},
    **{"s": _SECOND, "ms": 10**6, "us": 10**3, "\u00b5s": 10**3, "\u03bcs": 10**3, "ns": 1},
}
_PROMETHEUS_UNITS = ("y", "w", "d", "h", "m", "s", "ms")
_PROMETHEUS = re.compile("".join(rf"(?:([0-9]+){unit})?" for unit in _PROMETHEUS_UNITS) + r"\Z")
_GO = re.compile(
    r"[-+]?(?:0|(?:(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:ns|us|\u00b5s|\u03bcs|ms|s|m|h))+)\Z"
)
# Days and weeks only on the command line.
_FLAG = re.compile(_GO.pattern.replace("|h", "|h|d|w"))
# Digits beyond the 18th of a fraction are too small to matter.
_GO_PART = re.compile(r"([0-9]*)(?:\.([0-9]{0,18})[0-9]*)?([a-z\u00b5\u03bc]+)")
# So many digits, the first no 0, are longer than any length of time that fits.
_LONGEST_DIGITS = 20

_NOT_ONE = "must be a duration such as 30s, 5m or 1h30m"
_TOO_LONG = "is longer than 292 years"


def find_prometheus_faults(text: str) -> List[Fault]:
    """Say what is wrong with a text that prometheus/common's model.ParseDuration is to read.

    It reads ``5m``, ``1h30m``, ``2w``. Source: model/time.go of v0.7.0 (Alertmanager 0.20) to
    v0.70.1 (0.34). Up to v0.10 (0.21) only one unit was read, and ``0`` needed one up to v0.7.
    """
    if text == "0":
        return [Fault("0 needs a unit, such as 0s", before(21))]
    match = _PROMETHEUS.match(text)
    if not match or not text:
        return [Fault(_NOT_ONE)]
    if _add_up(match) is None:
        # Before 0.22 such a length of time wrapped around without a word.
        return [Fault(_TOO_LONG, EVERY & ~before(22))]
    if sum(digits is not None for digits in match.groups()) > 1:
        return [Fault("must have only one unit, such as 90m", before(22))]
    return []


def parse_prometheus(text: str) -> Optional[int]:
    """Give what model.ParseDuration makes of a text, in nanoseconds; None if it refuses it."""
    if text == "0":
        return 0
    match = _PROMETHEUS.match(text)
    return _add_up(match) if match and text else None


def _add_up(match: "re.Match") -> Optional[int]:
    """Give the sum of the parts in nanoseconds; None if it is longer than any that fits."""
    units = map(_UNITS.get, _PROMETHEUS_UNITS)
    total = sum(_read_digits(digits or "") * unit for digits, unit in zip(match.groups(), units))
    return total if total <= _LONGEST else None


def _read_digits(digits: str) -> int:
    """Give the number that digits make; of too many to matter, that of the first of them."""
    return int(digits.lstrip("0")[:_LONGEST_DIGITS] or "0")


def find_go_faults(text: str) -> List[Fault]:
    """Say what is wrong with a text that Go's time.ParseDuration is to read.

    It reads ``1m30s``, ``1.5h``, ``100ms`` and ``0``, but knows no days.
    """
    if parse_go(text) is not None:
        return []
    return [Fault(_TOO_LONG if _GO.match(text) else _NOT_ONE)]


def parse_go(text: str) -> Optional[int]:
    """Give what Go's time.ParseDuration makes of a text, in nanoseconds; None if it refuses it.

    It cuts every part to whole nanoseconds: ``0.1ns`` is no time at all.
    """
    return _read_go(text) if _GO.match(text) else None


def parse_flag(text: str) -> Optional[int]:
    """Give what a flag makes of a text, as parse_go() does; it knows days and weeks, too.

    That is so since kingpin 2.3, which 0.26 has (github.com/xhit/go-str2duration).
    """
    return _read_go(text) if _FLAG.match(text) else None


def _read_go(text: str) -> Optional[int]:
    """Add up the parts of a length of time in nanoseconds; None if it is longer than any that fits.

    The range of a signed number reaches one further down than up.
    """
    total = 0
    for digits, fraction, unit in _GO_PART.findall(text):
        total += _read_digits(digits) * _UNITS[unit]
        # Go reckons with floating point here, in this order.
        total += int(int(fraction or "0") * (_UNITS[unit] / 10 ** len(fraction)))
    if text.startswith("-"):
        return -total if total <= _LONGEST + 1 else None
    return total if total <= _LONGEST else None
