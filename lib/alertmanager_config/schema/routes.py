"""Routes, inhibition and time intervals: config/config.go, config/common, timeinterval."""

from typing import Any, Callable, Optional

from ..go.regular_expressions import find_faults, find_first_fault
from ..routing import matchers
from ..version import EVERY, VersionSet, before, since
from ..yaml.nodes import Node, Path, Scalar, shown
from ..yaml.scalars import STR
from . import time_intervals
from .check_context import Context
from .field_rules import needs
from .value_types import (
    BROKEN,
    Block,
    Bool,
    Duration,
    Field,
    Listed,
    Mapped,
    Template,
    Text,
    Values,
    added,
    fields_of,
    is_nothing,
    nearest,
)


def _classic_name(name: str, node: Node, path: Path, context: Context) -> None:
    if not matchers.is_classic_name(name):
        message = f"{shown(name)} is no name of a label: letters, digits and underscores"
        context.report.refuse(node, path, message)


def _name(name: str, node: Node, path: Path, context: Context) -> None:
    """Judge the name of a label where UTF-8 is fine from 0.27 on."""
    if not name:
        context.report.refuse(node, path, "is no name of a label")
    elif not matchers.is_classic_name(name):
        message = f"{shown(name)} is no name of a label: letters, digits and underscores"
        refusing = EVERY if context.only_classic else before(27)
        context.report.refuse(node, path, message, which=refusing)


class LabelName(Text):
    """The name of a label.

    utf8: the versions that take any text for one.
    unchecked: the versions in whose Go type a null, or what looks like one, is not looked at.
    """

    def __init__(self, utf8: VersionSet, unchecked: VersionSet = 0):
        self.utf8 = utf8
        self.unchecked = unchecked

    def check(self, node: Node, path: Path, context: Context):
        """Give the name."""
        name = super().check(node, path, context)
        if name is not BROKEN and not name:
            which = EVERY & ~self.unchecked if is_nothing(node) else EVERY
            context.report.refuse(node, path, "is empty, which is no name of a label", which=which)
        return name

    def judge(self, text: str, node: Node, path: Path, context: Context) -> None:
        """Refuse what is no name to some versions."""
        if not matchers.is_classic_name(text):
            which = EVERY if context.only_classic else EVERY & ~self.utf8
            if text == "~":
                which &= ~self.unchecked
            message = f"{shown(text)} is no name of a label: letters, digits and underscores"
            context.report.refuse(node, path, message, which=which)


class Regex(Text):
    """A regular expression of match_re; a null is none."""

    def check(self, node: Node, path: Path, context: Context):
        """Give the expression."""
        if is_nothing(node):
            context.report.refuse(node, path, "needs a regular expression")
            return BROKEN
        # yaml.v2 takes these two for a null, and then does not know what to do with it.
        if isinstance(node, Scalar) and node.kind == STR and node.text in ("~", "null"):
            return self._wrong_type(node, path, context)
        return super().check(node, path, context)

    def judge(self, text: str, node: Node, path: Path, context: Context) -> None:
        """Read it as Go's regexp does."""
        report_regex(text, node, path, context, EVERY)


def report_regex(
    text: str, node: Node, path: Path, context: Context, which: VersionSet
) -> VersionSet:
    """Say what is wrong with a regular expression; give the versions that refuse it."""
    refusing = 0
    for fault in find_faults(text):
        if fault.official:
            context.report.warn_official(node, path, fault.message, which & fault.versions)
            continue
        message = f"the regular expression cannot be used: {fault.message}"
        context.report.refuse(node, path, message, which=which & fault.versions)
        refusing |= which & fault.versions
    return refusing


class Matchers(Text):
    """One or more matchers in a text, in either syntax."""

    def judge(self, text: str, node: Node, path: Path, context: Context) -> None:
        """Ask for the classic syntax before 0.27, and for either from then on."""
        self._judge(text, node, path, context)
        if matchers.has_no_value(text):
            message = "has a matcher without a value, and Alertmanager crashes"
            hint = 'write two double quotes: ""'
            context.report.refuse(node, path, message, hint, since(23) & before(25))

    def _judge(self, text: str, node: Node, path: Path, context: Context) -> None:
        """Say which versions cannot read a text, each with the syntaxes that it has."""
        classic = matchers.read_classic(text)
        classic_fault = classic.wrong or _regex_fault(classic)
        if not classic_fault and not context.only_utf8:
            self._warn_of_regexes(classic, node, path, context)
            return
        utf8 = matchers.read_utf8(text)
        utf8_fault = utf8.wrong or _regex_fault(utf8)
        refusing = before(27) if classic_fault else 0
        if classic_fault:
            loose = matchers.read_loosely(text)
            if not loose.wrong and not _regex_fault(loose):
                refusing &= ~(since(22) & before(23))
        if context.only_classic or utf8_fault:
            refusing |= since(27)
        if not utf8_fault:
            self._warn_of_regexes(utf8, node, path, context)
        if refusing:
            hint = ""
            if (classic.wrong or utf8.wrong) and '"' not in text and refusing & since(27):
                hint = "put the value into double quotes"
            context.report.refuse(node, path, classic_fault or utf8_fault, hint, which=refusing)

    @staticmethod
    def _warn_of_regexes(read: matchers.Read, node: Node, path: Path, context: Context) -> None:
        for matcher in read.matchers:
            if matcher.regex:
                for fault in find_faults(matcher.value):
                    context.report.warn_official(node, path, fault.message, fault.versions)


def _regex_fault(read: matchers.Read) -> str:
    for matcher in read.matchers:
        fault = find_first_fault(matcher.value) if matcher.regex else None
        if fault:
            return f"the regular expression cannot be used: {fault}"
    return ""


_MATCH = Mapped(Text(), _classic_name)
_MATCH_RE = Mapped(Regex(), _classic_name)
_MATCHERS = Listed(Matchers())


def _group_by(values: Values, context: Context) -> None:
    labels = [label for label in fields_of(values.get("group_by")) if label is not BROKEN]
    node, path = values.place("group_by")
    if "..." in labels and any(label != "..." for label in labels):
        message = "cannot have ... beside other labels"
        context.report.refuse(node, path, message, "... alone groups by all labels")
    seen = set()
    for label in labels:
        if label in seen and label != "...":
            message = f"has the label {shown(label)} twice"
            context.report.refuse(node, path, message, "keep one of them")
        seen.add(label)


class _GroupLabel(LabelName):
    """A label to group by, or ``...`` for all of them."""

    def judge(self, text: str, node: Node, path: Path, context: Context) -> None:
        if text != "...":
            super().judge(text, node, path, context)


def _intervals_in_order(values: Values, context: Context) -> None:
    """Warn of what 0.27 and later warn of in their log (dispatch/route.go)."""
    group, repeat = (
        _milliseconds(values.get(key)) for key in ("group_interval", "repeat_interval")
    )
    if group and repeat and repeat < group:
        node, path = values.place("repeat_interval")
        message = "is shorter than group_interval, at whose pace notifications go out"
        context.report.warn(node, path, message, "make it a multiple of group_interval")


def _milliseconds(text: Any) -> Optional[int]:
    from ..go import durations

    return None if text is None or text is BROKEN else durations.milliseconds(text)


ROUTE = Block(
    "a route",
    "config/config.go Route",
    {
        "active_time_intervals": added(24, Listed(Text())),
        "continue": Bool(),
        "group_by": Listed(_GroupLabel(since(27))),
        "group_interval": Duration(nonzero=True),
        "group_wait": Duration(),
        "labels": added(34, Mapped(Template(), _name)),
        "match": _MATCH,
        "match_re": _MATCH_RE,
        "matchers": added(22, _MATCHERS),
        "mute_time_intervals": added(22, Listed(Text())),
        "receiver": Text(),
        "repeat_interval": Duration(nonzero=True),
        "routes": Listed(Text(), "crash"),
    },
    [_group_by, _intervals_in_order],
)
# A route holds routes.
ROUTE.fields["routes"] = Field(Listed(ROUTE, "crash"))


def _sides(values: Values, context: Context) -> None:
    """Warn of a rule that matches more than anyone means."""
    for side in ("source", "target"):
        keys = (f"{side}_match", f"{side}_match_re", f"{side}_matchers")
        if not any(values.get(key) for key in keys):
            message = f"has no {side}_matchers, so it takes every alert for a {side}"
            context.report.warn(values.node, values.path, message)


INHIBIT_RULE = Block(
    "an inhibition rule",
    "config/common/inhibitrule.go InhibitRule",
    {
        # Before 0.28 its labels were of a type that is read as strictly as 0.26 was.
        "equal": Listed(LabelName(since(28), unchecked=before(28))),
        "name": added(30, Text()),
        "source_match": _MATCH,
        "source_match_re": _MATCH_RE,
        "source_matchers": added(22, _MATCHERS),
        "target_match": _MATCH,
        "target_match_re": _MATCH_RE,
        "target_matchers": added(22, _MATCHERS),
    },
    [_sides],
)


class _Range(Text):
    """A range that the timeinterval package reads.

    fault: says what is wrong with it. sometimes: likewise, of what only the versions in ``which``
    refuse; others take it without a word.
    """

    def __init__(
        self,
        fault: Callable[[str], Optional[str]],
        sometimes: Callable[[str], Optional[str]] = lambda text: None,
        which: VersionSet = 0,
    ):
        self.fault = fault
        self.sometimes = sometimes
        self.which = which

    def check(self, node: Node, path: Path, context: Context):
        """Give the range; a null is Alertmanager's zero, and no range is empty."""
        if is_nothing(node):
            context.report.warn(node, path, "is empty, and Alertmanager takes it for a zero")
            return None
        text = super().check(node, path, context)
        if text == "":
            self.judge(text, node, path, context)
        return text

    def judge(self, text: str, node: Node, path: Path, context: Context) -> None:
        fault = self.fault(text)
        if fault:
            context.report.refuse(node, path, fault, nearest(text.lower(), time_intervals.WEEKDAYS))
            return
        fault = self.sometimes(text)
        if fault:
            context.report.refuse(node, path, fault, which=self.which)
            if self.which == since(35):
                context.report.warn(node, path, fault, which=EVERY & ~self.which)


class _Location(Text):
    """A time zone of the IANA database, UTC or Local; empty text stands for UTC."""

    def judge(self, text: str, node: Node, path: Path, context: Context) -> None:
        from ..go import time_zones

        if text in time_zones.NAMES:
            return
        hint = nearest(text, time_zones.NAMES) or "see the tz database for the names"
        say = context.report.warn if context.is_future else context.report.refuse
        say(node, path, f"there is no time zone {shown(text)}", hint)


class _TimeOfDay(Text):
    """A time of day."""

    def judge(self, text: str, node: Node, path: Path, context: Context) -> None:
        fault = time_intervals.time_fault(text)
        if fault:
            context.report.refuse(node, path, fault)


def _times_in_order(values: Values, context: Context) -> None:
    start, end = values.get("start_time"), values.get("end_time")
    if not start or not end:
        message = "needs both start_time and end_time"
        context.report.refuse(values.node, values.path, message)
    elif (
        not time_intervals.time_fault(start) and not time_intervals.time_fault(end) and start >= end
    ):
        node, path = values.place("end_time")
        hint = "split what crosses midnight in two"
        context.report.refuse(node, path, "is not after start_time", hint)


_TIME_RANGE = Block(
    "a time range",
    "timeinterval/timeinterval.go yamlTimeRange",
    {"end_time": _TimeOfDay(), "start_time": _TimeOfDay()},
    [_times_in_order],
)

_PERIOD = Block(
    "a time interval",
    "timeinterval/timeinterval.go TimeInterval",
    {
        "days_of_month": Listed(_Range(time_intervals.days_fault)),
        "location": added(25, _Location()),
        "months": Listed(
            _Range(time_intervals.months_fault, time_intervals.months_outside, since(35))
        ),
        "times": Listed(_TIME_RANGE, "empty"),
        "weekdays": Listed(
            _Range(time_intervals.weekdays_fault, time_intervals.weekdays_wrap, before(35))
        ),
        "years": Listed(_Range(time_intervals.years_fault)),
    },
)

TIME_INTERVAL = Block(
    "a time interval",
    "config/config.go TimeInterval, MuteTimeInterval",
    {"name": Text(), "time_intervals": Listed(_PERIOD, "empty")},
    [needs("name")],
)
