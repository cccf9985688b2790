"""Time intervals, as Alertmanager's timeinterval package reads them (0.22 on)."""

import re
from functools import lru_cache
from pathlib import Path
from typing import Any, Callable, FrozenSet, Optional

from ..problem import Fault
from ..version import EVERY, before, is_future, since
from ..yaml.nodes import shown
from .containers import Array, Object, Values, added
from .field_rules import needs
from .place import Place
from .value_types import Text, is_nothing, suggest

_INTEGER = re.compile(r"[-+]?[0-9]{1,18}\Z")
_TIME = re.compile(r"(?:(?:[01][0-9]|2[0-3]):[0-5][0-9]|24:00)\Z")

_BACKWARDS = "ends before it begins"


def _judge_weekdays(first: int, last: int) -> Optional[Fault]:
    wraps = first > last
    return Fault(f"{_BACKWARDS}; weeks begin on sunday", before(35)) if wraps else None


def _judge_days(first: int, last: int) -> Optional[Fault]:
    if not all(1 <= abs(day) <= 31 for day in (first, last)):
        return Fault(DAY_RANGE.needed)
    if first < 0 < last:
        return Fault("begins with a negative day, so it must end with one")
    # Alertmanager counts from the end of the shortest month.
    if (28 + first if first < 0 else first) > (28 + last if last < 0 else last):
        return Fault(_BACKWARDS)
    return None


def _judge_months(first: int, last: int) -> Optional[Fault]:
    if first <= last and not 1 <= first <= last <= 12:
        return Fault("names a month outside 1 to 12", since(35))
    return _judge_years(first, last)


def _judge_years(first: int, last: int) -> Optional[Fault]:
    return Fault(_BACKWARDS) if first > last else None


class Range(Text):
    """A value, or two with a colon between them, as the timeinterval package reads them.

    needed: what a text must be. judge_bounds: says what is wrong with two values.
    names: words for the numbers from 1 on. numbered: whether numbers themselves are taken, too.
    """

    def __init__(
        self,
        needed: str,
        judge_bounds: Callable[[int, int], Optional[Fault]],
        names: str = "",
        numbered: bool = True,
    ):
        self.needed = f"must be {needed}"
        self.judge_bounds = judge_bounds
        self.names = {name: number for number, name in enumerate(names.split(), 1)}
        self.numbered = numbered

    def find_fault(self, text: str) -> Optional[Fault]:
        """Say what is wrong with a text."""
        bounds = [
            int(part) if self.numbered and _INTEGER.match(part) else self.names.get(part)
            for part in text.lower().split(":")
        ]
        if len(bounds) > 2 or None in bounds:
            return Fault(self.needed)
        return self.judge_bounds(bounds[0], bounds[-1])

    def check(self, place: Place) -> Any:
        """Give the range; a null is Alertmanager's zero, and no range is empty."""
        if is_nothing(place.node):
            place.warn("is empty, and Alertmanager takes it for a zero")
            return None
        text = super().check(place)
        if text == "":
            self._judge(text, place)
        return text

    def _judge(self, text: str, place: Place) -> None:
        fault = self.find_fault(text)
        if fault:
            hint = suggest(text.lower(), WEEKDAY_RANGE.names) if fault.versions == EVERY else ""
            place.refuse(fault.message, hint, fault.versions)
            if fault.versions == since(35):
                # What older versions let pass cannot have been meant, either.
                place.warn(fault.message, which=EVERY & ~fault.versions)


WEEKDAY_RANGE = Range(
    "a weekday or range of weekdays such as monday:friday",
    _judge_weekdays,
    "sunday monday tuesday wednesday thursday friday saturday",
    numbered=False,
)
DAY_RANGE = Range(
    "a day of the month, 1 to 31 or -31 to -1, or a range of them such as 1:7", _judge_days
)
MONTH_RANGE = Range(
    "a month or range of months such as january:march or 1:3",
    _judge_months,
    "january february march april may june july august september october november december",
)
YEAR_RANGE = Range("a year or range of years such as 2026:2028", _judge_years)


@lru_cache(maxsize=1)
def list_time_zones() -> FrozenSet[str]:
    """Give every name of the IANA time zone database (2026.6), and what Go adds: UTC, Local, ...

    Go's time.LoadLocation takes them from the database that the image carries.
    """
    return frozenset(Path(__file__).with_name("time_zones.txt").read_text("utf-8").split())


class Location(Text):
    """A time zone of the IANA database, UTC or Local; empty text stands for UTC."""

    def _judge(self, text: str, place: Place) -> None:
        """Refuse what is not among them; a newer Alertmanager may know it."""
        zones = list_time_zones()
        if text not in zones:
            hint = suggest(text, zones) or "see the tz database for the names"
            message = f"time zone {shown(text)} is not known"
            place.refuse_or_warn(not is_future(place.context.report.version), message, hint)


class TimeOfDay(Text):
    """A time of day, ``00:00`` to ``24:00``."""

    def _judge(self, text: str, place: Place) -> None:
        if not _TIME.match(text):
            place.refuse("must be a time of day such as 09:00; 24:00 ends the day")


def _times_in_order(values: Values) -> None:
    start, end = values.get("start_time"), values.get("end_time")
    if not start or not end:
        values.place.refuse("needs both start_time and end_time")
    elif _TIME.match(start) and _TIME.match(end) and start >= end:
        message = "is not after start_time"
        values.at("end_time").refuse(message, "split what crosses midnight in two")


TIME_RANGE = Object(
    "a time range",
    "timeinterval/timeinterval.go yamlTimeRange",
    {TimeOfDay(): "end_time start_time"},
    [_times_in_order],
)

PERIOD = Object(
    "a time interval",
    "timeinterval/timeinterval.go TimeInterval",
    {
        Array(DAY_RANGE): "days_of_month",
        added(25, Location()): "location",
        Array(MONTH_RANGE): "months",
        Array(TIME_RANGE, "empty"): "times",
        Array(WEEKDAY_RANGE): "weekdays",
        Array(YEAR_RANGE): "years",
    },
)

TIME_INTERVAL = Object(
    "a time interval",
    "config/config.go TimeInterval, MuteTimeInterval",
    {Text(): "name", Array(PERIOD, "empty"): "time_intervals"},
    [needs("name")],
)
