"""The table that ``make bench`` prints."""

from typing import Iterable, List, NamedTuple, Optional, Sequence


class Row(NamedTuple):
    """One figure.

    what: what was measured. measured: the figure, with its unit. target: what it should be, "" if
    there is nothing it should be. met: whether it is. judged: whether a target missed is a defect,
    as it is of a count, which is the same on every machine, and of a time with much room in it.
    """

    what: str
    measured: str
    target: str = ""
    met: Optional[bool] = None
    judged: bool = False


def at_most(what: str, count: int, limit: int, unit: str, note: str = "") -> Row:
    """Return the row of something counted."""
    return Row(what, f"{count} {unit}{note}", f"at most {limit}", count <= limit, judged=True)


def text(title: str, rows: Sequence[Row]) -> str:
    """Return rows as lines of a table."""
    cells = [
        (row.what, row.measured, row.target, {None: "", True: "met", False: "MISSED"}[row.met])
        for row in rows
    ]
    widths = [max(len(cell[column]) for cell in cells) for column in range(3)]
    lines = [
        "  ".join([*(word.ljust(width) for word, width in zip(cell, widths)), cell[3]]).rstrip()
        for cell in cells
    ]
    return "\n".join(["", title, "-" * len(title), *lines])


def missed(rows: Iterable[Row]) -> List[Row]:
    """Return the rows of targets that were missed, and are judged by."""
    return [row for row in rows if row.judged and row.met is False]
