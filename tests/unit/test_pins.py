"""What is installed is the same everywhere and next year."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
REQUIREMENTS = sorted((ROOT / "requirements").glob("*.txt"))
WHEELHOUSES = [
    path
    for place in (".", "layers/*", "examples/*")
    for path in ROOT.glob(f"{place}/wheelhouse.txt")
]


def requirements(file):
    """The requirements of a file: [(name, what version, comment)]."""
    lines = [line for line in file.read_text().splitlines() if re.match(r"\w", line)]
    found = [
        re.fullmatch(r"([\w.-]+)(?:\[\w+\])?([^\s;]*)(?:;[^#]*)?\s*(.*)", line) for line in lines
    ]
    return [match.groups() for match in found]


@pytest.mark.parametrize("file", REQUIREMENTS, ids=lambda path: path.name)
def test_every_requirement_is_locked(file):
    locked = (ROOT / "requirements" / "lock" / file.name).read_text().splitlines()
    pins = {re.split(r"\s", line)[0].lower().replace("_", "-") for line in locked}
    for name, version, _ in requirements(file):
        normal = re.sub(r"[-_.]+", "-", name).lower()
        wanted = f"{normal}{version if '==' in version else '=='}"
        assert [pin for pin in pins if pin.startswith(wanted)], f"{wanted}: run make lock"


@pytest.mark.parametrize("file", WHEELHOUSES, ids=lambda path: str(path.relative_to(ROOT)))
def test_charms_get_exact_versions(file):
    for name, version, _ in requirements(file):
        assert re.fullmatch(r"==[\d.]+", version), name


@pytest.mark.parametrize("file", REQUIREMENTS + WHEELHOUSES, ids=lambda path: path.name)
def test_it_is_said_what_each_is_for(file):
    for name, _, comment in requirements(file):
        assert re.match(r"# \w+", comment), name
