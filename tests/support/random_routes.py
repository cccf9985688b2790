"""Random trees of routes and random alerts, to ask routing and the real server where these go."""

import random
from typing import Any, Dict, List

VALUES = ["", "a", "b", "ab", "1"]
_LABELS = ["x", "y", "z"]
_EXPRESSIONS = ["a|b", "a.*", ".*", "", "[^a]", "(?i)A", "\\u0061"]


def tree(rng: random.Random) -> Dict[str, Any]:
    """Make a configuration whose receivers notify nobody."""
    receivers: List[str] = []
    route = _route(rng, 0, receivers)
    route.pop("matchers", None)
    route.pop("continue", None)
    return {"route": route, "receivers": [{"name": name} for name in receivers]}


def alerts(rng: random.Random, count: int) -> List[Dict[str, str]]:
    """Make the labels of so many alerts, each with one that makes it differ from the others."""
    return [
        {
            "n": str(number),
            **{label: value for label in _LABELS for value in [rng.choice(VALUES)] if value},
        }
        for number in range(count)
    ]


def _route(rng: random.Random, depth: int, receivers: List[str]) -> Dict[str, Any]:
    receivers.append(f"r{len(receivers)}")
    route: Dict[str, Any] = {"receiver": receivers[-1]}
    if depth and rng.random() < 0.9:
        route["matchers"] = [_matcher(rng) for _ in range(rng.choice([1, 1, 2]))]
    if rng.random() < 0.5:
        route["group_by"] = rng.choice([[], ["..."], ["x"], ["y", "z"], ["n"]])
    if rng.random() < 0.5:
        route["continue"] = True
    if depth < 3 and rng.random() < 0.8:
        route["routes"] = [_route(rng, depth + 1, receivers) for _ in range(rng.randint(1, 3))]
    return route


def _matcher(rng: random.Random) -> str:
    operator = rng.choice(["=", "!=", "=~", "!~"])
    value = rng.choice(_EXPRESSIONS if "~" in operator else VALUES)
    # To versions without the UTF-8 syntax, the escape is none.
    return f'{rng.choice(_LABELS)}{operator}"{value}"'
