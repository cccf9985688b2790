"""Every command of juju and kubectl that a page shows is one that the sandbox takes.

The charms have the metadata, options and actions of the real ones, and hooks that do nothing.
"""

import re
import shlex
import shutil
import subprocess
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml
from support import charm_manifest
from support.manual_controller import ManualController, PlayedCluster
from support.typed_commands import Terminal

from sandbox.juju import Pod, cli

ROOT = Path(__file__).resolve().parents[2]
SOURCES = {
    "alertmanager": [ROOT],
    "prometheus": [ROOT / "examples/prometheus"],
    "watchdog": [ROOT / "examples/watchdog", ROOT / "examples/prometheus"],
}
NOT_HERE = {
    "juju bootstrap": "make run starts the sandbox",
    "juju offer": "there is one model",
    "juju switch other-model": "there is one model",
    "juju relate prometheus:alertmanager admin/lma.alertmanager": "there is one model",
    "juju deploy self-signed-certificates": "charms are folders",
    "juju deploy ./bundle.yaml": "there are no bundles",
}
"""What the sandbox refuses, and why; sandbox/README.md says the same."""
LISTED = subprocess.run(
    ["git", "ls-files", "*.md"], cwd=str(ROOT), capture_output=True, text=True, check=True
).stdout.split()
PAGES = [page for page in LISTED if not page.startswith("tests/") and page != "CHANGELOG.md"]


def commands_of(page):
    """Yield the commands that a page shows in full."""
    text = (ROOT / page).read_text()
    blocks = re.findall(r"^```\w*\n(.*?)^```", text, re.M | re.S)
    lines = [line for block in blocks for line in re.sub(r"\\\n\s*", "", block).splitlines()]
    rest = re.sub(r"^```.*?^```", "", text, flags=re.M | re.S)
    lines += [line.replace("\n", " ") for line in re.findall("`([^`]+)`", rest)]
    for line in lines:
        found = re.fullmatch(r"(?:sandbox/bin/)?((?:juju|kubectl) .*?)(?: +# .*)?", line.strip())
        if found and _is_whole(found[1]):
            yield found[1]


def _is_whole(command):
    """Whether it has what it needs, and no word that stands for another."""
    _, *words = command.split()
    placeholders = re.search(r"…|<|(?<=[ @])[A-Z]{4,}\b", command)
    return not placeholders and (len(words) > 1 or words[0] in ("status", "debug-log", "help"))


COMMANDS = [(page, command) for page in PAGES for command in commands_of(page)]


class Cluster(PlayedCluster):
    """Pods that say what a test wants to hear."""

    def logs(self, pod, container):
        return "a line\n"

    def exec(self, pod, container, words):
        return SimpleNamespace(stdout="", stderr="", returncode=0)

    def publish(self, app, port, wanted, pod=None):
        return ("127.0.0.1", wanted)

    def unpublish(self, address):
        pass


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    """A folder with built charms and the files that the pages name, and a model."""
    folder = tmp_path_factory.mktemp("here")
    for name, sources in SOURCES.items():
        charm = folder / "build" / name
        charm.mkdir(parents=True)
        for file in ("metadata.yaml", "config.yaml", "actions.yaml"):
            for source in sources:
                if (source / file).exists() and not (charm / file).exists():
                    shutil.copy(str(source / file), str(charm / file))
        if name == "watchdog":
            _complete_watchdog(charm)
        charm_manifest.write(charm)
        (charm / "bin").mkdir()
        for program in ("dispatch", "bin/charms.reactive"):
            (charm / program).write_text("#!/bin/sh\n")
            (charm / program).chmod(0o755)
    for name in ("alertmanager.yml", "my-alertmanager.yml", "secrets.yml", "secret-files.yaml"):
        (folder / name).write_text("route: {receiver: nobody}\n")
    (folder / "rules.yml").write_text("groups: []\n")
    with ManualController(folder / "juju", hook_timeout=60) as juju:
        juju.cluster = Cluster()
        yield folder, juju


def _complete_watchdog(charm):
    """Do what charm build does for an example that is another one with more."""
    merged = yaml.safe_load((ROOT / "examples/prometheus/metadata.yaml").read_text())
    own = yaml.safe_load((ROOT / "examples/watchdog/metadata.yaml").read_text())
    merged["requires"].update(own.pop("requires"))
    (charm / "metadata.yaml").write_text(yaml.safe_dump({**merged, **own}))


def prepare(juju, folder, words):
    """Bring about what a reader of the page has at this point."""
    for app in ("alertmanager", "prometheus"):
        if app in juju.model.applications and juju.application(app).charm is None:
            juju.remove_application(app)
            juju.settle(expect_errors=True)
        if app not in juju.model.applications and words[:3] != ["juju", "deploy", f"./build/{app}"]:
            juju.deploy(folder / "build" / app, resources={f"{app}-image": "x"})
    if words[1] == "deploy" and Path(words[2]).name in juju.model.applications:
        juju.remove_application(Path(words[2]).name)
    if words[1] in ("relate", "integrate"):
        _prepare_relation(juju, folder, *words[2:4])
    juju.settle(expect_errors=True)
    for app in ("alertmanager", "prometheus"):
        if app in juju.model.applications:
            pod = Pod(f"{app}-0", "10.1.0.5", containers={app: 1})
            juju.set_pods(app, [pod], service="10.152.0.9")
    juju.settle(expect_errors=True)


def _prepare_relation(juju, folder, one, other):
    for relation in list(juju.model.relations.values()):
        juju.remove_relation(*map(str, relation.ends))
    juju.settle(expect_errors=True)
    endpoint = one.partition(":")[2]
    app, _, remote = other.partition(":")
    known = juju.model.applications["alertmanager"].endpoints
    if app == "watchdog" and app not in juju.model.applications:
        juju.deploy(folder / "build" / app, resources={"prometheus-image": "x"})
    if not remote or not endpoint:
        return
    interface, role = known[endpoint].interface, known[endpoint].role
    there = juju.model.applications.get(app)
    if there and remote in there.endpoints and there.endpoints[remote].interface == interface:
        return
    if there:
        juju.remove_application(app)
        juju.settle(expect_errors=True)
    others = {"provider": "requirer", "requirer": "provider"}
    juju.add_remote_app(app, remote, interface, role=others[role])


def type_(juju, folder, words):
    """Type a command, let hooks run when it waits, and leave when it waits again."""
    told, asked = [], []

    def gone():
        juju.settle(expect_errors=True)
        asked.append(1)
        return len(asked) > 1

    terminal = Terminal(
        str(folder),
        told.append,
        told.append,
        lambda: "",
        lambda path: (folder / path).read_text(),
        is_gone=gone,
    )
    return cli.PROGRAMS[words[0]].run(juju, terminal, words[1:], lambda: None), "".join(told)


@pytest.mark.parametrize(("page", "command"), COMMANDS)
def test_the_sandbox_takes_what_the_page_shows(here, page, command):
    folder, juju = here
    words = shlex.split(command)
    if words[1] == "help":
        pytest.skip("the client answers by itself: test_help.py")
    refused = [reason for line, reason in NOT_HERE.items() if command.startswith(line)]
    prepare(juju, folder, words)
    version = juju.juju_version
    for other in ("2.9", "3.6"):
        juju.juju_version = type(version).from_name(other)
        code, told = type_(juju, folder, words)
        if code == 0:
            break
    juju.juju_version = version
    assert (code == 0) is (not refused), told


def test_the_pages_show_many_commands():
    assert len(COMMANDS) > 60
    shown = {command for _, command in COMMANDS}
    for line in NOT_HERE:
        assert any(command.startswith(line) for command in shown)
