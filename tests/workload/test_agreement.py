"""The validator says what the server does, and Alertmanager reads what we write.

The server is asked about configurations as a whole; amtool, which is quicker, about notations that
both read with the same code.
"""

import json
import random
import re

import pytest
from alertmanager_config import check, command_line_flags
from alertmanager_config import version as versions
from alertmanager_config.go import regular_expressions
from alertmanager_config.schema import configuration, value_types
from alertmanager_config.schema.receivers import receiver
from alertmanager_config.yaml import reader, writer
from charms.layer.alertmanager.domain import charm_options, pod_spec_values
from support import (
    agreement,
    amtool_runs,
    cluster_tls_corpus,
    config_corpus,
    config_generator,
    config_judge,
    random_routes,
    real_programs,
    recorded_verdicts,
    spoilt_fields,
)

suites = pytest.mark.parametrize("suite", real_programs.SUITES)

# All of them, and many more, run with make fuzz.
CORPUS_CASES = 120
RANDOM_CASES = 120

SMALLEST = b"route: {receiver: a}\nreceivers: [{name: a}]\n"
NOTIFYING = b"""
route: {receiver: a}
receivers: [{name: a, webhook_configs: [{url: 'http://x.example'}]}]
"""


@pytest.fixture(scope="module", params=real_programs.each_suite("judge"))
def server(request):
    """A judge for each version of Debian's, and that version."""
    version = real_programs.version("alertmanager", request.param)
    try:
        with config_judge.Judge(version) as server:
            yield server, version
    except config_judge.JudgeError as error:
        pytest.skip(str(error))


def test_on_what_is_recorded(server):
    """Of a version that was recorded, so that the recorded ones of others can be trusted."""
    asked, version = server
    expected = recorded_verdicts.VERDICTS.get(version)
    if expected is None:
        pytest.skip(f"nothing is recorded of {version}")
    sample = random.Random(1).sample(sorted(expected), 20)
    for name in sample:
        if not agreement.is_exempt(
            recorded_verdicts.CONFIGURATIONS[name].decode("utf-8", "replace"), version
        ):
            verdict = asked.judge(recorded_verdicts.CONFIGURATIONS[name], recorded_verdicts.FILES)
            assert verdict.how == expected[name], (name, verdict)


def test_on_the_corpus(server):
    asked, version = server
    cases = random.Random(2).sample(config_corpus.CASES, CORPUS_CASES)
    outcome = agreement.compare(
        asked, version, [agreement.Case(case.text, case.files) for case in cases]
    )
    assert outcome.told() == []
    assert outcome.both_accept > CORPUS_CASES // 10 < outcome.both_refuse
    assert outcome.notified


def test_on_random_configurations(server):
    asked, version = server
    outcome = agreement.compare(asked, version, agreement.cases_for(version, RANDOM_CASES, seed=0))
    assert outcome.told() == []
    assert outcome.both_accept > RANDOM_CASES // 10 < outcome.both_refuse
    assert outcome.notified


@pytest.mark.parametrize("feature", ["classic-mode", "utf8-strict-mode"])
def test_on_matchers_where_one_syntax_is_read_alone(server, feature):
    _, version = server
    if not command_line_flags.understands(versions.parse_version(version), "enable-feature"):
        pytest.skip(f"{version} reads one syntax anyway")
    differing = []
    with config_judge.Judge(version, [f"--enable-feature={feature}"]) as started:
        for matcher in spoilt_fields.MATCHERS:
            route = {"receiver": "a", "routes": [{"matchers": [matcher]}]}
            text = json.dumps({"route": route, "receivers": [{"name": "a"}]})
            found = check.check_text(text, "x", version, files={}, features=[feature])
            refused = any(not problem.warning for problem in found)
            verdict = started.judge(text.encode())
            if refused == verdict.accepted:
                differing.append((matcher, verdict))
    assert differing == []


TREES = 12


def test_alerts_go_where_the_server_sends_them(server):
    """And are grouped by the labels that it groups them by."""
    asked, version = server
    found = random_routes.compare(asked, version, TREES, seed=6)
    assert found.differing == []
    assert found.unclear < TREES // 2


def test_the_server_starts_with_the_files_for_gossip_that_are_said_to_be_right(server):
    """By a sample; each start takes a third of a second."""
    _, version = server
    minor = versions.only(versions.parse_version(version))
    folder, name = "/etc/alertmanager", "gossip.yml"
    flags = [f"--cluster.tls-config={folder}/{name}", "--cluster.listen-address=127.0.0.1:9094"]
    with config_judge.Judge(version, flags) as started:
        for case in random.Random(7).sample(cluster_tls_corpus.CASES, 8):
            files = {**spoilt_fields.FILES, name: case.text.encode()}
            verdict = started.judge(SMALLEST, files, fresh=True)
            assert verdict.accepted == bool(case.accepting & minor), (case, verdict)


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"external-url": "http://alerts.example/a(b)/\u00e9/"},
        {"external-url": "http://alerts.example/a+b,c;d@e&f=g$h/%25"},
        {"external-url": "http://[::1]:9093", "log-format": "json", "data-retention": "1h30m"},
        {"cluster-label": "a $(b) c", "additional-args": "--cluster.probe-timeout=1s"},
    ],
)
def test_the_server_starts_with_the_charms_own_command_line(server, options):
    _, version = server
    number = versions.parse_version(version)
    parsed, problems = charm_options.parse_options(options)
    problems += charm_options.find_too_new(parsed, number)
    if problems:
        pytest.skip(str(problems[0]))
    args = pod_spec_values.make_arguments(
        parsed, "model/alertmanager", "alertmanager-endpoints", number
    )
    # What Kubernetes puts in, and what only lies in a pod of the charm's.
    own = [
        arg.replace("$(POD_IP)", "127.0.0.1").replace("$(POD_NAME)", "x").replace("$$", "$")
        for arg in args
        if arg.partition("=")[0] not in ("--config.file", "--web.config.file")
        and not arg.startswith(("--storage.path", "--web.listen-address"))
    ]
    # It waits for others before it notifies, for as long as that.
    with config_judge.Judge(version, [*own, "--cluster.settle-timeout=0s"]) as started:
        verdict = started.judge(NOTIFYING, fresh=True)
    assert verdict == config_judge.Verdict("accepts", tried=1)


def test_the_judge_sees_what_kills_a_server_later():
    for name in ("slack-null-field", "mail-global-tls-null"):
        with config_judge.Judge(real_programs.version("alertmanager", "trixie")) as server:
            verdict = server.judge(recorded_verdicts.CONFIGURATIONS[name], recorded_verdicts.FILES)
        assert verdict.how == "dies later"
        assert "panic" in verdict.why


THREE_DEEP = b"""
route:
  receiver: first
  mute_time_intervals: []
  routes:
  - receiver: second
    matchers: [team="a"]
    routes:
    - {receiver: third, group_wait: 1h, match: {team: nobody}}
receivers:
- name: first
  webhook_configs: [{url: 'http://x.example'}, {url: 'http://y.example'}]
- name: second
  slack_configs: [{api_url: 'http://x.example', channel: x}]
- name: third
  email_configs: [{to: a@x.example, from: b@x.example, smarthost: 'mail.example:25'}]
- name: led to by no route
  webhook_configs: [{url: 'http://x.example'}]
"""


def test_the_judge_sends_an_alert_through_every_receiver_that_a_route_leads_to(server):
    """Wherever the route stands, and whatever it asks of alerts."""
    asked, _ = server
    assert asked.judge(THREE_DEEP) == config_judge.Verdict("accepts", tried=4)


MUTES_EVERY_SECOND_ALERT = (
    NOTIFYING + b"inhibit_rules:\n"
    b"- {source_match_re: {judge: '.*[02468]'}, target_match_re: {judge: '.*[13579]'}}\n"
)


def test_the_judge_tells_what_it_could_not_send_an_alert_through():
    """On a machine that is busy, the first alert may be over before the second one comes."""
    version = real_programs.version("alertmanager", "trixie")
    with config_judge.Judge(version, patience=1) as server:
        verdicts = (server.judge(MUTES_EVERY_SECOND_ALERT) for _ in range(10))
        verdict = next(verdict for verdict in verdicts if verdict.untried)
    assert verdict.accepted
    assert verdict.untried == "1 of 1 integrations not tried in time"


def test_a_server_that_refuses_alerts_is_no_judge(server):
    asked, _ = server
    with pytest.raises(config_judge.JudgeError, match="answers 400 to an alert"):
        asked.groups(SMALLEST, [{"labels": {}}])


_TAG = re.compile(rb'yaml:"([a-z0-9_]+)[",]')


@suites
def test_every_key_that_the_program_reads_is_in_the_tables(suite):
    """Go keeps the names of the keys that it fills a struct from in the binary."""
    amtool = real_programs.amtool(suite)
    version = real_programs.version("alertmanager", suite)
    which = versions.only(versions.parse_version(version))
    known = keys_of(configuration.CONFIG, which, set()) | keys_of(receiver.RECEIVER, which, set())
    found = {tag.decode() for tag in _TAG.findall(amtool.read_bytes())}
    assert len(found) > 150
    assert {key for key in found - known if not agreement.is_exempt(key, version)} == set()


def keys_of(kind, which, seen):
    """The keys that some versions know of a block, and of all that lies in it."""
    if kind in seen:
        return set()
    seen.add(kind)
    fields = {
        key: field for key, field in getattr(kind, "fields", {}).items() if field.which & which
    }
    parts = [field.kind for field in fields.values()]
    parts += [variant for part, variant in getattr(kind, "variants", ()) if part & which]
    parts += [
        part
        for part in (*vars(type(kind)).values(), *vars(kind).values())
        if isinstance(part, value_types.ValueType)
    ]
    return set(fields).union(*(keys_of(part, which, seen) for part in parts))


@suites
def test_what_we_write_is_read_as_what_it_was_made_from(suite):
    version = real_programs.version("alertmanager", suite)
    readable, written = [], []
    for case in config_corpus.CASES:
        document = reader.parse_yaml(case.text, "opt")
        if config_corpus.is_readable(document):
            readable.append(amtool_runs.Case(case.text, case.files))
            written.append(amtool_runs.Case(writer.write_yaml(document.root), case.files))
    verdicts = [
        amtool_runs.check(real_programs.amtool(suite), cases) for cases in (readable, written)
    ]
    differing = [
        case.text
        for case, before, after in zip(written, *verdicts)
        if before.refused != after.refused
    ]
    assert differing == [], version


# fmt: off
PIECES = [
    *("a", "b c", " ", "  ", "\t", "\n", "\n  ", "\n\n ", "-", "- ", ":", ": ", "#", " #", "'"),
    *('"', "\\", "&", "*", "!", "|", ">", "|-\n  ", ">\n  ", "%", "@", "`", "~", "0x1", "010"),
    *("1e3", "yes", "null", "2026-01-01", "{", "}", "[", "]", ",", "?", "<<", "=", ".", "---"),
    *("\u00e9", "\u2028", "\x85", "\U0001f600", "\\n", "\\x41", "\\u00e9", '"x"', "'x'"),
    *("!!str ", "!x ", "\r\n"),
]
# fmt: on


@suites
def test_texts_mean_to_us_what_they_mean_to_alertmanager(suite):
    """The name of a receiver as YAML has it, and a route to that name as we write it."""
    rng = random.Random(3)
    cases = []
    while len(cases) < 500:
        snippet = "".join(rng.choice(PIECES) for _ in range(rng.randint(1, 6)))
        text = f"receivers:\n- name: {snippet}\n"
        document = reader.parse_yaml(text, "opt")
        plain = document.plain()
        name = config_corpus.is_readable(document) and _name(document)
        if name:
            route = f"route: {{receiver: {_quoted(name)}}}\n"
            cases.append((plain, amtool_runs.Case(route + text)))
    verdicts = amtool_runs.check(real_programs.amtool(suite), [case for _, case in cases])
    assert [
        (plain, verdict.why) for (plain, _), verdict in zip(cases, verdicts) if verdict.refused
    ] == []


def _name(document):
    """The receiver's name, if the snippet left the rest of the document alone."""
    listed = getattr(document.root, "get", lambda key: None)("receivers")
    items = getattr(listed, "items", None)
    if not isinstance(items, list) or len(items) != 1 or set(document.root.keys) != {"receivers"}:
        return None
    name = getattr(items[0], "get", lambda key: None)("name")
    alone = getattr(items[0], "keys", {}).keys() == {"name"}
    return name.text if alone and getattr(name, "kind", "null") != "null" else None


def _quoted(text):
    return '"' + "".join(f"\\U{ord(char):08X}" for char in text) + '"'


SIGNS = [
    *"abc01()[]{}|*+?^$.\\-,:<>P!=&dwspLzQEAbBCx ims\u00e9",
    *("(?", "(?:", "(?i)", "(?P<n>", "[^", "[:alpha:]", "\\p{Greek}", "\\x{41}", "{2}", "{2,}"),
    *("{2,5}", "{1001}", "\\Q", "\\E", "*?", "[a-z]", "\\d", "\\1"),
]


@suites
def test_on_regular_expressions(suite):
    amtool = real_programs.amtool(suite)
    rng = random.Random(4)
    patterns = ["".join(rng.choice(SIGNS) for _ in range(rng.randint(1, 9))) for _ in range(600)]
    cases = [
        amtool_runs.Case(
            "receivers: [{name: a}]\nroute: {receiver: a, routes: [{receiver: a, match_re: "
            f"{{x: {json.dumps(pattern)}}}}}]}}"
        )
        for pattern in patterns
    ]
    differing = [
        (pattern, verdict.why)
        for pattern, verdict in zip(patterns, amtool_runs.check(amtool, cases))
        if bool(regular_expressions.find_first_fault(pattern)) != verdict.refused
    ]
    assert differing == []


# fmt: off
FRAGMENTS = [
    *("{{", "}}", "{{ ", " }}", "{{- ", " -}}", ".A", ".", "$x", "$", "if ", "else", "end"),
    *("range ", "with ", "define ", "block ", "template ", '"a"', "`b`", "'c'", "1", "0x1", "1.5"),
    *("-", "|", "(", ")", " ", ":=", "=", ",", "nil", "true", "toUpper", "foo", "len ", "/*", "*/"),
    *("\\", "{{ end }}", "{{ else }}", "{{ if .A }}", "{{ range .A }}", "{{ with .A }}"),
    *('{{ define "a" }}', "{{ .A }}", '{{ block "b" . }}', "{{ $x := 1 }}", "{{ $x }}"),
    *("{{ else if .B }}", "{{/* c */}}", "text"),
]
# fmt: on


@suites
def test_on_template_files(suite):
    amtool = real_programs.amtool(suite)
    rng = random.Random(5)
    text = "receivers: [{name: a}]\nroute: {receiver: a}\ntemplates: ['*.tmpl']\n"
    cases = [
        amtool_runs.Case(text, {"x.tmpl": "".join(template).encode()})
        for template in (
            [rng.choice(FRAGMENTS) for _ in range(rng.randint(1, 10))] for _ in range(600)
        )
    ]
    number = real_programs.version("alertmanager", suite)
    both_accept = 0
    for case, verdict in zip(cases, amtool_runs.check(amtool, cases)):
        found = agreement.validate(agreement.Case(case.text, case.files), number)
        refused = any(not problem.warning for problem in found)
        left_open = any("the official Alertmanager" in str(problem) for problem in found)
        assert refused == verdict.refused or left_open, (case, verdict)
        both_accept += not refused
    assert both_accept > 50


def test_random_configurations_are_of_all_sorts():
    texts = [config_generator.case(random.Random(seed), 34) for seed in range(300)]
    assert all(
        any(key in text for text in texts) for key in config_generator.LEAST if "hip" not in key
    )
