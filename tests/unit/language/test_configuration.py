"""What problems say, and what is told beside what Alertmanager refuses."""

import pathlib

import pytest
from alertmanager_config import check
from alertmanager_config.edit import merge
from alertmanager_config.schema import problem_report
from alertmanager_config.yaml import reader

SMALL = "route: {receiver: a}\nreceivers: [{name: a}]\n"


def problems(text, version=(0, 34, 0), **how):
    return check.check_text(text, "opt", version, **how)


def errors(text, version=(0, 34, 0), **how):
    return [str(p) for p in problems(text, version, **how) if not p.warning]


def warnings(text, version=(0, 34, 0), **how):
    found = problems(text, version, **how)
    assert [str(problem) for problem in found if not problem.warning] == []
    return [str(problem) for problem in found]


def receiver(text, **top):
    more = "".join(f"{key}: {value}\n" for key, value in top.items())
    return f"{more}route: {{receiver: a}}\nreceivers:\n- name: a\n  {text}\n"


# --- What is refused ---


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[a]", "opt line 1: must be a mapping, with keys such as route and receivers"),
        ("receivers: [{name: a}]", "opt: has no route; add route:"),
        ("route: x\nreceivers: [{name: a}]", "opt line 1, route: must be a mapping"),
        (
            "route: {receiver: pagers}\nreceivers: [{name: pager}]",
            "opt line 1, route.receiver: receiver pagers is not defined; did you mean pager?",
        ),
        (
            "route:\n  receiver: a\n  routes:\n  - {match: {b: c}}\n  - receiver: b\n"
            "receivers: [{name: a}]",
            "opt line 5, route.routes[1].receiver: receiver b is not defined; "
            "define it under receivers",
        ),
        (
            "route: {receiver: a}\nreceivers:\n- name: a\n- name: a",
            "opt line 4, receivers[1].name: the receiver a is defined twice; give it another name",
        ),
        (
            SMALL + "route: b",
            "opt line 3: the key route is given twice; the first is on line 1; keep one of them",
        ),
        (SMALL + "templates: yes\n", "opt line 3, templates: must be a list"),
        (
            receiver("slack_configs: [{api_url: 'http://x', chanel: y}]"),
            "opt line 4, receivers[0].slack_configs[0]: a Slack receiver has no key chanel; "
            "did you mean channel?",
        ),
        (
            receiver("webhook_configs:\n  - url: 'http://x'\n    send_resolved: 'true'"),
            "opt line 6, receivers[0].webhook_configs[0].send_resolved: must be true or false; "
            "take the quotes away",
        ),
        (
            SMALL + "resolve_timeout: 5m\n",
            "opt line 3: the configuration has no key resolve_timeout; it belongs in global",
        ),
        (
            SMALL + "whatever" * 9 + ": 5m\n",
            f"opt line 3: the configuration has no key {'whatever' * 7 + 'what'}...; "
            "take it out, or look it up in Alertmanager's documentation",
        ),
        (
            SMALL + "whatever: 5m\n",
            "opt line 3: the configuration has no key whatever; "
            "take it out, or look it up in Alertmanager's documentation",
        ),
        (
            "route:\n  receiver: a\n  routes:\n  - mute_time_intervals: [weekend]\n"
            "    match: {a: b}\nreceivers: [{name: a}]\ntime_intervals: [{name: weekends}]",
            "opt line 4, route.routes[0].mute_time_intervals: "
            "time interval weekend is not defined; did you mean weekends?",
        ),
    ],
)
def test_one_mistake_is_one_problem(text, problem):
    assert errors(text) == [problem]


def test_all_problems_are_told_at_once_in_order():
    found = errors("route:\n  receiver: x\n  routes: [{receiver: y}]\nreceivers: [{}, {name: a}]\n")
    assert [text.split(":")[0] for text in found] == [
        "opt line 2, route.receiver",
        "opt line 3, route.routes[0].receiver",
        "opt line 4, receivers[0]",
    ]


def test_a_problem_in_the_overlay_names_the_overlay():
    base = reader.parse_yaml(SMALL, "config")
    overlay = reader.parse_yaml("\n\nroute: {receiver: b}", "secrets")
    found = check.check_document(merge.merge(base, overlay))
    (problem,) = [str(problem) for problem in found if not problem.warning]
    assert problem.startswith("secrets line 3, route.receiver: receiver b is not defined")


def test_names_that_could_not_be_read_are_not_missed():
    (found,) = errors("route: {receiver: a, routes: [{receiver: b}]}\nreceivers: [a]\n")
    assert "must be a mapping" in found
    (found,) = errors(
        "route: {receiver: a, routes: [{mute_time_intervals: [x]}]}\nreceivers: [{name: a}]\n"
        "time_intervals: [x]\n"
    )
    assert "must be a mapping" in found


def test_what_a_broken_global_block_says_is_not_missed():
    (found,) = errors(receiver("slack_configs: [{channel: x}]", **{"global": "[x]"}))
    assert found == "opt line 1, global: must be a mapping"


def test_presets_can_be_lost():
    text = receiver("wechat_configs: [{api_secret: s, corp_id: c}]", **{"global": "NULL"})
    assert "needs api_url" in errors(text)[0]


def test_no_problem_holds_a_value():
    secret = "hunter2hunter2"
    text = receiver(
        f"webhook_configs: [{{url: {secret}, max_alerts: {secret}, http_config: {{bearer_token: "
        f"{secret}, authorization: {{type: basic, credentials: {secret}}}, "
        f"proxy_url: '{secret}:::'}}}}]\n"
        f"  slack_configs: [{{api_url: {secret}, api_url_file: {secret}, timeout: {secret}}}]\n"
        f"  sns_configs: [{{sigv4: {{access_key: {secret}}}}}]\n"
        f"  pushover_configs: [{{token: {secret}, retry: {secret}}}]",
        **{
            "global": f"{{opsgenie_api_url: {secret}, smtp_smarthost: {secret}, "
            f"resolve_timeout: {secret}}}"
        },
    )
    found = [str(problem) for problem in problems(text)]
    assert len(found) > 10
    assert not [problem for problem in found if secret in problem]


# --- Versions ---


def test_a_key_that_the_version_lacks_is_refused_and_says_since_when():
    text = receiver("slack_configs: [{app_token: x}]")
    assert errors(text, (0, 30, 0)) == []
    found = errors(text, (0, 29, 0))
    assert (
        "opt line 4, receivers[0].slack_configs[0]: "
        "a Slack receiver has the key app_token only in Alertmanager 0.30 and later"
    ) in found
    # What the version does not have is not offered either.
    assert "needs api_url or api_url_file; or set slack_api_url" in "\n".join(found)


def test_without_a_version_what_only_some_refuse_is_a_warning_told_once():
    text = receiver("slack_configs: [{app_token: x}, {app_token: y}]")
    assert [problem for problem in warnings(text, None) if "app_token only" in problem] == [
        "opt line 4, receivers[0].slack_configs[0]: "
        "a Slack receiver has the key app_token only in Alertmanager 0.30 and later"
    ]


def test_without_a_version_what_each_refuses_for_its_own_reason_is_refused():
    text = receiver("slack_configs: [{app_token: x}]\n  hipchat_configs: []")
    found = errors(text, None)
    assert any("app_token only in Alertmanager 0.30" in problem for problem in found)
    assert any("hipchat_configs only in Alertmanager 0.20" in problem for problem in found)


def test_a_warning_for_some_versions_says_which():
    rule = "{source_match: {a: b}, target_match: {a: c}, equal: [x-y]}"
    (found,) = warnings(SMALL + f"inhibit_rules: [{rule}]", None)
    assert found.endswith("letters, digits and underscores (Alertmanager 0.27 and earlier)")


def test_a_newer_version_may_know_more():
    text = SMALL + "novelty: {}\n"
    assert errors(text, (0, 35, 9))
    assert "has no key novelty" in warnings(text, (0, 36, 0))[0]
    zone = "time_intervals: [{name: x, time_intervals: [{location: Mars/Base}]}]\n"
    assert errors(SMALL + zone, (0, 34, 0))
    assert "time zone Mars/Base is not known" in warnings(SMALL + zone, (1, 0, 0))[0]


def test_versions_may_be_given_as_text():
    assert errors(SMALL, "v0.28.1") == []
    with pytest.raises(ValueError, match="'latest' is not a version"):
        problems(SMALL, "latest")


def test_unknown_keys_pass_with_a_warning_if_not_strict():
    text = SMALL + "novelty: {}\nglobal: {slack_api_ulr: x}\n"
    assert len(errors(text)) == 2
    found = warnings(text, strict=False)
    assert "did you mean slack_api_url?" in found[1]
    # That goes for keys nobody knows, not for those that this version lacks.
    assert errors(SMALL + "tracing: {endpoint: x}", (0, 29, 0), strict=False)


# --- Warnings ---


@pytest.mark.parametrize(
    ("text", "warning"),
    [
        (
            "route: {receiver: a}\nreceivers: [{name: a}, {name: b}]",
            "no route leads to the receiver b",
        ),
        (
            "route: {receiver: a, routes: [{}, {match: {x: y}}]}\nreceivers: [{name: a}]",
            "takes every alert, so no alert comes to the routes after it",
        ),
        (
            "route: {receiver: a, group_interval: 5m, repeat_interval: 1m}\nreceivers: [{name: a}]",
            "is shorter than group_interval",
        ),
        (SMALL + "inhibit_rules: [{target_match: {a: b}}]", "has no source_matchers"),
        (SMALL + "inhibit_rules: [{source_match: {a: b}}]", "has no target_matchers"),
        (SMALL + "---\nmore: x\n", "Alertmanager ignores it"),
        (SMALL + "global: {opsgenie_api_key: !secret x}", "ignores this tag"),
        (SMALL + "global: {opsgenie_api_key: <secret>}", "shows instead of the secret"),
        (receiver("webhook_configs: [{url: <secret>}]"), ""),
        (receiver("msteams_configs: [{webhook_url: <secret>}]"), "shows instead of the secret"),
        (receiver("webhook_configs: [{url: 'http://x', timeout: 10}]"), "number of nanoseconds"),
        (receiver("webhook_configs: [{url: 'http://x', max_alerts: 1.5}]"), "has a fraction"),
        (receiver("webhook_configs: [{url: 'http://x', max_alerts: -.inf}]"), "has a fraction"),
        (receiver("sns_configs: [{topic_arn: a, target_arn: b, phone_number: c}]"), "needs one of"),
        (
            receiver("pagerduty_configs: [{routing_key: x, links: [~]}]"),
            "is null: Alertmanager takes it",
        ),
        ("route: {receiver: a}\nreceivers: [{name: a}, ~]", "is empty; fill it in"),
        (
            SMALL + "time_intervals: [{name: x, time_intervals: [{weekdays: [~]}]}]",
            "takes it for a zero",
        ),
        (
            SMALL + "time_intervals: [{name: x, time_intervals: [{months: ['13']}]}]",
            "a month outside 1 to 12",
        ),
        (
            "route: {receiver: a}\nreceivers:\n- name: a\n  email_configs:\n"
            "  - {to: x, from: y, smarthost: 'z:1', tls_config: {ca_ref: x}}\n",
            "a secret manager",
        ),
        (
            SMALL + "global: {http_config: {tls_config: {min_version: TLS13, max_version: TLS12}}}",
            "lower than min_version",
        ),
        (
            "route: {receiver: a, routes: [&r {matchers: [a=b]}, {<<: *r, matchers: [c=d]}]}\n"
            "receivers: [{name: a}]",
            "adds matchers to the one that << merges",
        ),
        (
            receiver("slack_configs: [{api_url: 'http://x', title: '{{ .A'}]"),
            "template: {{ is never",
        ),
        (
            receiver("slack_configs: [{api_url: 'http://x', title: '{{ foo }}'}]"),
            "foo is not defined",
        ),
        (
            receiver("pagerduty_configs: [{routing_key: x, details: {a: [{b: '{{ end }}'}]}}]"),
            "details.a[0].b: template: {{end}} ends nothing",
        ),
    ],
)
def test_what_will_not_do_as_meant_is_a_warning(text, warning):
    found = warnings(text)
    assert any(warning in problem for problem in found) if warning else True
    assert len(found) == 1 or not warning


@pytest.mark.parametrize(
    ("text", "version", "warning"),
    [
        (
            "route: {receiver: a, routes: [{match_re: {a: '(?<n>b)'}}]}",
            (0, 27, 0),
            "0.27 and earlier",
        ),
        (
            "route: {receiver: a, routes: [{matchers: ['a=~(?<n>b)']}]}",
            (0, 26, 0),
            "0.27 and earlier",
        ),
        (
            "route: {receiver: a}\nglobal: {opsgenie_api_url: 'http://[x]/'}",
            (0, 33, 0),
            "0.32 and later",
        ),
    ],
)
def test_what_depends_on_the_build_is_a_warning(text, version, warning):
    (found,) = warnings(text + "\nreceivers: [{name: a}]", version)
    assert f"the official Alertmanager {warning} refuses it" in found


@pytest.mark.parametrize("field", ["message: %s", "responders: [{id: x, type: %s}]"])
def test_what_a_template_needs_of_the_build_is_a_warning(field):
    config = "{api_key: x, %s}" % field  # noqa: UP031
    text = receiver(f"opsgenie_configs: [{config}]") % "'{{with .A}}{{else with .B}}{{end}}'"
    (found,) = warnings(text, (0, 27, 0))
    assert "{{else with}} is not known; the official Alertmanager 0.2" in found
    assert found.endswith("refuses it")


def test_what_merges_is_added_up_where_alertmanager_does_so():
    text = (
        "route: {receiver: a, routes: [&r {receiver: a, match: {a: b}, group_by: [x]},"
        " {<<: *r, match: {c: d}, group_by: [z]}]}\nreceivers: [{name: a}]\n"
    )
    document = reader.parse_yaml(text, "opt")
    assert document.plain()["route"]["routes"][1] == {
        "receiver": "a",
        "match": {"a": "b", "c": "d"},
        "group_by": ["z"],
    }
    # A key on both sides is a duplicate to Alertmanager.
    (found,) = errors(text.replace("{c: d}", "{a: d}"))
    assert "the key a is given here and in what << merges" in found


# --- Files ---

TEMPLATES = SMALL + "templates: ['*.tmpl']\n"


def test_no_file_is_looked_for_if_nobody_knows_which_there_are():
    assert warnings(TEMPLATES + "global: {opsgenie_api_key_file: key}") == []


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("*.tmpl", True),
        ("/etc/alertmanager/a.tmpl", True),
        ("b.tmpl", False),
        ("/etc/alertmanager/templates/*.tmpl", False),
    ],
)
def test_patterns_that_match_no_file_earn_a_warning(pattern, found):
    text = SMALL + f"templates: ['{pattern}']\n"
    told = warnings(text, files={"a.tmpl": b"x"})
    assert told == [] if found else "matches none of the files" in told[0]


def test_patterns_that_lead_elsewhere_are_left_alone():
    text = receiver(
        "slack_configs: [{api_url: 'http://x', title: '{{ template \"elsewhere\" . }}'}]",
        templates="['/usr/share/*.tmpl']",
    )
    assert warnings(text, files={}) == []


def test_a_broken_template_file_is_refused_with_its_line():
    (found,) = problems(TEMPLATES, files={"a.tmpl": b"x\n{{ .A | foo }}\n{{ if }}"})[:1]
    found = problems(TEMPLATES, files={"a.tmpl": b"x\n{{ .A | foo }}\n{{ if }}"})
    assert [(p.option, p.line, p.path, p.message) for p in found] == [
        ("templates", 2, "a.tmpl", "function foo is not defined"),
        ("templates", 3, "a.tmpl", "if has no value"),
    ]


def test_a_function_that_the_version_lacks_is_refused_in_a_file():
    files = {"a.tmpl": b"{{ trimSpace .A }}"}
    assert errors(TEMPLATES, (0, 26, 0), files=files) == []
    (found,) = errors(TEMPLATES, (0, 25, 0), files=files)
    assert "function trimSpace is not defined; it came with Alertmanager 0.26 and later" in found


def test_a_template_file_may_hold_any_bytes():
    assert warnings(TEMPLATES, files={"a.tmpl": b"\xff\x00 {{ .A }}"}) == []


def test_what_a_template_file_needs_of_the_official_build_is_a_warning():
    (found,) = warnings(TEMPLATES, (0, 24, 0), files={"a.tmpl": b"{{range .A}}{{break}}{{end}}"})
    assert "0.24 and earlier refuses it" in found


def uses(name, **files):
    title = f'{{{{ template "{name}" . }}}}'
    text = receiver(f"slack_configs: [{{api_url: 'http://x', title: '{title}'}}]",
                    templates="['*.tmpl']" if files else "[]")  # fmt: skip
    return warnings(text, files={f"{key}.tmpl": content for key, content in files.items()})


def test_templates_that_nobody_defines_earn_a_warning():
    assert uses("slack.default.title") == []
    assert uses("mine", a=b'{{ define "mine" }}{{ end }}') == []
    assert uses("a.tmpl", a=b"x") == []
    (found,) = uses("mine", a=b'{{ define "yours" }}{{ end }}')
    assert found.endswith(
        "title: template mine is not defined; define it in a file that templates: names"
    )
    (found,) = uses("slack.default.title", a=b'{{ define "x" }}{{ template "y" }}{{ end }}')
    assert found.startswith("templates line 1, a.tmpl: template y is not defined")
    # A file whose contents nobody knows may define anything.
    assert uses("mine", a=None) == []


def test_templates_of_newer_versions_are_told_of_once():
    config = "{api_url: 'http://x', title: '{{ template \"slack.default.color\" . }}'}"
    text = receiver(f"slack_configs: [{config}, {config}]")
    assert len(warnings(text, (0, 31, 0), files={})) == 2
    (found,) = warnings(text, None, files={})
    assert "it came with Alertmanager 0.32 and later" in found


@pytest.mark.parametrize(
    ("version", "config", "says"),
    [
        ((0, 34, 0), "slack_configs: [{api_url_file: /etc/alertmanager/key}]", ""),
        ((0, 34, 0), "slack_configs: [{api_url_file: /etc/alertmanager/nope}]", "file nope"),
        ((0, 34, 0), "slack_configs: [{api_url_file: /etc/alertmanager/x/../key}]", ""),
        ((0, 34, 0), "slack_configs: [{api_url_file: /run/key}]", ""),
        ((0, 34, 0), "slack_configs: [{api_url_file: key}]", "is looked for in /alertmanager"),
        (
            (0, 34, 0),
            "webhook_configs: [{url: 'http://x', http_config: {bearer_token_file: key}}]",
            "",
        ),
        (
            (0, 34, 0),
            "webhook_configs: [{url: 'http://x', http_config: {bearer_token_file: nope}}]",
            "file nope",
        ),
        (
            (0, 34, 0),
            "webhook_configs: [{url: 'http://x', http_config: {bearer_token_file: ../key}}]",
            "",
        ),
        (
            (0, 21, 0),
            "webhook_configs: [{url: 'http://x', http_config: {bearer_token_file: key}}]",
            "is looked for in /alertmanager",
        ),
        (None, "webhook_configs: [{url: 'http://x', http_config: {bearer_token_file: key}}]", ""),
    ],
)
def test_files_that_are_not_there_earn_a_warning(version, config, says):
    found = warnings(receiver(config), version, files={"key": b"x"})
    found = [problem for problem in found if "only in Alertmanager" not in problem]
    assert found == [] if not says else says in found[0]


TLS = pathlib.Path(__file__).parents[2] / "data" / "beside"


def test_without_its_certificates_alertmanager_does_not_run():
    client = "http_config: {tls_config: {ca_file: /etc/alertmanager/ca.crt}}"
    config = f"webhook_configs: [{{url: 'http://x', {client}}}]"
    (found,) = errors(receiver(config), files={})
    assert found.endswith(
        "file ca.crt is not in /etc/alertmanager, and Alertmanager does not run without; "
        "give it in secret-files"
    )
    authority = (TLS / "ca.pem").read_bytes()
    assert errors(receiver(config), files={"ca.crt": authority}) == []
    (found,) = errors(receiver(config), files={"ca.crt": b"x"})
    assert "holds no certificate that can be read" in found
    # A receiver that no route leads to is not built, and so is not its client.
    unused = f"{SMALL}- {{name: b, {config}}}\n".replace("[{name: a}]", "\n- name: a")
    assert "file ca.crt" in warnings(unused, files={})[1]


@pytest.mark.parametrize(
    ("receivers", "refused"),
    [
        ("webhook_configs: [{url: 'http://x'}]", True),
        ("webhook_configs: [{url: 'http://x', http_config: {}}]", False),
        ("email_configs: [{to: a, from: b, smarthost: 'c:1'}]", False),
        ("webhook_configs: []", False),
    ],
)
def test_the_global_client_matters_to_those_who_use_it(receivers, refused):
    text = receiver(receivers, **{"global": "{http_config: {tls_config: {ca_file: ca.crt}}}"})
    found = [problem for problem in problems(text, files={}) if "file ca.crt" in problem.message]
    assert [problem.warning for problem in found] == [not refused]


# --- Bounds ---


def test_no_more_problems_are_told_than_anyone_reads():
    text = SMALL + "inhibit_rules:\n" + "- {x: y}\n" * 5000
    found = problems(text)
    assert problem_report.MAX_PROBLEMS <= len(found) <= problem_report.MAX_PROBLEMS + 5
    assert any("has more problems than" in problem.message for problem in found)


def test_lists_are_left_when_enough_is_wrong_with_them():
    many = ", ".join(["{receiver: [], matchers: [a, b], match: {a-b: [c]}}"] * 500)
    labels = ", ".join(f"a-{number}: b" for number in range(500))
    keys = ", ".join(f"key{number}: b" for number in range(500))
    for text in (
        f"route: {{receiver: a, routes: [{many}]}}\nreceivers: [{many}]\n",
        SMALL + f"inhibit_rules: [{{source_match: {{{labels}}}}}]\n",
        SMALL + f"tracing: {{{keys}}}\n",
    ):
        assert problem_report.MAX_PROBLEMS <= len(problems(text)) <= problem_report.MAX_PROBLEMS + 5


# --- Secrets ---

PAGER = "route: {receiver: a}\nreceivers:\n- name: a\n"


@pytest.mark.parametrize(
    ("text", "warning"),
    [
        ("global:\n  smtp_auth_password: &hunter2\n", "takes text after & for an anchor"),
        ("global:\n  smtp_auth_password: #hunter2\n", "is empty: YAML takes text after #"),
        ("global:\n  smtp_auth_password: hunter2 #a\n", "is cut off: YAML takes text after #"),
        ("global: {slack_app_token: '${TOKEN}'}\n", "has a placeholder"),
        ("global: {slack_app_token: '{{ TOKEN\n\n }}'}\n", "has a placeholder"),
        ("global: {slack_app_token: $TOKEN}\n", "has a placeholder"),
        ("global: {slack_api_url: 'https://x/${TOKEN}'}\n", "has a placeholder"),
        ("global: {smtp_auth_password: aHVudGVyMmh1bnRlcjI=}\n", "is base64"),
    ],
)
def test_a_secret_that_is_not_the_one_meant_earns_a_warning(text, warning):
    found = warnings(SMALL + text, (0, 35, 0))
    assert any(warning in each for each in found)
    assert not errors(SMALL + text, (0, 35, 0))
    assert "hunter2" not in " ".join(found)


@pytest.mark.parametrize(
    "text",
    [
        "global:\n  smtp_auth_password: 'a&b'\n",
        "global:\n  smtp_auth_password: hunter2 # ours\n",
        "global:\n  smtp_auth_password: a$b\n",
        "global:\n  smtp_auth_password: 'a}}b{{c}'\n",
        "global:\n  smtp_auth_password: abcdefghijkl\n",
        "global:\n  smtp_hello: x #y\n",
    ],
)
def test_a_sound_secret_earns_none(text):
    assert warnings(SMALL + text, (0, 35, 0)) == []


@pytest.mark.parametrize(
    ("config", "version", "warned"),
    [
        ("pushover_configs: [{token_file: /etc/alertmanager/f, user_key: x}]", (0, 34, 0), True),
        ("pushover_configs: [{token_file: /etc/alertmanager/f, user_key: x}]", (0, 35, 0), False),
        ("slack_configs: [{api_url_file: /etc/alertmanager/f}]", (0, 24, 0), True),
        ("slack_configs: [{api_url_file: /etc/alertmanager/f}]", (0, 25, 0), False),
        ("opsgenie_configs: [{api_key_file: /etc/alertmanager/f}]", (0, 27, 0), True),
    ],
)
def test_a_line_break_at_the_end_of_a_secret_file_matters_to_some(config, version, warned):
    found = warnings(f"{PAGER}  {config}\n", version, files={"f": b"s3cret\n"})
    assert [each for each in found if "a line break" in each] == found
    assert bool(found) == warned
    assert warnings(f"{PAGER}  {config}\n", version, files={"f": b"s3cret"}) == []


def test_an_own_client_loses_the_global_proxy():
    glob = "global: {http_config: {proxy_url: 'http://p:1'}}\n"
    own = "webhook_configs: [{url: 'http://x', http_config: {%s}}]\n"
    lost = warnings(f"{glob}{PAGER}  {own % 'follow_redirects: true'}", (0, 35, 0))
    assert "does without the proxy" in lost[0]
    assert warnings(f"{glob}{PAGER}  {own % 'proxy_url: http://q:2'}", (0, 35, 0)) == []
