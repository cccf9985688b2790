"""Names of labels, and what is matched against their values."""

from typing import Any

from ..go.regular_expressions import find_faults, find_first_fault
from ..routing import matchers
from ..version import EVERY, VersionSet, before, since
from ..yaml.nodes import shown
from .containers import Array, Map
from .place import Place
from .value_types import BROKEN, Text, fits_nothing, is_nothing


def refuse_name(name: str, place: Place, which: VersionSet = EVERY) -> None:
    """Refuse a name for a label to the versions that take letters, digits and underscores only."""
    if not matchers.is_classic_name(name):
        message = (
            f"{shown(name)} cannot be the name of a label: use letters, digits and underscores"
        )
        place.refuse(message, which=which)


def judge_route_label(name: str, place: Place) -> None:
    """Judge the name of a label that a route adds, where UTF-8 is fine from 0.27 on."""
    if not name:
        place.refuse("cannot be the name of a label")
    else:
        refuse_name(name, place, EVERY if place.context.only_classic else before(27))


class LabelName(Text):
    """The name of a label.

    utf8: the versions that take any text for one.
    unchecked: the versions in whose Go type a null, or what looks like one, is not looked at.
    """

    def __init__(self, utf8: VersionSet, unchecked: VersionSet = 0):
        self.utf8 = utf8
        self.unchecked = unchecked

    def check(self, place: Place) -> Any:
        """Give the name."""
        name = super().check(place)
        if name is not BROKEN and not name:
            which = EVERY & ~self.unchecked if is_nothing(place.node) else EVERY
            place.refuse("is empty, which cannot be the name of a label", which=which)
        return name

    def _judge(self, text: str, place: Place) -> None:
        which = EVERY if place.context.only_classic else EVERY & ~self.utf8
        refuse_name(text, place, which & ~self.unchecked if text == "~" else which)


class GroupLabel(LabelName):
    """A label to group by, or ``...`` for all of them."""

    def _judge(self, text: str, place: Place) -> None:
        if text != "...":
            super()._judge(text, place)


_CANNOT_USE = "the regular expression cannot be used: "


class Regex(Text):
    """A regular expression of match_re; a null is none."""

    def check(self, place: Place) -> Any:
        """Give the expression."""
        if is_nothing(place.node):
            place.refuse("needs a regular expression")
            return BROKEN
        return self._refuse_type(place) if fits_nothing(place.node) else super().check(place)

    def _judge(self, text: str, place: Place) -> None:
        place.tell(find_faults(text), before=_CANNOT_USE)


class Matchers(Text):
    """One or more matchers in a text, in either syntax."""

    def _judge(self, text: str, place: Place) -> None:
        """Ask for the classic syntax before 0.27, and for either from then on."""
        self._judge_syntaxes(text, place)
        if matchers.has_no_value(text):
            message = "has a matcher without a value, and Alertmanager crashes"
            place.refuse(message, 'write two double quotes: ""', since(23) & before(25))

    def _judge_syntaxes(self, text: str, place: Place) -> None:
        """Say which versions cannot read a text, each with the syntaxes that it has."""
        context = place.context
        classic = matchers.parse_classic(text)
        classic_fault = _find_fault(classic)
        if not classic_fault and not context.only_utf8:
            _warn_of_regexes(classic, place)
            return
        utf8 = matchers.parse_utf8(text)
        utf8_fault = _find_fault(utf8)
        refusing = before(27) if classic_fault else 0
        if not _find_fault(matchers.parse_classic(text, loose=True)):
            refusing &= ~(since(22) & before(23))
        if context.only_classic or utf8_fault:
            refusing |= since(27)
        if not utf8_fault:
            _warn_of_regexes(utf8, place)
        if refusing:
            hint = ""
            if (classic.fault or utf8.fault) and '"' not in text and refusing & since(27):
                hint = "put the value into double quotes"
            place.refuse(classic_fault or utf8_fault, hint, refusing)


def _warn_of_regexes(parsed: matchers.ParsedMatchers, place: Place) -> None:
    for regex in parsed.list_regexes():
        place.tell(find_faults(regex))


def _find_fault(parsed: matchers.ParsedMatchers) -> str:
    faults = filter(None, map(find_first_fault, parsed.list_regexes()))
    return parsed.fault or next((_CANNOT_USE + fault for fault in faults), "")


MATCH = Map(Text(), refuse_name)
MATCH_RE = Map(Regex(), refuse_name)
MATCHERS = Array(Matchers())
