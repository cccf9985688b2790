"""Whatever the configuration, the answer is a list of problems, and it comes soon."""

import random
import time

import config_generator
import pytest
from charms.layer.alertmanager import validation, yaml_text
from charms.layer.alertmanager.problems import Problem
from charms.layer.alertmanager.validation import go_templates, matchers, re2, report
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

KEYS = st.sampled_from(
    ["route", "receivers", "global", "routes", "receiver", "name", "matchers", "slack_configs",
     "http_config", "templates", "inhibit_rules", "equal", "time_intervals", "times", "match_re",
     "<<", "tls_config", "webhook_configs", "url", "summary", "details", "labels", "group_by"]
)  # fmt: skip
SCALARS = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20))
TREES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.one_of(KEYS, st.text(max_size=5)), inner, max_size=5)
    ),
    max_leaves=30,
)


def judged(text, **how):
    problems = validation.validate_text(text, "opt", **how)
    assert problems == sorted(problems)
    assert len(problems) <= report.MAX_PROBLEMS + yaml_text.MAX_PROBLEMS + 1
    for problem in problems:
        assert isinstance(problem, Problem)
        assert "\n" not in str(problem)
    return problems


@given(TREES, st.sampled_from([None, (0, 20, 0), (0, 28, 1), (0, 99, 0)]), st.booleans())
@settings(deadline=None, suppress_health_check=list(HealthCheck))
def test_any_tree_is_judged(tree, version, strict):
    if isinstance(tree, dict):
        tree = {"route": {"receiver": "a"}, "receivers": [{"name": "a"}], **tree}
    judged(config_generator.flow(_plain(tree)), version=version, strict=strict, files={})


def _plain(value):
    """The value with what JSON has no word for as YAML spells it."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value if isinstance(value, str) else config_generator.Raw(str(value))


@given(st.integers(0, 2**32), st.sampled_from(range(20, 35)))
@settings(deadline=None, max_examples=150)
def test_configurations_near_the_mark_are_judged(seed, minor):
    text = config_generator.case(random.Random(seed), minor)
    known = judged(text, version=(0, minor, 0), files={"x.tmpl": b"{{ .A }}"})
    unknown = judged(text)
    # What no version is known to refuse is refused by none.
    if any(not problem.warning for problem in unknown):
        assert any(not problem.warning for problem in known)


@given(st.text())
@settings(deadline=None)
def test_any_text_inside_of_a_value_is_judged(text):
    re2.faults(text)
    matchers.read_classic(text)
    matchers.read_utf8(text)
    go_templates.read(text)
    go_templates.read("{{" + text + "}}")
    re2.faults("(" + text)


def _wide(item, count):
    return "[" + ", ".join([item] * count) + "]"


@pytest.mark.parametrize(
    "text",
    [
        "route: {receiver: a, routes: %s}" % _wide("{receiver: a}", 8_000),  # noqa: UP031
        "route: {receiver: a, routes: %s}" % _wide("{receiver: b%d}", 8_000),  # noqa: UP031
        "receivers: %s" % _wide("{name: a}", 8_000),  # noqa: UP031
        "receivers:\n"
        + "".join(
            f"- name: r{n}\n  slack_configs: [{{title: '{{{{ .A }}}}'}}]\n" for n in range(4_000)
        ),
        "route: " + "{routes: [" * 49 + "]}" * 49,
        "inhibit_rules: " + _wide("{}", 15_000),
        "&a a: 1\n" * 20_000,
        "route: {receiver: a, match_re: {a: '" + "(a|b)*" * 30_000 + "'}}",
        "route: {receiver: a, matchers: ['" + "a=b," * 30_000 + "']}",
        "templates: ['" + "[a]*" * 30_000 + "']",
    ],
    ids=lambda text: text[:20],
)
def test_large_configurations_are_judged_in_seconds(text):
    assert len(text) <= yaml_text.MAX_BYTES
    started = time.process_time()
    assert judged(text, files={"x": b""})
    assert time.process_time() - started < 30


def test_a_megabyte_of_right_configuration_takes_seconds():
    lines = ["route: {receiver: r0, routes: ["]
    lines += [f"  {{receiver: r{n}, matchers: ['team=\"{n}\"']}}," for n in range(3000)]
    lines += ["]}", "global: {slack_api_url: 'http://x'}", "receivers:"]
    for number in range(3000):
        lines.append(f"- name: r{number}\n  slack_configs:")
        lines.append(
            f"  - channel: '#{number}'\n    send_resolved: true\n    title: '{{{{ .Status }}}}'"
        )
        lines.append("    text: |\n      " + "words " * 20)
    text = "\n".join(lines)
    assert 700_000 < len(text) < yaml_text.MAX_BYTES
    started = time.process_time()
    assert judged(text, version=(0, 28, 1)) == []
    assert time.process_time() - started < 30
