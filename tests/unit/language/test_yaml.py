"""Reading and writing YAML: meaning, marks, bounds."""

import json
import random

import pytest
import yaml
from alertmanager_config.yaml import nodes, reader, scalars
from alertmanager_config.yaml.writer import write_yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from support import config_corpus, config_generator
from support.denial_of_service import MEGABYTE, explosion


def parse_yaml(text):
    return reader.parse_yaml(text, "opt")


def said(text):
    return [str(problem) for problem in parse_yaml(text).problems]


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("y", "bool", True),
        ("Off", "bool", False),
        ("yEs", "str", "yEs"),
        ("~", "null", None),
        ("Null", "null", None),
        ("nULL", "str", "nULL"),
        ("010", "int", 8),
        ("08", "float", 8.0),
        ("0o17", "int", 15),
        ("0x1F", "int", 31),
        ("0b11", "int", 3),
        ("-0b11", "int", -3),
        ("1_000", "int", 1000),
        ("_1", "str", "_1"),
        ("18446744073709551615", "int", 2**64 - 1),
        ("18446744073709551616", "float", 2.0**64),
        ("-9223372036854775808", "int", -(2**63)),
        ("+9223372036854775808", "float", 2.0**63),
        ("1.5e3", "float", 1500.0),
        (".5", "float", 0.5),
        (".5_0", "str", ".5_0"),
        ("1e999", "str", "1e999"),
        (".inf", "float", float("inf")),
        ("-.Inf", "float", float("-inf")),
        ("1:30", "str", "1:30"),
        ("2026-02-28", "timestamp", "2026-02-28"),
        ("2026-02-30", "str", "2026-02-30"),
        ("2026-2-3 1:2:3.5", "timestamp", "2026-2-3 1:2:3.5"),
        ("2026-02-03T01:02:03Z", "timestamp", "2026-02-03T01:02:03Z"),
        ("2026-02-03T01:02:03", "str", "2026-02-03T01:02:03"),
        ("5m", "str", "5m"),
        ("<<", "str", "<<"),
    ],
)
def test_bare_scalars_mean_what_alertmanager_takes_them_for(text, kind, value):
    assert scalars.resolve(text) == (kind, value)
    # Quoted, each is text.
    assert parse_yaml(f'k: "{text}"').plain() == {"k": text}


def test_an_endless_integer_is_read_at_once():
    assert scalars.resolve("9" * 100_000)[0] == "str"


def test_every_node_knows_its_line():
    root = parse_yaml("a: 1\nb:\n  - x\n  - c: |\n      two\n      lines\n    d: z\n").root
    listed = root.get("b")
    assert (listed.line, [item.line for item in listed.items]) == (3, [3, 4])
    inner = listed.items[1]
    assert [key.line for key, _ in inner.items()] == [4, 7]
    assert inner.get("d").option == "opt"


def test_a_key_given_twice_names_both_lines_and_the_place():
    assert said("route:\n  receiver: a\n  x: 1\n  receiver: b\n") == [
        "opt line 4, route: the key receiver is given twice; the first is on line 2; "
        "keep one of them"
    ]


def test_all_duplicates_are_named_at_once():
    assert len(said("a: 1\na: 2\nb: {c: 1, c: 2, c: 3}\n")) == 3


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("1: a", {"1": "a"}),
        ("yes: a", {"yes": "a"}),
        ("~: a", {"": "a"}),
        ("a: &x [1]\nb: *x", {"a": [1], "b": [1]}),
        ("? a\n: b", {"a": "b"}),
        ('a: ! "30"', {"a": 30}),
        ('a: !!int "30"', {"a": 30}),
        ("a: !!str 30", {"a": "30"}),
        ("a: !!float 3", {"a": 3}),
        ("a: !!binary |\n  aGVs\n  bG8=\n", {"a": "hello"}),
        ('a: "\\0\\x1b"', {"a": "\0\x1b"}),
        ("\ufeffa: b", {"a": "b"}),
        ("a: &x {b: 1, c: 2}\nd: {<<: *x, c: 3}", {"a": {"b": 1, "c": 2}, "d": {"b": 1, "c": 3}}),
        ("a: {c: 3, <<: {b: 1, c: 2}}", {"a": {"c": 2, "b": 1}}),
        ("a: {<<: [{b: 1}, {b: 2, c: 3}]}", {"a": {"b": 1, "c": 3}}),
        ('a: {"<<": b}', {"a": {"<<": "b"}}),
        ("a: {match: {b: c}, <<: {match: d}}", {"a": {"match": "d"}}),
        ("a:\tb\t# c", {"a": "b"}),
        ("a: b\tc", {"a": "b\tc"}),
        ("a: [b\t,\tc,\n\td]", {"a": ["b", "c", "d"]}),
        ("a: b\n \tc", {"a": "b c"}),
        ("a: b\n\n\n  c", {"a": "b\n\nc"}),
        ("a: b\u2028  c", {"a": "b\u2028c"}),
        ("a: {b:c}", {"a": {"b:c": None}}),
        ("a: {b: http://c, d:,e: f}", {"a": {"b": "http://c", "d:": None, "e": "f"}}),
        ("a: [b:]", {"a": ["b:"]}),
        ("a: b#c #d", {"a": "b#c"}),
        ('a: "\\\'"', {"a": "'"}),
        ("a: |2\n   b\n  c", {"a": " b\nc"}),
        ("a: |+1 # c\n b\n\n", {"a": "b\n\n"}),
        ("a: |2-\n  b\n", {"a": "b"}),
        ("a: >\n  b\n  c\n\n   d\n  e", {"a": "b c\n\n d\ne"}),
        ("%YAML 1.1 \t# c\n---\na: b", {"a": "b"}),
        ("%TAG !y! tag:yaml.org,2002:\n---\na: !y!str 3", {"a": "3"}),
        ("a: !<tag:yaml.org,2002:str> 3", {"a": "3"}),
        ("a: !", {"a": None}),
        ("a: 1\n\ufeffb: 2", {"a": 1, "\ufeffb": 2}),
        ("a: -1_0b", {"a": "-1_0b"}),
        ("a: " + "9" * 400, {"a": "9" * 400}),
    ],
)
def test_documents_read(text, plain):
    document = parse_yaml(text)
    assert document.problems == ()
    assert config_corpus.is_readable(document)
    assert document.plain() == plain


@pytest.mark.parametrize(
    ("text", "line", "part"),
    [
        ("", 0, "is empty"),
        ("# only a comment\n", 0, "is empty"),
        ("--- ~\n", 0, "is empty"),
        (b"a: \xff", 1, "is not UTF-8 text"),
        ("a: 1\nb: \x00", 2, "has the character U+0000"),
        ("a: '\ud800'", 1, "has the character U+D800"),
        ('a: "\\ud800"', 1, "half a character"),
        ('a: "\\UFFFFFFFF"', 1, "for a character that does not exist"),
        ("a: b: c", 1, "put quotes around text that holds a colon"),
        ("a:\n\tb: c", 2, "indent with spaces"),
        ("a: {b: c", 1, "is not YAML"),
        ("a: 'x", 1, "never closed"),
        ("a: *b", 1, "there is no anchor for an alias"),
        ("a: &b [*b]", 1, "is inside what it repeats"),
        ("a: &x 1\nb: &x {c: *x}", 2, "is inside what it repeats"),
        ("[a]: b", 1, "a key must be text"),
        ("{a: b}: c", 1, "a key must be text"),
        ("<<: 3", 1, "the key << needs a mapping"),
        ("a: &x [{b: c}]\nd: {<<: *x}", 2, "the key << needs a mapping"),
        ("a: !!int x", 1, "the tag !!int does not fit"),
        ("a: !!binary x", 1, "is not base64"),
        ("a: !e!x y", 1, "put quotes around text that begins with !"),
        ("-\ta: b", 1, "indent with spaces"),
        ("a: b\n\tc", 2, "a tab in the indentation"),
        ("a: |\n\t b", 2, "a tab in the indentation"),
        ("a: |\n  b\n \tc", 3, "a tab in the indentation"),
        ("a: |\n\n\t\n  b", 3, "a tab in the indentation"),
        ("[a\n--- b", 2, "is not YAML"),
        ("a: |0\n b", 1, "an indentation of 0"),
        ("a: |x\n b", 1, "a comment or a line break"),
        ("%YAML 1.2\n---\na: b", 2, "a version other than 1.1"),
        ("%FOO\n---\na: b", 1, "an unknown directive"),
        ("a: !<x 3", 1, "no > at its end"),
        ("a: !<x>3", 1, "no blank at its end"),
        ('a: "\\/"', 1, "unknown escape character"),
        ("a: [a?b]", 1, "is not YAML"),
        ("a\u2028b: c", 2, "is not YAML"),
    ],
)
def test_what_alertmanager_cannot_read_is_one_problem_with_its_line(text, line, part):
    document = parse_yaml(text)
    assert not config_corpus.is_readable(document)
    (problem,) = document.problems
    assert (problem.option, problem.line, problem.warning) == ("opt", line, False)
    assert part in str(problem)
    assert "\n" not in str(problem)


@pytest.mark.parametrize(
    ("text", "plain", "part"),
    [
        ("a: b\n---\nc: d\n", {"a": "b"}, "ignores it"),
        ("a: b\n--- ]\n", {"a": "b"}, "ignores it"),
        ("a: b\n... c\n", {"a": "b"}, "ignores it"),
        ("a: !x%41,y b", {"a": "b"}, "ignores this tag"),
        ("a: !secret b", {"a": "b"}, "ignores this tag"),
        ("a: !!python/object:os.system {b: c}", {"a": {"b": "c"}}, "ignores this tag"),
    ],
)
def test_what_alertmanager_overlooks_is_a_warning(text, plain, part):
    document = parse_yaml(text)
    assert config_corpus.is_readable(document)
    assert document.plain() == plain
    (problem,) = document.problems
    assert problem.warning
    assert part in str(problem)


def test_strange_names_stay_on_one_line():
    (text,) = said('"a\\nb": 1\n"a\\nb": 2\n')
    assert text.startswith('opt line 2: the key "a\\nb" is given twice')
    (text,) = said(f"k: {{{'x' * 900}: 1, {'x' * 900}: 2}}")
    assert len(text) < 250


@pytest.mark.parametrize(
    ("text", "part"),
    [
        (explosion(), "more than 200000 values"),
        ("a: &a " + "x" * 600_000 + "\nb: [*a, *a]", "is longer than 1048576 bytes"),
        ("[" * 5000, "deeper than 100"),
        ("- " * 5000, "deeper than 100"),
        ("? " * 5000, "deeper than 100"),
        ("{a: " * 5000, "deeper than 100"),
        ("a: " + "x" * MEGABYTE, "is longer than"),
        (("a: " + "x" * MEGABYTE).encode(), "is longer than"),
        ("a: " + "\u00e9" * (MEGABYTE // 2), "is longer than"),
    ],
    ids=lambda value: repr(value[:12]),
)
def test_bounds_hold(text, part):
    (problem,) = parse_yaml(text).problems
    assert part in str(problem)
    assert len(str(problem)) < 500


def test_values_are_counted_without_aliases_too(monkeypatch):
    monkeypatch.setattr(reader, "MAX_NODES", 1000)
    assert not parse_yaml("[" + "a," * 999 + "]").problems
    (problem,) = parse_yaml("[" + "a," * 1000 + "]").problems
    assert "more than 1000 values" in str(problem)


@pytest.mark.parametrize("aliased", [False, True])
def test_who_reads_other_documents_says_how_long_they_may_be(aliased):
    text = "a: &a " + "x" * (MEGABYTE // 2) + "\nb: [*a, *a]" if aliased else "x" * (MEGABYTE + 1)
    assert reader.parse_yaml(text, "x").problems
    assert not reader.parse_yaml(text, "x", max_bytes=2 * MEGABYTE).problems


def test_problems_are_not_counted_without_end():
    assert len(parse_yaml("a: 1\n" * 10_000).problems) == reader.MAX_PROBLEMS


@pytest.mark.parametrize(
    "text",
    ["a", "", "yes", "null", "~", "010", "1:30", "- x", "#", "a: b", "{", "é", " x ", "\u2028",
     "\ufeff", "\x85", "\xa0", "😀", "\t", "\r\n", '"', "\\", "%x", "=", "<<", "---", "2026-02-03",
     "y" * 3000],
    ids=lambda text: repr(text[:9]),
)  # fmt: skip
def test_any_text_survives_writing(text):
    document = parse_yaml(f'{{"k": {quoted(text)}, ? {quoted(text)} : ["b"]}}')
    wanted = {"k": text, text: ["b"]}
    assert document.plain() == wanted
    again = parse_yaml(write_yaml(document.root))
    assert (again.problems, again.plain()) == ((), wanted)
    assert yaml.safe_load(write_yaml(document.root)) == wanted


def quoted(text):
    return '"' + "".join(f"\\U{ord(char):08X}" for char in text) + '"'


def test_writing_keeps_the_spelling_of_what_is_not_text():
    text = "a: 0x1F\nb: 1_000\nc: on\nd: ~\ne: 2026-02-03 10:00:00\nf: -.inf\ng: NULL\n"
    assert write_yaml(parse_yaml(text).root) == text
    assert write_yaml(parse_yaml("a:\n").root) == "a: null\n"


def test_writing_is_readable_yaml():
    text = "a: [b, {c: [d, []], e: {}}, [[f]]]\ng: |\n  two\n  lines\n"
    assert write_yaml(parse_yaml(text).root).splitlines() == [
        "a:",
        "  - b",
        "  - c:",
        "      - d",
        "      - []",
        "    e: {}",
        "  -",
        "    -",
        "      - f",
        'g: "two\\nlines\\n"',
    ]


def test_long_keys_are_written_so_that_they_can_be_read():
    key = "k" * 3000
    document = parse_yaml(f"? {key}\n: [a, {{? {key}\n : b}}]\n")
    assert config_corpus.is_readable(document)
    assert parse_yaml(write_yaml(document.root)).plain() == {key: ["a", {key: "b"}]}


any_scalar = st.one_of(
    st.text(st.characters(blacklist_categories=["Cs"])),
    st.integers(-(2**63), 2**64 - 1),
    st.booleans(),
    st.none(),
)
trees = st.recursive(
    any_scalar,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(st.text(st.characters(blacklist_categories=["Cs"])), inner, max_size=4),
    ),
    max_leaves=20,
)


def written(value):
    """The value in the flow style of YAML, every text spelt in escapes."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"? {quoted(k)} : {written(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(written, value)) + "]"
    return quoted(value) if isinstance(value, str) else json.dumps(value)


@given(trees)
def test_round_trip(tree):
    document = parse_yaml(f"[{written(tree)}]")
    assert document.problems == ()
    assert document.plain() == [tree]
    text = write_yaml(document.root)
    again = parse_yaml(text)
    assert (again.problems, again.plain()) == ((), [tree])
    assert write_yaml(again.root) == text
    assert yaml.safe_load(text) == [tree]


# fmt: off
PIECES = [
    *("a", "b:", ": ", "- ", "\n", "\n  ", " ", "\t", "? ", "[", "]", "{", "}", ",", "&x ", "*x"),
    *("!t ", "!!int ", "|", ">", "|2-", '"', "'", "\\", "#", "%", "---", "...", "<<", "@"),
    *("0", "~", "\x00", "\u2028", "é", "\\x", "\\u", "%YAML 1.", "%TAG ! ", "1" * 5000),
]
# fmt: on
pieces = st.lists(st.sampled_from(PIECES), max_size=40).map("".join)


@given(st.one_of(pieces, st.text(), st.binary()))
@settings(max_examples=400)
def test_no_text_whatever_raises(text):
    document = parse_yaml(text)
    for problem in document.problems:
        assert "\n" not in str(problem)
        assert problem.line <= len(text) + 1
    if document.root is None:
        assert not config_corpus.is_readable(document)
        assert document.problems
    else:
        document.plain()
        again = parse_yaml(write_yaml(document.root))
        assert repr(again.plain()) == repr(document.plain())


@pytest.mark.parametrize(
    "value",
    [
        "*hunter2",
        "&hunter2 *hunter2",
        "{hunter2: 1, hunter2: 2}",
        "!hunter2!x y",
        "[&hunter2 [*hunter2]]",
    ],
)
def test_no_message_tells_what_may_be_a_password(value):
    document = parse_yaml(f"global: {{smtp_auth_password: {value}}}\n")
    assert document.problems
    assert "hunter2" not in " ".join(map(str, document.problems))


def test_warnings_hide_no_error():
    text = "a:\n" + "- !x y\n" * 200 + "b: 1\nb: 2\n"
    assert any("twice" in problem.message for problem in parse_yaml(text).problems)


def test_utf_16_is_read_where_its_mark_says_so():
    for codec in ("utf-16", "utf-16-le", "utf-16-be"):
        mark = "" if codec == "utf-16" else "\ufeff"
        assert reader.parse_yaml((mark + "a: \u00e9\n").encode(codec), "x").plain() == {
            "a": "\u00e9"
        }
    assert reader.parse_yaml(b"\xff\xfea", "x").problems


@pytest.mark.parametrize("codec", ["utf-8", "utf-16-le", "utf-16-be"])
def test_a_second_mark_is_no_mark(codec):
    """The document does not begin a line then: 0.28.1 and 0.35.0 refuse both, in each encoding."""
    for marks, is_refused in (("\ufeff", False), ("\ufeff\ufeff", True)):
        document = reader.parse_yaml((marks + "---\na: b\n").encode(codec), "x")
        assert bool(document.problems) == is_refused


def tree(node):
    """What was read, with the lines."""
    if isinstance(node, nodes.Mapping):
        return [(key.text, key.line, tree(value)) for key, value in node.items()]
    if isinstance(node, nodes.Items):
        return node.line, [tree(item) for item in node.items]
    return node and (node.text, node.kind, node.line)


def test_the_quick_reader_reads_what_the_other_one_does(monkeypatch):
    if not yaml.__with_libyaml__:
        pytest.skip("PyYAML is without libyaml here")
    rng = random.Random(8)
    texts = [case.text for case in config_corpus.CASES]
    texts += [config_generator.case(rng, 35) for _ in range(150)]
    texts += ["".join(rng.choices(SIGNS, k=rng.randint(1, 12))) for _ in range(600)]
    quickly = 0
    for text in texts:
        if reader._ODD.search(text) or not text.isascii():
            continue
        quickly += 1
        quick = reader.parse_yaml(text, "x")
        with monkeypatch.context() as without:
            without.delattr(yaml, "CSafeLoader")
            slow = reader.parse_yaml(text, "x")
        assert (tree(quick.root), quick.problems) == (tree(slow.root), slow.problems), text
    assert quickly > 600


SIGNS = [
    *("a", "b c", " ", "  ", "\n", "\n  ", "\n\n ", "-", "- ", ":", ": ", "#", " #", "'", '"'),
    *("|", ">", "|-\n  ", ">\n  ", "|2\n   x", "~", "0x1", "{", "}", "[", "]", ",", "<<", "="),
    *("---", "...", "\\n", '"x"', "'x'", "\n---\n", "x:\n", "- - a\n"),
]
