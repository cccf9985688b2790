"""Built charms run on the Python of Juju's operators and on every newer one."""

import re
import subprocess
import sys

import pytest
from support import charm_builds
from support.charm_builds import ROOT
from support.manual_controller import ManualController

from tools.interpreters import VERSIONS, interpreters

FOUND = interpreters()
SHIM = str(ROOT / "sandbox" / "juju" / "agent" / "charmhelpers_shim" / "sitecustomize.py")


@pytest.fixture(scope="session")
def minimal_charm(tmp_path_factory):
    """The charm of the base layer's README, built."""
    return charm_builds.built(tmp_path_factory, "tests/minimal-charm")


@pytest.fixture(params=VERSIONS)
def juju(request, tmp_path):
    """An empty model whose hooks run on one Python."""
    if request.param not in FOUND:
        pytest.skip(f"this machine has no Python {request.param}")
    python = str(FOUND[request.param])
    with ManualController(tmp_path / "juju", python=python, hook_timeout=120) as controller:
        yield controller


def test_the_minimal_charm(juju, minimal_charm):
    juju.deploy(minimal_charm, resources={"hello-image": "hello:1"})
    juju.settle()
    (container,) = juju.pod_spec("hello")["containers"]
    assert container["imageDetails"]["imagePath"] == "hello:1"
    assert juju.charm_status("hello/0").state == "active"
    juju.attach_resource("hello", "hello-image", "hello:2")
    juju.settle()
    (container,) = juju.pod_spec("hello")["containers"]
    assert container["imageDetails"]["imagePath"] == "hello:2"


def test_this_charm(juju, built_charm):
    juju.deploy(built_charm, resources={"alertmanager-image": "prom/alertmanager:v0.25.0"})
    juju.add_remote_app("prometheus", "alertmanager", "alertmanager")
    juju.relate("alertmanager", "prometheus")
    juju.settle()
    assert juju.pod_spec("alertmanager")["containers"]
    for _ in range(2):
        juju.update_status("alertmanager")
        juju.settle()
    assert juju.runs("update-status")[-1].writes == []
    for action, parameters in {"check-config": {}, "show-config": {"source": "options"}}.items():
        done = juju.run_action("alertmanager/0", action, parameters)
        assert (done.status, done.results.get("Stderr")) == ("completed", None)
    assert [line for line in juju.log_lines() if line.startswith("WARNING")] == []


def test_the_flags_can_be_looked_at(juju, minimal_charm):
    juju.deploy(minimal_charm, resources={"hello-image": "hello:1"})
    juju.settle()
    charm = juju.operator.charm_dir(juju.unit("hello/0"))
    hooks_have = juju.operator.environment(juju.unit("hello/0"))
    people_have = {name: hooks_have.get(name, "") for name in ("PATH", "PYTHONPATH")}
    told = subprocess.run(
        [str(charm / "bin" / "charms.reactive"), "get_flags"],
        cwd="/",
        env=people_have,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "hello.spec.applied" in told.stdout


def test_the_minimal_charm_is_the_example_of_the_readme():
    readme = (ROOT / "layers" / "pod-spec" / "README.md").read_text()
    blocks = re.findall(r"```(?:yaml|jinja|python)\n(.*?)```", readme, re.DOTALL)
    files = ("layer.yaml", "metadata.yaml", "templates/pod-spec.yaml.j2", "reactive/hello.py")
    charm = ROOT / "tests" / "minimal-charm"
    assert blocks[:4] == [(charm / file).read_text() for file in files]


def test_an_idle_hook_does_not_load_what_it_does_not_use(minimal_charm):
    """Each of these would take a good part of the time that all the rest takes."""
    script = f"""
import runpy, sys
runpy.run_path({SHIM!r})
sys.path.insert(0, "lib")
sys.path.append("lib/removed_from_python")
from charms.layer.pod_spec import hook_flags
from charms.reactive import main
print(*sorted(sys.modules))
"""
    loaded = subprocess.run(
        [sys.executable, "-BS", "-c", script],  # as on an operator, without packages of its own
        cwd=str(minimal_charm),
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    assert "charms.reactive" in loaded
    assert {"email", "importlib.metadata", "jinja2", "setuptools"}.isdisjoint(loaded)
