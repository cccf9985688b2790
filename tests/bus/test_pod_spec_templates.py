"""What templates may rely on."""

import json

import jinja2
import pytest
import yaml
from charms.layer.pod_spec import render
from charms.layer.pod_spec.templates import to_json
from hypothesis import given
from hypothesis import strategies as st
from support import bus_harness  # noqa: F401 - charmhelpers can be imported after it

CHARACTERS = st.characters(blacklist_categories=["Cs"])  # lone surrogates are no text
PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False).filter(lambda number: "e" not in str(number))
    | st.text(CHARACTERS),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(CHARACTERS, max_size=50), inner),
)


@given(PLAIN)
def test_yaml_reads_back_exactly_what_json_wrote(value):
    assert yaml.safe_load(f"key: {to_json(value)}") == {"key": value}


@given(st.text(CHARACTERS))
def test_whatever_an_option_holds_it_stays_one_ascii_string_of_one_line(text):
    written = to_json(text)
    assert written.isascii()
    assert written.isprintable()
    assert yaml.safe_load(f"a: [{written}, 1]\nb: 2") == {"a": [text, 1], "b": 2}


def test_equal_values_are_written_alike():
    assert to_json({"b": 1, "a": [{"d": 2, "c": 3}]}) == '{"a": [{"c": 3, "d": 2}], "b": 1}'


@pytest.mark.parametrize("value", [float("nan"), {"a": {1, 2}}, object(), b"bytes"])
def test_what_has_no_json_is_refused(value):
    with pytest.raises((TypeError, ValueError)):
        to_json(value)


@pytest.fixture
def template(tmp_path, monkeypatch):
    """Return a function that renders a text as a template of the charm."""
    (tmp_path / "templates").mkdir()
    monkeypatch.setenv("JUJU_CHARM_DIR", str(tmp_path))
    monkeypatch.setattr("charmhelpers.core.hookenv.config", lambda: {"colour": "red"})

    def template(text, **context):
        (tmp_path / "templates" / "it.j2").write_text(text)
        return render("it.j2", context)

    return template


def test_layout_is_kept_and_lines_of_statements_leave_no_gap(template):
    text = "a:\n  {% for item in items %}\n  - {{ item | json }}\n  {% endfor %}\nb: 1\n"
    assert template(text, items=["x", 2]) == 'a:\n  - "x"\n  - 2\nb: 1\n'


def test_options_are_there(template):
    assert template("{{ config.colour | json }}") == '"red"'


@pytest.mark.parametrize(
    "text",
    ["{{ nothing }}", "{{ nothing | json }}", "{{ known.thing | json }}", "{{ [nothing] | json }}"],
)
def test_a_variable_that_is_not_there_is_an_error_that_names_it(template, text):
    with pytest.raises(jinja2.UndefinedError, match="thing'"):
        template(text, known={})


def test_json_can_stand_in_a_json_document(template):
    assert json.loads(template('{"a": {{ it | json }}}', it={"x": "é\u2028"})) == {
        "a": {"x": "é\u2028"}
    }
