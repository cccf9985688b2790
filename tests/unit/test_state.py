"""What outlives a hook is documented, and written nowhere but in its home."""

import ast
import re
from dataclasses import fields
from pathlib import Path

import pytest
from charms.layer.alertmanager import state

ROOT = Path(__file__).parents[2]
SOURCES = [*(ROOT / "lib" / "charms" / "layer" / "alertmanager").rglob("*.py")]
SOURCES.append(ROOT / "reactive" / "alertmanager.py")


@pytest.mark.parametrize("record", [state.UnitRecord, state.LeaderSettings])
def test_every_field_is_in_the_table_and_no_other(record):
    table = state.__doc__.split(f"{record.__name__}, ")[1].split("\n\n")[1]
    rows = re.findall(r"^([a-z][a-z_, ]*?)  ", table, re.MULTILINE)
    named = {name for row in rows for name in row.split(", ")} - {"field"}
    assert named == {field.name for field in fields(record)}


def test_nothing_else_writes_what_outlives_a_hook():
    for path in SOURCES:
        if path.name == "state.py":
            continue
        names = {
            getattr(node, "attr", None) or getattr(node, "id", None) or getattr(node, "name", None)
            for node in ast.walk(ast.parse(path.read_text()))
        }
        assert not names & {"unitdata", "data_changed", "leader_set", "leader_get"}, path


def test_records_of_other_releases_are_read_as_far_as_they_go():
    kept = {"problems": ["one"], "given": {"fingerprint": "f", "new": 1}, "unheard_of": {}}
    record = state._read(state.UnitRecord, kept)
    assert record.problems == ("one",)
    assert record.given.fingerprint == "f"
    assert record.pods == state.PodsSummary()
