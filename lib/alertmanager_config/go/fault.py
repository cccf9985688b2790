"""What is wrong with a text that a part of Go is to read."""

from typing import NamedTuple

from ..version import EVERY, VersionSet


class Fault(NamedTuple):
    """What is wrong with a text, and for which versions it is wrong.

    official: whether that is so in the official builds only, since it depends on the Go used.
    line: where in the text it is, counted from 1; 0 where lines mean nothing.
    """

    message: str
    versions: VersionSet = EVERY
    official: bool = False
    line: int = 0
