"""Patterns of file names as Go's filepath.Match reads them."""

import re
from typing import List, Optional, Pattern, Tuple

# No file system takes longer names.
_LONGEST_NAME = 255


def parse_pattern(text: str) -> Optional[Pattern]:
    """Read a pattern of one name, without slashes; None if Go refuses it.

    What comes back matches names from end to end, in time that grows with their length.
    """
    # What stands between the stars, an expression for each character.
    runs: List[List[str]] = [[]]
    place = 0
    while place < len(text):
        char = text[place]
        place += 1
        if char == "*":
            runs.append([])
            continue
        piece: Optional[str] = "."
        if char == "[":
            piece, place = _parse_class(text, place)
        elif char != "?":
            if char == "\\":
                char = text[place : place + 1]
                place += 1
            piece = re.escape(char) or None
        if piece is None:
            return None
        runs[-1].append(piece)
    if sum(map(len, runs)) > _LONGEST_NAME:
        return re.compile("(?!)")
    first, *others = map("".join, runs)
    return re.compile(first + _write_runs(others), re.DOTALL)


def _write_runs(runs: List[str]) -> str:
    """Write what stands behind each star.

    Between two stars, the first place that fits is as good as any later one: a look ahead finds it,
    and is not asked for another.
    """
    between = (
        f"(?=(?P<run{number}>.*?{run}))(?P=run{number})"
        for number, run in enumerate(runs[:-1])
        if run
    )
    return "".join(between) + "".join(f".*{run}" for run in runs[-1:])


def _parse_class(text: str, place: int) -> Tuple[Optional[str], int]:
    """Read what follows a [; give it as a regular expression, or None, and the place behind it."""
    negated = text.startswith("^", place)
    place += negated
    ranges: List[str] = []
    while not (ranges and text.startswith("]", place)):
        low, place = _parse_char(text, place)
        high = low
        if low and text.startswith("-", place):
            high, place = _parse_char(text, place + 1)
        if not low or not high:
            return None, place
        # A range that ends before it begins holds nothing.
        ranges.append(f"{re.escape(low)}-{re.escape(high)}" if low <= high else "")
    inside = "".join(ranges)
    if inside:
        return f"[{'^' if negated else ''}{inside}]", place + 1
    return "." if negated else "(?!)", place + 1


def _parse_char(text: str, place: int) -> Tuple[str, int]:
    char = text[place : place + 1]
    if char == "\\":
        place += 1
        char = text[place : place + 1]
    elif char in ("-", "]"):
        return "", place
    # Something has to follow, be it only the ].
    return (char, place + 1) if place + 1 < len(text) else ("", place)
