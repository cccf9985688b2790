"""sandbox/README.md speaks of what there is."""

import re
from pathlib import Path

import pytest
from support.manual_controller import ManualController

from sandbox.juju.hooktools import TOOLS
from sandbox.kubernetes.podspec import go_json

SANDBOX = Path(__file__).resolve().parents[2] / "sandbox"
README = (SANDBOX / "README.md").read_text()


def section(title):
    return README.split(f"## {title}\n")[1].split("\n## ")[0]


def test_the_methods_that_tests_use_exist():
    rows = re.findall(r"^\|[^|]+\| (.+) \|$", section("In tests"), re.M)[1:]
    names = {name for row in rows for name in re.findall(r"`(\w+)", row)} - {"ManualController"}
    assert len(names) > 12
    assert {name for name in names if not hasattr(ManualController, name)} == set()


def test_the_modules_exist():
    paths = re.findall(r"`((?:juju|kubernetes)/[\w./]*)`", section("What is modelled"))
    assert len(paths) > 10
    assert [path for path in paths if not (SANDBOX / path).exists()] == []


@pytest.mark.parametrize("tool", ["add-metric", "juju-reboot", "k8s-raw-set"])
def test_tools_that_are_said_to_be_missing_are(tool):
    assert f"`{tool}`" in section("What is different, or missing")
    assert tool not in TOOLS


def test_every_key_that_is_not_modelled_is_listed():
    found = {
        name
        for kind, fields in go_json.STRUCTS.items()
        for name, field in fields.items()
        if field == go_json.NOT_MODELLED and kind != "specs.KubernetesResources"
    }
    assert len(found) > 20
    missing = section("What is different, or missing")
    assert {name for name in found if f"`{name}`" not in missing} == set()
