"""Random trees of routes and random alerts, to ask routing and the real server where these go."""

import json
import random
from typing import Any, Dict, Iterator, List, NamedTuple, Set, Tuple

from alertmanager_config import check
from alertmanager_config import version as versions
from alertmanager_config.routing import tree
from alertmanager_config.yaml import reader
from support import config_judge

ALERTS = 30
"""How many go through each tree."""

_LABELS = ["x", "y", "z"]
_VALUES = [
    *("", "a", "b", "ab", "1", "A", "i", "I", "\u0130", "\u0131", "\u00e9", "a b", 'a"'),
    *("a\\", "s\n"),
]
_EXPRESSIONS = [
    *("a|b", "a.*", ".*", "", "[^a]", "(?i)A", "\\u0061", "(?i)i", "(?i)\u0130", "(?i)\u0131"),
    *("a b", "\\x61", "\\d", "[[:upper:]]", "\\w+", "a)|(b", "(?s).*", "^a$", "a$|^b", ".+"),
    *("\\pL", "\\p{Lu}", "\\p{Greek}", "\\S", "\\Qa\\E.?", "\\s", "[\\x{41}-b]+", "(a)(b)?"),
]
# Whole items of a list of matchers, which the two syntaxes read differently, or only one does.
_ITEMS = [
    *('{x="a",y!="b"}', "{}", "x=a,y=b", "x=a b", " x = a ", 'x="a",', "x='a'", "x=`a`"),
    *('"x"="a"', '"x"=~"a|b"', "\u00e9=a", '"a b"!=a', 'x="\\u0061"', "x=\\u0061", 'x="\\t"'),
    *('x="a\\\\"', "x=a\\", 'x="a\\""', "x=", 'x=""', "x!=", 'x=~""', 'x!~""', "x=\\n"),
    *("z=1,x!=a", "x!=\u00e9", "{x=~a|b}"),
]


class Comparison(NamedTuple):
    """What came of some trees.

    trees: how many the two were asked about. unclear: through how many of them the package could
    not say where every alert goes. differing: what they differ on, to read.
    """

    trees: int
    unclear: int
    differing: List[str]


def compare(server: config_judge.Judge, version: str, count: int, seed: int) -> Comparison:
    """Ask routing and a server of a version where alerts go, and how they are grouped."""
    rng = random.Random(seed)
    number = versions.parse_version(version)
    unclear = 0
    differing = []
    for text in _texts(rng, number, count):
        alerts = _alerts(rng)
        try:
            ours = _by_us(text, alerts, number)
            theirs = _by_the_server(server, text, alerts)
        except tree.UndecidableRoute:
            unclear += 1
        except config_judge.JudgeError as error:
            differing.append(f"{text}\nthe server does not run with it: {error}")
        else:
            if ours != theirs:
                named = (
                    f"only routing {sorted(ours - theirs)}, only the server {sorted(theirs - ours)}"
                )
                differing.append(f"{text}\n{named}")
    return Comparison(count, unclear, differing)


def _by_us(text: str, alerts: List[Dict[str, str]], number: versions.Version) -> Set[Tuple]:
    """Give (alert, receiver, labels of its group), as routing has it."""
    document = reader.parse_yaml(text, "x")
    found = set()
    for labels in alerts:
        for match in tree.find_routes(document, labels, number):
            by = labels if match.group_by == ("...",) else match.group_by
            group = {name: labels[name] for name in by if name in labels}
            found.add((labels["n"], match.receiver, json.dumps(group, sort_keys=True)))
    return found


def _by_the_server(
    server: config_judge.Judge, text: str, alerts: List[Dict[str, str]]
) -> Set[Tuple]:
    """Give the same as the server has it; JudgeError if it does not run."""
    groups = server.groups(text.encode(), [{"labels": labels} for labels in alerts])
    found = set()
    for group in groups:
        by = json.dumps(group["labels"], sort_keys=True)
        name = group["receiver"]["name"]
        found.update((alert["labels"]["n"], name, by) for alert in group["alerts"])
    return found


def _texts(rng: random.Random, number: versions.Version, count: int) -> Iterator[str]:
    """Make so many configurations that the version takes, whose receivers notify nobody."""
    made = 0
    while made < count:
        receivers: List[str] = []
        route = _route(rng, 0, receivers, number)
        config = {"route": route, "receivers": [{"name": name} for name in receivers]}
        text = json.dumps(config)
        if all(problem.warning for problem in check.check_text(text, "x", number)):
            made += 1
            yield text


def _alerts(rng: random.Random) -> List[Dict[str, str]]:
    """Make the labels of alerts, each with one that makes it differ from the others."""
    return [
        {
            "n": str(number),
            **{label: value for label in _LABELS for value in [rng.choice(_VALUES)] if value},
        }
        for number in range(ALERTS)
    ]


def _route(
    rng: random.Random, depth: int, receivers: List[str], number: versions.Version
) -> Dict[str, Any]:
    route: Dict[str, Any] = {}
    if not depth or rng.random() < 0.9:
        receivers.append(f"r{len(receivers)}")
        route["receiver"] = receivers[-1]
    if depth:
        route.update(_conditions(rng, number))
    elif rng.random() < 0.1:
        route["matchers"] = rng.choice([[None], ["{}"], [], None])
    if rng.random() < 0.5:
        route["group_by"] = rng.choice([[], None, ["..."], ["x"], ["y", "z"], ["n"], ["nope", "x"]])
    if depth and rng.random() < 0.5:
        route["continue"] = rng.choice([True, True, True, False, None])
    if depth < 3 and rng.random() < 0.8:
        children = range(rng.randint(1, 3))
        route["routes"] = [_route(rng, depth + 1, receivers, number) for _ in children]
    return route


def _conditions(rng: random.Random, number: versions.Version) -> Dict[str, Any]:
    """Make what a route asks of alerts, in one of the notations that the version has."""
    way = rng.random()
    if way < 0.1:
        return {}
    if way < 0.2 or number < (0, 22):
        return {"match": {rng.choice(_LABELS): rng.choice(_VALUES)}}
    if way < 0.3:
        return {"match_re": {rng.choice(_LABELS): rng.choice(_EXPRESSIONS)}}
    if way < 0.45:
        return {"matchers": [rng.choice(_ITEMS)]}
    return {"matchers": [_matcher(rng) for _ in range(rng.choice([1, 1, 2]))]}


def _matcher(rng: random.Random) -> str:
    operator = rng.choice(["=", "!=", "=~", "!~"])
    value = rng.choice(_EXPRESSIONS if "~" in operator else _VALUES)
    written = value if rng.random() < 0.2 else json.dumps(value, ensure_ascii=False)
    if rng.random() < 0.5:
        # Doubled backslashes are an escape of both syntaxes, single ones are not.
        written = written.replace("\\\\", "\\")
    return f"{rng.choice(_LABELS)}{operator}{written}"
