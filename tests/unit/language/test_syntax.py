"""The notations inside of values: regular expressions, matchers, templates, and the rest."""

import time

import pytest
from alertmanager_config import check_text
from alertmanager_config import version as versions
from alertmanager_config.go import (
    durations,
    regular_expressions,
    text_template,
    unicode_classes,
    urls,
)
from alertmanager_config.routing import matchers
from alertmanager_config.schema import file_references, time_intervals
from alertmanager_config.version import EVERY, before, since

# --- Versions ---


@pytest.mark.parametrize(
    ("which", "words"),
    [
        (since(26), "0.26 and later"),
        (before(21), "0.20"),
        (before(25), "0.24 and earlier"),
        (since(24) & before(26), "0.24 to 0.25"),
        (since(24) & before(25), "0.24"),
        (since(34), "0.34 and later"),
        (since(35), "0.35 and later"),
        (before(22) | since(30), "0.21 and earlier and 0.30 and later"),
        (EVERY, "0.20 to 0.35"),
    ],
)
def test_sets_of_versions_are_said_in_words(which, words):
    assert versions.describe_versions(which) == words


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("0.28.1", (0, 28, 1)),
        ("v0.28", (0, 28)),
        (" 0.33.0-rc.1+ds~2 ", (0, 33, 0)),
        ("1.0.0", (1, 0, 0)),
        ("28", None),
        ("latest", None),
        ("", None),
        ("0.x", None),
        ("0.1234567", None),
    ],
)
def test_versions_are_read(text, version):
    assert versions.parse_version(text) == version


def test_versions_beyond_the_known_ones_count_as_the_nearest():
    assert versions.only((0, 12, 0)) == versions.only((0, 20, 0))
    assert versions.only((0, 99, 0)) == versions.only((1, 0, 0)) == versions.only((0, 36))
    assert versions.is_future((0, 36, 0))
    assert not versions.is_future((0, 35, 9))
    assert not versions.is_future(None)


# --- Regular expressions ---

RIGHT = [
    *("", "a", "a|b", "|", "(|a)", "()", "a*?", "a+?", "a??", "a{2}?", "(?:a)", "(?i)a", "(?i:a)"),
    *("(?i-s:a)", "(?s-i)a", "(?)", "(?U)a", "(?m)^a$", "(?P<n>a)", "a)(b", "[]a]", "[^]a]"),
    *("[a-]", "[-a]", "[a-z0-9]", "[\\d-x]", "[[:alpha:][:^digit:]]", "[[:alpha]", "[\\]]"),
    *("\\d\\D\\s\\S\\w\\W", "\\bx\\B", "\\Aa\\z", "\\Qa*b\\E", "\\.", "\\_", "\\-", "\\07"),
    *("\\012", "\\x41", "\\x{10FFFF}", "\\x{0000041}", "\\a\\f\\n\\r\\t\\v", "\\pL", "\\PL"),
    *("\\p{Greek}", "\\p{^Greek}", "\\p{Lu}", "a{,3}", "a{", "a{x}", "a{01}", "a{1000}", "{", "}"),
    *("(a{10}){100}", "(a{0}){5}", "a{0,}", "a{1,}", "a{0,1}", "((a?)*)+", "]", "é", "\u2028"),
    *("(" * 900 + ")" * 900, "a(?i)*", "a*(?i)*", "^*", "$*", "\\b*"),
    *("[\\x41-\\x{5a}]", "[\\n\\t]", "[a\\-z]", "\\Q\\E", "\\Qa\\E*", "x" * 50_000),
]
WRONG = {
    "(": "a ) is missing",
    "a(b": "a ) is missing",
    "\\Qa": "a ) is missing",
    "a\\": "a ) is missing",
    "(?i": "a ) is missing",
    "a))": "a ) too many",
    "*": "nothing before it",
    "a|*": "nothing before it",
    "(*)": "nothing before it",
    "(?i)*": "nothing before it",
    "a**": "follow one another",
    "a*+": "follow one another",
    "a??+": "follow one another",
    "a{2}{3}": "follow one another",
    "a{2}*": "follow one another",
    "a{1001}": "exceed 1000",
    "a{5,2}": "must not fall",
    "a{2,1001}": "exceed 1000",
    "a{99999999999}": "exceed 1000",
    "(a{40}){40}": "more than 1000 copies",
    "((a{2}){500}){2}": "more than 1000 copies",
    "(?=a)": "looks ahead",
    "(?!a)": "looks ahead",
    "(?<=a)": "looks behind",
    "(?<!a)": "looks behind",
    "(?#c)": "do not know",
    "(?x)a": "do not know",
    "(?-)": "do not know",
    "(?i--s:a)": "do not know",
    "(?P=n)": "do not know",
    "(?P<>a)": "needs a name",
    "(?P<a b>c)": "needs a name",
    "(?P<n": "needs a name",
    "(?<": "needs a name",
    "\\1": "refer back",
    "\\8": "refer back",
    "\\k": "unknown escape",
    "\\C": "unknown escape",
    "\\é": "unknown escape",
    "\\x": "without the digits",
    "\\xg0": "without the digits",
    "\\x{}": "without the digits",
    "\\x{110000}": "without the digits",
    "\\x{41": "without the digits",
    "\\p{Foo}": "unknown Unicode class",
    "\\p{L": "without }",
    "\\p": "unknown Unicode class",
    "[": "never closed",
    "[]": "never closed",
    "[a": "never closed",
    "[z-a]": "before it begins",
    "[a-\\d]": "unknown escape",
    "[[:foo:]]": "unknown class",
    "[\\b]": "unknown escape",
    "(" * 1100 + ")" * 1100: "nests too deeply",
    "(?:a?){1000}" * 4000: "too large",
    "(?:" + "a" * 4000 + "){1000}": "too large",
    "|".join(["(?:a{1000})"] * 4000): "too large",
}


@pytest.mark.parametrize("pattern", RIGHT, ids=lambda pattern: repr(pattern[:20]))
def test_regular_expressions_that_go_compiles(pattern):
    assert [fault for fault in regular_expressions.find_faults(pattern) if not fault.official] == []
    assert regular_expressions.find_first_fault(pattern) is None


@pytest.mark.parametrize("pattern", WRONG, ids=lambda pattern: repr(pattern[:20]))
def test_regular_expressions_that_go_refuses(pattern):
    assert WRONG[pattern] in regular_expressions.find_first_fault(pattern)


@pytest.mark.parametrize(
    ("pattern", "which"),
    [
        ("(?<n>a)", before(28)),
        ("\\p{greek}", before(29)),
        ("\\p{Uppercase_Letter}", before(29)),
        ("\\p{Yezidi}", before(22)),
        ("\\p{yezidi}", before(29)),
        ("\\p{Kawi}", before(27)),
    ],
)
def test_what_depends_on_the_go_that_built_alertmanager(pattern, which):
    (fault,) = regular_expressions.find_faults(pattern)
    assert (fault.versions, fault.official) == (which, True)


def test_unknown_unicode_classes_are_known_to_nobody():
    assert unicode_classes.unknown_to("Klingon") == EVERY
    assert unicode_classes.unknown_to("") == EVERY


# --- Matchers ---


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("a=b", ["b"]),
        (" a = b ", ["b"]),
        ('a="b"', ["b"]),
        ('a="b",c!="d"', ["b", "d"]),
        ("{a=b,}", ["b"]),
        ("{a=b", ["b"]),
        ("a=b}", ["b"]),
        ("a=", [""]),
        ("a=b c", ["b c"]),
        ("a==b", ["=b"]),
        ('a="\\n\\"\\\\\\x"', ['\n"\\\\x']),
        ("a=b\\", ["b\\"]),
        ('a="x,y",b=z', ["x,y", "z"]),
        ('a="x\\",y"', ['x",y']),
        ("", []),
        ("{}", []),
        ("a:b=c", ["c"]),
        ("a\n=\nb", ["b"]),
        ("a='b'", ["'b'"]),
    ],
)
def test_classic_matchers(text, values):
    read = matchers.parse_classic(text)
    assert read.fault == ""
    assert [matcher.value for matcher in read.matchers] == values


@pytest.mark.parametrize(
    "text",
    ["a", "=b", "1a=b", "a-b=c", 'a="b', 'a=b"', 'a="', 'a="b"c"', "a=b,,c=d", ",", ",a=b",
     '"a"=b', 'a="b\\"', "a~b"],
)  # fmt: skip
def test_what_is_no_classic_matcher(text):
    assert matchers.parse_classic(text).fault


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("a=b", ["b"]),
        (' "a b" =~ "c\\nd" ', ["c\nd"]),
        ('{"a"="b",c!~d,}', ["b", "d"]),
        ("\u00e9=\u00fc", ["\u00fc"]),
        ("a-b=c:d", ["c:d"]),
        ('a="\\x41\\u00e9\\U0001F600\\101\\t"', ["A\u00e9\U0001f600A\t"]),
        ('a="\\xc3\\xa9\\303\\251"', ["\u00e9\u00e9"]),
        ("", []),
        ("{}", []),
        ("a=b,", ["b"]),
        ("a=b\u2003,\u2003c=d", ["b", "d"]),
    ],
)
def test_utf8_matchers(text, values):
    read = matchers.parse_utf8(text)
    assert read.fault == ""
    assert [matcher.value for matcher in read.matchers] == values


@pytest.mark.parametrize(
    "text",
    ["a", "a=", "=b", "a=b c", "a=b c=d", "{a=b", "a=b}", "{a=b}c", "a=b,,c=d", ",", "{,a=b}",
     "a==b", "a='b'", 'a="b', 'a="\\q"', 'a="\\400"', 'a="\\ud800"', 'a="b\n"', "a!b", "{{a=b}}",
     "a\\=b", "a=b,=", "a=b,{", 'a="\\xff"', '"\\377"=b', 'a="\\xc3"'],
)  # fmt: skip
def test_what_is_no_utf8_matcher(text):
    assert matchers.parse_utf8(text).fault


def test_regular_expressions_in_matchers_are_marked():
    assert [m.is_regex for m in matchers.parse_classic("a=b,c=~d,e!~f,g!=h").matchers] == [
        *(False, True, True, False)
    ]


# --- Lengths of time ---


@pytest.mark.parametrize(
    ("text", "zero", "refusing"),
    [
        ("5m", False, 0),
        ("1y", False, 0),
        ("0s", True, 0),
        ("0", True, before(21)),
        ("1h30m", False, before(22)),
        ("0h0m", True, before(22)),
        ("", False, EVERY),
        ("5", False, EVERY),
        ("1m1h", False, EVERY),
        ("-1m", False, EVERY),
        ("1.5h", False, EVERY),
        ("293y", False, since(22)),
        ("9" * 30 + "s", False, since(22)),
        ("0" * 10_000 + "1s", False, 0),
    ],
)
def test_prometheus_durations(text, zero, refusing):
    found = [fault.versions for fault in durations.find_prometheus_faults(text)]
    assert found == ([refusing] if refusing else [])
    assert (durations.parse_prometheus(text) == 0) == zero


def test_prometheus_durations_have_a_length():
    assert durations.parse_prometheus("1h30m") == 5400 * 10**9
    assert durations.parse_prometheus("1m1h") is None


@pytest.mark.parametrize(
    ("text", "right"),
    [
        *(
            (text, True)
            for text in ("0", "-0", "+1m", "-1m", "1h1m1s1ms1us1ns", "1.5h", ".5s", "5.s")
        ),
        *((text, True) for text in ("1\u00b5s", "1\u03bcs", "1m1h", "2562047h47m16.854775807s")),
        *((text, True) for text in ("-9223372036854775808ns", "0" * 10_000 + "1s", "1.0000001h")),
        *(
            (text, False)
            for text in ("", "1", "1d", "s", ".s", "1 s", "--1s", "9223372036854775808ns")
        ),
        *((text, False) for text in ("2562047h47m16.854775808s", "9" * 30 + "s")),
        ("1" * 100_000, False),
    ],
    ids=lambda value: repr(value)[:20],
)
def test_go_durations(text, right):
    assert (durations.find_go_faults(text) == []) == right


@pytest.mark.parametrize(
    ("text", "length"),
    [
        *(("0", 0), ("0.9ns", 0), (".9ns.9ns", 0), ("0.001us", 1), ("-1.5us", -1500)),
        *(("1h0.3ms", 3_600_000_300_000), ("0." + "0" * 30 + "1h", 0), ("1d", None)),
    ],
)
def test_go_durations_have_a_length(text, length):
    assert durations.parse_go(text) == length


# --- Addresses ---


@pytest.mark.parametrize(
    ("text", "any_scheme", "fault"),
    [
        ("http://x", False, None),
        ("HTTPS://u:p%40@x.y:80/a%20b?c=%zz#d", False, None),
        ("http://[fe80::1%25eth0]:80/", False, None),
        ("http://:80", False, None),
        ("http://\u00e9/", False, None),
        ("http://a%C3%A9/", False, None),
        ("", False, "must begin"),
        ("", True, None),
        ("x", True, None),
        ("/x", True, None),
        ("//x/y", True, None),
        ("socks5://x", True, None),
        ("mailto:x", True, None),
        ("x:y", False, "must begin"),
        ("1x:y", True, "colon in its first part"),
        ("://x", True, "begins with a colon"),
        ("http:x", False, "no host"),
        ("http:///x", False, "no host"),
        ("http://u@/x", False, "no host"),
        ("http://x\n", False, "control character"),
        ("http://x#%zz", False, "without two hexadecimal"),
        ("http://x/%zz", False, "without two hexadecimal"),
        ("http://u%zz@x", False, "must be escaped"),
        ("http://u<@x", False, "must be escaped"),
        ("http://x:80a", False, "not a number"),
        ("http://[::1", False, "without ]"),
        ("http://[::1]x", False, "not a number"),
        ("http://[::1%25a b]/x", False, None),
        ("http://x y", False, "no host has"),
        # Databases have hosts of several addresses.
        ("socks5://a:1,b:2", True, None),
        ("http://[::1]:80", False, None),
        ("http://%41", False, "no host has"),
    ],
)
def test_urls(text, any_scheme, fault):
    found = urls.find_url_faults(text, any_scheme)
    assert bool(found) == bool(fault)
    assert not fault or (fault in found[0].message and found[0].versions == EVERY)


@pytest.mark.parametrize(
    "text", ["http://[x]/", "http://a[b/", "http://x:80:80", "HTTPS://a::/", "http://a:1:2/"]
)
def test_what_newer_gos_do_not_take_for_a_host(text):
    (fault,) = urls.find_url_faults(text)
    assert (fault.versions, fault.official) == (since(32), True)


@pytest.mark.parametrize(
    ("text", "right"),
    [
        *((text, True) for text in ("", "x:1", ":25", "[::1]:25", "x:smtp")),
        *((text, False) for text in ("x", "x:", "::1:25", "[::1]", "[::1", "[::1]x:2", "[[::1]:2")),
        *((text, False) for text in ("x]:1", "[x:1", "[a]]:1")),
    ],
)
def test_host_and_port(text, right):
    assert (urls.find_host_port_faults(text) == []) == right


# --- Time intervals ---


@pytest.mark.parametrize(
    ("kind", "right", "wrong"),
    [
        (time_intervals.WEEKDAY_RANGE, ["monday", "Sunday:SATURDAY"], ["", "mon", "a:b:c"]),
        (
            time_intervals.DAY_RANGE,
            ["1", "-1", "1:31", "-5:-1", "1:-1"],
            ["0", "32", "-1:1", "9:1", "x", ""],
        ),
        (time_intervals.MONTH_RANGE, ["may", "1:12", "March:5"], ["x", "5:March", ""]),
        (time_intervals.YEAR_RANGE, ["2026", "1:9999"], ["x", "2:1", "", "9" * 5000]),
    ],
)
def test_ranges_of_time(kind, right, wrong):
    assert [kind.find_fault(text) for text in right] == [None] * len(right)
    assert [kind.find_fault(text).versions for text in wrong] == [EVERY] * len(wrong)


@pytest.mark.parametrize(
    ("kind", "text", "refusing"),
    [
        (time_intervals.MONTH_RANGE, "13", since(35)),
        (time_intervals.WEEKDAY_RANGE, "friday:monday", before(35)),
    ],
)
def test_what_versions_differ_on(kind, text, refusing):
    assert kind.find_fault(text).versions == refusing


@pytest.mark.parametrize(
    ("text", "right"),
    [
        *((text, True) for text in ("00:00", "23:59", "24:00")),
        *((text, False) for text in ("24:01", "9:00", "12:60")),
    ],
)
def test_times_of_day(text, right):
    period = f"{{name: n, time_intervals: [{{times: [{{start_time: '{text}', end_time: x}}]}}]}}"
    config = f"route: {{receiver: a}}\nreceivers: [{{name: a}}]\ntime_intervals: [{period}]\n"
    wrong = [problem.path.rpartition(".")[2] for problem in check_text(config, "opt", "0.28.1")]
    assert wrong == (["end_time"] if right else ["end_time", "start_time"])


def test_time_zones_are_those_of_the_database():
    assert {
        "Europe/Berlin",
        "UTC",
        "Local",
        "America/Argentina/Ushuaia",
        "GB",
    } <= time_intervals.list_time_zones()
    assert len(time_intervals.list_time_zones()) > 590


# --- Globs ---


@pytest.mark.parametrize(
    ("pattern", "matching"),
    [
        ("*.tmpl", ["a.tmpl", "b.tmpl"]),
        ("/etc/alertmanager/**.tmpl", ["a.tmpl", "b.tmpl"]),
        ("?.tmpl", ["a.tmpl", "b.tmpl"]),
        ("[a].tmpl", ["a.tmpl"]),
        ("[^a.]*", ["b.tmpl", "c"]),
        ("[a-b].*", ["a.tmpl", "b.tmpl"]),
        ("[b-a].*", []),
        ("[^b-a]", ["c"]),
        ("\\a.tmpl", ["a.tmpl"]),
        ("[\\a].tmpl", ["a.tmpl"]),
        ("./x/../c", ["c"]),
        ("a.tmpl*", ["a.tmpl"]),
        ("d/*.tmpl", []),
        ("/etc/other/*.tmpl", None),
        ("[", None),
        ("[]", None),
        ("[a", None),
        ("[a-", None),
        ("[-a]", None),
        ("[a-]", None),
        ("[\\", None),
        ("x\\", None),
    ],
)
def test_globs_match_as_go_matches_them(pattern, matching):
    class Context:
        files = {"a.tmpl": b"", "b.tmpl": b"", "c": b""}

    found = file_references.find_matching_files(pattern, Context)
    assert (found and list(found.names)) == matching
    assert not found or not found.folder


@pytest.mark.parametrize(
    ("pattern", "folder"),
    [
        *(("*", "/..data"), ("*a*", "/..data"), ("[^x]*", "/..data"), ("..data", "/..data")),
        *((".", ""), ("/etc/alertmanager", ""), ("..20*", "/..2024_11_11_11_11_11.1345678901")),
        *(("..data/*.tmpl", None), ("*/a.tmpl", None), ("*.tmpl", None)),
    ],
)
def test_the_folders_of_a_mounted_secret_are_matched_too(pattern, folder):
    class Context:
        files = {"a.tmpl": b""}

    found = file_references.find_matching_files(pattern, Context)
    assert found.folder == ("" if folder is None else f"/etc/alertmanager{folder}")
    assert folder is not None or found.names == ("a.tmpl",)


def test_folders_above_are_matched_too():
    class Context:
        files = {}

    for pattern in ("/", "/*", "/etc", "/e*", "/etc/alert*", "/alertmanager", ".."):
        assert file_references.find_matching_files(pattern, Context).folder


def test_stars_do_not_multiply():
    class Context:
        files = {"a" * 250: b""}

    assert file_references.find_matching_files("*a" * 100 + "b", Context).names == ()
    assert file_references.find_matching_files("*a" * 100 + "*", Context).names == ("a" * 250,)


def test_globs_with_many_stars_are_matched_in_no_time():
    class Context:
        files = {f"{number:03}{'a' * 247}": b"" for number in range(500)}

    before = time.process_time()
    assert file_references.find_matching_files("*a" * 124 + "b", Context).names == ()
    assert len(file_references.find_matching_files("*a" * 124, Context).names) == 500
    assert time.process_time() - before < 2


# --- Templates ---


def faults(text):
    return [fault.message for fault in text_template.parse(text).faults if not fault.official]


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "x",
            "{",
            "}}",
            "{{.}}",
            "{{ . }}",
            "{{- . -}}",
            "{{\t.A.B\t}}",
            "{{$}}",
            "{{ $.A }}",
        ),
        *('{{ "a\\x41\\u00e9\\U0001F600\\101\\"" }}', "{{ `a\nb` }}", "{{ 'a' }}", "{{ '\\'' }}"),
        *(
            "{{ 1 }}",
            "{{ -1.5e3 }}",
            "{{ 0x1F }}",
            "{{ 0b1 }}",
            "{{ 0o7 }}",
            "{{ 1_000 }}",
            "{{ 07 }}",
        ),
        *(
            "{{ 1i }}",
            "{{ 1+2i }}",
            "{{ .5 }}",
            "{{ 0x1p4 }}",
            "{{ true }}",
            "{{ nil }}",
            "{{ 0x1p4i }}",
        ),
        *(
            "{{ len .A | print | printf `b` }}",
            "{{ (len .A) }}",
            "{{ (index .A 1).B }}",
            "{{ .A | }}",
        ),
        *("{{ $x := 1 }}{{ $x }}{{ $x = 2 }}", "{{ if .A }}{{ else if .B }}{{ else }}{{ end }}"),
        *(
            "{{ with $x := .A }}{{ $x }}{{ else }}{{ $x }}{{ end }}",
            "{{ range .A }}{{ else }}{{ end }}",
        ),
        "{{ range $i, $e := .A }}{{ break }}{{ if $e }}{{ continue }}{{ end }}{{ end }}",
        *('{{ define "a" }}{{ end }}{{ define "a" }}x{{ end }}', '{{ template "a" }}'),
        *('{{ template `a` .A }}{{ block "b" . }}x{{ end }}', "{{/* a */}}{{- /* b */ -}}"),
        *(
            '{{ define "a" }} {{ template "b" }}{{ end }}',
            "{{ with .A }}{{ else with .B }}{{ end }}",
        ),
        *(
            "{{ .A\n| len }}",
            "{{ .A}}{{.B }}",
            "{{ \u00e9 }}",
            "{{ .\u00e9 }}",
            "{{ not .A -}}\n x",
        ),
        *(
            "{{ and .A (or .B .C) }}",
            "{{ .A .B 1 `c` }}",
            "{{ call .A }}",
            "{{ $x, $y := .A }}"[:0],
        ),
        "{{" + "(" * 100 + "1" + ")" * 100 + "}}",
    ],
    ids=lambda text: repr(text[:40]),
)
def test_templates_that_go_parses(text):
    assert faults(text) == []


@pytest.mark.parametrize(
    ("text", "line", "part"),
    [
        ("a\nb {{ .A", 2, "never closed"),
        ("{{", 1, "never closed"),
        ("{{ .A\n}\n", 2, "unexpected"),
        ("{{ if .A }}\n\n", 1, "{{if}} has no {{end}}"),
        ("x\n{{ end }}", 2, "ends nothing"),
        ("{{ end .A }}", 1, "something unexpected follows end"),
        ("{{ else }}", 1, "is not allowed here"),
        ("{{ range .A }}{{ else if .B }}{{ end }}", 1, "needs an {{if}}"),
        ("{{ if .A }}{{ else with .B }}{{ end }}", 1, "needs an {{with}}"),
        ("{{ if .A }}{{ else .B }}{{ end }}", 1, "something unexpected follows else"),
        ('{{ define "a" }}{{ else }}{{ end }}', 1, "is not allowed here"),
        ("{{ break }}", 1, "outside of a {{range}}"),
        ("{{ range .A }}{{ else }}{{ continue }}{{ end }}", 1, "outside of a {{range}}"),
        (
            '{{ range .A }}{{ block "b" . }}{{ break }}{{ end }}{{ end }}',
            1,
            "outside of a {{range}}",
        ),
        ("{{ range .A }}{{ break 1 }}{{ end }}", 1, "something unexpected follows break"),
        ('{{ if .A }}{{ define "a" }}{{ end }}{{ end }}', 1, "inside another block"),
        ('{{ define "a" 1 }}{{ end }}', 1, "something unexpected follows the name"),
        ("{{ define a }}{{ end }}", 1, "in quotes"),
        ("{{ template }}", 1, "in quotes"),
        ('{{ template "a" | }}', 1, "unexpected"),
        ('{{ define "a" }}x{{ end }}\n{{ define "a" }}{{ .B }}{{ end }}', 2, "defined twice"),
        ("{{ }}", 1, "an action has no value"),
        ("{{ if }}{{ end }}", 1, "if has no value"),
        ("{{ | .A }}", 1, "unexpected"),
        ("{{ .A || .B }}", 1, "unexpected"),
        ("{{ .A | 1 }}", 1, "must be a function"),
        ("{{ .A , .B }}", 1, "unexpected"),
        ("{{ .A }", 1, "unexpected"),
        ("{{ .A=1 }}", 1, "cannot end it"),
        ("{{ .A! }}", 1, "cannot end it"),
        ("{{ .! }}", 1, "cannot follow it"),
        ("{{ $x }}", 1, "$x is not defined"),
        ("{{ if $x := .A }}{{ end }}{{ $x }}", 1, "$x is not defined"),
        ("{{ $x, $y := .A }}", 1, "declares too many"),
        ("{{ range $x, $y, $z := .A }}{{ end }}", 1, "declares too many"),
        ("{{ range $x, .A }}{{ end }}", 1, "declares too many"),
        ("{{ true.A }}", 1, "has none"),
        ('{{ "a".B }}', 1, "has none"),
        ("{{ () }}", 1, "a parenthesis has no value"),
        ("{{ (.A }}", 1, "unexpected"),
        ("{{ .A) }}", 1, "unexpected"),
        ('{{ "a\n" }}', 1, "never closed"),
        ("{{ 'a }}", 1, "never closed"),
        ("{{ `a }}", 1, "never closed"),
        ('{{ "\\q" }}', 1, "unknown escape"),
        ('{{ "\\ud800" }}', 1, "unknown escape"),
        ("{{ '' }}", 1, "one character"),
        ("{{ 'ab' }}", 1, "one character"),
        ("{{ 1a }}", 1, "a number is malformed"),
        ("{{ 089 }}", 1, "a number is malformed"),
        ("{{ 0x }}", 1, "a number is malformed"),
        ("{{ 0x1.5 }}", 1, "a number is malformed"),
        ("{{ 0x1i }}", 1, "a number is malformed"),
        ("{{ 1_0.5 }}", 1, "a number is malformed"),
        ("{{ 1e999 }}", 1, "a number is malformed"),
        ("{{ 1+2 }}", 1, "unexpected"),
        ("{{/* a }}", 1, "never closed"),
        ("{{/* a */ }}", 1, "must end in"),
        ("{{ \x01 }}", 1, "is not allowed inside"),
        ("{{-.A}}", 1, "unexpected"),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_templates_that_go_refuses(text, line, part):
    found = [fault for fault in text_template.parse(text).faults if not fault.official]
    assert [fault.line for fault in found] == [line], found
    assert part in found[0].message


@pytest.mark.parametrize(
    ("text", "which"),
    [
        ("{{ .A\n}}", before(22)),
        ("{{ .A  \n -}}", before(22)),
        ("{{ range .A }}{{ break }}{{ end }}", before(25)),
        ("{{ with .A }}{{ else with .B }}{{ end }}", before(28)),
    ],
)
def test_templates_that_depend_on_the_go_that_built_alertmanager(text, which):
    (fault,) = text_template.parse(text).faults
    assert (fault.versions, fault.official) == (which, True)


def test_what_a_template_refers_to_is_known():
    template = text_template.parse(
        '{{ define "a" }}{{ template "b" . }}{{ end }}\n{{ template "a" }}{{ foo (bar .A) | len }}'
    )
    assert template.defined == {"a"}
    assert template.find_references() == (text_template.Name("b", 1),)
    assert [name.name for name in template.called] == ["foo", "bar"]
