"""What ``charm build`` makes of the repository."""

import json
import re
import shutil
import subprocess
import sys
from email.parser import HeaderParser
from pathlib import Path

import pytest
import yaml
from support import charm_builds
from support.charm_builds import ROOT, charm_build, contents

from tools import build_charm
from tools.environment import environment
from tools.interpreters import interpreters

HOOKS = (
    r"hook\.template|config-changed|install|leader-elected|leader-settings-changed|start|stop"
    r"|update-status|upgrade-charm|(pre|post)-series-upgrade"
    r"|[\w-]+-relation-(broken|changed|created|departed|joined)|[\w-]+-storage-(attached|detaching)"
)
LIBRARIES = "charmhelpers|charms/(reactive|templating)|jinja2|looseversion|markupsafe|yaml"

SHIPPED = "|".join(
    (
        r"(README|CHANGELOG)\.md|LICENSE|copyright|icon\.svg|version|wheelhouse\.txt",
        r"(metadata|config|actions|layer|manifest)\.yaml",
        r"actions/[\w-]+",
        r"bin/(action|charms\.reactive)",
        rf"hooks/({HOOKS})",
        r"hooks/relations/[\w-]+/\w+\.py",
        r"reactive/(\w+/)?\w+\.py",
        r"templates/[\w.-]+",
        r"monitoring/(README\.md|alertmanager\.dashboard\.json|(alertmanager|certificate)\.rules\.yaml)",
        r"lib/alertmanager_config/(\w+/)*\w+\.(py|txt)",
        r"lib/charms/layer/(alertmanager\w*/|pod_spec/)?(\w+/)?\w+\.py",
        rf"lib/({LIBRARIES})/([\w/]+/)?\w+\.py",
        r"lib/charms/__init__\.py",
        r"lib/pkg_resources\.py|lib/removed_from_python/distutils/\w+\.py",
        r"lib/\w+-[\d.]+\.dist-info/(METADATA|LICENSE(\.\w+)?|AUTHORS)",
    )
)


@pytest.fixture(scope="session")
def built_charm(tmp_path_factory):
    """The folder of the charm as ``make build`` leaves it."""
    return charm_builds.built(tmp_path_factory, ".")


def pins(*files):
    """The versions that wheelhouse files ask for: {name: version}."""
    found = {}
    for file in files:
        for line in (ROOT / file).read_text().splitlines():
            requirement = line.partition("#")[0].strip()
            if requirement:
                name, version = requirement.split("==")
                found[name] = version
    return found


def as_built_by_hand(charm):
    """What ``contents`` and ``charm build`` typed by hand have in common."""
    ours = {".build.manifest", "version"}
    return {path: content for path, (_, content) in contents(charm).items() if path not in ours}


def test_nothing_ships_but_what_a_charm_needs(built_charm):
    assert [path for path in sorted(contents(built_charm)) if not re.fullmatch(SHIPPED, path)] == []


SOURCES = ("actions", "lib", "monitoring", "reactive", "templates")


def test_everything_ships_that_the_sources_have(built_charm):
    files = subprocess.run(
        [
            "git",
            "-C",
            str(ROOT),
            "ls-files",
            "reactive",
            "lib",
            "templates",
            "actions",
            "monitoring",
        ],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    missing = [
        file for file in files if (ROOT / file).exists() and not (built_charm / file).exists()
    ]
    assert missing == []


def test_it_is_small(built_charm):
    assert sum(len(content) for _, content in contents(built_charm).values()) < 3_000_000


def test_nobody_but_the_owner_can_write_and_all_can_read(built_charm):
    modes = {oct(path.stat().st_mode & 0o777) for path in built_charm.rglob("*")}
    assert modes == {"0o644", "0o755"}


def test_the_libraries_are_those_of_the_wheelhouses_and_no_others(built_charm):
    asked = pins("wheelhouse.txt", "layers/pod-spec/wheelhouse.txt")
    parse = HeaderParser().parsestr
    told = [parse(path.read_text()) for path in built_charm.glob("lib/*.dist-info/METADATA")]
    assert {info["Name"].lower().replace("_", "."): info["Version"] for info in told} == {
        name.lower(): version for name, version in asked.items()
    }


def test_licences_come_with_the_libraries_that_have_a_file_for_them(built_charm):
    without = {
        folder.name.partition("-")[0]
        for folder in built_charm.glob("lib/*.dist-info")
        if not list(folder.glob("LICENSE*"))
    }
    assert without == {"charms_templating_jinja2"}  # it says so in its modules


def test_no_path_of_this_machine_gets_in(built_charm):
    here = [str(ROOT), str(Path.home() / "."), str(built_charm.parent), sys.prefix]
    found = [
        (path, name)
        for path, (_, content) in contents(built_charm).items()
        for name in here
        if len(name) > 1 and name.encode() in content
    ]
    assert found == []


def test_two_builds_are_the_same_and_the_second_replaces_the_first(built_charm, tmp_path):
    old = tmp_path / "alertmanager" / "old"
    old.parent.mkdir()
    old.touch()
    assert contents(build_charm.build(ROOT, tmp_path)) == contents(built_charm)
    assert [path.name for path in tmp_path.iterdir()] == ["alertmanager"]


@pytest.mark.parametrize("version", [min, max])
def test_it_is_the_same_whichever_python_builds_it(built_charm, tmp_path_factory, version):
    found = interpreters()
    python = found[version(found, key=lambda text: [int(part) for part in text.split(".")])]
    assert contents(charm_builds.built(tmp_path_factory, ".", str(python))) == contents(built_charm)


@pytest.fixture(scope="session")
def clone(tmp_path_factory):
    """The repository, and nothing else."""
    tree = tmp_path_factory.mktemp("clone") / "tree"
    build_charm.snapshot(tree)
    return tree


def test_it_is_the_same_if_charm_build_is_typed_by_hand(built_charm, clone, tmp_path):
    (command,) = re.findall("^env -u .*charm build$", (ROOT / "README.md").read_text(), re.M)
    elsewhere = dict.fromkeys(build_charm.SEARCHED, str(tmp_path))
    charm = charm_build(".", tmp_path / "out", cwd=clone, command=command, **elsewhere)
    assert as_built_by_hand(charm) == as_built_by_hand(built_charm)


def test_it_is_the_same_if_charmcraft_builds_it(built_charm, tmp_path):
    """There charm-tools come as a snap, whose own Python cannot build packages."""
    tree = tmp_path / "tree"
    build_charm.snapshot(tree, without=build_charm.INCLUDED_NOWHERE)
    path = f"{environment('build')}:"  # where there is a virtualenv, as on charmcraft's machines
    charm = charm_build(".", tmp_path / "out", cwd=tree, path=path, SNAP_NAME="charm")
    assert as_built_by_hand(charm) == as_built_by_hand(built_charm)


def test_a_charm_elsewhere_can_include_the_layer(tmp_path_factory, tmp_path):
    source = tmp_path / "source"
    shutil.copytree(str(ROOT / "tests" / "minimal-charm"), str(source))
    (source / "layer.yaml").write_text("includes: ['layer:pod-spec']\n")
    charm = charm_build(
        source, tmp_path / "out", cwd=tmp_path, CHARM_LAYERS_DIR=str(ROOT / "layers")
    )
    ours = as_built_by_hand(charm_builds.built(tmp_path_factory, "tests/minimal-charm"))
    theirs = as_built_by_hand(charm)
    assert sorted(theirs) == sorted(ours)
    # both say where the layer was found
    assert {path for path in ours if ours[path] != theirs[path]} == {"layer.yaml", "wheelhouse.txt"}


@pytest.fixture
def repository(tmp_path, monkeypatch):
    """Another repository, with the base layer and the minimal charm."""
    shutil.copytree(str(ROOT / "layers"), str(tmp_path / "layers"))
    shutil.copytree(str(ROOT / "tests" / "minimal-charm"), str(tmp_path / "hello"))
    subprocess.run(["git", "init", "--quiet", str(tmp_path)], check=True)
    commit = ["-c", "user.name=x", "-c", "user.email=x@example.com", "commit", "--quiet"]
    subprocess.run(
        ["git", "-C", str(tmp_path), *commit, "--allow-empty", "--message=x"], check=True
    )
    monkeypatch.setattr(build_charm, "ROOT", tmp_path)
    return tmp_path


def test_what_git_ignores_does_not_get_in(repository, tmp_path):
    (repository / ".gitignore").write_text("*.secret\n")
    for name in ("a.secret", "a.txt"):
        (repository / "hello" / name).touch()
    charm = build_charm.build(repository / "hello", tmp_path / "out")
    assert {"a.txt"} == {path for path in contents(charm) if path.startswith("a.")}


def test_it_is_the_same_wherever_layers_are_looked_for_otherwise(repository, tmp_path, monkeypatch):
    before = contents(build_charm.build(repository / "hello", tmp_path / "out"))
    for folder in ("layers/pod-spec", "pod-spec", "interfaces"):
        layer = tmp_path / "others" / folder
        layer.mkdir(parents=True)
        (layer / "layer.yaml").write_text("name: other\n")
        (layer / "other").touch()
    for folder in (tmp_path / "others", tmp_path / "nowhere"):
        for name in build_charm.SEARCHED:
            monkeypatch.setenv(name, str(folder))
        assert contents(build_charm.build(repository / "hello", tmp_path / "out")) == before


def test_a_warning_of_charm_proof_is_a_failure_and_leaves_the_last_build_alone(
    repository, tmp_path
):
    before = contents(build_charm.build(repository / "hello", tmp_path / "out"))
    (repository / "hello" / "copyright").unlink()
    with pytest.raises(build_charm.BuildFailure) as failure:
        build_charm.build(repository / "hello", tmp_path / "out")
    assert str(failure.value).splitlines() == [
        "proof: W: no copyright file",
        f"charm proof warns about {repository / 'hello'}",
    ]
    assert contents(tmp_path / "out" / "hello") == before


def test_a_charm_can_have_setuptools_after_all(repository, tmp_path):
    (repository / "hello" / "wheelhouse.txt").write_text("setuptools==68.2.2\n")
    charm = build_charm.build(repository / "hello", tmp_path / "out")
    found = subprocess.run(
        [sys.executable, "-BSc", "import pkg_resources; print(pkg_resources.__file__)"],
        env={"PYTHONPATH": str(charm / "lib")},
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    assert found == str(charm / "lib" / "pkg_resources" / "__init__.py")


def test_a_pin_that_does_not_exist_is_named(repository, tmp_path):
    (repository / "hello" / "wheelhouse.txt").write_text("looseversion==0.0.1\n")
    with pytest.raises(build_charm.BuildFailure, match=r"looseversion==0\.0\.1"):
        build_charm.build(repository / "hello", tmp_path / "out")


def test_every_charm_says_which_base_it_runs_on(built_charm, tmp_path_factory):
    (run_on,) = yaml.safe_load((ROOT / "charmcraft.yaml").read_text())["bases"][0]["run-on"]
    for charm in (built_charm, charm_builds.built(tmp_path_factory, "examples/prometheus")):
        assert yaml.safe_load((charm / "manifest.yaml").read_text()) == {"bases": [run_on]}


# What charmlint says of the charm and cannot be mended, and why.
UNMENDED = {
    "ACTIONS-001": "it looks for handlers of another framework",
    "CHARMCRAFT-001": "without series, Juju takes it for another kind of charm",
    "METADATA-006": "there is no public place for issues",
    "METADATA-007": "there is no public place for the source",
    "SUPPLYCHAIN-001": "charm proof refuses the key upstream-source",
    "TESTING-001": "tests do not ship",
}


def test_charmlint_says_nothing_that_could_be_mended(built_charm):
    words = [str(charm_builds.neighbours() / "charmlint"), "--format", "json", str(built_charm)]
    done = subprocess.run(words, stdout=subprocess.PIPE, check=True)
    found = json.loads(done.stdout)["diagnostics"]
    assert {each["rule_id"] for each in found} == set(UNMENDED)


def test_charmcraft_finds_what_it_asks_for():
    told = yaml.safe_load((ROOT / "charmcraft.yaml").read_text())
    assert told["type"] == "charm"
    ((name, part),) = told["parts"].items()
    metadata = yaml.safe_load((ROOT / "metadata.yaml").read_text())
    assert name == metadata["name"]
    assert (part["plugin"], part["source"], part["build-snaps"]) == ("reactive", ".", ["charm"])
    (base,) = told["bases"]
    # Juju runs the operators of pod-spec charms on this one only
    assert [(run["name"], run["channel"]) for run in base["run-on"]] == [("ubuntu", "20.04")]
    # with manifest.yaml only this keeps it a pod-spec charm
    assert metadata["series"] == ["kubernetes"]
    # and none of these may come with it
    assert {"containers", "assumes", "charm-user"}.isdisjoint(metadata)


def test_charm_build_knows_the_arguments_that_charmcraft_passes():
    (part,) = yaml.safe_load((ROOT / "charmcraft.yaml").read_text())["parts"].values()
    usage = subprocess.run(
        [str(environment("build") / "charm-build"), "--help"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    for argument in part["reactive-charm-build-arguments"]:
        assert argument.partition("=")[0] in usage
