"""pip install . at the root: the configuration language alone, with its command."""

import subprocess
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

# To install it takes six times as long as a test.
pytestmark = pytest.mark.xdist_group("language package")


@pytest.fixture(scope="module")
def programs(tmp_path_factory):
    """Install it into an environment that has nothing else; give its bin folder."""
    home = tmp_path_factory.mktemp("language")
    venv.create(home, with_pip=True)
    run(home / "bin" / "python", "-m", "pip", "install", "--quiet", ROOT, cwd=home)
    return home / "bin"


def run(*command, cwd, returns=0):
    done = subprocess.run(
        [str(word) for word in command],
        cwd=cwd,
        env={"PATH": "/usr/bin:/bin", "PIP_DISABLE_PIP_VERSION_CHECK": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == returns, done.stdout
    return done.stdout


def test_its_command_checks_a_file(programs, tmp_path):
    (tmp_path / "alertmanager.yml").write_text("route:\n  receiver: taem\nreceivers: []\n")
    found = run(
        programs / "alertmanager-config", "check", "alertmanager.yml", cwd=tmp_path, returns=1
    )
    assert found.startswith("alertmanager.yml line 2, route.receiver: ")


def test_it_needs_pyyaml_and_brings_nothing_of_the_charm(programs, tmp_path):
    listed = run(programs / "python", "-m", "pip", "list", "--format=freeze", cwd=tmp_path)
    names = {line.partition("==")[0].lower() for line in listed.split()}
    assert names - {"pip", "setuptools", "wheel"} == {"alertmanager-config", "pyyaml"}
    installed = run(
        programs / "python", "-m", "pip", "show", "--files", "alertmanager-config", cwd=tmp_path
    )
    folders = {line.strip().partition("/")[0] for line in installed.split("Files:")[1].splitlines()}
    assert {"alertmanager_config"} == {
        name for name in folders if name and not name.endswith(".dist-info") and name != ".."
    }


def test_every_public_name_is_there(programs, tmp_path):
    everything = "import alertmanager_config as a; print([getattr(a, name) for name in a.__all__])"
    run(programs / "python", "-c", everything, cwd=tmp_path)
