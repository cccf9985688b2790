"""Configurations in each of which one key has a value that is wrong, odd, or just right.

Every key of every block that a version knows is tried with every value: the nulls of YAML, other
types, and what its kind is known to stumble over. The tables say which keys there are, so that a
new key is tried without anybody's doing; what becomes of each case is for Alertmanager to say.
"""

import json
import random
from pathlib import Path
from typing import Any, Callable, Dict, Iterator, List, NamedTuple, Tuple

from alertmanager_config import version as versions
from alertmanager_config.schema import (
    configuration,
    containers,
    event_recorder,
    file_references,
    global_settings,
    http_config,
    labels,
    routes,
    time_intervals,
    tracing,
    value_types,
)
from alertmanager_config.schema.receivers import chat, receiver, slack, webhook_sns_jira
from support import config_generator
from support.config_generator import LEAST, Raw

_BESIDE = Path(__file__).parents[1] / "data" / "beside"
FILES: Dict[str, bytes] = {
    name: (_BESIDE / name).read_bytes()
    for name in ("ca.pem", "cert.pem", "good.tmpl", "key.pem", "locked.pem", "other.pem", "token")
}
"""What lies beside each configuration."""


# Written as judge.AT_ONCE has it.
_ROUTE = {"receiver": "r", "group_by": ["judge"], "group_wait": "0s"}


class Twice(NamedTuple):
    """A key that is written two times."""

    value: Any


_NULLS = [Raw("~"), Raw("null"), Raw("Null"), Raw("NULL"), Raw("")]
_TYPES = [
    *("", "~", "null", "x", "a\nb", "a\tb", Raw("1"), Raw("-1"), Raw("1.5"), Raw("true")),
    *(Raw("2026-01-01"), Raw("!!binary aGk="), Raw("!!str"), Raw("!x y"), Raw("0x1f"), Raw("1e3")),
    *({}, {"x": "y"}, [], ["x"], [Raw("~")], [Raw("~"), Raw("~")], [{}], [[]]),
    *("<secret>", "{{", "{{ .X }}", "{{ nope }}", '{{ template "nope" . }}', "\u00df", "\x7f"),
]
_URLS = [
    *("http://", "http:///x", "http://%zz", "http://a b/", "http://a/%", "http://[::1", "//x/y"),
    *("http://a:b/", "http://a:99999/", "HTTP://x", "http://x\ny", "http://u:p@x", "mailto:x"),
    *("http://[a]:80", "http://x/\u00e9", "http://\u00e9", "http://x#%zz", "http://x?%zz", ":x"),
    *("https://slack.com/api/chat.postMessage", "HTTPS://slack.com/api/chat.postMessage"),
]
_DURATIONS = [
    *("0", "0s", "1y", "1d", "1h30m", "1m1h", "1.5h", "-1m", "300y", "1", "1ms1s", "9223372037s"),
    *("1m ", "\u0661m", "1M", "1µs", "0ms", Raw("0"), Raw("1_0s"), "00m", "5m5m"),
]
_REGEXES = [
    *("(", "a**", "x{1001}", "(?=x)", "\\1", "[z-a]", "(?<n>x)", "(?P<n>x)(?P<n>y)", "\\pN"),
    *("\\p{Greek}", "\\p{nope}", "\\Q(", "a)(b", "(?i)x", "[[:alpha:]]", "\\x{41}", "\\u0041"),
    *("(?U)a", "\\C", "\\z", "x{2,1}", "(?i-s:x)", "(?x)a", "((((((((((x))))))))))", "(x{500}){3}"),
]
MATCHERS = [
    *("a", "a=", "a=b", 'a="b', 'a=b"', 'a="b"c', "a==b", '"x y"="z"', "a=~(", "{a=b", "a=b}"),
    *("{}", "{", "}", ",", "a=b,", ",a=b", "a=b,,c=d", "a = b", "a=\\", 'a="\\u0041"', "\u00e9=x"),
    *("a=~\\u0041", "a-b=c", "a!=", "a!~", "a=~", "!a=b", "a=b c", "a='b'", "a=`b`", "a=\u00a0b"),
    *('a="\\xff"', "a=b\n", "{a=b}}", '{"a"="b",}', "{a=b,c=}", "a=!b", "a=~\\pL", "a=b{c}", " "),
]
_FILE_NAMES = [
    *(f"/etc/alertmanager/{name}" for name in (*FILES, "missing", "", "..data/ca.pem", "./ca.pem")),
    *("token", "missing", ".", "..data", "ca.pem", "../alertmanager/ca.pem", "ca.pem/", "/etc"),
]
_GLOBS = [
    *(
        "*",
        "*.tmpl",
        "*a*",
        "[^x]*",
        "good.tmpl",
        "missing",
        ".",
        "/etc/alertmanager",
        "..data/*.tmpl",
    ),
    *("*.yml", "*/good.tmpl", "/etc/*", "/*", "[", "a[]", "\\", "?.tmpl", "..*", "..2*", "[a-z]*l"),
    *("/etc/alertmanager/*.tmpl", "./*.tmpl", "../alertmanager/*.tmpl", "/nosuch/*", "good.tmpl/"),
    *("**", "/etc/alertmanager/..data", "[!x]*", "*5*", "alertmanager.yml", "/alertmanager"),
]
_TIMES = [
    *("24:00", "00:00", "9:00", "09:00", "23:59", "24:01", Raw("09:00"), Raw("540"), "09:00:00")
]
_RANGES = [
    *("monday:friday", "friday:monday", "saturday:sunday", "Monday", "mon", "sunday:", ":", "1:7"),
    *("7:1", "-1", "-1:1", "-3:-1", "0", "13", "12:13", "1:12", "december:january", "31", "32"),
    *("2026", "2026:2025", "-5", "+1", "1:2:3", " 1", "1 ", "january:march", "JANUARY", "0x1"),
]
_ZONES = [
    *("UTC", "Local", "Europe/Berlin", "europe/berlin", "Europe/Berln", "../x", "", "/etc/x"),
    *("US/Pacific", "CET", "Etc/GMT+3", "Europe", "GMT+1", "Factory"),
]
_PROXIES = ["x", "", "http://x", "socks5://x", "://", "%zz", "x:1", "http://a b"]
_HEADERS = [
    dict.fromkeys(names, "x")
    for names in (
        *(["subject"], ["Subject", "subject"], ["\u00df", "SS"], ["a b", "A b"], ["X-Y", "x-y"]),
        *(["a-b", "A-B"], ["references"], ["In-Reply-To"], ["", " "], ["\u01c6", "\u01c5"]),
        *(["host"], ["Authorization"], ["x_y", "X_y"], ["a.b", "A.b"], ["\u00e9", "\u00c9"]),
    )
]
_LABELS = ["...", "a", "a-b", "1x", "", "\u00e9", "a b", "~", "__x__", "a:b"]


def _values(kind: value_types.ValueType, key: str) -> List[Any]:
    """Return what to try a kind with."""
    tried: List[Any] = [*_NULLS, *_TYPES]
    for part in _variants(kind):
        good = [] if isinstance(part, _CONTAINERS) else config_generator._choices(part, key)
        bad = config_generator.BAD.get(type(part), [])
        tried += [*good, *bad, *_by_kind(part, key)]
        if isinstance(part, containers.Array):
            tried += [[value] for value in _scalars(part.kind, key)]
            tried += [["x", Raw("~")], [Raw("~"), "x"], ["a", "a"]]
        if isinstance(part, containers.Map):
            tried += [{"x": value} for value in _scalars(part.kind, key)]
            tried += [{name: "x"} for name in _LABELS]
    return tried


def _scalars(kind: value_types.ValueType, key: str) -> List[Any]:
    if isinstance(kind, _CONTAINERS):
        return [*_NULLS, "x", Raw("1")]
    return [*_NULLS, "", Raw("1"), *config_generator._choices(kind, key), *_by_kind(kind, key)]


def _by_kind(kind: value_types.ValueType, key: str) -> List[Any]:
    for kinds_of, values in _SPECIAL:
        if isinstance(kind, kinds_of):
            return values
    if key in ("ca", "cert", "key"):
        return [FILES[name].decode() for name in sorted(FILES) if name.endswith(".pem")]
    return _HEADERS if "headers" in key else []


_CONTAINERS = (
    containers.Object,
    containers.Array,
    containers.Map,
    containers.ByVersion,
    receiver.Receivers,
)
_SPECIAL: List[Tuple[Any, List[Any]]] = [
    ((value_types.Url, webhook_sns_jira.TemplatedUrl), [*_URLS, *_PROXIES]),
    ((value_types.Duration, value_types.TextDuration, value_types.GoDuration), _DURATIONS),
    (labels.Regex, _REGEXES),
    (labels.Matchers, MATCHERS),
    (file_references.FileName, _FILE_NAMES),
    (configuration.TemplatePattern, _GLOBS),
    (time_intervals.TimeOfDay, _TIMES),
    (time_intervals.Range, _RANGES),
    (time_intervals.Location, _ZONES),
    (labels.LabelName, _LABELS),
    (
        value_types.HostPort,
        ["mail:465", "mail:25", ":587", "a:b:c", "[::1]:25", "mail", "mail:", "x:y"],
    ),
]


def _variants(kind: value_types.ValueType) -> List[value_types.ValueType]:
    if isinstance(kind, containers.ByVersion):
        return [inner for _, variant in kind.variants for inner in _variants(variant)]
    return [kind]


# What a block has to have beside the key that is tried.
_LEAST_OF: Dict[str, Dict[str, Any]] = {
    **{table.name: least for table, least in (
        (slack.ACTION, {"type": "button", "text": "x", "url": "y"}),
        (slack.SLACK_FIELD, {"title": "x", "value": "y"}),
        (slack.CONFIRM, {"text": "x"}),
        (chat.MATTERMOST_FIELD, {"title": "x", "value": "y"}),
        (
            http_config.HTTP_CONFIG.fields["oauth2"].kind,
            {"client_id": "x", "token_url": "http://x.example", "client_secret": "x"},
        ),
        (time_intervals.TIME_RANGE, {"start_time": "09:00", "end_time": "17:00"}),
        (event_recorder.FILE_OUTPUTS.kind, {"path": "/tmp/x"}),
        (event_recorder.KAFKA_OUTPUTS.kind, {"brokers": ["x:1"], "topic": "y"}),
        (event_recorder.WEBHOOK_OUTPUTS.kind, {"url": "http://x.example"}),
        (tracing.TRACING, {"endpoint": "x:1"}),
        (webhook_sns_jira.SIGV4, {"region": "x", "role_arn": "y"}),
    )},
    "a responder": {"name": "x", "type": "team"},
    "http_config": {"follow_redirects": Raw("true")},
}  # fmt: skip
# What a receiver may leave to the global block, by how the keys of that begin.
_GLOBALLY: Dict[str, Tuple[str, Dict[str, Any], Dict[str, Any]]] = {
    "slack": ("slack_configs", {"slack_api_url": "http://x.example"}, {"channel": "x"}),
    "opsgenie": ("opsgenie_configs", {"opsgenie_api_key": "x"}, {"message": "x"}),
    "victorops": ("victorops_configs", {"victorops_api_key": "x"}, {"routing_key": "x"}),
    "wechat": (
        "wechat_configs",
        {"wechat_api_secret": "x", "wechat_api_corp_id": "y"},
        {"message": "x"},
    ),
    "smtp": (
        "email_configs",
        {"smtp_smarthost": "mail.example:25", "smtp_from": "a@x.example"},
        {"to": "b@x.example"},
    ),
    "telegram": ("telegram_configs", {"telegram_bot_token": "x"}, {"chat_id": Raw("1")}),
    "jira": (
        "jira_configs",
        {"jira_api_url": "http://x.example"},
        {"project": "x", "issue_type": "y"},
    ),
    "rocketchat": (
        "rocketchat_configs",
        {"rocketchat_token": "x", "rocketchat_token_id": "y"},
        {"channel": "x"},
    ),
    "mattermost": (
        "mattermost_configs",
        {"mattermost_webhook_url": "http://x.example"},
        {"text": "x"},
    ),
    "pagerduty": ("pagerduty_configs", {}, {"routing_key": "x"}),
    "webex": ("webex_configs", {}, LEAST["webex_configs"]),
}

Frame = Callable[[Dict[str, Any]], Dict[str, Any]]


def cases(minor: int, rng: random.Random, count: int) -> List[str]:
    """Return so many cases for a version, at random.

    What a key may be is tried in one of the places where its block may stand: blocks such as a
    tls_config stand in many.
    """
    which = 1 << (minor - versions.OLDEST)
    # By block, key and what was done to it: how to make a configuration of the block.
    kinds: Dict[Tuple[str, str, str], List[Tuple[Frame, Dict[str, Any]]]] = {}
    for table, frame in _blocks(which):
        for key, done, block in _spoilt(table, which):
            kinds.setdefault((table.name, key, done), []).append((frame, block))
    left = sorted(kinds)
    rng.shuffle(left)
    chosen = [rng.choice(kinds[left[number % len(left)]]) for number in range(count)]
    return [write(frame(block)) + "\n" for frame, block in chosen]


def _spoilt(table: containers.Object, which: int) -> Iterator[Tuple[str, str, Dict[str, Any]]]:
    least = _least(table, which)
    for key, field in table.fields.items():
        if not field.which & which:
            # One that the version does not know, or not any more.
            yield key, "unknown", {**least, key: "x"}
            continue
        for value in _values(field.kind, key):
            yield key, write(value), {**least, key: value}
        if key in least:
            left = {name: value for name, value in least.items() if name != key}
            yield key, "left out", left
            yield key, "twice", {**least, key: Twice(least[key])}
        yield key, "misspelt", {**least, key.replace("_", "-") + "x": "x"}


def combinations(minor: int, rng: random.Random) -> Iterator[str]:
    """Give cases without end in which a few keys of a block are odd, and often what is global."""
    which = 1 << (minor - versions.OLDEST)
    frames: Dict[str, List[Tuple[containers.Object, Frame]]] = {}
    for table, frame in _blocks(which):
        frames.setdefault(table.name, []).append((table, frame))
    names = sorted(frames)
    while True:
        table, frame = rng.choice(frames[rng.choice(names)])
        block = _least(table, which)
        known = [key for key, field in table.fields.items() if field.which & which]
        for key in rng.sample(known, min(len(known), rng.choice([1, 2, 2, 3]))):
            block[key] = rng.choice(_values(table.fields[key].kind, key))
        if table.name == "tls_config" and rng.random() < 0.7:
            block = _tls(rng, known)
        config = frame(block)
        if rng.random() < 0.3:
            config.setdefault("global", _global(rng, which))
        yield write(config) + "\n"


def _tls(rng: random.Random, known: List[str]) -> Dict[str, Any]:
    """Make a block of certificates and keys that may or may not fit."""
    block: Dict[str, Any] = {}
    for name in rng.choice([["ca"], ["cert", "key"], ["cert", "key"], ["ca", "cert", "key"]]):
        file = rng.choice(["ca.pem", "cert.pem", "cert.pem", "key.pem", "key.pem", "other.pem"])
        if name in known and rng.random() < 0.4:
            block[name] = FILES[file].decode()
        else:
            block[f"{name}_file"] = rng.choice([file, f"/etc/alertmanager/{file}"])
    for name in ("min_version", "max_version"):
        if name in known and rng.random() < 0.2:
            block[name] = rng.choice(["TLS10", "TLS12", "TLS13", Raw("~"), Raw("Null"), ""])
    return block


def _global(rng: random.Random, which: int) -> Any:
    """Make a global block of which something is a null, or nothing there."""
    if rng.random() < 0.3:
        return rng.choice([*_NULLS, {}])
    fields = global_settings.GLOBAL.fields
    key = rng.choice([key for key, field in fields.items() if field.which & which])
    return {key: rng.choice([*_NULLS, "", {}, *_values(fields[key].kind, key)])}


def _least(table: containers.Object, which: int) -> Dict[str, Any]:
    least = dict(_LEAST_OF.get(table.name, {}))
    for key, field in receiver.INTEGRATIONS.items():
        if field.kind is table:
            least = dict(LEAST[key])
    name = table.fields.get("name") if table.source.startswith("eventrecorder") else None
    if name and name.which & which:
        least["name"] = "n"
    return least


def _blocks(which: int) -> Iterator[Tuple[containers.Object, Frame]]:
    """Give every block, and how a configuration is made of one."""
    yield from _receiver_blocks(which)
    yield from _other_blocks(which)


def _receiver_blocks(which: int) -> Iterator[Tuple[containers.Object, Frame]]:
    for key, field in receiver.INTEGRATIONS.items():
        if field.which & which:
            yield from _within(field.kind, _receiver_frame(key, "r"), which, {})
    key = "webhook_configs"
    yield (
        http_config.HTTP_CONFIG,
        lambda block: _receiver_frame(key, "unused")({**LEAST[key], "http_config": block}),
    )
    for key in ("rocketchat_configs", "slack_configs"):
        if receiver.INTEGRATIONS[key].which & which:
            yield receiver.INTEGRATIONS[key].kind, _receiver_frame(key, "unused")
    yield (
        receiver.RECEIVER,
        lambda block: {"route": _ROUTE, "receivers": [{"name": "r"}, {"name": "s", **block}]},
    )
    for prefix, (key, given, least) in _GLOBALLY.items():
        if receiver.INTEGRATIONS[key].which & which:
            yield _only(global_settings.GLOBAL, prefix), _global_frame(key, given, least, which)
    yield from _within(
        _only(global_settings.GLOBAL, "http_config"),
        _global_frame("webhook_configs", {}, LEAST["webhook_configs"], which),
        which,
        {},
    )
    yield (
        global_settings.GLOBAL,
        _global_frame("webhook_configs", {}, LEAST["webhook_configs"], which),
    )


def _other_blocks(which: int) -> Iterator[Tuple[containers.Object, Frame]]:
    yield from _within(routes.ROUTE, _child_frame, which, {})
    yield (
        routes.ROUTE,
        lambda block: {"route": {"receiver": "r", **block}, "receivers": [{"name": "r"}]},
    )
    yield (
        configuration.CONFIG,
        lambda block: {"route": _ROUTE, "receivers": [{"name": "r"}], **block},
    )
    for name in ("inhibit_rules", "mute_time_intervals", "time_intervals"):
        if configuration.CONFIG.fields[name].which & which:
            table = configuration.CONFIG.fields[name].kind.kind
            least = {"name": "n"} if "interval" in name else {}
            yield from _within(table, _listed_frame(name, least), which, least)
    for name in ("tracing", "event_recorder"):
        if configuration.CONFIG.fields[name].which & which:
            yield from _within(configuration.CONFIG.fields[name].kind, _top_frame(name), which, {})


def _only(table: containers.Object, prefix: str) -> containers.Object:
    """Return a table of the keys that begin alike."""
    fields = {field: key for key, field in table.fields.items() if key.startswith(prefix)}
    return containers.Object(f"{table.name} {prefix}", table.source, fields)


def _within(
    table: containers.Object, frame: Frame, which: int, least: Dict[str, Any], depth: int = 0
) -> Iterator[Tuple[containers.Object, Frame]]:
    """Give a block, and those that lie in it."""
    yield table, frame
    if depth > 3:
        return
    beside = {**_least(table, which), **least}
    for key, field in table.fields.items():
        if not field.which & which or (table is routes.ROUTE and key == "routes"):
            continue
        for part in _variants(field.kind):
            wrap, inner = _unwrapped(part)
            if inner is not None:

                def deeper(block, key=key, wrap=wrap):
                    return frame({**beside, key: wrap(block)})

                yield from _within(inner, deeper, which, {}, depth + 1)


def _unwrapped(kind: value_types.ValueType):
    if isinstance(kind, webhook_sns_jira.JiraField):
        return (lambda block: block), kind.table
    if isinstance(kind, containers.Object):
        return (lambda block: block), kind
    if isinstance(kind, containers.Array) and isinstance(kind.kind, containers.Object):
        return (lambda block: [block]), kind.kind
    if isinstance(kind, containers.Map) and isinstance(kind.kind, containers.Object):
        return (lambda block: {"X-Scope": block}), kind.kind
    return None, None


def _receiver_frame(key: str, name: str) -> Frame:
    return lambda block: {
        "route": _ROUTE,
        "receivers": [{"name": "r"}, {"name": name, key: [block]}][name == "r" :],
    }


def _global_frame(key: str, given: Dict[str, Any], least: Dict[str, Any], which: int) -> Frame:
    given = {name: value for name, value in given.items() if _known(name, which)}

    def frame(block):
        merged = {**given, **block}
        return {"global": merged, "route": _ROUTE, "receivers": [{"name": "r", key: [least]}]}

    return frame


def _known(name: str, which: int) -> bool:
    return bool(global_settings.GLOBAL.fields[name].which & which)


def _child_frame(block):
    child = {"receiver": "r", **block}
    return {"route": {"receiver": "r", "routes": [child]}, "receivers": [{"name": "r"}]}


def _listed_frame(name: str, least: Dict[str, Any]) -> Frame:
    return lambda block: {"route": _ROUTE, "receivers": [{"name": "r"}], name: [{**least, **block}]}


def _top_frame(name: str) -> Frame:
    return lambda block: {"route": _ROUTE, "receivers": [{"name": "r"}], name: block}


def write(value: Any) -> str:
    """Write a value as YAML in one line."""
    if isinstance(value, Raw):
        return str(value)
    if isinstance(value, dict):
        return "{" + ", ".join(_pair(key, item) for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(write, value)) + "]"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\x7f")


def _pair(key: str, value: Any) -> str:
    if isinstance(value, Twice):
        return f"{_pair(key, value.value)}, {_pair(key, value.value)}"
    return f"{json.dumps(key, ensure_ascii=False)}: {write(value)}"
