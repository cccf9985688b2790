"""Routes and the tree of them: config/config.go. Inhibition rules: config/common."""

from typing import Dict, Optional

from ..go import durations
from ..routing.matchers import count_matchers
from ..version import EVERY, VersionSet, before, since
from ..yaml.nodes import Scalar, shown
from ..yaml.scalars import STR
from .containers import Array, Field, Map, Object, Values, added
from .labels import MATCH, MATCH_RE, MATCHERS, GroupLabel, LabelName, judge_route_label
from .place import Place
from .value_types import BROKEN, Bool, Duration, Template, Text, items_of, suggest


def _group_by(values: Values) -> None:
    labels = [label for label in items_of(values.get("group_by")) if label is not BROKEN]
    place = values.at("group_by")
    if "..." in labels and any(label != "..." for label in labels):
        place.refuse("cannot have ... beside other labels", "... alone groups by all labels")
    seen = set()
    for label in labels:
        if label in seen and label != "...":
            place.refuse(f"has the label {shown(label)} twice", "keep one of them")
        seen.add(label)


def _intervals_in_order(values: Values) -> None:
    """Warn of what 0.27 and later warn of in their log (dispatch/route.go)."""
    texts = [values.get(key) for key in ("group_interval", "repeat_interval")]
    group, repeat = map(durations.parse_prometheus, texts) if all(texts) else (None, None)
    if group and repeat and repeat < group:
        message = "is shorter than group_interval, at whose pace notifications go out"
        values.at("repeat_interval").warn(message, "make it a multiple of group_interval")


ROUTE = Object(
    "a route",
    "config/config.go Route",
    {
        Array(GroupLabel(since(27))): "group_by",
        Bool(): "continue",
        Duration(): "group_wait",
        Duration(nonzero=True): "group_interval repeat_interval",
        MATCH: "match",
        MATCH_RE: "match_re",
        Text(): "receiver",
        added(22, Array(Text())): "mute_time_intervals",
        added(22, MATCHERS): "matchers",
        added(24, Array(Text())): "active_time_intervals",
        added(34, Map(Template(), judge_route_label)): "labels",
    },
    [_group_by, _intervals_in_order],
)
# A route holds routes.
ROUTE.fields["routes"] = Field(Array(ROUTE, "crash"))


# By name; None where it cannot be said which there are.
NamedPlaces = Optional[Dict[str, Place]]


def check_routes(values: Values, receivers: NamedPlaces, intervals: NamedPlaces) -> None:
    """Judge the tree of routes, by what they name and by which of them alerts can come to.

    values: those of the top level. receivers, intervals: those that are defined.
    """
    route, place = values.get("route"), values.place
    if route is BROKEN:
        return
    if route is None:
        nowhere = Place(Scalar("", STR, place.node.option, 0), "", place.context)
        nowhere.refuse("has no route", "add route:")
        return
    if not route.get("receiver"):
        route.place.refuse("the first route has no receiver", "name one that takes every alert")
    for key, which in _NOT_IN_FIRST_ROUTE.items():
        if _says_something(route, key):
            message = "cannot be in the first route, which takes every alert"
            route.at(key).refuse(message, "put it into one under routes", which)
    _check_route(route, receivers, intervals)
    for name, defined in (receivers or {}).items():
        if name and name not in place.context.used_receivers:
            defined.warn(f"no route leads to the receiver {shown(name)}")


def _check_route(route: Values, receivers: NamedPlaces, intervals: NamedPlaces) -> None:
    name = route.get("receiver")
    if name:
        hint = "define it under receivers"
        _refuse_unknown(route, "receiver", "receiver", name, receivers, hint=hint)
    for key in ("active_time_intervals", "mute_time_intervals"):
        for interval in items_of(route.get(key)):
            hint = "define it in time_intervals"
            _refuse_unknown(route, key, "time interval", interval, intervals, hint=hint)
    children = [child for child in items_of(route.get("routes")) if isinstance(child, Values)]
    for index, child in enumerate(children):
        _check_route(child, receivers, intervals)
        keys = ("match", "match_re", "matchers", "continue")
        if index + 1 < len(children) and not any(_says_something(child, key) for key in keys):
            message = "takes every alert, so no alert comes to the routes after it"
            child.place.warn(message, "give it matchers, put it last, or set continue: true")


def _refuse_unknown(
    route: Values, key: str, what: str, name: str, known: NamedPlaces, *, hint: str
) -> None:
    if known is not None and name not in known:
        may_suggest = route.place.context.may_suggest()
        meant = suggest(name, filter(None, known)) if may_suggest else ""
        route.at(key).refuse(f"{what} {shown(name)} is not defined", meant or hint)


_NOT_IN_FIRST_ROUTE: Dict[str, VersionSet] = {
    "match": EVERY,
    "match_re": EVERY,
    # 0.22 and 0.23 forgot to look at these.
    "matchers": since(24),
    "mute_time_intervals": since(22),
    "active_time_intervals": since(24),
    "continue": EVERY,
}


def _says_something(route: Values, key: str) -> bool:
    value = route.get(key)
    if key == "matchers":
        # What is null or {} asks for nothing.
        return any(item is BROKEN or count_matchers(item) for item in items_of(value))
    return bool(value)


def _sides(values: Values) -> None:
    """Warn of a rule that matches more than anyone means."""
    for side in ("source", "target"):
        if not values.has(f"{side}_match", f"{side}_match_re", f"{side}_matchers"):
            values.place.warn(f"has no {side}_matchers, so it takes every alert for a {side}")


INHIBIT_RULE = Object(
    "an inhibition rule",
    "config/common/inhibitrule.go InhibitRule",
    {
        # Before 0.28 its labels were of a type that is read as strictly as 0.26 was.
        Array(LabelName(since(28), unchecked=before(28))): "equal",
        MATCH: "source_match target_match",
        MATCH_RE: "source_match_re target_match_re",
        added(22, MATCHERS): "source_matchers target_matchers",
        added(30, Text()): "name",
    },
    [_sides],
)
