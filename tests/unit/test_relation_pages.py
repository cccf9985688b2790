"""Every endpoint has a page with its command, and a row in each table that lists endpoints."""

import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
PAGES = ROOT / "docs" / "how-to" / "relations"
METADATA = yaml.safe_load((ROOT / "metadata.yaml").read_text())
ENDPOINTS = {**METADATA["provides"], **METADATA["requires"]}


def rows(path, title):
    """Return the table under a title: one tuple of cells a row."""
    section = re.split(rf"^#+ {title}$", path.read_text(), maxsplit=1, flags=re.M)[1]
    table = re.search(r"(?:^\|.*\n)+", section, re.M).group()
    return [tuple(cell.strip() for cell in row[1:-1].split("|")) for row in table.splitlines()[2:]]


def test_there_is_a_page_for_each_endpoint_and_no_other():
    assert {page.stem for page in PAGES.glob("*.md")} - {"README"} == set(ENDPOINTS)


@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_a_page_has_the_command_that_relates(endpoint):
    text = (PAGES / f"{endpoint}.md").read_text()
    assert text.startswith(f"# {endpoint}\n")
    commands = "\n".join(re.findall(r"^```\n(.*?)^```$", text, re.M | re.S))
    assert re.search(rf"^juju relate alertmanager:{endpoint} \S", commands, re.M)


def test_the_readme_lists_every_endpoint_with_its_interface():
    listed = {row[0]: row[1].partition(",")[0] for row in rows(ROOT / "README.md", "Relations")}
    assert listed == {
        f"[`{name}`](docs/how-to/relations/{name}.md)": f"`{declared['interface']}`"
        for name, declared in ENDPOINTS.items()
    }


def test_the_index_lists_every_page():
    listed = [row[0] for row in rows(PAGES / "README.md", "Relations")]
    assert sorted(listed) == sorted(f"[{name}]({name}.md)" for name in ENDPOINTS)
