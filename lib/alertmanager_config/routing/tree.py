"""Which receivers an alert goes to.

As Alertmanager decides it, from 0.20 to 0.35: dispatch/route.go, pkg/labels/matcher.go and, for
matchers that the classic and the UTF-8 syntax read differently, matcher/compat/parse.go.
"""

from typing import Collection, Dict, Iterable, List, Mapping, NamedTuple, Optional, Set, Tuple

from ..go.regular_expressions import Untranslatable, find_first_fault
from ..go.regular_expressions import matches as matches_regex
from ..version import FUTURE
from ..yaml import nodes
from ..yaml.nodes import Document, Items, Node, get_items, get_text, get_value, text_of
from . import matchers
from .matchers import Matcher


class UndecidableRoute(Exception):
    """Only Alertmanager itself can tell; the text says at which place."""


class RouteMatch(NamedTuple):
    """A route that an alert ends in, with what it inherits from those above.

    path: where it stands, for example ``route.routes[1]``. receiver: its name. group_by: the
    labels, or ``...`` alone for every label. group_wait, group_interval, repeat_interval: lengths
    of time as Alertmanager writes them. mute_time_intervals, active_time_intervals: the names of
    those in which it is mute, and of those outside of which it is.
    """

    path: str
    receiver: str = ""
    group_by: Tuple[str, ...] = ()
    group_wait: str = "30s"
    group_interval: str = "5m"
    repeat_interval: str = "4h"
    mute_time_intervals: Tuple[str, ...] = ()
    active_time_intervals: Tuple[str, ...] = ()


class _Reader(NamedTuple):
    """The Alertmanager that reads routes: its version, and the features that it is told to have."""

    version: Tuple[int, ...]
    features: Collection[str]


def find_routes(
    document: Document,
    labels: Mapping[str, str],
    version: Optional[Tuple[int, ...]] = None,
    features: Collection[str] = (),
) -> Tuple[RouteMatch, ...]:
    """Return the routes that an alert with these labels ends in; each notifies its receiver.

    document: a configuration that is valid. version: the Alertmanager that decides, for example
    (0, 28, 1); the newest that is known if not given. features: what --enable-feature names.
    Raises UndecidableRoute.
    """
    root = get_value(document.root, "route")
    reader = _Reader(version or (0, FUTURE), features)
    return tuple(_find_routes(root, "route", RouteMatch(""), labels, reader))


def count_integrations(document: Document, receiver: str) -> Dict[str, int]:
    """Count what a receiver sends with: {"email": 1, "slack": 2}."""
    for node in get_items(document.root, "receivers"):
        if get_text(node, "name") == receiver:
            return {
                key.text[: -len("_configs")]: len(value.items)
                for key, value in node.items()
                if key.text.endswith("_configs") and isinstance(value, Items) and value.items
            }
    return {}


def find_used_receivers(route: Optional[Node]) -> Set[str]:
    """Give the names of the receivers that a route and those below it lead to."""
    names: Set[str] = set()
    waiting = [route]
    while waiting:
        node = waiting.pop()
        names.add(get_text(node, "receiver"))
        waiting += get_items(node, "routes")
    return names - {""}


def _find_routes(
    route: Optional[Node], path: str, above: RouteMatch, labels: Mapping[str, str], reader: _Reader
) -> List[RouteMatch]:
    """Return the matches in this route and below, none if it does not match."""
    if not _match_all(_matchers(route, reader), path, labels):
        return []
    here = _inherited(route, nodes.shorten_path(path), above, reader)
    found: List[RouteMatch] = []
    for number, child in enumerate(get_items(route, "routes")):
        below = _find_routes(child, f"{path}.routes[{number}]", here, labels, reader)
        found += below
        if below and not nodes.is_true(child, "continue"):
            break
    return found or [here]


def _match_all(wanted: Iterable[Matcher], path: str, labels: Mapping[str, str]) -> bool:
    """Tell whether all matchers match; one of which nobody can tell matters only if all others do.

    Raises UndecidableRoute.
    """
    unclear = False
    for matcher in wanted:
        value = labels.get(matcher.name, "")
        equals = matches_regex if matcher.is_regex else str.__eq__
        try:
            if equals(matcher.value, value) == matcher.operator.startswith("!"):
                return False
        except Untranslatable:
            unclear = True
    if unclear:
        raise UndecidableRoute(nodes.shorten_path(path))
    return True


def _inherited(route: Optional[Node], path: str, above: RouteMatch, reader: _Reader) -> RouteMatch:
    changed: Dict[str, object] = {"path": path}
    for key in ("receiver", "group_wait", "group_interval", "repeat_interval"):
        if get_text(route, key):
            changed[key] = get_text(route, key)
    node = get_value(route, "group_by")
    # Since 0.31, group_by: [] takes away what it would inherit.
    if isinstance(node, Items) and (node.items or reader.version >= (0, 31)):
        changed["group_by"] = tuple(map(text_of, node.items))
    # These are not handed down.
    for key in ("mute_time_intervals", "active_time_intervals"):
        changed[key] = tuple(map(text_of, get_items(route, key)))
    return above._replace(**changed)


def _matchers(route: Optional[Node], reader: _Reader) -> Iterable[Matcher]:
    for key, operator in (("match", "="), ("match_re", "=~")):
        node = get_value(route, key)
        for name, value in node.items() if isinstance(node, nodes.Mapping) else ():
            text = text_of(value)
            # It is put into this frame when it is read, and once more to match with it.
            yield Matcher(name.text, operator, f"^(?:{text})$" if operator == "=~" else text)
    for node in get_items(route, "matchers"):
        yield from _read(text_of(node), reader)


def _read(text: str, reader: _Reader) -> Tuple[Matcher, ...]:
    """Read matchers; where both syntaxes can read them, but differently, the classic one counts.

    It cannot where it leaves an escape that no regular expression has, such as \\u0041.
    """
    classic = matchers.parse_classic(text)
    if reader.version < (0, 27):
        return (matchers.parse_classic(text, loose=True) if classic.fault else classic).matchers
    fails = classic.fault or any(map(find_first_fault, classic.list_regexes()))
    if "utf8-strict-mode" in reader.features or (fails and "classic-mode" not in reader.features):
        return matchers.parse_utf8(text).matchers
    return classic.matchers
