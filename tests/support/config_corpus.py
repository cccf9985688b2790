"""Configurations, and which versions of Alertmanager accept each.

CASES has right ones of every integration and block, and for every rule some that break it. Who
accepts what was read from the source of each release (0.20 to 0.35), and is held against servers.
"""

from pathlib import Path
from typing import Dict, List, NamedTuple

from alertmanager_config.version import EVERY, VersionSet, before, since


class Case(NamedTuple):
    """A configuration.

    accepting: the versions that take it.
    says: words of the problem that the others have with it.
    files: the files beside it.
    """

    text: str
    accepting: VersionSet
    says: str
    files: Dict[str, bytes] = {}


CASES: List[Case] = []


def _versions(text: str) -> VersionSet:
    """Read ``all``, ``none``, ``26`` for since 0.26, ``<21`` for before, ``24-25`` for a range."""
    if text in ("all", "none"):
        return EVERY if text == "all" else 0
    if text.startswith("<"):
        return before(int(text[1:]))
    first, _, last = text.partition("-")
    return since(int(first)) & (before(int(last) + 1) if last else EVERY)


def _add(text: str, accepting: str, says: str = "", **files: bytes) -> None:
    CASES.append(Case(text, _versions(accepting), says, files))


def _top(accepting: str, text: str, says: str = "") -> None:
    """A whole configuration."""
    _add(text, accepting, says)


def _beside(accepting: str, text: str, says: str = "", **files: bytes) -> None:
    """Top-level keys beside a route and a receiver."""
    _add(f"route: {{receiver: a}}\nreceivers: [{{name: a}}]\n{text}\n", accepting, says, **files)


def _route(accepting: str, text: str, says: str = "") -> None:
    """The keys of a child route."""
    extra = "" if not text else ", " + text
    _beside_route(accepting, f"routes: [{{receiver: a{extra}}}]", says)


def _beside_route(accepting: str, text: str, says: str = "") -> None:
    """Keys of the first route."""
    _add(f"route: {{receiver: a, {text}}}\nreceivers: [{{name: a}}]\n", accepting, says)


def _receiver(accepting: str, text: str, says: str = "", glob: str = "") -> None:
    """The keys of the receiver that everything goes to, and those of global."""
    top = f"global: {{{glob}}}\n" if glob else ""
    _add(f"{top}route: {{receiver: a}}\nreceivers:\n- name: a\n  {text}\n", accepting, says)


def _webhook(accepting: str, text: str, says: str = "") -> None:
    """The keys of a webhook receiver."""
    _receiver(accepting, f"webhook_configs: [{{url: 'http://x', {text}}}]", says)


def _pushover(accepting: str, text: str, says: str = "") -> None:
    """The keys of a Pushover receiver."""
    _receiver(accepting, f"pushover_configs: [{{token: a, user_key: b, {text}}}]", says)


def _rocketchat(accepting: str, text: str, says: str = "") -> None:
    """The keys of a Rocket.Chat receiver."""
    _receiver(accepting, f"rocketchat_configs: [{{{text}}}]", says)


def _client(accepting: str, text: str, says: str = "") -> None:
    """The keys of an http_config."""
    url = "url: 'http://x'"
    _receiver(accepting, f"webhook_configs: [{{{url}, http_config: {{{text}}}}}]", says)


def _interval(accepting: str, text: str, says: str = "") -> None:
    """The keys of a time interval."""
    text = f"mute_time_intervals: [{{name: x, time_intervals: [{{{text}}}]}}]"
    _beside(accepting, text, says)


_CA = (Path(__file__).parents[1] / "data" / "beside" / "ca.pem").read_bytes()


# --- The whole ---------------------------------------------------------------------------------

_top("all", "route: {receiver: a}\nreceivers: [{name: a}]\n")
_top("all", '{"route": {"receiver": "a"}, "receivers": [{"name": "a"}]}\n')
_top("all", "---\nroute:\n    receiver: a # why\nreceivers:\n- name: a\n...\n")
_top("all", "route:\treceiver\nroute: {receiver: a}\n".replace("route:\treceiver\n", "")
     + "receivers:\n-\t{name: a}\n".replace("\t", " "))  # fmt: skip
_top("all", "route:\n  receiver:\ta\t# tab\nreceivers: [{name: a}]\n")
_top("all", "route: {receiver: &x a}\nreceivers: [{name: *x}]\n")
_top("all", "route: &r {receiver: a, routes: [{<<: {receiver: a}, group_wait: 5s}]}\n"
     "receivers: [{name: a}]\n")  # fmt: skip
_top("all", "route: {receiver: 'a'}\nreceivers: [{name: !!str a}]\n")
_top("all", "route: {receiver: 1}\nreceivers: [{name: 1}]\n")
_top("all", "route: {receiver: yes}\nreceivers: [{name: 'yes'}]\n")
_top("all", "\ufeffroute: {receiver: a}\nreceivers: [{name: a}]\n")
_top("all", "route: {receiver: a}\nreceivers: [{name: a}]\n---\nmore: [\n")
_top("all", "route: {receiver: a}\r\nreceivers:\r\n- name: a\r\n")
_top("none", "", "is empty")
_top("none", "# nothing\n", "is empty")
_top("none", "receivers: [{name: a}]\n", "has no route")
_top("none", "route:\nreceivers: [{name: a}]\n", "has no route")
_top("none", "route: {receiver: a}\n", "receiver a is not defined")
_top("none", "route: {receiver: a}\nreceivers:\n", "receiver a is not defined")
_top("none", "- route\n", "must be a mapping")
_top("none", "route\n", "must be a mapping")
_top("none", "route: hello\nreceivers: [{name: a}]\n", "must be a mapping")
_top("none", "route: [hello]\nreceivers: [{name: a}]\n", "must be a mapping")
_top("none", "route: {receiver: a}\nreceivers: {name: a}\n", "must be a list")
_top("none", "route: {receiver: a}\nreceivers: a\n", "must be a list")
_top("none", "route: {receiver: a}\nreceivers: [a]\n", "must be a mapping")
_top("none", "route: {receiver: ''}\nreceivers: [[a]]\n", "must be a mapping")
_top("none", "route: {receiver: a\nreceivers: [{name: a}]\n", "is not YAML")
_top("none", "route:\n\treceiver: a\nreceivers: [{name: a}]\n", "indent with spaces")
_top("none", "route: {receiver: a}\nroute: {receiver: a}\nreceivers: [{name: a}]\n", "twice")
_top("none", "route: {receiver: a, receiver: a}\nreceivers: [{name: a}]\n", "twice")
_top("none", "route: {receiver: *x}\nreceivers: [{name: a}]\n", "no anchor")
_top("none", "route: &x {receiver: a, routes: [*x]}\nreceivers: [{name: a}]\n", "is inside")
_top("none", "%YAML 1.2\n---\nroute: {receiver: a}\nreceivers: [{name: a}]\n", "version")
_top("none", "route: {receiver: a}\nreceivers: [{name: a, [b]: c}]\n", "a key must be text")
_top("none", 'route: {receiver: a}\nreceivers: [{name: "\\q"}]\n', "unknown escape")
_beside("none", "rout: {}", "did you mean route?")
_beside("none", "slack_api_url: http://x", "it belongs in global")
_beside("none", "matchers: []", "it belongs in a route")
_beside("none", "Global: {}", "has no key")
_beside("all", "global:")
_beside("all", "global: {}")
_beside("none", "global: []", "must be a mapping")
_beside("all", "templates: ['*.tmpl', /etc/alertmanager/x.tmpl]")
_beside("all", "templates:")
_beside("none", "templates: x.tmpl", "must be a list")
_beside("none", "templates: ['[']", "must be a pattern")
_beside("none", "templates: ['[]a]']", "must be a pattern")
_beside("none", "templates: [{}]", "must be text")

# --- Routes ------------------------------------------------------------------------------------

_route("all", "")
_route("all", "group_by: [x, y]")
_route("all", "group_by: ['...']")
_route("all", "group_by: []")
_route("all", "group_wait: 0s, group_interval: 1ms, repeat_interval: 1y")
_route("22", "group_wait: 1h30m")
_route("21", "group_wait: 0")
_route("all", "match: {a: b, c: 1}")
_route("all", "match_re: {a: b|c}")
_route("22", "matchers: [a=b, 'c=~\"d.*\"', 'e!=f', \"g!~'h'\"]")
_route("22", 'matchers: [\'{a="b", c="d"}\']')
_route("22", "matchers: ['a=b,']")
_route("22", 'matchers: [\'a="\\"x\\""\']')
_route("22", "matchers: ['a=b c']")
_route("22", "matchers: []")
_route("27", "matchers: ['\"a b\"=c']", "must be a matcher")
_route("27", "matchers: ['a-b=\"c\"']", "must be a matcher")
_route("27", 'matchers: [\'"a"="\\xc3\\xa9"\']', "must be a matcher")
_route("none", 'matchers: [\'"a"="\\xff"\']', "must be a matcher")
_route("22", "matchers: ['a=\"\\xff\"']", "")
_route("27", "matchers: ['\u00e9=\"c\"']", "must be a matcher")
_route("all", "continue: true")
_route("all", "continue: on")
_route("all", "routes: []")
_route("all", "routes: [{}]")
_route("34", "labels: {team: '{{ .GroupLabels.x }}'}", "only in Alertmanager 0.34")
_route("none", "labels: {'': x}", "cannot be the name of a label")
_route("none", "labels: [x]", "")
_route("none", "group_by: [a-b, a-b]", "twice")
_route("27", "group_by: [a-b]", "a-b cannot be the name")
_route("27", "group_by: ['a b', \u00e9]", "no name")
_route("none", "group_by: ['']", "is empty")
_route("none", "group_by: [~]", "is empty")
_route("none", "group_by: [x, x]", "has the label x twice")
_route("none", "group_by: ['...', x]", "cannot have ...")
_route("none", "group_by: x", "must be a list")
_route("none", "group_wait: 30", "must be a duration")
_route("none", "group_wait: 5 m", "must be a duration")
_route("none", "group_wait: ''", "must be a duration")
_route("none", "group_wait: 1m1h", "must be a duration")
_route("none", "group_wait: 1.5h", "must be a duration")
_route("none", "group_wait: -1m", "must be a duration")
_route("<22", "group_wait: 300y", "longer than 292 years")
_route("none", "group_wait: {}", "must be a duration")
_route("none", "group_interval: 0s", "cannot be zero")
_route("none", "repeat_interval: 0h", "cannot be zero")
_route("none", "match: {a-b: c}", "cannot be the name of a label")
_route("none", "match: [a]", "must be a mapping")
_route("none", "match: {a: [b]}", "must be text")
_route("none", "match_re: {a-b: c}", "cannot be the name of a label")
_route("none", "match_re: {a: '('}", "a ) is missing")
_route("none", "match_re: {a: 'b**'}", "repetitions follow")
_route("none", "match_re: {a: '(?=b)'}", "looks ahead")
_route("none", "match_re: {a: '(?<!b)'}", "looks behind")
_route("none", "match_re: {a: '\\1'}", "refer back")
_route("none", "match_re: {a: 'x{1001}'}", "exceed 1000")
_route("none", "match_re: {a: '(x{40}){40}'}", "more than 1000 copies")
_route("none", "match_re: {a: '[z-a]'}", "ends before it begins")
_route("none", "match_re: {a: '[a'}", "never closed")
_route("none", "match_re: {a: '[[:foo:]]'}", "unknown class")
_route("none", "match_re: {a: '\\p{Foo}'}", "unknown Unicode class")
_route("none", "match_re: {a: '*'}", "nothing before it")
_route("none", "match_re: {a: 'b\\'}", "is missing")
_route("none", "match_re: {a: ~}", "needs a regular expression")
_route("none", "match_re: {a: {b: c}}", "must be text")
_route("all", "match_re: {a: '[[:alpha:]]+\\.(?i:x|y){2,3}?\\p{Greek}\\x{41}$'}")
_route("all", "match_re: {a: 'b)(c'}")
_route("none", "matchers: a=b", "must be a list")
_route("none", "matchers: [a]", "must be a matcher")
_route("22-22", "matchers: ['a=\"b']", "double quote")
_route("22-22", "matchers: ['a=b\"']", "double quote")
_route("none", "matchers: ['a=b\"c']", "double quote")
_route("none", "matchers: ['a=~(']", "a ) is missing")
_route("none", "matchers: ['a=b,,c=d']", "between two commas")
_route("none", "matchers: [',']", "between two commas")
_route("none", "matchers: [{a: b}]", "must be text")
_route("none", "receivers: [a]", "did you mean receiver?")
_route("none", "Continue: true", "did you mean continue?")
_route("none", "continue: 'true'", "must be true or false")
_route("none", "continue: 1", "must be true or false")
_route("none", "mute_time_intervals: [x]", "time interval x is not defined")
_route("none", "active_time_intervals: [x]", "time interval x is not defined")
_route("none", "routes: [{receiver: b}]", "receiver b is not defined")
_route("none", "routes: [~]", "is null")
_route("none", "routes: {receiver: a}", "must be a list")
_beside_route("none", "continue: true", "cannot be in the first route")
_beside_route("none", "match: {a: b}", "cannot be in the first route")
_beside_route("none", "match_re: {a: b}", "cannot be in the first route")
_beside_route("22-23", "matchers: [a=b]", "cannot be in the first route")
_beside_route("22", "matchers: []")
_beside_route("none", "mute_time_intervals: [x]", "cannot be in the first route")
_beside_route("none", "active_time_intervals: [x]", "cannot be in the first route")
_top("none", "route: {}\nreceivers: [{name: a}]\n", "the first route has no receiver")
_top("none", "route: {receiver: ''}\nreceivers: [{name: a}]\n", "the first route has no receiver")

# --- Receivers ---------------------------------------------------------------------------------

_top("none", "route: {receiver: a}\nreceivers: [{name: a}, {name: a}]\n", "twice")
_top("none", "route: {receiver: a}\nreceivers: [{name: a}, {}]\n", "needs name")
_top("none", "route: {receiver: a}\nreceivers: [{name: a}, {name: ''}]\n", "needs name")
_top("26", "route: {receiver: a}\nreceivers: [{name: a}, ~]\n", "is empty")
_top("none", "route: {receiver: a}\nreceivers: [{name: a}, ~, ~]\n", "")
_receiver("33", "labels: {team: x}", "only in Alertmanager 0.33")
_receiver("33", "labels: {name: a}", "only in Alertmanager 0.33")
_receiver("none", "labels: {name: b}", "")
_receiver("none", "foo_configs: []", "a receiver has no key foo_configs")
_receiver("none", "slack_config: []", "did you mean slack_configs?")
_receiver("none", "slack_configs: {api_url: x}", "must be a list")
_receiver("none", "webhook_configs: [~]", "is null")
_receiver("all", "webhook_configs: []")
_receiver("all", "webhook_configs: ~")

# Discord
_receiver("25", "discord_configs: [{webhook_url: 'https://x/y', title: a, message: b}]", "0.25")
_receiver("27", "discord_configs: [{webhook_url_file: /x}]", "")
_receiver(
    "28",
    "discord_configs: [{webhook_url: 'https://x', content: a, username: b, avatar_url: c}]",
    "",
)
_receiver("none", "discord_configs: [{}]", "needs webhook_url")
_receiver("none", "discord_configs: [{webhook_url: 'https://x', webhook_url_file: /x}]", "only one")
_receiver("none", "discord_configs: [{webhook_url: x}]", "must begin with http")

# E-mail
_MAIL = "to: x@y, from: z@y, smarthost: 'm:25'"
_receiver("all", f"email_configs: [{{{_MAIL}}}]")
_receiver(
    "all",
    f"email_configs: [{{{_MAIL}, hello: h, auth_username: u, auth_password: p, auth_secret: s, "
    "auth_identity: i, headers: {Subject: '{{ .Status }}'}, html: '', text: t, require_tls: false, "
    "tls_config: {insecure_skip_verify: true}, send_resolved: true}]",
)
_receiver(
    "25", f"email_configs: [{{{_MAIL}, auth_password_file: /x}}]", "only in Alertmanager 0.25"
)
_receiver("31", f"email_configs: [{{{_MAIL}, auth_secret_file: /x, force_implicit_tls: true}}]", "")
_receiver(
    "30", f"email_configs: [{{{_MAIL}, threading: {{enabled: true, thread_by_date: daily}}}}]", ""
)
_receiver("30-30", f"email_configs: [{{{_MAIL}, threading: {{enabled: true}}}}]", "")
_receiver("30", f"email_configs: [{{{_MAIL}, threading: {{thread_by_date: x}}}}]", "")
_receiver("none", f"email_configs: [{{{_MAIL}, threading: {{enabled: true, thread_by_date: daily}}, "
          "headers: {references: x}}]", "")  # fmt: skip
_receiver("30", f"email_configs: [{{{_MAIL}, threading: {{enabled: true, thread_by_date: none}}, "
          "headers: {'refer ences': x}}]", "")  # fmt: skip
_receiver("all", "email_configs: [{to: x}]", glob="smtp_from: z, smtp_smarthost: 'm:25'")
_receiver("none", "email_configs: [{to: x, from: z}]", "needs smarthost")
_receiver("none", "email_configs: [{to: x, smarthost: 'm:25'}]", "needs from")
_receiver("none", "email_configs: [{from: x, smarthost: 'm:25'}]", "needs to")
_receiver("none", "email_configs: [{to: x, from: z, smarthost: m}]", "needs a port")
_receiver("none", "email_configs: [{to: x, from: z, smarthost: 'm:'}]", "needs a port")
_receiver("none", "email_configs: [{to: x, from: z, smarthost: '::1:25'}]", "two colons")
_receiver("none", "email_configs: [{to: x, from: z, smarthost: ''}]", "needs smarthost")
_receiver("all", "email_configs: [{to: x, from: z, smarthost: '[::1]:25'}]")
_receiver(
    "none", f"email_configs: [{{{_MAIL}, headers: {{subject: a, Subject: b}}}}]", "given twice"
)
_receiver(
    "<25", f"email_configs: [{{{_MAIL}, headers: {{SUBJECT: a, Subject: b}}}}]", "given twice"
)
_receiver("none", f"email_configs: [{{{_MAIL}, headers: [a]}}]", "must be a mapping")
_receiver("none", f"email_configs: [{{{_MAIL}, require_tls: 'no'}}]", "must be true or false")
_receiver("none", f"email_configs: [{{{_MAIL}, subject: x}}]", "has no key subject")

# HipChat
_receiver("<21", "hipchat_configs: [{room_id: a, auth_token: b, api_url: 'https://x', color: c, "
          "message: m, message_format: html, notify: true, from: f}]", "only in Alertmanager 0.20")  # fmt: skip
_receiver("<21", "hipchat_configs: [{room_id: a}]", "",
          glob="hipchat_auth_token: b, hipchat_api_url: 'https://x'")  # fmt: skip
_receiver("none", "hipchat_configs: [{auth_token: b}]", "")
_receiver("none", "hipchat_configs: [{room_id: b}]", "")

# incident.io
_IO = "url: 'https://x'"
_receiver(
    "29", f"incidentio_configs: [{{{_IO}, alert_source_token: t, max_alerts: 3, timeout: 5s}}]", ""
)
_receiver("29", f"incidentio_configs: [{{{_IO}}}]", "")
_receiver("35", "incidentio_configs: [{url: 'https://x', alert_source_token: t, "
          "metadata: {a: b}}]", "")  # fmt: skip
_receiver("29", "incidentio_configs: [{url_file: /x, alert_source_token_file: /y}]", "")
_receiver(
    "29", f"incidentio_configs: [{{{_IO}, http_config: {{authorization: {{credentials: c}}}}}}]", ""
)
_receiver("none", f"incidentio_configs: [{{{_IO}, http_config: {{}}}}]", "")
_receiver("none", "incidentio_configs: [{alert_source_token: t}]", "")
_receiver("none", f"incidentio_configs: [{{{_IO}, url_file: /x}}]", "")
_receiver(
    "none",
    f"incidentio_configs: [{{{_IO}, alert_source_token: a, alert_source_token_file: b}}]",
    "",
)
_receiver("none", f"incidentio_configs: [{{{_IO}, alert_source_token: a, http_config: "
          "{authorization: {credentials: c}}}]", "")  # fmt: skip
_receiver("none", f"incidentio_configs: [{{{_IO}, alert_source_token: a, max_alerts: -1}}]", "")
# Names in its http_config alone do not start from the configuration's folder.
_add("route: {receiver: a}\nreceivers:\n- name: a\n  incidentio_configs: [{url: 'https://x', "
     "alert_source_token: a, http_config: {tls_config: {ca_file: ca.pem}}}]\n",
     "none", "", **{"ca.pem": _CA})  # fmt: skip
_add("global: {http_config: {tls_config: {ca_file: ca.pem}}}\nroute: {receiver: a}\nreceivers:\n"
     "- name: a\n  incidentio_configs: [{url: 'https://x', alert_source_token: a}]\n",
     "29", "", **{"ca.pem": _CA})  # fmt: skip
_add("route: {receiver: a}\nreceivers:\n- name: a\n  incidentio_configs: [{url: 'https://x', "
     "alert_source_token: a, http_config: {tls_config: {ca_file: /etc/alertmanager/ca.pem}}}]\n",
     "29", "", **{"ca.pem": _CA})  # fmt: skip

# Jira
_JIRA = "project: p, issue_type: t"
_receiver("28", f"jira_configs: [{{{_JIRA}, api_url: 'https://x', labels: [a], priority: p, "
          "summary: s, description: d, reopen_transition: r, resolve_transition: r, "
          "wont_fix_resolution: w, reopen_duration: 1h, fields: {a: {b: [c]}}}]", "")  # fmt: skip
_receiver("28", f"jira_configs: [{{{_JIRA}}}]", "", glob="jira_api_url: 'https://x'")
_receiver("29", f"jira_configs: [{{{_JIRA}, api_url: 'https://x', api_type: cloud}}]", "")
_receiver("30", f"jira_configs: [{{{_JIRA}, api_url: 'https://x', "
          "summary: {template: t, enable_update: false}}]", "")  # fmt: skip
_receiver("28-29", f"jira_configs: [{{{_JIRA}, api_url: 'https://x', summary: '~'}}]", "be text")
_receiver("none", f"jira_configs: [{{{_JIRA}, api_url: 'https://x', summary: {{foo: t}}}}]", "")
_receiver("none", f"jira_configs: [{{{_JIRA}, api_url: 'https://x', api_type: x}}]", "")
_receiver("none", f"jira_configs: [{{{_JIRA}}}]", "")
_receiver("none", "jira_configs: [{project: p, api_url: 'https://x'}]", "")
_receiver("none", "jira_configs: [{issue_type: p, api_url: 'https://x'}]", "")

# Mattermost
_MM = "webhook_url: 'https://x'"
_receiver("30", f"mattermost_configs: [{{{_MM}, channel: c, username: u, text: t, icon_url: i, "
          "icon_emoji: e, type: t, props: {card: c}, priority: {priority: urgent, "
          "requested_ack: true, persistent_notifications: false}, attachments: [{fallback: f, "
          "color: c, fields: [{title: a, value: b, short: true}]}]}]", "")  # fmt: skip
_receiver("32", f"mattermost_configs: [{{{_MM}, title: t, footer: f, fields: [], author_name: a, "
          "author_link: l, author_icon: i, footer_icon: i}]", "")  # fmt: skip
_receiver("32", "mattermost_configs: [{}]", "", glob="mattermost_webhook_url: 'https://x'")
_receiver("32", "mattermost_configs: [{}]", "", glob="mattermost_webhook_url_file: /x")
_receiver("none", "mattermost_configs: [{}]", "")
_receiver("none", f"mattermost_configs: [{{{_MM}, webhook_url_file: /x}}]", "")
_receiver("none", f"mattermost_configs: [{{{_MM}, attachments: [{{fields: [{{title: a}}]}}]}}]", "")
_receiver("none", "mattermost_configs: []", "",
          glob="mattermost_webhook_url: 'https://x', mattermost_webhook_url_file: /x")  # fmt: skip

# Microsoft Teams
_receiver("26", "msteams_configs: [{webhook_url: 'https://x', title: t, text: u}]", "0.26")
_receiver("27", "msteams_configs: [{webhook_url_file: /x, summary: s}]", "")
_receiver("none", "msteams_configs: [{}]", "")
_receiver("none", "msteams_configs: [{webhook_url: 'https://x', webhook_url_file: /x}]", "")
_receiver("28", "msteamsv2_configs: [{webhook_url: 'https://x', title: t, text: u}]", "0.28")
_receiver("28", "msteamsv2_configs: [{webhook_url_file: /x}]", "")
_receiver("none", "msteamsv2_configs: [{}]", "")
_receiver("none", "msteamsv2_configs: [{webhook_url: 'https://x', webhook_url_file: /x}]", "")
_receiver("none", "msteamsv2_configs: [{webhook_url: 'https://x', summary: s}]", "")

# OpsGenie
_OG = "api_key: k"
_receiver("all", f"opsgenie_configs: [{{{_OG}, api_url: 'https://x', message: m, description: d, "
          "source: s, details: {a: b}, tags: t, note: n, priority: P1, "
          "responders: [{id: i, type: Team}, {name: n, type: user}, {username: u, type: schedule}]}]")  # fmt: skip
_receiver(
    "24", f"opsgenie_configs: [{{{_OG}, entity: e, actions: a, update_alerts: true}}]", "0.24"
)
_receiver("24", "opsgenie_configs: [{api_key_file: /x}]", "")
_receiver("all", "opsgenie_configs: [{}]", glob="opsgenie_api_key: k")
_receiver("24", "opsgenie_configs: [{}]", "", glob="opsgenie_api_key_file: /k")
_receiver("24", f"opsgenie_configs: [{{{_OG}, responders: [{{id: i, type: teams}}]}}]", "")
_receiver("25", f"opsgenie_configs: [{{{_OG}, responders: [{{id: i, type: '{{{{ .X }}}}'}}]}}]", "")
_receiver("none", f"opsgenie_configs: [{{{_OG}, responders: [{{id: i, type: '{{{{ .X'}}]}}]", "")
_receiver(
    "none",
    f"opsgenie_configs: [{{{_OG}, responders: [{{id: i, type: '{{{{ toUpper .X }}}}'}}]}}]",
    "",
)
_receiver("none", f"opsgenie_configs: [{{{_OG}, responders: [{{type: team}}]}}]", "needs id")
_receiver(
    "none", f"opsgenie_configs: [{{{_OG}, responders: [{{id: i, type: boss}}]}}]", "type must be"
)
_receiver("none", f"opsgenie_configs: [{{{_OG}, responders: [{{id: i}}]}}]", "type must be")
_receiver("none", f"opsgenie_configs: [{{{_OG}, responders: [~]}}]", "is null")
_receiver("none", f"opsgenie_configs: [{{{_OG}, teams: t}}]", "has no key teams")
_receiver("none", "opsgenie_configs: [{}]", "needs api_key")
_receiver("24-24", f"opsgenie_configs: [{{{_OG}, api_key_file: /x}}]", "")
_receiver("25", "opsgenie_configs: [{api_url: 'https://x', api_key_file: /x}]", "")
_receiver("none", "opsgenie_configs: []", "", glob="opsgenie_api_key: a, opsgenie_api_key_file: b")
_receiver("none", f"opsgenie_configs: [{{{_OG}}}]", "needs api_url", glob="opsgenie_api_url: ~")

# PagerDuty
_PD = "routing_key: k"
_receiver("all", f"pagerduty_configs: [{{{_PD}, url: 'https://x', client: c, client_url: u, "
          "description: d, details: {a: b}, images: [{src: s, alt: a, href: h}], "
          "links: [{href: h, text: t}], severity: s, class: c, component: c, group: g}]")  # fmt: skip
_receiver("all", "pagerduty_configs: [{service_key: k}]")
_receiver("25", "pagerduty_configs: [{routing_key_file: /x, source: s}]", "")
_receiver("25", "pagerduty_configs: [{service_key_file: /x}]", "")
_receiver("30", f"pagerduty_configs: [{{{_PD}, details: {{a: {{b: c}}}}, timeout: 5s}}]", "")
_receiver("none", "pagerduty_configs: [{}]", "needs routing_key")
_receiver("none", f"pagerduty_configs: [{{{_PD}, routing_key_file: /x}}]", "")
_receiver("none", "pagerduty_configs: [{service_key: k, service_key_file: /x}]", "")
_receiver("none", f"pagerduty_configs: [{{{_PD}}}]", "needs url", glob="pagerduty_url: ~")
_receiver("none", f"pagerduty_configs: [{{{_PD}, timeout: 5}}, {{}}]", "")

# Pushover
_PO = "token: t, user_key: u"
_receiver("all", f"pushover_configs: [{{{_PO}, title: t, message: m, url: u, url_title: t, sound: s, "
          "priority: '2', retry: 1m, expire: 1h30m, html: true}]")  # fmt: skip
_receiver("26", "pushover_configs: [{token_file: /t, user_key_file: /u, device: d}]", "")
_receiver("27", f"pushover_configs: [{{{_PO}, ttl: 1h}}]", "")
_receiver("29", f"pushover_configs: [{{{_PO}, monospace: true}}]", "")
_receiver("none", f"pushover_configs: [{{{_PO}, monospace: true, html: true}}]", "")
_receiver("none", f"pushover_configs: [{{{_PO}, retry: 60}}]", "must be a duration")
_receiver("none", f"pushover_configs: [{{{_PO}, expire: 1d}}]", "must be a duration")
_receiver("all", f"pushover_configs: [{{{_PO}, expire: 0}}]")
_receiver("none", "pushover_configs: [{token: t}]", "needs user_key")
_receiver("none", "pushover_configs: [{user_key: t}]", "needs token")
_receiver("none", f"pushover_configs: [{{{_PO}, token_file: /t}}]", "")
_receiver("none", f"pushover_configs: [{{{_PO}, user_key_file: /t}}]", "")

# Rocket.Chat
_RC = "token: t, token_id: i"
_receiver("35", f"rocketchat_configs: [{{{_RC}, message_text: m}}]", "")
_receiver("28", f"rocketchat_configs: [{{{_RC}, api_url: 'https://x', channel: c, color: c, title: t, "
          "title_link: l, text: t, fields: [{short: true, title: t, value: v}], short_fields: true, "
          "emoji: e, icon_url: i, image_url: i, thumb_url: t, link_names: true, "
          "actions: [{type: button, text: t, url: u, msg: m, imageurl: i}]}]", "0.28")  # fmt: skip
_receiver("28", "rocketchat_configs: [{token_file: /t, token_id_file: /i}]", "")
_receiver("28", "rocketchat_configs: [{}]", "", glob="rocketchat_token: t, rocketchat_token_id: i")
_receiver("28", "rocketchat_configs: [{}]", "",
          glob="rocketchat_token_file: t, rocketchat_token_id_file: i")  # fmt: skip
_receiver("none", "rocketchat_configs: [{token: t}]", "")
_receiver("none", "rocketchat_configs: [{token_id: t}]", "")
_receiver("none", f"rocketchat_configs: [{{{_RC}, token_file: /x}}]", "")
_receiver("none", f"rocketchat_configs: [{{{_RC}, token_id_file: /x}}]", "")
_receiver("none", f"rocketchat_configs: [{{{_RC}, actions: [{{image_url: x}}]}}]", "")
_receiver(
    "none", "rocketchat_configs: []", "", glob="rocketchat_token: a, rocketchat_token_file: b"
)
_receiver("none", "rocketchat_configs: []", "",
          glob="rocketchat_token_id: a, rocketchat_token_id_file: b")  # fmt: skip

# Slack
_SL = "api_url: 'https://x'"
_receiver("all", f"slack_configs: [{{{_SL}, channel: '#c', username: u, color: c, title: t, "
          "title_link: l, pretext: p, text: t, fields: [{title: a, value: b, short: false}], "
          "short_fields: true, footer: f, fallback: f, callback_id: c, icon_emoji: e, icon_url: i, "
          "image_url: i, thumb_url: t, link_names: true, mrkdwn_in: [text], actions: "
          "[{type: button, text: t, url: u}, {type: button, text: t, name: n, value: v, style: s, "
          "confirm: {text: t, title: t, ok_text: o, dismiss_text: d}}]}]")  # fmt: skip
_receiver("all", "slack_configs: [{channel: c}]", glob="slack_api_url: 'https://x'")
_receiver("22", "slack_configs: [{api_url_file: /x}]", "")
_receiver("22", "slack_configs: [{channel: c}]", "", glob="slack_api_url_file: /x")
_receiver("30", "slack_configs: [{app_token: t, timeout: 5s, app_url: 'https://x'}]", "")
_receiver("30", "slack_configs: [{app_token_file: /t}]", "")
_receiver("30", "slack_configs: [{channel: c}]", "", glob="slack_app_token: t")
_receiver("30", "slack_configs: [{channel: c}]", "", glob="slack_app_token_file: /t")
_receiver("30", "slack_configs: [{channel: c}]", "",
          glob="slack_app_token: t, slack_api_url: 'https://slack.com/api/chat.postMessage'")  # fmt: skip
_receiver("31", f"slack_configs: [{{{_SL}, message_text: t}}]", "")
_receiver("32", "slack_configs: [{api_url: 'https://slack.com/api/chat.postMessage', "
          "update_message: true, http_config: {authorization: {credentials: c}}}]", "")  # fmt: skip
_receiver("none", f"slack_configs: [{{{_SL}, update_message: true}}]", "")
_receiver("35", "slack_configs: [{app_token: t, update_message: true}]", "")
_receiver("none", "slack_configs: [{channel: c}]", "needs api_url")
_receiver("none", f"slack_configs: [{{{_SL}, api_url_file: /x}}]", "")
_receiver("none", f"slack_configs: [{{{_SL}, app_token: x}}]", "")
_receiver("none", "slack_configs: [{app_token: x, app_token_file: /x}]", "")
_receiver("none", "slack_configs: [{app_token: x, http_config: {bearer_token: y}}]", "")
_receiver("none", "slack_configs: [{app_token: x}]", "",
          glob="http_config: {authorization: {credentials: x}}")  # fmt: skip
_receiver("30", "slack_configs: [{http_config: {bearer_token: y}, api_url: 'https://x'}]", "",
          glob="slack_app_token: t")  # fmt: skip
_receiver(
    "none", "slack_configs: [{http_config: {bearer_token: y}}]", "", glob="slack_app_token: t"
)
_receiver(
    "none", "slack_configs: []", "", glob="slack_api_url: 'https://x', slack_api_url_file: /x"
)
_receiver("none", "slack_configs: []", "", glob="slack_app_token: x, slack_app_token_file: /x")
_receiver("none", "slack_configs: []", "", glob="slack_app_token: x, slack_api_url: 'https://x'")
_receiver("none", "slack_configs: []", "", glob="slack_app_token: x, slack_api_url_file: /x")
_receiver("30", "slack_configs: []", "", glob="slack_app_token: x, "
          "slack_api_url: 'HTTPS://slack.com/api/chat.postMessage#'")  # fmt: skip
_receiver("none", "slack_configs: []", "", glob="slack_app_token: x, "
          "slack_api_url: 'https://slack.com/api/chat.postMessage?'")  # fmt: skip
_receiver("35", "slack_configs: [{update_message: true}]", "", glob="slack_app_token: x, "
          "slack_app_url: 'HTTPS://slack.com/api/chat.postMessage'")  # fmt: skip
_receiver("none", f"slack_configs: [{{{_SL}, fields: [{{title: a}}]}}]", "needs value")
_receiver("none", f"slack_configs: [{{{_SL}, fields: [{{value: a}}]}}]", "needs title")
_receiver(
    "none", f"slack_configs: [{{{_SL}, actions: [{{type: a, text: b}}]}}]", "needs name or url"
)
_receiver("none", f"slack_configs: [{{{_SL}, actions: [{{type: a, url: b}}]}}]", "needs text")
_receiver("none", f"slack_configs: [{{{_SL}, actions: [{{text: a, url: b}}]}}]", "needs type")
_receiver("none", f"slack_configs: [{{{_SL}, actions: [{{type: a, text: b, name: c, "
          "confirm: {title: d}}]}]", "needs text")  # fmt: skip
_receiver("none", f"slack_configs: [{{{_SL}, fields: [~]}}]", "first notification")
_receiver("none", f"slack_configs: [{{{_SL}, actions: [~]}}]", "first notification")
_receiver("35", "slack_configs: [{app_token: t, post_updates_to_thread: true}]", "")
_receiver("35", "slack_configs: [{api_url: 'https://slack.com/api/chat.postMessage', "
          "post_updates_to_thread: true}]", "")  # fmt: skip
_receiver("none", f"slack_configs: [{{{_SL}, post_updates_to_thread: true}}]", "a webhook")
_receiver("none", "slack_configs: [{api_url_file: /x, post_updates_to_thread: true}]", "a webhook")
_receiver("35", "slack_configs: [{update_message: true}]", "", glob="slack_app_token: t")
_receiver("none", f"slack_configs: [{{{_SL}, chanel: x}}]", "did you mean channel?")

# SNS
_receiver("23", "sns_configs: [{topic_arn: t, api_url: u, subject: s, message: m, attributes: {a: b}, "
          "sigv4: {region: r, access_key: a, secret_key: s, profile: p, role_arn: r}}]", "")  # fmt: skip
_receiver("23", "sns_configs: [{phone_number: t}, {target_arn: t}]", "")
_receiver("28", "sns_configs: [{topic_arn: t, sigv4: {use_fips_sts_endpoint: true}}]", "")
_receiver("30", "sns_configs: [{topic_arn: t, sigv4: {service_name: s}}]", "")
_receiver("31", "sns_configs: [{topic_arn: t, sigv4: {external_id: s, role_arn: r}}]", "")
_receiver("33", "sns_configs: [{topic_arn: t, use_aws_http_client: true}]", "")
_receiver("23", "sns_configs: [{topic_arn: t, target_arn: u, phone_number: v}]", "")
_receiver("35", "sns_configs: [{topic_arn: t, sigv4: {role_arn: r, session_name: a-b, "
          "tags: {a: b}}}]", "")  # fmt: skip
_receiver("none", "sns_configs: [{topic_arn: t, sigv4: {session_name: ab}}]", "role_arn")
_receiver("none", "sns_configs: [{topic_arn: t, sigv4: {role_arn: r, session_name: a}}]", "")
_receiver("none", "sns_configs: [{topic_arn: t, sigv4: {tags: {a: b}}}]", "role_arn")
_receiver("none", "sns_configs: [{topic_arn: t, sigv4: {role_arn: r, tags: {'': b}}}]", "bytes")
_receiver("none", "sns_configs: [{topic_arn: t, sigv4: {role_arn: r, tags: "
          f"{{a: {'b' * 257}}}}}}}]", "bytes")  # fmt: skip
_receiver("none", "sns_configs: [{}]", "")
_receiver("none", "sns_configs: [{topic_arn: t, target_arn: u}]", "")
_receiver("none", "sns_configs: [{topic_arn: t, sigv4: {access_key: a}}]", "")
_receiver("none", "sns_configs: [{topic_arn: t, sigv4: {secret_key: a}}]", "")
_receiver("none", "sns_configs: [{topic_arn: t, sigv4: {external_id: a}}]", "")

# Telegram
_TG = "bot_token: t, chat_id: -1"
_receiver("24", f"telegram_configs: [{{{_TG}, api_url: 'https://x', message: m, "
          "disable_notifications: true, parse_mode: HTML}]", "")  # fmt: skip
_receiver("25", f"telegram_configs: [{{{_TG}}}]", "")
_receiver("25", f"telegram_configs: [{{{_TG}, parse_mode: ''}}]", "")
_receiver("26", "telegram_configs: [{bot_token_file: /t, chat_id: 1}]", "")
_receiver("28", f"telegram_configs: [{{{_TG}, message_thread_id: 3}}]", "")
_receiver("31", "telegram_configs: [{bot_token: t, chat_id_file: /x}]", "")
_receiver("35", f"telegram_configs: [{{{_TG}, timeout: 5s}}]", "")
_receiver("none", f"telegram_configs: [{{{_TG}, timeout: 5x}}]", "")
_receiver("31", "telegram_configs: [{chat_id: 1}]", "", glob="telegram_bot_token: x")
_receiver("31", "telegram_configs: [{chat_id: 1}]", "", glob="telegram_bot_token_file: x")
_receiver("none", "telegram_configs: [{chat_id: 1}]", "")
_receiver("none", "telegram_configs: [{bot_token: t}]", "")
_receiver("none", "telegram_configs: [{bot_token: t, chat_id: '1'}]", "")
_receiver("none", "telegram_configs: [{bot_token: t, chat_id: 0}]", "")
_receiver("none", f"telegram_configs: [{{{_TG}, bot_token_file: /x}}]", "")
_receiver("none", f"telegram_configs: [{{{_TG}, chat_id_file: /x}}]", "")
_receiver("none", f"telegram_configs: [{{{_TG}, parse_mode: html}}]", "")
_receiver(
    "none", "telegram_configs: []", "", glob="telegram_bot_token: x, telegram_bot_token_file: y"
)

# VictorOps
_VO = "routing_key: r"
_receiver("all", f"victorops_configs: [{{{_VO}, api_key: k, api_url: 'https://x', message_type: m, "
          "state_message: s, entity_display_name: e, monitoring_tool: t, custom_fields: {a: b}}]")  # fmt: skip
_receiver("all", f"victorops_configs: [{{{_VO}}}]", glob="victorops_api_key: k")
_receiver("25", f"victorops_configs: [{{{_VO}, api_key_file: /x}}]", "")
_receiver("25", f"victorops_configs: [{{{_VO}}}]", "", glob="victorops_api_key_file: /x")
_receiver("22-24", f"victorops_configs: [{{{_VO}, api_key: k, api_key_file: /x}}]", "")
_receiver("none", f"victorops_configs: [{{{_VO}}}]", "needs api_key")
_receiver("none", "victorops_configs: [{api_key: k}]", "needs routing_key")
_receiver(
    "none", f"victorops_configs: [{{{_VO}, api_key: k, custom_fields: {{entity_id: x}}}}]", "own"
)
_receiver(
    "none",
    f"victorops_configs: [{{{_VO}, api_key: k}}]",
    "needs api_url",
    glob="victorops_api_url: ~",
)
_receiver(
    "none", "victorops_configs: []", "", glob="victorops_api_key: a, victorops_api_key_file: b"
)

# Webex
_WX = "http_config: {authorization: {credentials: c}}"
_receiver("25", f"webex_configs: [{{room_id: r, {_WX}, message: m, api_url: 'https://x'}}]", "")
_receiver("25", "webex_configs: [{room_id: r, http_config: {bearer_token: t}}]", "")
_receiver("none", "webex_configs: [{room_id: r}]", "")
_receiver("none", "webex_configs: [{room_id: r, http_config: {}}]", "")
_receiver("none", f"webex_configs: [{{{_WX}}}]", "")
_receiver("none", f"webex_configs: [{{room_id: r, {_WX}}}]", "", glob="webex_api_url: ~")

# Webhook
_WH = "url: 'http://x/y?z'"
_receiver("all", f"webhook_configs: [{{{_WH}, send_resolved: false, http_config: {{}}}}]")
_receiver("all", "webhook_configs: [{url: 'HTTPS://u:p@[::1]:8/%20'}]")
_receiver("21", f"webhook_configs: [{{{_WH}, max_alerts: 5}}]", "")
_receiver("26", "webhook_configs: [{url_file: /x}]", "")
_receiver("28", f"webhook_configs: [{{{_WH}, timeout: 1m}}]", "")
_receiver("28", f"webhook_configs: [{{{_WH}, timeout: 10}}]", "")
_receiver("all", "webhook_configs: [{url: 'http://x/{{ .GroupLabels.a }}'}]")
_receiver("31", "webhook_configs: [{url: '{{ .GroupLabels.a }}'}]", "must begin with http")
_receiver("32", f"webhook_configs: [{{{_WH}, payload: {{a: ['{{{{ .Status }}}}']}}}}]", "")
_receiver("none", "webhook_configs: [{url: '{{ .X | toUpper }}'}]", "")
_receiver("none", "webhook_configs: [{url: '{{ .X'}]", "")
_receiver("none", "webhook_configs: [{}]", "needs url")
_receiver("none", f"webhook_configs: [{{{_WH}, url_file: /x}}]", "")
_receiver("none", "webhook_configs: [{url: x}]", "must begin with http")
_receiver("none", "webhook_configs: [{url: 'ftp://x'}]", "must begin with http")
_receiver("none", "webhook_configs: [{url: 'http://'}]", "has no host")
_receiver("none", "webhook_configs: [{url: 'http:x'}]", "has no host")
_receiver("none", "webhook_configs: [{url: 'http://x:y'}]", "port")
_receiver("none", "webhook_configs: [{url: 'http://x y'}]", "character in its host")
_receiver("none", "webhook_configs: [{url: 'http://x/%zz'}]", "hexadecimal")
_receiver("none", "webhook_configs: [{url: 'http://u:<@x'}]", "must be escaped")
_receiver("none", "webhook_configs: [{url: 'http://[::1'}]", "without ]")
_receiver("none", "webhook_configs: [{url: ':x'}]", "begins with a colon")
_receiver("none", 'webhook_configs: [{url: "http://x\\n"}]', "control character")
_receiver("none", f"webhook_configs: [{{{_WH}, max_alerts: -1}}]", "")
_receiver("none", f"webhook_configs: [{{{_WH}, max_alerts: '1'}}]", "")
_receiver("none", f"webhook_configs: [{{{_WH}, timeout: x}}]", "")
_receiver("none", f"webhook_configs: [{{{_WH}, send_resolved: maybe}}]", "must be true or false")

# WeChat
_WC = "api_secret: s, corp_id: c"
_receiver("all", f"wechat_configs: [{{{_WC}, api_url: 'https://x', message: m, to_user: u, "
          "to_party: p, to_tag: t, agent_id: a}]")  # fmt: skip
_receiver("all", "wechat_configs: [{}]", glob="wechat_api_secret: s, wechat_api_corp_id: c")
_receiver("22", f"wechat_configs: [{{{_WC}, message_type: markdown}}]", "")
_receiver("31", "wechat_configs: [{api_secret_file: /x, corp_id: c}]", "")
_receiver("31", "wechat_configs: [{corp_id: c}]", "", glob="wechat_api_secret_file: /x")
_receiver("none", f"wechat_configs: [{{{_WC}, message_type: html}}]", "")
_receiver("none", f"wechat_configs: [{{{_WC}, api_secret_file: /x}}]", "")
_receiver("none", "wechat_configs: [{api_secret: s}]", "needs corp_id")
_receiver("none", "wechat_configs: [{corp_id: s}]", "needs api_secret")
_receiver("none", f"wechat_configs: [{{{_WC}}}]", "needs api_url", glob="wechat_api_url: ~")
_receiver("none", "wechat_configs: []", "", glob="wechat_api_secret: s, wechat_api_secret_file: /x")

# --- Global ------------------------------------------------------------------------------------

_beside("all", "global: {resolve_timeout: 5m, smtp_from: a, smtp_hello: b, smtp_smarthost: 'c:1', "
        "smtp_auth_username: d, smtp_auth_password: e, smtp_auth_secret: f, smtp_auth_identity: g, "
        "smtp_require_tls: false, slack_api_url: 'https://x', pagerduty_url: 'https://x', "
        "opsgenie_api_url: 'https://x', opsgenie_api_key: k, wechat_api_url: 'https://x', "
        "wechat_api_secret: s, wechat_api_corp_id: c, victorops_api_url: 'https://x', "
        "victorops_api_key: k, http_config: {proxy_url: 'http://x'}}")  # fmt: skip
_beside("24", "global: {telegram_api_url: 'https://x'}", "only in Alertmanager 0.24")
_beside("25", "global: {smtp_auth_password_file: /x, victorops_api_key_file: /y, "
        "webex_api_url: 'https://x'}", "")  # fmt: skip
_beside("28", "global: {smtp_tls_config: {ca_file: /x}, jira_api_url: 'https://x', "
        "rocketchat_api_url: 'https://x'}", "")  # fmt: skip
_beside("30", "global: {slack_app_url: 'https://x'}", "")
_beside("31", "global: {smtp_auth_secret_file: /x, smtp_force_implicit_tls: true}", "")
_beside("none", "global: {smtp_auth_password: a, smtp_auth_password_file: b}", "")
_beside("none", "global: {smtp_auth_secret: a, smtp_auth_secret_file: b}", "")
_beside("none", "global: {resolve_timeout: 5}", "must be a duration")
_beside("none", "global: {slack_api_url: x}", "must begin with http")
_beside("none", "global: {slack_api_url: ''}", "must begin with http")
_beside("all", "global: {slack_api_url: <secret>}")
_beside("none", "global: {pagerduty_url: <secret>}", "must begin with http")
_beside("none", "global: {smtp_smarthost: localhost}", "needs a port")
_beside("none", "global: {smtp_require_tls: 1}", "must be true or false")
_beside("none", "global: {smtp_server: x}", "global has no key smtp_server")
_beside("none", "global: {smtp_auth_pasword: x}", "did you mean smtp_auth_password?")

# --- HTTP clients ------------------------------------------------------------------------------

_client("all", "basic_auth: {username: u, password: p}")
_client("all", "basic_auth: {username: u, password_file: /p}")
_client("all", "bearer_token: t")
_client("all", "bearer_token_file: /t")
_client("all", "proxy_url: 'socks5://x:1'")
_client("all", "tls_config: {ca_file: /x, cert_file: /x, key_file: /x, server_name: x, "
        "insecure_skip_verify: true}")  # fmt: skip
_client("22", "authorization: {type: Bearer, credentials: c}, follow_redirects: false", "")
_client("22", "authorization: {credentials_file: /x}", "")
_client("22", "oauth2: {client_id: i, client_secret: s, token_url: u, scopes: [a], "
        "endpoint_params: {a: b}}", "")  # fmt: skip
_client("28", "oauth2: {client_id: i, token_url: u}", "")
_client("24", "oauth2: {client_id: i, client_secret_file: /s, token_url: u, "
        "tls_config: {ca_file: /x}}", "")  # fmt: skip
_client("25", "enable_http2: false, tls_config: {min_version: TLS12, max_version: TLS13}", "")
_client("26", "proxy_from_environment: true", "")
_client("26", "proxy_url: 'http://x', no_proxy: a, proxy_connect_header: {A: [b]}", "")
_client("none", "tls_config: {ca: x}", "no certificate")
_client("none", "tls_config: {cert: y, key: z}", "holds no PEM certificate")
_client("27", "basic_auth: {username_file: /u}", "")
_client("28", "http_headers: {X-A: {values: [b], secrets: [c], files: [/d]}}", "")
_client("30", "oauth2: {client_id: i, token_url: u, signature_algorithm: RS384, iss: i, "
        "grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', client_certificate_key: k, "
        "client_certificate_key_id: i, audience: a, claims: {a: b}}", "")  # fmt: skip
_client("none", "bearer_token: t, bearer_token_file: /t", "only one of")
_client("none", "basic_auth: {}, bearer_token: t", "only one of")
_client("none", "basic_auth: {username: u}, authorization: {credentials: c}", "")
_client(
    "none", "basic_auth: {username: u}, oauth2: {client_id: i, client_secret: s, token_url: u}", ""
)
_client("none", "bearer_token: t, authorization: {credentials: c}", "")
_client("none", "authorization: {credentials: c, credentials_file: /c}", "")
_client("none", "authorization: {type: ' Basic ', credentials: c}", "")
_client("none", "basic_auth: {password: p, password_file: /p}", "only one of")
_client("none", "basic_auth: {username: p, username_file: /p}", "")
_client("none", "oauth2: {client_secret: s, token_url: u}", "")
_client("none", "oauth2: {client_id: s, client_secret: s}", "")
_client(
    "none", "oauth2: {client_id: i, client_secret: s, client_secret_file: /s, token_url: u}", ""
)
_client("none", "oauth2: {client_id: i, token_url: u, signature_algorithm: x, "
        "grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer'}", "")  # fmt: skip
_client("none", "oauth2: {client_id: i, token_url: u, client_certificate_key: a, "
        "client_certificate_key_file: b, "
        "grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer'}", "")  # fmt: skip
_client("30", "oauth2: {client_id: i, token_url: u, client_secret: a, client_secret_file: b, "
        "grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer'}", "")  # fmt: skip
_client("none", "tls_config: {ca: x, ca_file: /x}", "")
_client("none", "tls_config: {cert: x, cert_file: /x, key: z}", "")
_client("none", "tls_config: {key: x, key_file: /x, cert: z}", "")
_client("none", "tls_config: {cert: x}", "")
_client("none", "tls_config: {key: x}", "")
_client("none", "tls_config: {cert_file: /x}", "needs key_file")
_client("none", "tls_config: {key_file: /x}", "needs cert_file")
_client("none", "tls_config: {min_version: '1.2'}", "")
_client("none", "tls_config: {min_version: ''}", "")
_client("none", "proxy_from_environment: true, proxy_url: 'http://x'", "")
_client("none", "proxy_from_environment: true, no_proxy: x", "")
_client("none", "no_proxy: x", "")
_client("none", "proxy_connect_header: {a: [b]}", "")
_client("none", "proxy_url: 'http://x:y'", "port")
_client("none", "proxy_url: ' http://x'", "has a colon in its first part")
_client("none", "http_headers: {host: {values: [x]}}", "")
_client("none", "http_headers: {X: {value: [x]}}", "")
_client("none", "http_headers: {X: [x]}", "")
_client("none", "timeout: 5s", "http_config has no key timeout")
_client("none", "basic_auth: u:p", "must be a mapping")

# --- Inhibition --------------------------------------------------------------------------------

_beside("all", "inhibit_rules: [{source_match: {a: b}, target_match: {c: d}, equal: [e]}]")
_beside("all", "inhibit_rules: [{source_match_re: {a: b}, target_match_re: {c: 'd.*'}}]")
_beside(
    "22", "inhibit_rules: [{source_matchers: [a=b], target_matchers: ['c=~\"d\"'], equal: [e]}]", ""
)
_beside("30", "inhibit_rules: [{name: n, source_matchers: [a=b], target_matchers: [c=d]}]", "")
_beside("all", "inhibit_rules: [{}]")
_beside("all", "inhibit_rules: []")
_beside("28", "inhibit_rules: [{equal: [a-b]}]", "cannot be the name of a label")
_beside("none", "inhibit_rules: [{equal: ['']}]", "is empty")
_beside("<28", "inhibit_rules: [{equal: [~]}]", "is empty")
_beside("none", "inhibit_rules: [{source_match: {a-b: c}}]", "cannot be the name of a label")
_beside("none", "inhibit_rules: [{target_match: {a-b: c}}]", "cannot be the name of a label")
_beside("none", "inhibit_rules: [{source_match_re: {a: '('}}]", "a ) is missing")
_beside("none", "inhibit_rules: [{target_matchers: [a]}]", "")
_beside("none", "inhibit_rules: {}", "must be a list")
_beside("none", "inhibit_rules: [{sources: []}]", "has no key sources")

# --- Time intervals ----------------------------------------------------------------------------

_interval("22", "times: [{start_time: '09:00', end_time: '24:00'}], weekdays: ['monday:friday', Sunday], "
          "days_of_month: ['1:7', -1, '-3:-1'], months: ['1:3', may, 'june:august'], "
          "years: ['2026', '2026:2028']", "")  # fmt: skip
_interval("25", "location: Europe/Berlin", "")
_interval("25", "location: UTC, weekdays: [monday]", "")
_interval("22-34", "months: ['13']", "outside 1 to 12")
_interval("none", "location: Europe/Berln", "")
_interval("none", "weekdays: [mon]", "")
_interval("35", "weekdays: ['friday:monday']", "")
_interval("none", "weekdays: monday", "")
_interval("none", "days_of_month: ['0']", "")
_interval("none", "days_of_month: ['32']", "")
_interval("none", "days_of_month: ['-1:1']", "")
_interval("none", "days_of_month: ['7:1']", "")
_interval("none", "days_of_month: ['-1:-5']", "")
_interval("none", "months: [foo]", "")
_interval("none", "months: ['may:march']", "")
_interval("none", "years: ['2028:2026']", "")
_interval("none", "years: [x]", "")
_interval("none", "times: [{start_time: '09:00'}]", "")
_interval("none", "times: [{start_time: '9:00', end_time: '10:00'}]", "")
_interval("none", "times: [{start_time: '10:00', end_time: '10:00'}]", "")
_interval("none", "times: [{start_time: '10:00', end_time: '09:00'}]", "")
_interval("none", "times: [{start_time: '10:00', end_time: '24:01'}]", "")
_interval("none", "times: ['10:00-12:00']", "")
_interval("none", "day: x", "")
_beside("24", "time_intervals: [{name: x, time_intervals: []}]", "only in Alertmanager 0.24")
_beside("none", "time_intervals: [{time_intervals: []}]", "")
_beside("none", "mute_time_intervals: [{time_intervals: []}]", "")
_beside("none", "time_intervals: [{name: x}, {name: x}]", "")
_beside("none", "time_intervals: [{name: x}]\nmute_time_intervals: [{name: x}]", "")
_beside("22", "mute_time_intervals: [~]", "")
_NAMED = "time_intervals: [{name: x, time_intervals: []}]"
_top("24", "route: {receiver: a, routes: [{mute_time_intervals: [x], active_time_intervals: [x]}]}\n"
     f"receivers: [{{name: a}}]\n{_NAMED}\n", "")  # fmt: skip
_top("22", "route: {receiver: a, routes: [{mute_time_intervals: [x]}]}\n"
     f"receivers: [{{name: a}}]\nmute_{_NAMED}\n", "")  # fmt: skip
_top("none", f"route: {{receiver: a, routes: [{{mute_time_intervals: [y]}}]}}\n"
     f"receivers: [{{name: a}}]\n{_NAMED}\n", "")  # fmt: skip

# --- Tracing and the event recorder ------------------------------------------------------------

_beside("30", "tracing: {endpoint: 'x:1', client_type: http, sampling_fraction: 0.5, insecure: true, "
        "headers: {A: {values: [b]}}, compression: gzip, timeout: 5s, tls_config: {ca_file: /x}}", "")  # fmt: skip
_beside("30", "tracing: {endpoint: 'x:1', headers: {host: {values: [b]}}}", "")
_beside("none", "tracing: {}", "")
_beside("30", "tracing: ~", "")
_beside("none", "tracing: {endpoint: x, client_type: tcp}", "")
_beside("none", "tracing: {endpoint: x, compression: zip}", "")
_beside("none", "tracing: {endpoint: x, sampling_fraction: half}", "")
_beside("35", "event_recorder: {file_outputs: [{name: a, path: /x}, {name: b, path: /y}], "
        "kafka_outputs: [{name: a, brokers: [x], topic: t}], stdout_outputs: [{name: a}], "
        "webhook_outputs: [{name: a, url: 'https://x'}]}", "")  # fmt: skip
_beside("none", "event_recorder: {stdout_outputs: [{name: a}, {name: a}]}", "twice")
_beside("33-34", "event_recorder: {file_outputs: [~]}", "is null")
_beside("33-34", "event_recorder: {file_outputs: [{path: /x}], webhook_outputs: [{url: 'https://x', "
        "timeout: 1s, workers: 2, max_retries: 1, retry_backoff: 1s, http_config: {}}]}", "")  # fmt: skip
_beside("34-34", "event_recorder: {stdout_outputs: [{}], webhook_outputs: [{url: 'https://x', batch: true, "
        "batch_max_events: 1, batch_max_bytes: 2, batch_flush_interval: 1s}]}", "")  # fmt: skip
_beside("33-34", "event_recorder: {kafka_outputs: [{brokers: ['a:1'], topic: t, client_id: c, "
        "format: protobuf, acks: all, compression: zstd, buffer_size: 3, tls_config: {}}]}", "")  # fmt: skip
_beside("none", "event_recorder: {file_outputs: [{}]}", "")
_beside("none", "event_recorder: {webhook_outputs: [{}]}", "")
_beside("none", "event_recorder: {webhook_outputs: [{url: <secret>}]}", "")
_beside("none", "event_recorder: {webhook_outputs: [{url: 'https://x', batch_max_bytes: 2}]}", "")
_beside("none", "event_recorder: {webhook_outputs: [{url: 'https://x', batch: true, "
        "batch_max_bytes: -2}]}", "")  # fmt: skip
_beside("none", "event_recorder: {kafka_outputs: [{topic: t}]}", "")
_beside("none", "event_recorder: {kafka_outputs: [{brokers: [''], topic: t}]}", "")
_beside("none", "event_recorder: {kafka_outputs: [{brokers: [a]}]}", "")
_beside("none", "event_recorder: {kafka_outputs: [{brokers: [a], topic: t, acks: x}]}", "")
_beside("none", "event_recorder: {kafka_outputs: [{brokers: [a], topic: t, format: x}]}", "")
_beside("none", "event_recorder: {kafka_outputs: [{brokers: [a], topic: t, compression: x}]}", "")

# --- Nulls, and values at the edge -------------------------------------------------------------

_beside("all", "global: {slack_api_url: ~, smtp_smarthost: null, resolve_timeout: }")
_beside("all", "global: {smtp_auth_password: '~'}")
_beside("none", "global: {slack_api_url: '~'}", "must be a URL")
_beside("none", "global: {slack_api_url: NULL}", "")
_beside("none", "global: {smtp_smarthost: 'null'}", "must be host:port")
_beside("all", "global: {smtp_smarthost: Null}")
_beside("none", "global: {resolve_timeout: '~'}", "must be a duration")
_beside("none", "global: {resolve_timeout: NULL}", "must be a duration")
_beside("none", "global: {resolve_timeout: []}", "must be a duration")
_beside("none", "global: {resolve_timeout: 5}", "must be a duration")
_beside("all", "global: {smtp_hello: 5, smtp_from: true, smtp_auth_username: 2026-02-03}")
_beside("none", "global: {smtp_require_tls: 1}", "must be true or false")
_beside("none", "global: {smtp_require_tls: []}", "must be true or false")
_beside("all", "global: {smtp_require_tls: ~}")
_rocketchat("28", "token: '', token_id: b", "only in Alertmanager 0.28")
_rocketchat("28", "token: <secret>, token_id: b", "only in Alertmanager 0.28")
_rocketchat("none", "token: '~', token_id: b", "must be text")
_rocketchat("none", "token: ~, token_id: b", "needs token")
# Some read a file under global although the receiver has a token of its own.
CASES.append(Case(
    "global: {rocketchat_token_id_file: /etc/alertmanager/missing}\nroute: {receiver: a}\n"
    "receivers: [{name: a, rocketchat_configs: [{token: a, token_id: b}]}]\n",
    _versions("28-30") | _versions("35"),
    "",
    {"other": b"x"},
))  # fmt: skip
_rocketchat("none", "token: [], token_id: b", "must be text")
_webhook("21", "max_alerts: 18446744073709551615")
_webhook("21", "max_alerts: 1.5")
_webhook("21", "max_alerts: NULL")
_webhook("21", "max_alerts: -.inf")
_webhook("none", "max_alerts: -1", "must be a whole number")
_webhook("none", "max_alerts: 1e30", "must be a whole number")
_webhook("none", "max_alerts: .inf", "must be a whole number")
_webhook("none", "max_alerts: '1'", "take the quotes away")
_webhook("none", "max_alerts: []", "must be a whole number")
_webhook("32", "payload: ~", "only in Alertmanager 0.32")
_webhook("32", "payload: {a: [1, '{{ .A }}']}", "only in Alertmanager 0.32")
_webhook("28", "timeout: 1h30m", "only in Alertmanager 0.28")
_webhook("28", "timeout: 5", "only in Alertmanager 0.28")
_webhook("28", "timeout: 1.5", "only in Alertmanager 0.28")
_webhook("28", "timeout: ~", "only in Alertmanager 0.28")
_webhook("28", "timeout: NULL", "only in Alertmanager 0.28")
_webhook("none", "timeout: '5'", "must be a duration")
_webhook("none", "timeout: '~'", "must be a duration")
_webhook("none", "timeout: true", "must be a duration")
_webhook("none", "timeout: 18446744073709551615", "must be a duration")
_webhook("none", "timeout: []", "must be a duration")
_receiver("31", "webhook_configs: [{url: '~'}]", "must be a URL")
_receiver("31", "webhook_configs: [{url: 'null'}]", "must be a URL")
_receiver("none", "webhook_configs: [{url: ~}]", "needs url")
_receiver("none", "webhook_configs: [{url: []}]", "")
_pushover("all", "retry: ~, expire: NULL")
_pushover("none", "retry: ''", "must be a duration")
_pushover("none", "retry: 5", "must be a duration")
_pushover("none", "retry: []", "must be a duration")
_route("all", "match_re: {a: NULL}")
_route("none", "match_re: {a: '~'}", "must be text")
_route("none", "match_re: {a: [b]}", "must be text")
_route("none", "match_re: {'': b}", "cannot be the name of a label")
_route("34", "labels: {a-b: x}", "only in Alertmanager 0.34")
_route("none", "labels: {'': x}", "cannot be the name of a label")
_beside("26", "inhibit_rules: [~]", "is null")
_beside("<28", "inhibit_rules: [{equal: [~]}]", "is empty")
_beside("all", "inhibit_rules: [{equal: ['~']}]")
_beside("none", "inhibit_rules: [{equal: [NULL]}]", "is empty")
_interval("22", "weekdays: [~], months: [~], times: [~]", "only in Alertmanager 0.22")
_interval("none", "weekdays: ['']", "must be a weekday")
_interval("none", "weekdays: [[]]", "must be text")
_interval("none", "times: [[]]", "must be a mapping")
_receiver("30", "pagerduty_configs: [{routing_key: x, timeout: 5}]", "only in Alertmanager 0.30")
_beside("30", "tracing: {endpoint: x, sampling_fraction: ~, timeout: ~}", "only in")
_beside("none", "tracing: {endpoint: x, sampling_fraction: []}", "must be a number")
_beside("none", "tracing: {endpoint: x, sampling_fraction: '0.5'}", "take the quotes away")
_beside("none", "tracing: {endpoint: x, timeout: NULL}", "must be a duration")

# --- Template files ----------------------------------------------------------------------------


def _template(accepting: str, content: str, says: str = "") -> None:
    files = {"x.tmpl": content.encode()}
    text = "route: {receiver: a}\nreceivers: [{name: a}]\ntemplates: ['*.tmpl']\n"
    CASES.append(Case(text, _versions(accepting), says, files))


_template("all", "")
_template("all", "just text")
_template("all", '{{ define "a" }}{{ .X | toUpper }}{{ end }}{{ template "a" . }}')
_template(
    "all", "{{ range $i, $a := .Alerts }}{{ if eq $i 0 }}x{{ else if $a }}y{{ end }}{{ end }}"
)
_template("all", "{{- /* c */ -}} {{ with $x := index .Y 1 }}{{ $x.Z }}{{ end }}")
_template("all", "{{ printf \"%s\" (len .A | print `b`) }}{{ 0x1F }}{{ 'c' }}{{ nil }}{{ true }}")
_template("26", "{{ trimSpace .A }}", "function trimSpace is not defined")
_template("28", '{{ date "2006" now }}{{ tz "UTC" .X }}'.replace(" now", " .X"), "no function")
_template("34", "{{ base64encode .A }}", "function base64encode is not defined")
_template("none", "{{ .A", "never closed")
_template("none", "{{ if .A }}x", "has no {{end}}")
_template("none", "{{ end }}", "ends nothing")
_template("none", "{{ else }}", "is not allowed here")
_template("none", "{{ if .A }}{{ else }}{{ else }}{{ end }}", "is not allowed here")
_template("none", "{{ foo .A }}", "function foo is not defined")
_template("none", "{{ $x }}", "$x is not defined")
_template("none", "{{ .A | 1 }}", "must be a function")
_template("none", '{{ define "a" }}x{{ end }}{{ define "a" }}y{{ end }}', "defined twice")
_template("none", '{{ if .A }}{{ define "a" }}{{ end }}{{ end }}', "inside another block")
_template("none", "{{ define a }}{{ end }}", "in quotes")
_template("none", "{{ template a . }}", "in quotes")
_template("none", "{{/* c }}", "never closed")
_template("none", "{{/* c */ x }}", "must end in")
_template("none", '{{ "a }}', "never closed")
_template("none", '{{ "\\q" }}', "unknown escape")
_template("none", "{{ 'ab' }}", "one character")
_template("none", "{{ 1x }}", "a number is malformed")
_template("none", "{{ (.A }}", "")
_template("none", "{{ .A) }}", "")
_template("none", "{{ }}", "an action has no value")
_template("none", "{{ if }}{{ end }}", "if has no value")
_template("none", "{{ range $a, $b, $c := .X }}{{ end }}", "too many variables")
_template("none", "{{ true.X }}", "value that has none")
_template("none", "{{ .A! }}", "")
