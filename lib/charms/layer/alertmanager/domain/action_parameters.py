"""What operators give to actions, as text: labels, matchers, lengths of time, identifiers."""

import re
from datetime import timedelta
from typing import Dict, Tuple

from alertmanager_config.go.durations import parse_prometheus
from alertmanager_config.routing.matchers import Matcher, parse_utf8

_LONGEST = timedelta(days=3650)
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_CUT = "close it; if there is a # in it, use --string-args, or Juju reads no further"
_IDENTIFIER = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class BadParameter(Exception):
    """A parameter cannot be used; the text is one line that says which, why and what to do."""

    def __init__(self, parameter: str, message: str, hint: str):
        super().__init__(f"{parameter}: {message}; {hint}")


def parse_matchers(parameter: str, text: str) -> Tuple[Matcher, ...]:
    """Read matchers in Alertmanager's own syntax, separated by commas; none in an empty text.

    It is the stricter syntax of 0.27 and later, which leaves nothing to guess: a value with a
    space, a comma or a quote in it stands in double quotes.
    """
    return _read(parameter, text, 'write them like alertname=Fire, place=~"kitchen|hall"')


def parse_labels(parameter: str, text: str) -> Dict[str, str]:
    """Read labels, or annotations, in the syntax of matchers."""
    found: Dict[str, str] = {}
    hint = 'write them like severity=page, place="the hall"'
    for name, operator, value in _read(parameter, text, hint):
        if operator != "=":
            raise BadParameter(parameter, f"{name} stands before {operator}", hint)
        if name in found:
            raise BadParameter(parameter, f"{name} is given twice", "give it once")
        found[name] = value
    return found


def _read(parameter: str, text: str, hint: str) -> Tuple[Matcher, ...]:
    read = parse_utf8(text)
    if not read.fault:
        return read.matchers
    if '"' in _QUOTED.sub("", text):  # as when Juju's command line takes the rest for a comment
        raise BadParameter(parameter, "has a quote that is not closed", _CUT)
    if any("\n" in quoted for quoted in _QUOTED.findall(text)):
        raise BadParameter(parameter, "has a line break in quotes", r"write \n in its place")
    raise BadParameter(parameter, read.fault, hint)


def parse_duration(parameter: str, text: str) -> timedelta:
    """Read a length of time such as 90m, 1h30m or 2d; not none, and at most ten years."""
    hint = "write one like 90m, 1h30m or 2d"
    nanoseconds = parse_prometheus(text.strip()) or 0
    length = timedelta(microseconds=nanoseconds // 1000)
    if not timedelta(0) < length <= _LONGEST:
        message = "must be a duration of more than 0 and at most ten years"
        raise BadParameter(parameter, message, hint)
    return length


def parse_silence_id(parameter: str, text: str) -> str:
    """Read the identifier of a silence."""
    text = text.strip().lower()
    if not _IDENTIFIER.fullmatch(text):
        raise BadParameter(parameter, "is not the id of a silence", "list-silences shows them")
    return text
