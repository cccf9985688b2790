"""Inhibition rules: config/config.go, config/common."""

from ..version import before, since
from .containers import Array, Object, Values, added
from .labels import MATCH, MATCH_RE, MATCHERS, LabelName
from .value_types import Text


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
