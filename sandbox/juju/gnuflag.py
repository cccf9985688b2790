"""Command lines as Juju's programs read them: flags anywhere among the arguments.

Written after github.com/juju/gnuflag and github.com/juju/cmd; hook tools and ``juju`` itself share
it. Commands are declared by texts; juju.txt says how such a file is read.
"""

from __future__ import annotations

import math
import re
from pathlib import Path
from typing import Any, NamedTuple

from alertmanager_config.go.durations import parse_go

from sandbox.juju.go_values import BOOLEANS, quote
from sandbox.juju.juju_errors import UsageError

_HEADING = re.compile(
    r"(?P<names>[-a-z0-9]+(?:, [-a-z0-9]+)*).*?(?: \(Juju (?P<major>[0-9])[.0-9]*\))?"
)
_FLAG = re.compile(
    r"(?P<names>-[-\w]+(?:, -[-\w]+)*)(?P<value>\[=\S+\]| \S.*?)?(?P<again>\.\.\.)?  .*"
)


class HelpWanted(Exception):
    """The flag --help."""


class Flag(NamedTuple):
    """A flag. ``names`` without dashes, the first is the key of its value.

    switch: it takes no value. repeat: it may come several times and has a list. choices: formats.
    number: its value is an Int, a Uint, or a time, which is seconds then. wait: a switch that may
    be given a time, as run-action's --wait (cmd/juju/action/waitflag.go); infinity without.
    """

    names: tuple
    switch: bool = False
    repeat: bool = False
    choices: tuple = ()
    number: str = ""
    wait: bool = False


class Declaration(NamedTuple):
    """A command as a text declares it. major: the version of Juju that has it, 0 for all."""

    names: list
    flags: tuple
    major: int
    text: str


def read_declarations(path: Path) -> list[Declaration]:
    """The commands that a text declares; the one called ``*`` has flags that all have."""
    paragraphs = path.read_text(encoding="utf-8").split("\n\n")
    return [_declaration(text) for text in paragraphs if not text.startswith("#")]


def _declaration(text: str) -> Declaration:
    heading, *lines = text.splitlines()
    found = _HEADING.fullmatch(heading)
    names, major = (found["names"].split(", "), found["major"]) if found else ([heading], None)
    flags = filter(None, map(_FLAG.fullmatch, map(str.strip, lines)))
    made = tuple(_flag(flag["names"], flag["value"] or "", flag["again"]) for flag in flags)
    return Declaration(names, made, int(major or 0), text)


def _flag(names: str, value: str, again: str | None) -> Flag:
    word = value.strip()
    return Flag(
        tuple(name.lstrip("-") for name in names.split(", ")),
        switch=not value or value.startswith("["),
        wait=value.startswith("["),
        repeat=bool(again),
        choices=() if "<" in word else tuple(filter(None, word.split("|"))),
        number={"<number>": "Int", "<count>": "Uint", "<time>": "time"}.get(word, ""),
    )


def parse_flags(flags: tuple, argv: list[str]) -> tuple[dict[str, Any], list[str]]:
    """The values of the flags in ``argv`` and the arguments left; UsageError or HelpWanted."""
    return _Parser(flags, argv).parse()


class _Parser:
    def __init__(self, flags: tuple, argv: list[str]) -> None:
        self._known = {name: flag for flag in flags for name in flag.names}
        self._pending = list(argv)
        self._options: dict[str, Any] = {}

    def parse(self) -> tuple[dict[str, Any], list[str]]:
        rest = []
        while self._pending:
            word = self._pending.pop(0)
            if word == "--":
                return self._options, rest + self._pending
            if word == "-" or not word.startswith("-"):
                rest.append(word)
            elif word.startswith("--"):
                name, equals, value = word[2:].partition("=")
                if equals and not name:
                    raise UsageError(f"empty option in argument {quote(word)}")
                self._take(name, value if equals else None)
            else:
                self._take_letters(word[1:])
        return self._options, rest

    def _take_letters(self, letters: str) -> None:
        while letters:
            letter, letters = letters[0], letters[1:]
            flag = self._known.get(letter)
            if flag and letters and (not flag.switch or letters[0] == "="):
                self._take(letter, letters)
                return
            self._take(letter, None)

    def _take(self, name: str, value: str | None) -> None:
        flag = self._known.get(name)
        spelled = ("--" if len(name) > 1 else "-") + name
        if flag is None and name in ("help", "h"):
            raise HelpWanted
        if flag is None:
            raise UsageError(f"option provided but not defined: {spelled}")
        if value is None and flag.switch:
            value = "true"
        if value is None:
            if not self._pending:
                raise UsageError(f"option needs an argument: {spelled}")
            value = self._pending.pop(0)
        try:
            taken = _value(flag, value)
        except ValueError as error:
            raise UsageError(
                f"invalid value {quote(value)} for option {spelled}: {error}"
            ) from None
        if flag.repeat:
            self._options.setdefault(flag.names[0], []).append(taken)
        else:
            self._options[flag.names[0]] = taken


def _value(flag: Flag, given: str) -> Any:
    """What a flag is set to; ValueError with Go's text if it takes no such value."""
    if flag.wait:
        return math.inf if given == "true" else _duration(given)
    if flag.switch:
        if given not in BOOLEANS:
            raise ValueError(f"strconv.ParseBool: parsing {quote(given)}: invalid syntax")
        return BOOLEANS[given]
    if flag.number == "time":
        return _duration(given)
    if flag.number:
        sign = "[-+]?" if flag.number == "Int" else ""
        if not re.fullmatch(f"{sign}[0-9]{{1,18}}", given):
            raise ValueError(f"strconv.Parse{flag.number}: parsing {quote(given)}: invalid syntax")
        return int(given)
    if flag.choices and given not in flag.choices:
        raise ValueError(f"unknown format {quote(given)}")
    return given


def _duration(given: str) -> float:
    """Seconds of a duration as Go writes it, for example 1m30s; ValueError with Go's text."""
    nanoseconds = parse_go(given)
    if nanoseconds is None or nanoseconds < 0:
        raise ValueError(f"time: invalid duration {quote(given)}")
    return nanoseconds / 10**9


def no_more(args: list[str]) -> None:
    """Refuses left-over arguments."""
    if args:
        raise UsageError(f"unrecognized args: [{' '.join(quote(arg) for arg in args)}]")


def key_values(args: list[str]) -> dict[str, str]:
    """``key=value`` arguments as a dict, less blanks and line breaks around each (juju/utils
    keyvalues).
    """
    pairs: dict[str, str] = {}
    for arg in args:
        key, equals, value = arg.partition("=")
        key, value = key.strip(), value.strip()
        if not equals or not key:
            raise UsageError(f'expected "key=value", got {quote(arg)}')
        if key in pairs:
            raise UsageError(f"key {quote(key)} specified more than once")
        pairs[key] = value
    return pairs
