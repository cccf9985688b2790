"""Which receivers an alert goes to.

As Alertmanager decides it, from 0.20 to 0.34: dispatch/route.go, pkg/labels/matcher.go and, for
matchers that the classic and the UTF-8 syntax read differently, matcher/compat/parse.go.
"""

from dataclasses import dataclass, replace
from typing import Dict, Iterator, List, Mapping, Optional, Tuple

from . import go_regexp
from .validation import matchers
from .validation.matchers import Matcher
from .yaml_nodes import Document, Items, Node, Path, Scalar, is_null
from .yaml_nodes import Mapping as MappingNode


class Unclear(Exception):
    """Only Alertmanager itself can tell; the text says at which place."""


@dataclass(frozen=True)
class Ending:
    """A route that an alert ends in, with what it inherits from those above.

    path: where it stands, for example ``route.routes[1]``. receiver: its name. group_by: the
    labels, or ``...`` alone for every label. group_wait, group_interval, repeat_interval: lengths
    of time as Alertmanager writes them. muted, active: the names of the time intervals in which it
    is mute, and of those outside of which it is.
    """

    path: str
    receiver: str = ""
    group_by: Tuple[str, ...] = ()
    group_wait: str = "30s"
    group_interval: str = "5m"
    repeat_interval: str = "4h"
    muted: Tuple[str, ...] = ()
    active: Tuple[str, ...] = ()


def endings(document: Document, labels: Mapping[str, str]) -> Tuple[Ending, ...]:
    """Return the routes that an alert with these labels ends in; each notifies its receiver.

    document: a configuration that is valid. Raises Unclear.
    """
    root = document.root.get("route") if isinstance(document.root, MappingNode) else None
    return tuple(_endings(root, Path().key("route"), Ending(""), labels))


def integrations(document: Document, receiver: str) -> Dict[str, int]:
    """Count what a receiver sends with: {"email": 1, "slack": 2}."""
    for node in _items(_get(document.root, "receivers")):
        if _text(_get(node, "name")) == receiver:
            return {
                key.text[: -len("_configs")]: len(value.items)
                for key, value in node.items()
                if key.text.endswith("_configs") and isinstance(value, Items) and value.items
            }
    return {}


def _endings(
    route: Optional[Node], path: Path, above: Ending, labels: Mapping[str, str]
) -> List[Ending]:
    """Return the endings in this route and below, none if it does not match."""
    try:
        if not all(_matches(matcher, labels) for matcher in _matchers(route)):
            return []
    except go_regexp.Untranslatable:
        raise Unclear(str(path)) from None
    here = _inherited(route, str(path), above)
    found: List[Ending] = []
    for number, child in enumerate(_items(_get(route, "routes"))):
        below = _endings(child, path.key("routes").item(number), here, labels)
        found += below
        if below and not _is_true(_get(child, "continue")):
            break
    return found or [here]


def _inherited(route: Optional[Node], path: str, above: Ending) -> Ending:
    changed: Dict[str, object] = {"path": path}
    for key in ("receiver", "group_wait", "group_interval", "repeat_interval"):
        if _text(_get(route, key)):
            changed[key] = _text(_get(route, key))
    if _items(_get(route, "group_by")):
        changed["group_by"] = tuple(_text(item) for item in _items(_get(route, "group_by")))
    # These are not handed down.
    for name, key in (("muted", "mute_time_intervals"), ("active", "active_time_intervals")):
        changed[name] = tuple(_text(item) for item in _items(_get(route, key)))
    return replace(above, **changed)


def _matchers(route: Optional[Node]) -> Iterator[Matcher]:
    for key, operator in (("match", "="), ("match_re", "=~")):
        node = _get(route, key)
        for name, value in node.items() if isinstance(node, MappingNode) else ():
            text = _text(value)
            # It is put into this frame when it is read, and once more to match with it.
            yield Matcher(name.text, operator, f"^(?:{text})$" if operator == "=~" else text)
    for node in _items(_get(route, "matchers")):
        read = matchers.read_classic(_text(node))
        if read.wrong:
            read = matchers.read_utf8(_text(node))
        yield from read.matchers


def _matches(matcher: Matcher, labels: Mapping[str, str]) -> bool:
    value = labels.get(matcher.name, "")
    equals = go_regexp.matches if matcher.regex else str.__eq__
    same = equals(matcher.value, value)
    return same != matcher.operator.startswith("!")


def _get(node: Optional[Node], key: str) -> Optional[Node]:
    return node.get(key) if isinstance(node, MappingNode) else None


def _items(node: Optional[Node]) -> List[Node]:
    return node.items if isinstance(node, Items) else []


def _text(node: Optional[Node]) -> str:
    return node.text if isinstance(node, Scalar) and not is_null(node) else ""


def _is_true(node: Optional[Node]) -> bool:
    return isinstance(node, Scalar) and node.plain() is True
