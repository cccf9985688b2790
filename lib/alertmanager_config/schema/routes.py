"""Routes: config/config.go. Inhibition rules: config/common."""

from ..go import durations
from ..version import before, since
from ..yaml.nodes import shown
from .containers import Array, Field, Map, Object, Values, added
from .labels import MATCH, MATCH_RE, MATCHERS, GroupLabel, LabelName, judge_route_label
from .value_types import BROKEN, Bool, Duration, Template, Text, items_of


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
