"""What operators give to actions."""

from datetime import timedelta

import pytest
from charms.layer.alertmanager.domain import action_parameters as parameters
from charms.layer.alertmanager.domain.action_parameters import BadParameter


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("", []),
        ("a=b", [("a", "=", "b")]),
        (' a = b, c!~".+ x" ,', [("a", "=", "b"), ("c", "!~", ".+ x")]),
        ('{"a b"=~"\\"q\\"\\n"}', [("a b", "=~", '"q"\n')]),
        ("place!=küche\nhost=db-1.example:9100", [("place", "!=", "küche"), None]),
    ],
)
def test_matchers(text, read):
    if None in read:
        with pytest.raises(BadParameter, match=r"^matchers: needs a comma between two match"):
            parameters.parse_matchers("matchers", text)
    else:
        assert [tuple(matcher) for matcher in parameters.parse_matchers("matchers", text)] == read


def test_labels():
    assert parameters.parse_labels("labels", 'b="x, y", a=1') == {"b": "x, y", "a": "1"}
    for wrong in ("a=~b", "a", "a=b,a=b", "a=b c=d"):
        with pytest.raises(BadParameter, match=r"^labels: "):
            parameters.parse_labels("labels", wrong)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('a="the hall', "has a quote that is not closed; .* --string-args"),
        ('a="b", c=~"d\\"', "has a quote that is not closed; .* --string-args"),
        ('a="the\nhall"', r"has a line break in quotes; write \\n"),
    ],
)
def test_what_a_command_line_has_spoilt_is_said_with_how_to_type_it(text, problem):
    with pytest.raises(BadParameter, match=f"^labels: {problem}"):
        parameters.parse_labels("labels", text)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("90s", 90), (" 1h30m ", 5400), ("2d", 172800), ("1w", 604800), ("521w", 315100800)],
)
def test_durations(text, seconds):
    assert parameters.parse_duration("duration", text) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    "text", ["", "5", "h", "-1h", "1.5h", "0m", "522w", "1h " * 50, "9" * 99 + "s"]
)
def test_no_durations(text):
    with pytest.raises(BadParameter, match=r"^duration: .*; write one like"):
        parameters.parse_duration("duration", text)


def test_identifiers():
    known = "6e9d5a3c-0f5b-4f6c-8a53-3e0c4f6f1c11"
    assert parameters.parse_silence_id("id", f" {known.upper()}\n") == known
    for wrong in ("", "x", known[:-1], f"{known}/..", "../status"):
        with pytest.raises(BadParameter, match=r"^id: "):
            parameters.parse_silence_id("id", wrong)
