"""Strategies for whatever an operator or a related application may give: right, wrong and evil."""

import base64
import json
import shlex

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

TEXT = st.text(st.characters(blacklist_categories=["Cs"]), max_size=40)
EVIL = st.sampled_from(
    [
        "\n      - name: evil\n        image: evil",
        '"}]}, "containers": [{"name": "evil"}]',
        "'; reboot; '",
        "$(reboot) `reboot` ${POD_IP} $(POD_IP)",
        "{{ config }}{% for x in config %}{{ x }}{% endfor %}",
        "--storage.path=/etc",
        "../../../etc/passwd",
        "/etc/alertmanager/alertmanager.yml",
        "\0",
        "\x1b[31m",
        "\u2028\u0085\ufeff\U0001f600",
        "!!python/object/apply:os.system [reboot]",
        "&a [*a]",
        "? [",
        "<<: *x",
        "null",
        "..",
        "-" * 300,
        "x" * 5000,
    ]
)
PRINTABLE = st.one_of(
    st.sampled_from(
        [
            "$(POD_IP)",
            "$$(POD_IP) $(reboot)",
            '"]}, {"name": "evil", "image": "evil"}, {"args": ["',
            '", "--evil',
            "', '--evil",
            "]}, x: [",
            "a: b # c",
            "- &a !!binary |",
            "{{ 1 }}{% raw %}",
            "\\u0022\\",
            "😀é",
        ]
    ),
    st.text(st.characters(blacklist_categories=["C", "Z"]), min_size=1, max_size=20),
)
"""What options of free text take, and must come out as it went in."""

ANY = st.one_of(
    TEXT,
    EVIL,
    st.tuples(TEXT, EVIL, TEXT).map("".join),
    st.tuples(TEXT, EVIL).map("".join).map(lambda text: base64.b64encode(text.encode()).decode()),
)
JSON_TREES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | ANY,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["url", "errors", "error", "scrape_job_errors", "region"]) | ANY,
            inner,
            max_size=3,
        )
    ),
    max_leaves=8,
)
VALUES = st.one_of(ANY, JSON_TREES.map(json.dumps), st.just("[" * 20_000), st.just("9" * 20_000))
"""What may stand in a databag."""

FILES = st.dictionaries(
    st.one_of(st.sampled_from(["a.tmpl", "web.yml", "..data", "b"]), ANY), ANY, max_size=3
).map(json.dumps)
LABELS = st.dictionaries(st.sampled_from(["region", "a_b"]) | ANY, ANY, max_size=3).map(json.dumps)
CONFIG = st.builds(
    lambda name, title: json.dumps(
        {
            "route": {"receiver": name},
            "receivers": [
                {"name": name, "slack_configs": [{"api_url": "http://x", "title": title}]}
            ],
        }
    ),
    ANY,
    st.just("{{ .Status }}") | ANY,
)
CHOICES = {
    "alertmanager-config": CONFIG | VALUES,
    "alertmanager-secrets": st.just("global: {resolve_timeout: 1m}") | VALUES,
    "templates": FILES | ANY,
    "secret-files": FILES | ANY,
    "external-url": st.just("https://a.example/am") | ANY.map("https://a.example/{}".format) | ANY,
    "external-labels": LABELS | VALUES,
    "log-level": st.sampled_from(["info", "debug"]) | ANY,
    "log-format": st.sampled_from(["json", "logfmt"]) | ANY,
    "data-retention": st.just("90m") | ANY.map("1h{}".format) | ANY,
    "cluster-label": PRINTABLE | ANY,
    "cluster-reconnect-timeout": st.just("6h") | ANY,
    "cluster-peers": st.just("am.example:9094, [::1]:1") | ANY.map("a:1 {}".format) | ANY,
    "tls-cert": ANY.map("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----".format) | ANY,
    "tls-key": ANY.map("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----".format) | ANY,
    "web-users": st.dictionaries(ANY, st.just("$2y$10$" + "a" * 53) | ANY, max_size=2).map(
        json.dumps
    ),
    "config-reload": st.sampled_from(["reload", "restart"]) | ANY,
    "strict-config": st.booleans(),
    "additional-args": (PRINTABLE | ANY).map(lambda text: "--my.flag=" + shlex.quote(text))
    | ANY.map("--cluster.probe-interval={}".format)
    | st.just("--cluster.probe-interval='2s'")
    | ANY,
}
OPTIONS = st.sets(st.sampled_from(sorted(CHOICES)), max_size=4).flatmap(
    lambda names: st.fixed_dictionaries({name: CHOICES[name] for name in sorted(names)})
)
IMAGES = st.one_of(
    st.sampled_from(["prom/alertmanager:v0.28.1", "prom/alertmanager:v0.20.0", "am"]),
    ANY,
    st.text("aA0-_./:@ ", min_size=1, max_size=12),
)
URLS = st.builds(
    "http{}{}/{}".format,
    st.sampled_from(["://", "s://"]),
    st.sampled_from(["a", "[::1]", "a:80"]) | st.text("a.:[]1\n@%", max_size=6),
    st.text("aB1/.%20~-_\n\t\x7f é", max_size=12),
)


def one_line(text):
    """Whether a text may stand in a status or a log."""
    return text.isprintable() and len(text) <= 1000


def bounded(examples):
    """Settings for so many examples, the same in every run."""
    return settings(max_examples=examples, suppress_health_check=list(HealthCheck))


def soaking(examples):
    """Settings for so many examples, for whatever seed the test is given."""
    return settings(
        max_examples=examples,
        derandomize=False,
        suppress_health_check=list(HealthCheck),
        database=None,
    )
