"""Whatever the configuration, the answer is a list of problems, and it comes soon."""

import random
import subprocess
import sys

from alertmanager_config import check
from alertmanager_config.go import regular_expressions, text_template
from alertmanager_config.problem import Problem
from alertmanager_config.routing import matchers
from alertmanager_config.schema import problem_report
from alertmanager_config.yaml import reader
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support import config_generator, denial_of_service

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
    problems = check.check_text(text, "opt", **how)
    assert problems == sorted(problems)
    assert len(problems) <= problem_report.MAX_PROBLEMS + reader.MAX_PROBLEMS + 1
    for problem in problems:
        assert isinstance(problem, Problem)
        assert "\n" not in str(problem)
    return problems


@given(TREES, st.sampled_from([None, (0, 20, 0), (0, 28, 1), (0, 99, 0)]), st.booleans())
@settings(suppress_health_check=list(HealthCheck))
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
@settings(max_examples=150)
def test_configurations_near_the_mark_are_judged(seed, minor):
    text = config_generator.case(random.Random(seed), minor)
    known = judged(text, version=(0, minor, 0), files={"x.tmpl": b"{{ .A }}"})
    unknown = judged(text)
    # What no version is known to refuse is refused by none.
    if any(not problem.warning for problem in unknown):
        assert any(not problem.warning for problem in known)


@given(st.text())
def test_any_text_inside_of_a_value_is_judged(text):
    regular_expressions.find_faults(text)
    matchers.parse_classic(text)
    matchers.parse_utf8(text)
    text_template.parse(text)
    text_template.parse("{{" + text + "}}")
    regular_expressions.find_faults("(" + text)


def test_what_is_made_to_hang_or_to_swamp_is_judged_within_the_kernels_limits():
    run = subprocess.run(
        [sys.executable, denial_of_service.__file__], capture_output=True, text=True, check=False
    )
    # The last line is about the text that was too much.
    assert run.returncode == 0, run.stdout[-200:] + run.stderr
    assert len(run.stdout.splitlines()) > len(denial_of_service.CONFIGURATIONS) > 20
