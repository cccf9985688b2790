"""Laying the secrets over the configuration."""

import copy

import pytest
from alertmanager_config.edit.merge import merge
from alertmanager_config.yaml import reader


def merged(base, overlay):
    return merge(reader.parse_yaml(base, "base"), reader.parse_yaml(overlay, "overlay"))


@pytest.mark.parametrize(
    ("base", "overlay", "plain"),
    [
        ("a: 1", "b: 2", {"a": 1, "b": 2}),
        ("a: 1", "a: 2", {"a": 2}),
        ("a: {b: {c: 1, d: 2}}", "a: {b: {c: 3}}", {"a": {"b": {"c": 3, "d": 2}}}),
        ("a: {b: 1}", "a: ~", {"a": None}),
        ("a: {b: 1}", "a: [x]", {"a": ["x"]}),
        ("a: [1, 2, 3]", "a: [4]", {"a": [4]}),
        ("route: {routes: [{receiver: a}]}", "route: {routes: []}", {"route": {"routes": []}}),
        ("a: {receivers: [{name: x}]}", "a: {receivers: [{name: z}]}",
         {"a": {"receivers": [{"name": "z"}]}}),
    ],
)  # fmt: skip
def test_mappings_merge_and_the_overlay_wins_elsewhere(base, overlay, plain):
    document = merged(base, overlay)
    assert document.problems == ()
    assert document.plain() == plain


def test_receivers_merge_by_name_whatever_the_order():
    document = merged(
        "receivers: [{name: a, webhook_configs: [{max_alerts: 1}]}, {name: b, x: 1}]",
        "receivers: [{name: c}, {name: b, y: 2}, {name: a, webhook_configs: [{url: u}]}]",
    )
    assert document.problems == ()
    assert document.plain() == {
        "receivers": [
            {"name": "a", "webhook_configs": [{"max_alerts": 1, "url": "u"}]},
            {"name": "b", "x": 1, "y": 2},
            {"name": "c"},
        ]
    }


@pytest.mark.parametrize(
    ("base", "overlay", "result"),
    [
        ("[{u: 1}, {u: 2}]", "[{p: x}]", [{"u": 1, "p": "x"}, {"u": 2}]),
        ("[{u: 1}]", "[{p: x}, {p: z}]", [{"u": 1, "p": "x"}, {"p": "z"}]),
        ("[{u: 1}, {u: 2}]", "[~, {p: z}]", [{"u": 1}, {"u": 2, "p": "z"}]),
        ("[{u: 1}, {u: 2}]", "[{}, {p: z}]", [{"u": 1}, {"u": 2, "p": "z"}]),
        ("[{u: {v: 1, w: [1]}}]", "[{u: {w: [2]}}]", [{"u": {"v": 1, "w": [2]}}]),
        ("~", "[{p: x}]", [{"p": "x"}]),
        ("[{u: 1}]", "~", None),
    ],
)
def test_integrations_merge_item_by_item(base, overlay, result):
    document = merged(
        f"receivers: [{{name: r, email_configs: {base}}}]",
        f"receivers: [{{name: r, email_configs: {overlay}}}]",
    )
    assert document.plain()["receivers"][0]["email_configs"] == result


def test_marks_point_to_the_right_option():
    document = merged("a:\n  b: 1\n  c: 2\n", "\n\n\na:\n  c: 3\n")
    inner = document.root.get("a")
    assert (inner.get("b").option, inner.get("b").line) == ("base", 2)
    assert (inner.get("c").option, inner.get("c").line) == ("overlay", 5)
    assert (inner.keys["c"].option, inner.keys["c"].line) == ("overlay", 5)


@pytest.mark.parametrize(
    ("overlay", "text"),
    [
        ("receivers: [{webhook_configs: []}]", "overlay line 1, receivers[0]: has no name"),
        ("receivers: [x]", "overlay line 1, receivers[0]: has no name"),
        ("receivers: [{name: ~}]", "overlay line 1, receivers[0]: has no name"),
        (
            "receivers:\n- name: a\n- name: a",
            "overlay line 3, receivers[1]: the receiver a is given twice; see line 2",
        ),
    ],
)  # fmt: skip
def test_overlay_receivers_that_fit_nowhere_are_problems(overlay, text):
    (problem,) = merged("receivers: [{name: a}]", overlay).problems
    assert str(problem).startswith(text)


@pytest.mark.parametrize(
    ("base", "overlay", "options"),
    [
        ("[a]", "b: c", ["base"]),
        ("b: c", "text", ["overlay"]),
        ("a: {", "b: [", ["base", "overlay"]),
        ("a: 1\na: 2", "b: 1\nb: 2", ["base", "overlay"]),
    ],
)
def test_problems_of_both_are_kept(base, overlay, options):
    document = merged(base, overlay)
    assert [problem.option for problem in document.problems] == options
    assert not all(problem.warning for problem in document.problems)


def test_neither_side_is_altered():
    base = reader.parse_yaml("a: {b: 1}\nreceivers: [{name: r, x_configs: [{a: 1}]}]", "base")
    overlay = reader.parse_yaml("a: {c: 2}\nreceivers: [{name: r, x_configs: [{b: 1}]}]", "overlay")
    before = copy.deepcopy((base.plain(), overlay.plain()))
    merge(base, overlay)
    assert (base.plain(), overlay.plain()) == before
