"""Alerts go where amtool says that they go."""

import json
import random
import subprocess

import pytest
from alertmanager_config.routing import tree
from alertmanager_config.routing.tree import RouteMatch, UndecidableRoute
from alertmanager_config.yaml import reader
from support import real_programs

CONFIG = """
route:
  receiver: all
  group_by: [alertname, place]
  group_wait: 10s
  mute_time_intervals: [night]
  routes:
  - match: {severity: page}
    group_wait: 1m
    continue: yes
    routes:
    - {receiver: kitchen, match_re: {place: kit.*}, group_by: ['...'], active_time_intervals: [day]}
    - {receiver: "", matchers: [place=hall], group_by: []}
  - receiver: log
    matchers: ['place!="cellar", severity=~"page|info"', team!~"a.+"]
    repeat_interval: 1d
receivers:
- {name: all, email_configs: [{to: a}, {to: b}], slack_configs: [{}], webhook_configs: []}
- {name: kitchen}
- {name: log}
"""


def endings(config, version=None, features=(), **labels):
    document = reader.parse_yaml(config, "alertmanager-config")
    return tree.find_routes(document, labels, version, features)


def test_what_a_route_inherits():
    kitchen, log = endings(CONFIG, severity="page", place="kitchen")
    assert kitchen == RouteMatch(
        "route.routes[0].routes[0]", "kitchen", ("...",), "1m", active_time_intervals=("day",)
    )
    assert log == RouteMatch("route.routes[1]", "log", ("alertname", "place"), "10s", "5m", "1d")
    hall, _ = endings(CONFIG, severity="page", place="hall")
    assert (hall.path, hall.receiver) == ("route.routes[0].routes[1]", "all")
    # Since 0.31, an empty list takes the labels away; before, it said nothing.
    assert (hall.group_by, hall.group_wait) == ((), "1m")
    for version, labels in (((0, 30, 1), ("alertname", "place")), ((0, 31, 0), ())):
        hall, _ = endings(CONFIG, version, severity="page", place="hall")
        assert hall.group_by == labels
    (root,) = endings(CONFIG, place="cellar")
    assert (root.path, root.receiver, root.mute_time_intervals) == ("route", "all", ("night",))


def test_integrations_are_counted():
    document = reader.parse_yaml(CONFIG, "")
    assert tree.count_integrations(document, "all") == {"email": 2, "slack": 1}
    assert tree.count_integrations(document, "log") == {}
    assert tree.count_integrations(document, "nobody") == {}


def test_what_only_alertmanager_can_tell():
    config = "route: {receiver: a, routes: [{match_re: {x: '\\p{Greek}'}}]}\nreceivers: [{name: a}]"
    with pytest.raises(UndecidableRoute, match=r"^route\.routes\[0\]$"):
        endings(config, x="b")


def quoted(text):
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def told_by_amtool(version, config, labels):
    done = subprocess.run(
        [str(real_programs.amtool(version)), "config", "routes", "test", "--config.file=/dev/stdin"]
        + [f"{name}={quoted(value)}" for name, value in labels.items()],
        input=config,
        stdout=subprocess.PIPE,
        encoding="utf-8",
        check=True,
    )
    return done.stdout.splitlines()[-1].split(",")  # after what it logs


NAMES = ["x", "y", "alertname", "_z1"]
VALUES = ["", "a", "b", "ab", "B", 'q"q', "c,d", "back\\slash", "two\nlines", "ü", "a)(b", "{", "#"]
REGEXES = ["a", "a|b", "", ".*", ".+", "[^a]", "(?i)b", "a.?", "c,d", "a)|(?:b", r"\w+", 'q"q', "ü"]


def any_matcher(chance, case):
    name, operator = f"{chance.choice(NAMES)}{case}", chance.choice(["=", "!=", "=~", "!~"])
    value = chance.choice(REGEXES if "~" in operator else VALUES)
    bare = value.isalnum() and value.isascii() and chance.random() < 0.5
    space = chance.choice(["", " "])
    return f"{space}{name}{space}{operator}{space}{value if bare else quoted(value)}{space}"


def any_route(chance, depth, case):
    route = {}
    if chance.random() < 0.8:
        route["receiver"] = f"{case}: {chance.randrange(6)}"
    kind = chance.random()
    if kind < 0.25:
        route["match"] = {f"{chance.choice(NAMES)}{case}": chance.choice(VALUES)}
    if 0.2 < kind < 0.5:
        route["match_re"] = {f"{chance.choice(NAMES)}{case}": chance.choice(REGEXES)}
    if kind > 0.4:
        matchers = [any_matcher(chance, case) for _ in range(chance.randrange(1, 3))]
        joined = ",".join(matchers)
        route["matchers"] = (
            [f"{{{joined}}}"] if kind > 0.9 else [joined] if kind > 0.7 else matchers
        )
    if chance.random() < 0.4:
        route["continue"] = chance.random() < 0.8
    if depth:
        route["routes"] = [any_route(chance, depth - 1, case) for _ in range(chance.randrange(4))]
    return route


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("version", real_programs.SUITES)
def test_made_up_routes(version, seed):
    """Many cases in one configuration, each with labels and receivers of its own."""
    chance = random.Random(seed)
    cases, labels = range(36), {}
    routes = [
        {
            "receiver": f"{case}: 0",
            "continue": True,
            "routes": [any_route(chance, 3, case) for _ in range(3)],
        }
        for case in cases
    ]
    for case in cases:
        for name in chance.sample(NAMES, chance.randrange(1, 4)):
            labels[f"{name}{case}"] = chance.choice(VALUES)
    receivers = ["none", *(f"{case}: {number}" for case in cases for number in range(6))]
    config = json.dumps(
        {
            "route": {"receiver": "none", "routes": routes},
            "receivers": [{"name": name} for name in receivers],
        },
        ensure_ascii=False,
    )
    ours = [ending.receiver for ending in endings(config, **labels)]
    assert ours == told_by_amtool(version, config, labels)


@pytest.mark.parametrize(
    ("matcher", "names"),
    [
        ('"foo bar"="x"', {"foo bar": "x"}),
        ("ü=~x|y", {"ü": "y"}),
        ('{"a.b"!~"x+"}', {"a.b": "y"}),
        ("foo=bar baz", {"foo": "bar baz"}),
        (r'foo="\u0041"', {"foo": r"\u0041"}),
        (r"foo=a\d", {"foo": r"a\d"}),
    ],
)
def test_both_syntaxes_of_matchers(matcher, names):
    routes = [{"receiver": "hit", "matchers": [matcher]}]
    config = json.dumps(
        {
            "route": {"receiver": "miss", "routes": routes},
            "receivers": [{"name": "hit"}, {"name": "miss"}],
        }
    )
    for labels in (names, dict.fromkeys(names, "z"), dict.fromkeys(names, "A")):
        words = {quoted(name): text for name, text in labels.items()}
        ours = [ending.receiver for ending in endings(config, **labels)]
        assert ours == told_by_amtool("trixie", config, words), labels


ESCAPED = """
route:
  receiver: all
  routes: [{receiver: a, matchers: ['x=~"\\u0041"']}]
receivers: [{name: all}, {name: a}]
"""


@pytest.mark.parametrize(
    ("version", "features", "receiver"),
    [
        # The UTF-8 syntax undoes the escape; to the classic one it is RE2's, which has no such one.
        ((0, 35, 0), (), "a"),
        ((0, 35, 0), ("utf8-strict-mode",), "a"),
    ],
)
def test_a_matcher_is_read_in_the_syntax_that_can_read_it(version, features, receiver):
    (ending,) = endings(ESCAPED, version, features, x="A")
    assert ending.receiver == receiver


def test_what_cannot_be_told_matters_only_where_the_answer_hangs_on_it():
    config = """
    route:
      receiver: all
      routes: [{receiver: a, matchers: ['x=~"\\\\p{Greek}"', y=z]}]
    receivers: [{name: all}, {name: a}]
    """
    (ending,) = endings(config, x="\u03b1", y="other")
    assert ending.receiver == "all"
    with pytest.raises(tree.UndecidableRoute):
        endings(config, x="\u03b1", y="z")
