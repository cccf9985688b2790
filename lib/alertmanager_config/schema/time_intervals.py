"""Time intervals, as Alertmanager's timeinterval package reads them (0.22 on)."""

import re
from typing import Any, Callable, Optional, Tuple

from ..go.time_zones import list_time_zones
from ..version import EVERY, VersionSet, before, since
from ..yaml.nodes import shown
from .containers import Array, Object, Values, added
from .field_rules import needs
from .place import Place
from .value_types import Text, is_nothing, suggest

WEEKDAYS = ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday")
MONTHS = (
    *("january", "february", "march", "april", "may", "june", "july", "august", "september"),
    *("october", "november", "december"),
)
_INTEGER = re.compile(r"[-+]?[0-9]{1,18}\Z")
_TIME = re.compile(r"(?:(?:[01][0-9]|2[0-3]):[0-5][0-9]|24:00)\Z")

_Bounds = Optional[Tuple[int, int]]


def _parse_weekday(text: str) -> Optional[int]:
    return WEEKDAYS.index(text) if text in WEEKDAYS else None


def _parse_month(text: str) -> Optional[int]:
    return MONTHS.index(text) + 1 if text in MONTHS else _parse_integer(text)


def _parse_integer(text: str) -> Optional[int]:
    return int(text) if _INTEGER.match(text) else None


def _parse_range(text: str, parse: Callable[[str], Optional[int]]) -> _Bounds:
    """Read ``a`` or ``a:b``; None if it is neither."""
    parts = text.lower().split(":")
    if len(parts) > 2:
        return None
    first, last = parse(parts[0]), parse(parts[-1])
    return None if first is None or last is None else (first, last)


def find_weekdays_fault(text: str) -> Optional[str]:
    """Judge a range of weekdays, such as ``monday:friday``."""
    if _parse_range(text, _parse_weekday) is None:
        return "must be a weekday or range of weekdays such as monday:friday"
    return None


def find_wrapping_weekdays(text: str) -> Optional[str]:
    """Say of a range that goes on after saturday what Alertmanager said until 0.34, or None."""
    read = _parse_range(text, _parse_weekday)
    return "ends before it begins; weeks begin on sunday" if read and read[0] > read[1] else None


def find_days_fault(text: str) -> Optional[str]:
    """Judge a range of days of the month, such as ``1:7`` or ``-1`` for the last."""
    read = _parse_range(text, _parse_integer)
    if read is None or not all(1 <= abs(day) <= 31 for day in read):
        return "must be a day of the month, 1 to 31 or -31 to -1, or a range of them such as 1:7"
    first, last = read
    if first < 0 < last:
        return "begins with a negative day, so it must end with one"
    # Alertmanager counts from the end of the shortest month.
    if (28 + first if first < 0 else first) > (28 + last if last < 0 else last):
        return "ends before it begins"
    return None


def find_months_fault(text: str) -> Optional[str]:
    """Judge a range of months, such as ``march`` or ``1:3``."""
    read = _parse_range(text, _parse_month)
    if read is None:
        return "must be a month or range of months such as january:march or 1:3"
    return "ends before it begins" if read[0] > read[1] else None


def find_strange_months(text: str) -> Optional[str]:
    """Say what Alertmanager let pass until 0.34 although it cannot have been meant, or None."""
    read = _parse_range(text, _parse_month)
    if read and not all(1 <= month <= 12 for month in read):
        return "names a month outside 1 to 12"
    return None


def find_years_fault(text: str) -> Optional[str]:
    """Judge a range of years, such as ``2026`` or ``2026:2028``."""
    read = _parse_range(text, _parse_integer)
    if read is None:
        return "must be a year or range of years such as 2026:2028"
    return "ends before it begins" if read[0] > read[1] else None


def find_time_fault(text: str) -> Optional[str]:
    """Judge a time of day, ``00:00`` to ``24:00``."""
    return None if _TIME.match(text) else "must be a time of day such as 09:00; 24:00 ends the day"


class Range(Text):
    """A range that the timeinterval package reads.

    find_fault: says what is wrong with it. find_other: likewise, of what only the versions in
    ``which`` refuse; others take it without a word.
    """

    def __init__(
        self,
        find_fault: Callable[[str], Optional[str]],
        find_other: Callable[[str], Optional[str]] = lambda text: None,
        which: VersionSet = 0,
    ):
        self.find_fault = find_fault
        self.find_other = find_other
        self.which = which

    def check(self, place: Place) -> Any:
        """Give the range; a null is Alertmanager's zero, and no range is empty."""
        if is_nothing(place.node):
            place.warn("is empty, and Alertmanager takes it for a zero")
            return None
        text = super().check(place)
        if text == "":
            self.judge(text, place)
        return text

    def judge(self, text: str, place: Place) -> None:
        """Say what is wrong with a range."""
        fault = self.find_fault(text)
        if fault:
            place.refuse(fault, suggest(text.lower(), WEEKDAYS))
            return
        fault = self.find_other(text)
        if fault:
            place.refuse(fault, which=self.which)
            if self.which == since(35):
                place.warn(fault, which=EVERY & ~self.which)


class Location(Text):
    """A time zone of the IANA database, UTC or Local; empty text stands for UTC."""

    def judge(self, text: str, place: Place) -> None:
        """Refuse what is not among them; a newer Alertmanager may know it."""
        zones = list_time_zones()
        if text not in zones:
            hint = suggest(text, zones) or "see the tz database for the names"
            message = f"time zone {shown(text)} is not known"
            place.refuse_or_warn(not place.context.is_future, message, hint)


class TimeOfDay(Text):
    """A time of day."""

    def judge(self, text: str, place: Place) -> None:
        """Refuse any other text."""
        fault = find_time_fault(text)
        if fault:
            place.refuse(fault)


def _times_in_order(values: Values) -> None:
    start, end = values.get("start_time"), values.get("end_time")
    if not start or not end:
        values.place.refuse("needs both start_time and end_time")
    elif not find_time_fault(start) and not find_time_fault(end) and start >= end:
        values.at("end_time").refuse(
            "is not after start_time", "split what crosses midnight in two"
        )


TIME_RANGE = Object(
    "a time range",
    "timeinterval/timeinterval.go yamlTimeRange",
    {
        TimeOfDay(): "end_time start_time",
    },
    [_times_in_order],
)

PERIOD = Object(
    "a time interval",
    "timeinterval/timeinterval.go TimeInterval",
    {
        Array(Range(find_days_fault)): "days_of_month",
        added(25, Location()): "location",
        Array(Range(find_months_fault, find_strange_months, since(35))): "months",
        Array(TIME_RANGE, "empty"): "times",
        Array(Range(find_weekdays_fault, find_wrapping_weekdays, before(35))): "weekdays",
        Array(Range(find_years_fault)): "years",
    },
)

TIME_INTERVAL = Object(
    "a time interval",
    "config/config.go TimeInterval, MuteTimeInterval",
    {
        Text(): "name",
        Array(PERIOD, "empty"): "time_intervals",
    },
    [needs("name")],
)
