"""The rules that hold the configuration together."""

import pytest
from charms.layer.alertmanager import merge, validation, yaml_text


def judge(text, **how):
    return [str(p) for p in validation.validate(yaml_text.parse(text, "opt"), **how)]


def test_a_small_configuration_is_fine():
    text = "route: {receiver: a, routes: [{receiver: b}]}\nreceivers: [{name: a}, {name: b}]\n"
    assert judge(text) == []


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[a]", "opt line 1: must be a mapping"),
        ("receivers: [{name: a}]", "opt: has no route"),
        ("route: ~\nreceivers: [{name: a}]", "opt: has no route"),
        ("route: {}\nreceivers: [{name: a}]", "opt line 1, route: the first route has no receiver"),
        ("route: x\nreceivers: [{name: a}]", "opt line 1, route: must be a mapping"),
        ("route: {receiver: a}", "opt line 1, route.receiver: there is no receiver a"),
        (
            "route:\n  receiver: a\n  routes:\n  - {}\n  - receiver: b\nreceivers: [{name: a}]",
            "opt line 5, route.routes[1].receiver: there is no receiver b",
        ),
        (
            "route: {receiver: a}\nreceivers:\n- name: a\n- name: a",
            "opt line 4, receivers[1].name: the receiver a is defined for the second time",
        ),
        (
            "route: {receiver: a}\nreceivers:\n- name: a\n- {}",
            "opt line 4, receivers[1]: has no name",
        ),
        (
            "route: {receiver: a}\nreceivers: [{name: a}]\nroute: b",
            "opt line 3: the key route is here",
        ),
    ],
)
def test_one_mistake_is_one_problem(text, problem):
    (found,) = judge(text)
    assert found.startswith(problem)


def test_all_problems_are_told_at_once_in_order():
    found = judge("route:\n  receiver: x\n  routes: [{receiver: y}]\nreceivers: [{}, {name: a}]\n")
    assert [text.split(":")[0] for text in found] == [
        "opt line 2, route.receiver",
        "opt line 3, route.routes[0].receiver",
        "opt line 4, receivers[0]",
    ]


def test_a_problem_in_the_overlay_names_the_overlay():
    base = yaml_text.parse("route: {receiver: a}\nreceivers: [{name: a}]", "config")
    overlay = yaml_text.parse("\n\nroute: {receiver: b}", "secrets")
    (problem,) = validation.validate(merge.merge(base, overlay))
    assert str(problem).startswith("secrets line 3, route.receiver: there is no receiver b")
