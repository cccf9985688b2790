"""Patterns of file names as Go's filepath.Match reads them."""

import re
from typing import List, NamedTuple, Optional, Tuple

# No file system takes longer names.
_LONGEST_NAME = 255


class FilePattern(NamedTuple):
    """A pattern of one name, without slashes.

    runs: what stands between its stars, as regular expressions, each of as many characters as it
        has items.
    """

    runs: Tuple[Tuple[str, ...], ...]

    def find_matches(self, names: List[str]) -> List[str]:
        """Give those of the names that the pattern matches, in time that grows with their length.

        Between two stars, the first place that fits is as good as any later one.
        """
        if sum(map(len, self.runs)) > _LONGEST_NAME:
            return []
        compiled = [re.compile("".join(run), re.DOTALL) for run in self.runs if run]
        end = re.compile("".join(self.runs[-1]) + r"\Z", re.DOTALL)
        return [name for name in names if self._matches(name, compiled, end)]

    def _matches(self, name: str, compiled: List["re.Pattern"], end: "re.Pattern") -> bool:
        if len(self.runs) == 1:
            return end.match(name) is not None
        place = 0
        for number, run in enumerate(compiled[: -1 if self.runs[-1] else None]):
            find = run.match if number == 0 and self.runs[0] else run.search
            found = find(name, place)
            if found is None:
                return False
            place = found.end()
        return end.search(name, place) is not None


def parse_pattern(text: str) -> Optional[FilePattern]:
    """Read a pattern; None if Go refuses it."""
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
    return FilePattern(tuple(map(tuple, runs)))


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
