"""What is wrong with what the operator gave us, said so that it can be put right."""

from typing import NamedTuple

from .version import EVERY, VersionSet

LONGEST = 1000
"""Characters of a line that operators are shown."""


class Problem(NamedTuple):
    """One thing wrong with one option.

    option: the option that the operator has to change, for example ``alertmanager-config``.
    message: what is wrong there, without a full stop.
    line: the line in the option's value, counted from 1; 0 where lines mean nothing.
    path: the place in the value's own words, for example ``route.routes[2].receiver``.
    hint: what to do about it; may be empty.
    warning: true if Alertmanager would run with it all the same.

    Never put an option's value into a message or a hint if the value may be a secret.
    """

    option: str
    line: int = 0
    path: str = ""
    message: str = ""
    hint: str = ""
    warning: bool = False

    def __str__(self) -> str:
        place = self.option
        if self.line:
            place += f" line {self.line}"
        if self.path:
            place += f", {self.path}"
        return to_one_line(f"{place}: {self.message}" + (f"; {self.hint}" if self.hint else ""))


class Fault(NamedTuple):
    """What is wrong with a text that a part of Go is to read, and for which versions.

    official: whether that is so in the official builds only, since it depends on the Go used.
    line: where in the text it is, counted from 1; 0 where lines mean nothing.
    """

    message: str
    versions: VersionSet = EVERY
    official: bool = False
    line: int = 0


def to_one_line(text: str) -> str:
    """Return a text as it may stand in a status or a log: printable, and no longer than LONGEST.

    What cannot be printed is written as an escape. Juju's tools take no NUL, and Linux no argument
    of more than 128 KiB.
    """
    if len(text) > LONGEST:
        text = text[: LONGEST - 1] + "\u2026"
    if text.isprintable():
        return text
    return "".join(
        each if each.isprintable() else each.encode("unicode_escape").decode() for each in text
    )
