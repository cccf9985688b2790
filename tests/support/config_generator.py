"""Random configurations: right ones of every kind, and ways of spoiling them.

They are made from the validator's own tables, which says what there is; whether the validator
judges it as Alertmanager does is for amtool to say.
"""

import json
import random
import re
from typing import Any, Dict, List

from alertmanager_config import version as versions
from alertmanager_config.schema import (
    configuration,
    containers,
    file_references,
    global_settings,
    labels,
    routes,
    time_intervals,
    tls_config,
    value_types,
)
from alertmanager_config.schema.receivers import chat, email, receiver, slack, webhook_sns_jira


class Raw(str):
    """YAML that stands in a document as it is, not in quotes."""


GOOD = {
    value_types.Secret: ["s3cret", "<secret>", Raw("12345")],
    value_types.SecretPointer: ["s3cret", Raw("12345"), ""],
    value_types.Template: [
        "plain",
        "{{ .CommonLabels.alertname }}",
        '{{ template "__subject" . }}',
        "{{ range .Alerts }}{{ .Labels.x | toUpper }}{{ end }}",
        "",
        Raw("404"),
        Raw("yes"),
    ],
    file_references.FileName: ["/etc/alertmanager/token", "/run/secrets/x", "token"],
    value_types.Url: [
        "http://example.org",
        "https://u:p@example.org:8443/a/b?c=d#e",
        "http://[::1]:9/",
    ],
    value_types.HostPort: ["mail.example.org:587", "[::1]:25", ":25"],
    value_types.TextDuration: ["1m", "1h30m", Raw("0"), "500ms", Raw("90s")],
    value_types.GoDuration: ["1m", "1.5h", Raw("10"), Raw("0"), Raw("30s")],
    value_types.Duration: ["1m", Raw("5m"), "1h30m", "2w", "1d"],
    value_types.Bool: [Raw(word) for word in ("true", "false", "yes", "no", "on", "off", "y", "N")],
    value_types.Integer: [Raw("0"), Raw("3"), Raw("0x10"), Raw("1_000"), Raw("010"), Raw("2.0")],
    value_types.Float: [Raw("0.5"), Raw("1"), Raw("1e3")],
    value_types.Anything: ["x", {"a": ["b", {"c": Raw("1")}]}, [Raw("1")], Raw("true")],
    tls_config.SecretReference: [""],
    configuration.TemplatePattern: ["/etc/alertmanager/*.tmpl", "*.tmpl", "a[b-c]?.tmpl"],
    webhook_sns_jira.JiraField: [
        "text",
        {"template": "{{ .Status }}", "enable_update": Raw("false")},
    ],
    webhook_sns_jira.TemplatedUrl: [
        "http://example.org/{{ .GroupLabels.x }}",
        "https://example.org",
    ],
    labels.LabelName: ["alertname", "instance", "_x", "team_2"],
    labels.GroupLabel: ["alertname", "instance", "_x", "team_2"],
    labels.Regex: ["a|b", ".*", "^x{2,3}$", "[[:alpha:]]+", "(?i)x", "\\d+", "a)(b"],
    labels.Matchers: [
        'severity="page"',
        "team=~'x'",
        "a=b",
        'a!="b",c=~"d|e"',
        '{x!~"y"}',
        'foo=~"(?i)x"',
        "a = b",
        "a=",
    ],
    time_intervals.Location: ["Europe/Berlin", "UTC", "Local", "America/New_York", "", "Etc/GMT+3"],
    time_intervals.TimeOfDay: ["09:00", "17:30"],
}
BAD = {
    value_types.Text: [["x"], {"a": "b"}],
    value_types.Url: [
        "",
        "example.org",
        "ftp://example.org",
        "http://",
        "http://a b",
        "http:x",
        "/x",
    ],
    value_types.HostPort: ["mail", "mail:", "::1:25", "[::1]", "a]:1", Raw("25")],
    value_types.TextDuration: ["1", "1d", "x", "", Raw("1.5")],
    value_types.GoDuration: ["1", "1d", "x", "", Raw("true"), Raw("2026-01-01")],
    value_types.Duration: ["1", Raw("5"), "1m1h", "1.5h", "", "-1m", "300y", Raw("0"), "0s"],
    value_types.Bool: ["true", "x", Raw("1"), Raw("truely")],
    value_types.Integer: ["3", "x", Raw("-1"), Raw("1.5"), Raw("1e30"), Raw(".inf"), Raw("-.inf")],
    value_types.Float: ["0.5", "x", Raw("true")],
    value_types.Choice: ["other", "HTML ", Raw("1")],
    value_types.Word: ["", "TLS14", Raw("12")],
    configuration.TemplatePattern: ["[", "a[]b", "\\"],
    webhook_sns_jira.TemplatedUrl: ["http://{{", "{{ toUpper .X }}", "ftp://x", "x", "{{ .X }}"],
    labels.LabelName: ["a-b", "1x", "", "a b", "\u00e9", "..."],
    labels.Regex: ["(", "a**", "x{1001}", "(?=x)", "\\1", "[z-a]", Raw("~"), "(?<n>x)"],
    labels.Matchers: [
        "a",
        "a=b=c",
        'a="b',
        "",
        ",",
        "a==b",
        '"x y"="z"',
        "a=~(",
        'a="\\x"',
        "{a=b",
    ],
    time_intervals.Location: ["Europe/Berln", "europe/berlin", "Europe", "../x", "/etc/x"],
    time_intervals.TimeOfDay: ["9:00", "24:00", "24:01", "", Raw("09:00"), Raw("540"), "00:00"],
}
# What may stand anywhere, and is wrong almost everywhere.
ANYTHING = [
    *(Raw(word) for word in ("~", "null", "Null", "NULL", "1", "1.5", "true", "2026-01-01", "<<")),
    *("", "x", "~", "null", "..."),
    *([], {}, ["x"], {"x": "y"}, [Raw("~")], [[]], [{}]),
]

# The least that each integration has to have.
LEAST: Dict[str, Dict[str, Any]] = {
    "discord_configs": {"webhook_url": "http://example.org"},
    "email_configs": {"to": "a@example.org", "from": "b@example.org", "smarthost": "mail:25"},
    "hipchat_configs": {"room_id": "1", "auth_token": "x"},
    "incidentio_configs": {"url": "http://example.org", "alert_source_token": "x"},
    "jira_configs": {"project": "x", "issue_type": "y", "api_url": "http://example.org"},
    "mattermost_configs": {"webhook_url": "http://example.org"},
    "msteams_configs": {"webhook_url": "http://example.org"},
    "msteamsv2_configs": {"webhook_url": "http://example.org"},
    "opsgenie_configs": {"api_key": "x"},
    "pagerduty_configs": {"routing_key": "x"},
    "pushover_configs": {"token": "x", "user_key": "y"},
    "rocketchat_configs": {"token": "x", "token_id": "y"},
    "slack_configs": {"api_url": "http://example.org"},
    "sns_configs": {"topic_arn": "x"},
    "telegram_configs": {"bot_token": "x", "chat_id": Raw("-1")},
    "victorops_configs": {"api_key": "x", "routing_key": "y"},
    "webex_configs": {"room_id": "x", "http_config": {"authorization": {"credentials": "x"}}},
    "webhook_configs": {"url": "http://example.org"},
    "wechat_configs": {"api_secret": "x", "corp_id": "y"},
}
_LEAST_BLOCKS = {
    "responders": {"name": "x", "type": "team"},
    "confirm": {"text": "x"},
    "oauth2": {"client_id": "x", "token_url": "http://example.org", "client_secret": "x"},
    "times": {"start_time": "09:00", "end_time": "17:00"},
    "file_outputs": {"path": "/x"},
    "kafka_outputs": {"brokers": ["x:1"], "topic": "y"},
    "webhook_outputs": {"url": "http://example.org"},
    "tracing": {"endpoint": "x:1"},
}
_LEAST_OF_BLOCK = {
    slack.ACTION.name: {"type": "button", "text": "x", "url": "y"},
    slack.SLACK_FIELD.name: {"title": "x", "value": "y"},
    chat.MATTERMOST_FIELD.name: {"title": "x", "value": "y"},
}
# Keys that go wrong together with what the least has, so that right ones leave them out.
_ALTERNATIVES = frozenset(
    [
        *("authorization", "basic_auth", "oauth2", "bearer_token", "bearer_token_file"),
        *("proxy_from_environment", "proxy_connect_header", "no_proxy", "target_arn"),
        *(
            "phone_number",
            "monospace",
            "app_token",
            "app_token_file",
            "update_message",
            "threading",
        ),
        *("batch_max_events", "batch_max_bytes", "batch_flush_interval", "slack_app_token"),
        *("external_id", "ca", "ca_ref", "cert", "cert_ref", "key", "key_ref", "client_secret_ref"),
        *("cert_file", "key_file", "access_key", "secret_key", "username_ref", "password_ref"),
        *("credentials_ref", "grant_type"),
    ]
)


class Generator:
    """Makes configurations for one version, from one source of randomness."""

    def __init__(self, rng: random.Random, minor: int):
        self.rng = rng
        self.which = 1 << (minor - versions.OLDEST)
        self.spoil = 0.0

    def config(self) -> Dict[str, Any]:
        """Make a configuration that is right but for odd combinations, unless spoil is set."""
        rng = self.rng
        names = [f"receiver {number}" for number in range(rng.randint(1, 4))]
        intervals = [f"interval {number}" for number in range(rng.randint(0, 2))]
        config: Dict[str, Any] = {
            "route": self._route(names, intervals, 0),
            "receivers": [self._receiver(name) for name in names],
        }
        if intervals:
            key = "time_intervals" if self.which >= 1 << 4 else "mute_time_intervals"
            config[key] = [
                {"name": name, "time_intervals": self._listed(time_intervals.PERIOD, "")}
                for name in intervals
            ]
        for key in ("global", "inhibit_rules", "templates", "tracing", "event_recorder"):
            field = configuration.CONFIG.fields[key]
            if field.which & self.which and rng.random() < 0.3:
                config[key] = self.value(field.kind, key)
        return config

    def _route(self, names: List[str], intervals: List[str], depth: int) -> Dict[str, Any]:
        rng = self.rng
        route = self.block(routes.ROUTE, {}, skip={"routes", "receiver", "continue"})
        for key in ("mute_time_intervals", "active_time_intervals"):
            if key in route:
                route[key] = [rng.choice(intervals)] if intervals else []
        if not depth:
            for key in routes._NOT_IN_FIRST_ROUTE:
                route.pop(key, None)
            route["receiver"] = names[0]
        elif rng.random() < 0.7:
            route["receiver"] = rng.choice(names)
        if depth < 3 and rng.random() < 0.6:
            children = range(rng.randint(0, 3))
            route["routes"] = [self._route(names, intervals, depth + 1) for _ in children]
        return route

    def _receiver(self, name: str) -> Dict[str, Any]:
        known = [key for key, field in receiver.INTEGRATIONS.items() if field.which & self.which]
        made: Dict[str, Any] = {"name": name}
        for key in self.rng.sample(known, self.rng.choice([0, 1, 1, 1, 2])):
            table = receiver.INTEGRATIONS[key].kind
            made[key] = [self.block(table, LEAST[key]) for _ in range(self.rng.choice([1, 1, 2]))]
        return made

    def block(self, table: containers.Object, least: Dict[str, Any], skip=()) -> Dict[str, Any]:
        """Make a block with what it must have, and some of what it may."""
        made = dict(least)
        for key, field in table.fields.items():
            if key in made or key in skip or not field.which & self.which:
                continue
            twin = key.endswith("_file") and key[:-5] in made
            alternative = twin or key in _ALTERNATIVES
            if self.rng.random() < (0.02 if alternative else 0.15):
                made[key] = self.value(field.kind, key)
        keys = list(made)
        self.rng.shuffle(keys)
        return {key: made[key] for key in keys}

    def value(self, kind: value_types.ValueType, key: str) -> Any:
        """Make a value of a kind, for the key named."""
        if self.rng.random() < self.spoil:
            return self.bad(kind)
        for container, make in (
            (containers.ByVersion, self._varying),
            (containers.Array, lambda listed, key: self._listed(listed.kind, key)),
            (containers.Map, self._mapped),
            (containers.Object, self._block),
        ):
            if isinstance(kind, container):
                return make(kind, key)
        return self.rng.choice(_choices(kind, key))

    def _varying(self, kind: containers.ByVersion, key: str) -> Any:
        return self.value(next(one for which, one in kind.variants if which & self.which), key)

    def _mapped(self, kind: containers.Map, key: str) -> Any:
        names = ["x", "team_1", "Subject", "X-Y"] if "match" not in key else ["x", "team_1"]
        chosen = self.rng.sample(names, self.rng.randint(0, 2))
        return {name: self.value(kind.kind, "") for name in chosen}

    def _block(self, kind: containers.Object, key: str) -> Any:
        return self.block(kind, _LEAST_BLOCKS.get(key) or _LEAST_OF_BLOCK.get(kind.name) or {})

    def _listed(self, kind: value_types.ValueType, key: str) -> List[Any]:
        return [self.value(kind, key) for _ in range(self.rng.choice([0, 1, 1, 2]))]

    def bad(self, kind: value_types.ValueType) -> Any:
        """Make what is wrong for a kind, most of the time."""
        rng = self.rng
        choices = BAD.get(type(kind), [])
        if isinstance(kind, time_intervals.Range):
            choices = _RANGES[kind][1]
        if choices and rng.random() < 0.7:
            return rng.choice(choices)
        return rng.choice(ANYTHING)


def _choices(kind: value_types.ValueType, key: str) -> List[Any]:
    """Give right values of a kind that is no container."""
    if isinstance(kind, value_types.Choice):
        return list(kind.words)
    if isinstance(kind, time_intervals.Range):
        return _RANGES[kind][0]
    return _WORDS.get(key) or GOOD.get(type(kind), ["text", Raw("1"), ""])


_RANGES = {
    time_intervals.WEEKDAY_RANGE: (
        ["monday:friday", "Sunday"],
        ["friday:monday", "mon", "", "1", "a:b:c"],
    ),
    time_intervals.DAY_RANGE: (
        ["1:7", "-1", Raw("15"), "-3:-1"],
        ["0", "32", "-1:1", "7:1", "", "x", Raw("1:70")],
    ),
    time_intervals.MONTH_RANGE: (
        ["january:march", Raw("3"), "1:12"],
        ["may:march", "13", "x", "", "0"],
    ),
    time_intervals.YEAR_RANGE: (["2026", Raw("2026:2028")], ["2028:2026", "x", ""]),
}
_WORDS = {
    "api_type": ["auto", "cloud", "datacenter"],
    "client_type": ["http", "grpc"],
    "thread_by_date": ["daily", "none"],
    "grant_type": ["client_credentials", "urn:ietf:params:oauth:grant-type:jwt-bearer"],
    "signature_algorithm": ["RS256"],
}


def spoilt(config: Any, rng: random.Random, times: int) -> Any:
    """Give the configuration with some places of it changed at random."""
    holder = {"": _copied(config)}
    for _ in range(times):
        places = list(_places(holder[""]))
        if places:
            _spoil_place(*rng.choice(places), rng)
    return holder[""]


def _copied(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _copied(item) for key, item in value.items()}
    return [_copied(item) for item in value] if isinstance(value, list) else value


def _places(value: Any):
    if isinstance(value, (dict, list)):
        for key in list(value) if isinstance(value, dict) else range(len(value)):
            yield value, key
            yield from _places(value[key])


def _spoil_place(container: Any, key: Any, rng: random.Random) -> None:
    way = rng.randrange(8)
    if way == 0:
        container[key] = _copied(rng.choice(ANYTHING))
    elif way == 1:
        del container[key]
    elif way == 2 and isinstance(container, list):
        container.append(_copied(container[key]))
    elif way == 3 and isinstance(container, dict) and key:
        container[_misspelt(key, rng)] = container.pop(key)
    elif way == 4:
        container[key] = [container[key]]
    elif way == 5:
        table = rng.choice([global_settings.GLOBAL, routes.ROUTE, slack.SLACK, email.EMAIL])
        if isinstance(container, dict) and key:
            container[rng.choice(list(table.fields))] = _copied(rng.choice(ANYTHING))
    elif way == 6:
        pool = rng.choice([*BAD.values(), *GOOD.values()])
        container[key] = _copied(rng.choice(pool))
    elif isinstance(container[key], str) and container[key]:
        text = container[key]
        place = rng.randrange(len(text))
        container[key] = type(text)(text[:place] + rng.choice(_CHARS) + text[place + 1 :])


_CHARS = [*"ab19 :/.{}[]()|=~!\"'\\*+-_%$#@&<>,\n\u00e9", ""]


def _misspelt(key: str, rng: random.Random) -> str:
    place = rng.randrange(len(key) + 1)
    return rng.choice([key[:place] + "x" + key[place:], key.upper(), key.replace("_", "-"), ""])


def flow(value: Any) -> str:
    """Write a value as YAML in one line."""
    if isinstance(value, Raw):
        return str(value)
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(k)}: {flow(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(flow, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def block(config: Dict[str, Any]) -> str:
    """Write a configuration as YAML of many lines, its values in one line each."""
    lines = []
    for key, value in config.items():
        if isinstance(value, list) and value:
            lines.append(f"{key}:")
            lines += [f"- {flow(item)}" for item in value]
        elif isinstance(value, dict) and value:
            lines.append(f"{key}:")
            lines += [f"  {json.dumps(name)}: {flow(item)}" for name, item in value.items()]
        else:
            lines.append(f"{key}: {flow(value)}")
    return "\n".join(lines) + "\n"


_SNIPPETS = [
    *(
        "- ",
        ": ",
        "\n",
        "  ",
        "\t",
        "{",
        "}",
        "[",
        "]",
        "'",
        '"',
        "&a ",
        "*a",
        "!!str ",
        "# ",
        "|\n",
    ),
    *("<<: ", "---\n", "? ", "~", ",", "\\", "%", "@", "\u2028", ">-\n", "!x ", "\u00e9", "0x1"),
]


def scratched(text: str, rng: random.Random) -> str:
    """Give a text with a few characters or lines lost, doubled or put in."""
    for _ in range(rng.randint(1, 3)):
        lines = text.split("\n")
        number = rng.randrange(len(lines))
        way = rng.randrange(5)
        if way == 0:
            del lines[number]
        elif way == 1:
            lines.insert(number, rng.choice(lines))
        elif way == 2:
            lines[number] = rng.choice(["  ", " ", "\t"]) + lines[number]
        else:
            line = lines[number]
            place = rng.randrange(len(line) + 1)
            lost = rng.randrange(3)
            lines[number] = line[:place] + rng.choice(_SNIPPETS) + line[place + lost :]
        text = "\n".join(lines)
    return text


# What may stand where a key does.
_ODD_KEYS = [
    *("1", "~", "null", "Null", "true", "1.5", "2026-01-01", '""', "''", "[a]", "{a: b}", "<<"),
    *("? a\n", "!!str a", "&a a", "*a", "!!binary aGk=", "!x a", "- a", "a b", "0x1", "..."),
]
# What may stand before and after a configuration.
_AROUND = [
    *(("---\n", ""), ("--- ", ""), ("", "...\n"), ("", "---\n"), ("", "\n---\na: [\n")),
    *(("%YAML 1.1\n---\n", ""), ("%YAML 1.2\n---\n", ""), ("%TAG ! x:\n---\n", "")),
    *(("!!map\n", ""), ("&a\n", ""), ("--- !x\n", ""), ("---\n---\n", ""), ("# c\n", "#")),
    *(("\ufeff", ""), ("\ufeff---\n", ""), ("\n \n", ""), ("\t\n", ""), ("", "\t"), ("", "\0")),
    *(("", "\r\n"), ("\u2028", ""), ("", "\x85")),
]


def with_odd_key(text: str, rng: random.Random) -> str:
    """Give a text with a key that is none."""
    keys = list(re.finditer(r'"\w*":|(?m:^\w+:)', text))
    if not keys:
        return text
    found = rng.choice(keys)
    return f"{text[: found.start()]}{rng.choice(_ODD_KEYS)}:{text[found.end() :]}"


def case(rng: random.Random, minor: int) -> str:
    """Make the text of a configuration, right or spoilt in one of several ways."""
    generator = Generator(rng, minor)
    way = rng.random()
    generator.spoil = 0.1 if way < 0.25 else 0.0
    config = generator.config()
    if 0.25 <= way < 0.6:
        config = spoilt(config, rng, rng.randint(1, 3))
    text = block(config) if isinstance(config, dict) and all(config) else flow(config) + "\n"
    if way > 0.97:
        return text.replace("\n", rng.choice(["\r\n", "\r", "\n\n", "\x85"]))
    if way > 0.94:
        return text.join(rng.choice(_AROUND))
    if way > 0.91:
        return with_odd_key(text, rng)
    return scratched(text, rng) if way > 0.8 else text
