"""Charms of other repositories that include our layers, by the recipes of interfaces/README.md."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from support import charm_builds
from support.charm_builds import NO_INDEX, ROOT

import sandbox.juju
from tools import build_charm, interpreters
from tools.environment import environment

RECIPES = (ROOT / "interfaces" / "README.md").read_text()
ON_OURS, ON_BASIC, BY_INDEX = re.findall(r"^includes: .*$", RECIPES, re.MULTILINE)
EXAMPLE = (ROOT / "interfaces" / "alertmanager" / "README.md").read_text()
SHIM = Path(sandbox.juju.__file__).parent / "agent" / "charmhelpers_shim"
INTERFACES = [path.parent for path in sorted(ROOT.glob("interfaces/*/interface.yaml"))]
# What layer:basic does in every hook, once it has installed what charms.reactive needs.
BASIC = """#!/usr/bin/env python3
import sys
sys.path[:0] = ["lib", {libraries!r}]
from charms.reactive import main
main()
"""


def committed(folder):
    """Make a git repository of a folder; return its address."""
    git = ["git", "-C", str(folder), "-c", "user.name=x", "-c", "user.email=x@example.com"]
    for words in (["init", "--quiet"], ["add", "."], ["commit", "--quiet", "--message=x"]):
        subprocess.run([*git, *words], check=True)
    return f"file://{folder}/.git"


@pytest.fixture(scope="module")
def ours(tmp_path_factory):
    """A clone of this repository."""
    tree = tmp_path_factory.mktemp("ours") / "tree"
    build_charm.snapshot(tree)
    return tree


@pytest.fixture(scope="module")
def index(ours, tmp_path_factory):
    """An index that has our layers, as in the recipe, and layer:basic."""
    folder = tmp_path_factory.mktemp("index")
    basic = tmp_path_factory.mktemp("basic")
    bin_folder = environment("frameworks", interpreters.operators())
    (libraries,) = bin_folder.parent.glob("lib/python*/site-packages")
    (basic / "hooks").mkdir()
    (basic / "hooks" / "hook.template").write_text(BASIC.format(libraries=str(libraries)))
    (basic / "layer.yaml").write_text("includes: []\n")
    entries = dict(re.findall(r"```json\n# index/(\S+)\n(.*?)```", RECIPES, re.DOTALL))
    entries = {file: json.loads(entry) for file, entry in entries.items()}
    entries["layers/basic.json"] = {"name": "basic", "repo": committed(basic)}
    address = committed(ours)
    for file, entry in entries.items():
        (folder / file).parent.mkdir(exist_ok=True)
        entry["repo"] = entry["repo"].replace("REPOSITORY.git", address)
        (folder / file).write_text(json.dumps(entry))
    return f"file://{folder}/"


def prometheus(folder, includes):
    """Write the charm that interfaces/alertmanager/README.md has, with such a layer.yaml."""
    blocks = re.findall(r"```\w+\n# (\S+)\n(.*?)```", EXAMPLE, re.DOTALL)
    files = dict(blocks[len(blocks) // 2 :])  # the second of two
    metadata = yaml.safe_load(files["metadata.yaml"])
    metadata.update(maintainer="Jane Doe <jane@example.com>", tags=["misc"])
    files.update({"metadata.yaml": yaml.safe_dump(metadata), "layer.yaml": f"{includes}\n"})
    files.update({"README.md": "Sends alerts.\n", "copyright": "Jane Doe\n"})
    for file, text in files.items():
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).write_text(text)
    return folder


@pytest.mark.parametrize("includes", [ON_OURS, ON_BASIC, BY_INDEX])
def test_a_prometheus_of_another_repository_finds_every_alertmanager(
    juju, ours, index, tmp_path, includes
):
    source = prometheus(tmp_path / "elsewhere" / "watcher", includes)
    if includes == ON_BASIC:
        shutil.copy(ROOT / "layers" / "pod-spec" / "manifest.yaml", source)
    how = {"index": NO_INDEX if includes == ON_OURS else index}
    if includes != BY_INDEX:
        how["CHARM_LAYERS_DIR"] = str(ours / "layers")
        how["CHARM_INTERFACES_DIR"] = str(ours / "interfaces")
    charm = charm_builds.charm_build(source, tmp_path / "out", source.parent, **how)
    juju.deploy(charm, "watcher")
    juju.add_remote_app("am", "prometheus", "alertmanager", units=2)
    relation = juju.relate("watcher:alertmanager", "am")
    for number in range(2):
        juju.write(relation, f"am/{number}", {"url": f"http://am-{number}:9093"})
    juju.settle()
    written = juju.operator.charm_dir(juju.unit("watcher/0")) / "prometheus.yml"
    (entry,) = yaml.safe_load(written.read_text())["alerting"]["alertmanagers"]
    assert entry["static_configs"] == [{"targets": ["am-0:9093", "am-1:9093"]}]


@pytest.mark.parametrize("interface", INTERFACES, ids=lambda folder: folder.name)
def test_an_interface_loads_on_layer_basic_or_its_readme_says_why_not(interface, tmp_path):
    python = environment("frameworks", interpreters.operators()) / "python"
    (tmp_path / "relations").mkdir()
    (tmp_path / "relations" / interface.name).symlink_to(interface)
    modules = [f"relations.{interface.name}.{file.stem}" for file in interface.glob("*.py")]
    script = f"import importlib\nfor name in {modules}: importlib.import_module(name)"
    done = subprocess.run(
        [str(python), "-c", script],
        cwd=str(tmp_path),
        env={"PYTHONPATH": str(SHIM)},  # as a hook has it
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    lacks = "No module named 'charms.layer'" in done.stderr
    assert lacks == (done.returncode != 0), done.stderr
    said = "On `layer:basic` it does not load:" in (interface / "README.md").read_text()
    assert said == lacks
