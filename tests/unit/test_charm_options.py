"""Every option: what it takes, what it refuses, and how it says so."""

import base64

import pytest
import yaml
from charms.layer.alertmanager.domain import charm_options

PEM_CERT = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
PEM_KEY = "-----BEGIN EC PRIVATE KEY-----\nAAAA\n-----END EC PRIVATE KEY-----\n"
BCRYPT = "$2y$10$" + "a" * 53


def parse(version=None, **options):
    settings, problems = charm_options.parse_options(
        {name.replace("_", "-"): v for name, v in options.items()}
    )
    return settings, problems + charm_options.find_too_new(settings, version)


def test_config_yaml_and_the_parsers_know_the_same_options():
    with open("config.yaml") as file:
        declared = yaml.safe_load(file)["options"]
    assert set(declared) == set(charm_options.PARSERS)


def test_config_yaml_declares_the_defaults_that_apply():
    with open("config.yaml") as file:
        declared = yaml.safe_load(file)["options"]
    defaults = {name: option["default"] for name, option in declared.items()}
    parsed, problems = charm_options.parse_options(defaults)
    assert problems == ()
    assert parsed == charm_options.Settings()


def test_options_never_set_are_null_in_old_controllers():
    parsed, problems = charm_options.parse_options(dict.fromkeys(charm_options.PARSERS))
    assert (parsed, problems) == (charm_options.Settings(), ())


@pytest.mark.parametrize(
    ("option", "value", "field", "meaning"),
    [
        ("alertmanager-config", "route: {}", "alertmanager_config", "route: {}"),
        (
            "alertmanager-config",
            base64.b64encode(b"route: {}").decode(),
            "alertmanager_config",
            "route: {}",
        ),
        (
            "alertmanager-config",
            base64.encodebytes(b"route: {} # " + b"x" * 99).decode(),
            "alertmanager_config",
            "route: {} # " + "x" * 99,
        ),
        (
            "alertmanager-config",
            base64.b64encode("route: {} # \u00e9".encode("utf-16")).decode(),
            "alertmanager_config",
            "route: {} # \u00e9",
        ),
        (
            "secret-files",
            base64.b64encode(b"\xfe\xff" + "token: s3cret".encode("utf-16-be")).decode(),
            "secret_files",
            (("token", "s3cret"),),
        ),
        # Without its mark, it is no text.
        (
            "alertmanager-config",
            base64.b64encode("\u00e9\u00e9\u00e9".encode("utf-16-le")).decode(),
            "alertmanager_config",
            base64.b64encode("\u00e9\u00e9\u00e9".encode("utf-16-le")).decode(),
        ),
        (
            "templates",
            '{{ define "a" }}b{{ end }}',
            "templates",
            (("templates.tmpl", '{{ define "a" }}b{{ end }}'),),
        ),
        ("templates", "a.tmpl: x\nb.tmpl: z", "templates", (("a.tmpl", "x"), ("b.tmpl", "z"))),
        ("templates", '{"b.tmpl": "y"}', "templates", (("b.tmpl", "y"),)),
        ("secret-files", "token: s3cret", "secret_files", (("token", "s3cret"),)),
        ("external-url", "https://a.example/am/", "external_url", "https://a.example/am"),
        ("external-url", "http://[::1]:9093", "external_url", "http://[::1]:9093"),
        ("external-url", "http://a/.b/c../~", "external_url", "http://a/.b/c../~"),
        ("external-url", "http://a/b(c)/\u00e9", "external_url", "http://a/b%28c%29/%C3%A9"),
        ("external-url", "http://a/%61m/%25", "external_url", "http://a/am/%25"),
        # As Go writes them, which does not find its API below a path that is escaped otherwise.
        ("external-url", "http://a/$(POD_IP)", "external_url", "http://a/$%28POD_IP%29"),
        ("external-url", "http://a/b+c,d;e@f&g=h", "external_url", "http://a/b+c,d;e@f&g=h"),
        ("external-url", "http://a/%2B%3F", "external_url", "http://a/+%3F"),
        ("external-labels", '{"b": "2", "a": "1"}', "external_labels", (("a", "1"), ("b", "2"))),
        ("log-level", "debug", "log_level", "debug"),
        ("log-format", " json\n", "log_format", "json"),
        ("log-format", "json", "log_format", "json"),
        ("data-retention", "1h30m", "data_retention", "1h30m"),
        ("cluster-label", " eu ", "cluster_label", "eu"),
        ("cluster-reconnect-timeout", "6h", "cluster_reconnect_timeout", "6h"),
        ("cluster-peers", "a:9094, [::1]:9 b.c:1", "cluster_peers", ("a:9094", "[::1]:9", "b.c:1")),
        ("web-users", f"ann: {BCRYPT}", "web_users", (("ann", BCRYPT),)),
        ("config-reload", "restart", "config_reload", "restart"),
        ("strict-config", False, "strict_config", False),
        (
            "additional-args",
            "--cluster.tls-config='/run/a b' --no-x",
            "additional_args",
            ("--cluster.tls-config=/run/a b", "--no-x"),
        ),
    ],
)
def test_accepts(option, value, field, meaning):
    parsed, problems = charm_options.parse_options({option: value})
    assert problems == ()
    assert getattr(parsed, field) == meaning


@pytest.mark.parametrize(
    ("option", "value", "says"),
    [
        ("templates", "a.tmpl: x\nb.txt: z", "b.txt does not end in .tmpl; call it b.txt.tmpl"),
        ("templates", "a.tmpl: [", "is not YAML"),
        ("templates", "{a.tmpl: x", "is not YAML"),
        ("templates", "a.tmpl: ''", "a.tmpl is empty"),
        ("secret-files", "a/b: x", "'a/b' cannot be a file name"),
        ("secret-files", "..data: x", "'..data' cannot be a file name"),
        ("secret-files", "web.yml: x", "web.yml is the charm's own file"),
        ("secret-files", "just text", "must be a mapping"),
        ("secret-files", "pin: 1234", "the value of pin must be text; put it in quotes"),
        ("external-url", "alerts.example.com", "is not an http or https URL"),
        ("external-url", "ftp://a/", "is not an http or https URL"),
        ("external-url", "http://a:b/", "is not a URL"),
        ("external-url", "http://u:p@a/", "has a query, a fragment or a user"),
        *(
            ("external-url", f"http://a/{path}", "has a path that cannot be a prefix")
            for path in (
                *(".", "b/../c", "b/./c", "b//c", "%2e%2e", "b%2Fc", "%0a", "b:c", "*", "b c"),
                *("b%20c", "{b}"),
            )
        ),
        ("external-url", "http://a/%zz", "has a % in its path that is not an escape"),
        ("external-url", "http://a/%", "has a % in its path that is not an escape"),
        ("external-url", "http://a/%ff", "has escapes in its path that are not UTF-8"),
        ("external-url", "http://a/b\nc", "has a control character"),
        ("external-url", "http://a/b\tc", "has a control character"),
        ("external-url", "http://a b/", "is not an http or https URL"),
        ("external-url", "http://a/b?", "has a query, a fragment or a user"),
        ("external-url", "http://$(POD_IP)/", "is not an http or https URL"),
        ("external-url", "http://[::1]x/", "is not an http or https URL"),
        ("external-url", "\x01http://a/", "has a control character"),
        ("external-labels", "region=eu", "is not JSON"),
        ("external-labels", '["eu"]', "is not a JSON mapping"),
        ("external-labels", "[" * 10_000, "is nested too deeply"),
        ("external-labels", '{"1a": "x"}', "'1a' cannot be a label's name"),
        ("external-labels", '{"__a": "x"}', "'__a' cannot be a label's name"),
        ("external-labels", '{"a": 1}', "the value of label a must be text"),
        ("log-level", "loud", "'loud' is not a choice; choose debug or info or warn or error"),
        ("log-format", "xml", "'xml' is not a choice"),
        ("config-reload", "never", "'never' is not a choice"),
        ("data-retention", "5d", "'5d' is not a duration; write one like 120h"),
        ("cluster-reconnect-timeout", "soon", "'soon' is not a duration"),
        ("cluster-reconnect-timeout", "2562047h61m", "is not a duration; write"),
        ("cluster-label", "ü" * 128, "has 256 bytes; shorten it to 255 at most"),
        ("cluster-peers", "a:9094 b", "'b' is not HOST:PORT"),
        ("cluster-peers", "a:99999", "'a:99999' is not HOST:PORT"),
        ("cluster-peers", "ann:s3cret@a:9094", "has a user before a host"),
        ("tls-cert", "hello", "holds no PEM certificate"),
        ("tls-cert", PEM_CERT + PEM_KEY, "holds a private key, too; move the key into tls-key"),
        ("tls-cert", PEM_CERT.replace("BEGIN C", "BEGIN TRUSTED C"), "holds no PEM certificate"),
        ("tls-key", PEM_CERT, "holds no PEM private key"),
        ("tls-key", PEM_KEY.replace("AAAA", "Proc-Type: 4,ENCRYPTED"), "is encrypted"),
        (
            "tls-key",
            "-----BEGIN ENCRYPTED PRIVATE KEY-----\nA\n-----END ENCRYPTED PRIVATE KEY-----",
            "is encrypted",
        ),
        ("web-users", "ann: secret", "the password of ann is not a bcrypt hash"),
        ("web-users", f"'a:b': {BCRYPT}", "'a:b' cannot be a user's name"),
        ("web-users", f"juju-charm: {BCRYPT}", "juju-charm is the charm's own user"),
        ("additional-args", "--x 'y", "cannot be split into words"),
        ("additional-args", "--log.level debug", "is set by the charm"),
        ("additional-args", "--cluster.peer-timeout=abc", "it takes a duration like 15s or 1h30m"),
        ("additional-args", "--log.silences=true", "it takes no value"),
        ("additional-args", "--enable-feature=fast", "it takes a list of features"),
        ("additional-args", "debug", "has a word that is not --flag"),
        ("additional-args", "--a=1 --a=2", "--a is given twice"),
        ("additional-args", "--cluster.peer=x:1", "is set by the charm; use cluster-peers"),
    ],
)  # fmt: skip
def test_refuses(option, value, says):
    _, problems = charm_options.parse_options({option: value})
    assert len([p for p in problems if p.option == option]) == 1
    assert says in str(problems[0])
    assert str(problems[0]).startswith(option)


def test_tells_every_problem_at_once():
    _, problems = parse(log_level="x", data_retention="y", external_url="z")
    assert [p.option for p in problems] == ["external-url", "log-level", "data-retention"]


def test_certificate_and_key_need_each_other():
    assert [str(p) for p in parse(tls_cert=PEM_CERT)[1]] == [
        "tls-cert: needs tls-key too; set tls-key as well"
    ]
    assert [p.option for p in parse(tls_key=PEM_KEY)[1]] == ["tls-key"]
    assert parse(tls_cert=PEM_CERT, tls_key=PEM_KEY)[1] == ()
    # a bad key is one problem, not two
    assert [p.option for p in parse(tls_cert=PEM_CERT, tls_key="x")[1]] == ["tls-key"]


def test_of_pem_texts_the_blocks_are_taken_and_nothing_between_them():
    parsed, problems = parse(
        tls_cert=f"\nsubject=am\r\n{PEM_CERT} \n----- next -----\n{PEM_CERT}".replace("\n", "\r\n"),
        tls_key=f"-----BEGIN EC PARAMETERS-----\nA\n-----END EC PARAMETERS-----\n{PEM_KEY}",
    )
    assert problems == ()
    assert (parsed.tls_cert, parsed.tls_key) == (PEM_CERT * 2, PEM_KEY)


def test_the_longest_of_durations_and_cluster_labels_are_taken():
    assert parse(data_retention="2562047h", cluster_label="x" * 255)[1] == ()


def test_a_secret_file_and_a_template_cannot_share_a_name():
    _, problems = parse(templates="a.tmpl: x", secret_files="a.tmpl: y")
    assert [p.option for p in problems] == ["secret-files"]


@pytest.mark.parametrize(
    ("options", "flag"),
    [
        ({"tls_cert": PEM_CERT, "tls_key": PEM_KEY}, "web.config.file"),
        ({"web_users": f"ann: {BCRYPT}"}, "web.config.file"),
        ({"cluster_label": "eu"}, "cluster.label"),
        ({"additional_args": "--enable-feature=classic-mode"}, "enable-feature"),
        ({"additional_args": "--no-such-flag"}, "no-such-flag"),
    ],
)
def test_what_the_version_lacks_is_refused_where_the_version_is_known(options, flag):
    _, problems = parse(version=(0, 20, 0), **options)
    assert [f"Alertmanager 0.20.0 has no flag --{flag}" in str(p) for p in problems] == [True]
    assert parse(version=None, **options)[1] == ()


def test_features_that_the_version_lacks_are_refused():
    args = "--enable-feature=classic-mode,auto-gomaxprocs"
    (problem,) = parse(version=(0, 33, 0), additional_args=args)[1]
    assert "0.33.0 has no feature auto-gomaxprocs; it is there since 0.28.0, before" in str(problem)
    assert parse(version=(0, 32, 0), additional_args=args)[1] == ()
    assert parse(version=None, additional_args=args)[1] == ()


@pytest.mark.parametrize(
    ("file", "refused"),
    [
        ("/etc/alertmanager/gossip.yml", False),
        ("/run/gossip.yml", False),
        ("/etc/alertmanager/other.yml", True),
        ("gossip.yml", True),
    ],
)
def test_a_file_that_a_flag_names_has_to_be_there(file, refused):
    args = f"--cluster.tls-config={file}"
    _, problems = parse(additional_args=args, secret_files="gossip.yml: x")
    assert ["which is not there" in str(problem) for problem in problems] == [True] * refused


def test_secrets_have_no_place_in_a_repr():
    parsed, _ = parse(
        alertmanager_config="MARK",
        alertmanager_secrets="MARK",
        secret_files="a: MARK",
        tls_key=PEM_KEY,
        web_users=f"ann: {BCRYPT}",
    )
    assert "MARK" not in repr(parsed)
    assert "PRIVATE" not in repr(parsed)
    assert BCRYPT not in repr(parsed)


NAMED = (("a.tmpl", "x"), ("b.tmpl", "{{ .Status }}\n"))


@pytest.mark.parametrize(
    "text",
    [
        "a.tmpl: x\nb.tmpl: |\n  {{ .Status }}\n",
        "  a.tmpl: x\n  b.tmpl: |\n    {{ .Status }}\n",
        "# ours\n---\n'a.tmpl' : x\n? b.tmpl\n: |\n  {{ .Status }}\n",
        '{a.tmpl: x, b.tmpl: "{{ .Status }}\\n"}',
        '{\n  "a.tmpl": "x",\n  "b.tmpl": "{{ .Status }}\\n"\n}',
        '  {"b.tmpl":"{{ .Status }}\\n","a.tmpl":"x"}',
    ],
)
def test_a_mapping_of_templates_is_told_in_every_spelling(text):
    parsed, problems = parse(templates=text)
    assert problems == ()
    assert parsed.templates == NAMED


@pytest.mark.parametrize(
    "text",
    [
        '{{/*\nown.tmpl: what is ours\n*/}}\n{{ define "x" }}{{ end }}',
        '# own.tmpl: ours\n{{ define "x" }}{{ end }}',
        '{{ define "x" }}\nown.tmpl: {{ .Status }}\n{{ end }}',
        '<!-- own.tmpl: ours -->{{ define "x" }}{{ end }}',
        "see own.tmpl: it is ours",
        "Status: {{ .Status }}",
        "Status: fine",
        "just text",
        '{"x": 1}',
        "{{ .Status }}",
        '{{ template "own.tmpl" . }}',
    ],
)
def test_a_template_stays_a_text_whatever_it_says(text):
    parsed, problems = parse(templates=text)
    assert problems == ()
    assert parsed.templates == (("templates.tmpl", text),)


@pytest.mark.parametrize(
    "options",
    [
        {"data_retention": "0"},
        {"data_retention": "0.9ns"},
        {"cluster_reconnect_timeout": "0s"},
        {"cluster_reconnect_timeout": "0.9ns"},
        {"additional_args": "--cluster.gossip-interval=0"},
    ],
)
def test_no_time_at_all_is_refused_where_alertmanager_does_not_start_with_it(options):
    (problem,) = parse(version=(0, 35, 0), **options)[1]
    assert "0.35.0 does not start with --" in str(problem)
    assert parse(version=(0, 34, 2), **options)[1] == ()
