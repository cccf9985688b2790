"""Expressions match what they match in Go, which is asked through amtool."""

import json
import random
import subprocess

import pytest
from alertmanager_config.go import regular_expressions
from alertmanager_config.go.regular_expressions import Untranslatable
from support import real_programs

PATTERNS = [
    *("", "a", "abc", "a|b", "a|", "(a|b)c", "a*", "a+b", "a?", "a??", "a*?b", "a.c", ".*"),
    *(".+", "a{2}", "a{1,2}", "a{2,}", "a{,2}", "a{", "a{b}", "(?:ab)*", "(?P<n>a)b"),
    *("(a)(b)", "^a$", "^", "$", "a^", "(^a|b$)", "^*a", "(?m)a$.^b", "(?m)^b", "(?s)a.b"),
    *("(?s:a.b)", r"a\zb|a\z", r"\Aa", r"\d+", r"\D", r"\w+", r"\W", r"\s", r"\S+"),
    *(r"\bab\b", r"a\Bb", r"a\b", r"\B", r"(\b)*a", "[abc]", "[^abc]", "[a-c]+", "[a-]"),
    *("[]a]", "[^]a]", "[-a]", r"[\d-]", r"[^\d]", r"[\D]", r"[\w.]+", "[[:alpha:]]+"),
    *("[[:^alpha:]]", "[[:alpha:][:digit:]]+", "[^[:space:]]", "[[:word:]]+", "[[a]"),
    *("[a&&b]", "[a||b]", "[+--]", "[--a]", "[~~]", r"[\]]", r"[\x41-\x43]", r"[\n]"),
    *("[^a]", "[:alpha:]+", "[[:punct:]]", r"\.", r"a\.b", r"\x41", r"\x{41}"),
    *(r"\x{1F600}", r"\101", r"\0", r"\n", r"\t", r"\Qa.b\E", r"\Qab\E+", r"\-", r"\/"),
    *("\\\"", r"\_", "(?i)abc", "(?i)a|B", "a(?i)b", "a(?i)b|c", "(a(?i)b)c", "(?i:a)b"),
    *("(?i)i", "(?i)\u0130", "(?i)\u0131", "(?i)[^i]"),
    *("(?i)[a-c]+", "(?i)[^a]", "(?i)k", "(?i)\u017f", "(?i)ß", "(?i)É", "(?i-i)a"),
    *("(?-i:a)", "(?U)a+", "(?Us)a.+", "(?i)(?-i)a", "(?i)\u03c3", r"(?i)\x41"),
    *(r"(?i)\Qab\E", "é", "é+", "日本|a", "😀", "[é-ü]", r"\pL+", r"\PL", r"\p{Lu}"),
    *(r"\p{^Lu}", r"\P{Nd}+", r"[\pN_]+", r"[^\pL]", r"(?i)\p{Lu}", r"(?i)\p{Ll}+"),
    *(r"\p{Any}", "a)|(?:b", "a)(?:b", "()", "(|a)+", "(a*)*", "(a|b)*c"),
    *("((a{1,2}){1,2}){1,2}", "a#b", "(?i) ", " ", "a b", "x*y*z*", "(?m)(?:^$)", "a&b"),
    *("%", "@", "!", "[[:blank:]]", "[[:cntrl:]]", "[[:graph:]]", "[[:print:]]+"),
    *("[[:xdigit:]]+", "[[:lower:]]", "[[:upper:]]+", "[[:ascii:]]+"),
]  # fmt: skip

VALUES = [
    *("", "a", "b", "c", "A", "B", "ab", "aB", "Ab", "abc", "ABC", "aab", "aa", "aaa"),
    *("aaaa", "ac", "a.b", "axb", "a\nb", "a\n", "\n", "\nb", "b\n", "a b", " ", "\t"),
    *("\x0b", "\x0c", "-", ".", "]", "1", "12", "a1", "_", "a{,2}", "a{b}", "a{", "K", "k"),
    *("\u212a", "s", "\u017f", "ß", "\u1e9e", "É", "é", "éé", "ü", "\u03c3", "\u03c2"),
    *("\u03a3", "日本", "😀", "٣", "²", "xyz", "a^", "$", "&", "a&b", "|", "~", "[a", ":"),
    *("/", "\"", "\\", "#", "a#b", "%", "@", "!", "\x7f", "\xa0", "\u2028", "abab"),
    *("i", "I", "\u0130", "\u0131", "abc abc"),
]  # fmt: skip


def quoted(value):
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def matched_by_go(version, patterns, values):
    """Ask amtool which of the patterns match each of a few values; all patterns are valid."""
    routes = [
        {
            "receiver": f"{place} {number}",
            "matchers": [f"x{place}=~{quoted(pattern)}"],
            "continue": True,
        }
        for place in range(len(values))
        for number, pattern in enumerate(patterns)
    ]
    receivers = [{"name": "none"}, *({"name": route["receiver"]} for route in routes)]
    config = {"route": {"receiver": "none", "routes": routes}, "receivers": receivers}
    done = subprocess.run(
        [
            *(str(real_programs.amtool(version)), "config", "routes", "test"),
            "--config.file=/dev/stdin",
            *(f"x{place}={quoted(value)}" for place, value in enumerate(values)),
        ],
        input=json.dumps(config, ensure_ascii=False),
        stdout=subprocess.PIPE,
        encoding="utf-8",
        check=True,
    )
    matched = [set() for _ in values]
    for name in set(done.stdout.strip().split(",")) - {"none"}:
        place, number = map(int, name.split())
        matched[place].add(patterns[number])
    return matched


def compare(version, patterns, values):
    for start in range(0, len(values), 10):
        some = values[start : start + 10]
        for value, theirs in zip(some, matched_by_go(version, patterns, some)):
            ours = {pattern for pattern in patterns if regular_expressions.matches(pattern, value)}
            assert ours == theirs, value


@pytest.mark.parametrize("version", real_programs.SUITES)
def test_each_expression_against_each_value(version):
    compare(version, PATTERNS, VALUES if version == "trixie" else VALUES[::4])


ATOMS = [
    *(
        "a",
        "b",
        "c",
        ".",
        "[ab]",
        "[^a]",
        "[a-c]",
        r"\d",
        r"\w",
        r"\W",
        r"\b",
        "^",
        "$",
        r"\.",
        "é",
    ),
    *("", "(?i)", "(?s)", "(?m)", "(?-i)", r"\x61", "[[:alpha:]]", r"\pL", r"\n", r"\Q.\E", "B"),
]
FRAMES = [
    "({})",
    "(?:{})",
    "(?i:{})",
    "{}|{}",
    "({}|{})",
    "{}{}",
    "{}{}",
    "({})*",
    "({})+",
    "({})?",
]
FRAMES += ["(?:{}){{2}}", "(?:{}){{0,2}}", "(?P<x>{})", "(?s-i:{})"]


def any_pattern(chance, depth):
    if not depth or chance.random() < 0.2:
        return chance.choice(ATOMS)
    frame = chance.choice(FRAMES)
    return frame.format(*(any_pattern(chance, depth - 1) for _ in range(frame.count("{}"))))


@pytest.mark.parametrize("seed", range(5))
def test_made_up_expressions(seed):
    chance = random.Random(seed)
    patterns = sorted({any_pattern(chance, 5) for _ in range(300)})
    letters = [
        [chance.choice("aabBcé.1\n ") for _ in range(chance.randrange(6))] for _ in range(12)
    ]
    compare("trixie", patterns, ["".join(each) for each in letters])


@pytest.mark.parametrize(
    "pattern",
    [r"\p{Greek}", r"\Qa", "(" * 5000 + ")" * 5000, "a)", "[a", "\\", "a**"],
    ids=range(7),
)
def test_what_it_cannot_tell_it_does_not_guess(pattern):
    with pytest.raises(Untranslatable):
        regular_expressions.matches(pattern, "a")
