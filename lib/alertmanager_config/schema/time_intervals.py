"""The members of a time interval, as Alertmanager's timeinterval package reads them (0.22 on).

Each function takes the text of one range and says what is wrong with it, or None.
"""

import re
from typing import Callable, Optional, Tuple

WEEKDAYS = ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday")
MONTHS = (
    *("january", "february", "march", "april", "may", "june", "july", "august", "september"),
    *("october", "november", "december"),
)
_INTEGER = re.compile(r"[-+]?[0-9]{1,18}\Z")
_TIME = re.compile(r"(?:(?:[01][0-9]|2[0-3]):[0-5][0-9]|24:00)\Z")


def _weekday(text: str) -> Optional[int]:
    return WEEKDAYS.index(text) if text in WEEKDAYS else None


def _month(text: str) -> Optional[int]:
    return MONTHS.index(text) + 1 if text in MONTHS else _integer(text)


def _integer(text: str) -> Optional[int]:
    return int(text) if _INTEGER.match(text) else None


def _range(text: str, member: Callable[[str], Optional[int]]) -> Optional[Tuple[int, int]]:
    """Read ``a`` or ``a:b``; None if it is neither."""
    parts = text.lower().split(":")
    if len(parts) > 2:
        return None
    first, last = member(parts[0]), member(parts[-1])
    return None if first is None or last is None else (first, last)


def weekdays_fault(text: str) -> Optional[str]:
    """Judge a range of weekdays, such as ``monday:friday``."""
    read = _range(text, _weekday)
    if read is None:
        return "is no weekday or range of weekdays such as monday:friday"
    return None


def weekdays_wrap(text: str) -> Optional[str]:
    """Say of a range that goes on after saturday what Alertmanager said until 0.34, or None."""
    read = _range(text, _weekday)
    return "ends before it begins; weeks begin on sunday" if read and read[0] > read[1] else None


def days_fault(text: str) -> Optional[str]:
    """Judge a range of days of the month, such as ``1:7`` or ``-1`` for the last."""
    read = _range(text, _integer)
    if read is None or not all(1 <= abs(day) <= 31 for day in read):
        return "is no day of the month, 1 to 31 or -31 to -1, nor a range of them such as 1:7"
    first, last = read
    if first < 0 < last:
        return "begins with a negative day, so it must end with one"
    # Alertmanager counts from the end of the shortest month.
    if (28 + first if first < 0 else first) > (28 + last if last < 0 else last):
        return "ends before it begins"
    return None


def months_fault(text: str) -> Optional[str]:
    """Judge a range of months, such as ``march`` or ``1:3``."""
    read = _range(text, _month)
    if read is None:
        return "is no month or range of months such as january:march or 1:3"
    return "ends before it begins" if read[0] > read[1] else None


def months_outside(text: str) -> Optional[str]:
    """Say what Alertmanager let pass until 0.34 although it cannot have been meant, or None."""
    read = _range(text, _month)
    if read and not all(1 <= month <= 12 for month in read):
        return "names a month outside 1 to 12"
    return None


def years_fault(text: str) -> Optional[str]:
    """Judge a range of years, such as ``2026`` or ``2026:2028``."""
    read = _range(text, _integer)
    if read is None:
        return "is no year or range of years such as 2026:2028"
    return "ends before it begins" if read[0] > read[1] else None


def time_fault(text: str) -> Optional[str]:
    """Judge a time of day, ``00:00`` to ``24:00``."""
    return None if _TIME.match(text) else "is no time of day such as 09:00; 24:00 ends the day"
