"""Patterns of file names as Go's filepath.Match reads them."""

import re
from typing import List, Optional, Pattern

# No file system takes longer names.
_LONGEST_NAME = 255
_CHAR = r"(?:\\.|[^\\\]-])"
_PIECE = re.compile(
    r"(?P<star>\*)|(?P<any>\?)|\\(?P<escaped>.)|(?P<plain>[^*?\\[])"
    rf"|\[(?P<negated>\^|(?!\^))(?P<ranges>(?:{_CHAR}(?:-{_CHAR})?)+)\]",
    re.DOTALL,
)
_RANGE = re.compile(rf"({_CHAR})(?:-({_CHAR}))?", re.DOTALL)


def parse_pattern(text: str) -> Optional[Pattern]:
    """Read a pattern of one name, without slashes; None if Go refuses it.

    What comes back matches names from end to end, in time that grows with their length.
    """
    # What stands between the stars, an expression for each character.
    runs: List[List[str]] = [[]]
    place = 0
    while place < len(text):
        piece = _PIECE.match(text, place)
        if piece is None:
            return None
        place = piece.end()
        if piece.group("star"):
            runs.append([])
        else:
            runs[-1].append(_write_piece(piece))
    if sum(map(len, runs)) > _LONGEST_NAME:
        return re.compile("(?!)")
    first, *others = map("".join, runs)
    return re.compile(first + _write_runs(others), re.DOTALL)


def _write_piece(piece: "re.Match") -> str:
    """Write a regular expression of one character."""
    if piece.group("ranges") is None:
        return "." if piece.group("any") else re.escape(piece.group(piece.lastgroup))
    inside = ""
    for first, last in _RANGE.findall(piece.group("ranges")):
        low, high = first[-1], (last or first)[-1]
        # A range that ends before it begins holds nothing.
        inside += f"{re.escape(low)}-{re.escape(high)}" if low <= high else ""
    if inside:
        return f"[{piece.group('negated')}{inside}]"
    return "." if piece.group("negated") else "(?!)"


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
