"""A charm whose hooks a test writes as shell lines."""

from types import SimpleNamespace

import pytest
import yaml
from support import charm_manifest, kubelet_cluster
from support.manual_controller import ManualController
from support.typed_commands import Terminal

from sandbox.juju import cli

METADATA = {
    "name": "tiny",
    "series": ["kubernetes"],
    "min-juju-version": "2.9.0",
    "deployment": {"type": "stateful", "service": "cluster"},
    "provides": {"web": {"interface": "http"}},
    "requires": {"db": {"interface": "pgsql"}},
    "resources": {"img": {"type": "oci-image"}},
}
CONFIG = {
    "options": {
        "name": {"type": "string", "default": "joe"},
        "empty": {"type": "string", "default": ""},
        "count": {"type": "int"},
        "debug": {"type": "boolean", "default": False},
        "ratio": {"type": "float"},
    }
}
SPEC = """
version: 3
containers:
  - name: tiny
    imageDetails: {imagePath: tiny}
    ports: [{containerPort: 80, name: web}]
"""


class Tiny:
    """The deployed charm ``tiny`` and its model."""

    def __init__(self, juju, folder):
        self.juju = juju
        self.charm = folder / "tiny"
        self.scripts = folder / "scripts"
        self.scripts.mkdir(parents=True)
        self.charm.mkdir()
        self.write_charm()

    def write_charm(self, **changes):
        """(Re)writes the charm; a hook or action sources the script of its name, if there is one.

        changes: top-level keys of the metadata, None to leave one out.
        """
        metadata = dict(METADATA, **{key.replace("_", "-"): new for key, new in changes.items()})
        metadata = {key: value for key, value in metadata.items() if value is not None}
        (self.charm / "metadata.yaml").write_text(yaml.safe_dump(metadata))
        (self.charm / "config.yaml").write_text(yaml.safe_dump(CONFIG))
        charm_manifest.write(self.charm)
        dispatch = self.charm / "dispatch"
        dispatch.write_text(
            f'#!/bin/sh\nscript={self.scripts}/"${{JUJU_DISPATCH_PATH#*/}}"\n'
            'if [ -e "$script" ]; then . "$script"; fi\n'
        )
        dispatch.chmod(0o755)

    def deploy(self, **options):
        """Deploys and settles."""
        options.setdefault("resources", {"img": "tiny:1"})
        self.juju.deploy(self.charm, **options)
        self.juju.settle()

    def hook(self, name, script):
        """What the charm does in a hook from now on."""
        (self.scripts / name).write_text(script)

    def run(self, script, unit="tiny/0", hook="update-status"):
        """Runs shell lines as one hook of a unit; returns what happened. A failure is forgiven."""
        self.hook(hook, script)
        self.juju.unit(unit).update_status = True
        self.juju.settle(expect_errors=True)
        (self.scripts / hook).unlink()
        if self.juju.unit(unit).failed:
            self.juju.resolved(unit, retry=False)
        return self.juju.runs(hook, unit)[-1]

    def tool(self, command, **where):
        """One tool call in a hook: (exit code, stdout, stderr)."""
        run = self.run(command, **where)
        call = run.calls[-1]
        return call.code, call.stdout, call.stderr

    def order(self, unit="tiny/0"):
        """The hooks that a unit has run, and forgets them."""
        names = [run.hook for run in self.juju.runs(unit=unit)]
        self.juju.history[:] = [run for run in self.juju.history if run.unit != unit]
        return names


@pytest.fixture
def version():
    """Which Juju the model behaves like; tests override it."""
    return "2.9"


@pytest.fixture
def juju(tmp_path, version):
    """An empty model."""
    with ManualController(tmp_path / "juju", hook_timeout=60, juju=version) as controller:
        yield controller


@pytest.fixture
def tiny(juju, tmp_path):
    """The charm ``tiny``, not deployed yet."""
    return Tiny(juju, tmp_path)


@pytest.fixture(scope="module")
def asked(tmp_path_factory):
    """``tiny`` with two units, the first leading, and two of pg: for tests that only ask."""
    folder = tmp_path_factory.mktemp("asked")
    with ManualController(folder / "juju", hook_timeout=60) as juju:
        yield related(Tiny(juju, folder))


@pytest.fixture(scope="module")
def make_tiny():
    """What makes the charm ``tiny`` of a controller and a folder."""
    return Tiny


@pytest.fixture
def unit(tiny):
    """The same for a test that changes something."""
    return related(tiny)


def related(tiny):
    """Deploy two units, and relate them to two of pg, which have said something."""
    juju = tiny.juju
    juju.add_remote_app("pg", "server", "pgsql", units=2, role="provider")
    tiny.deploy(units=2)
    relation = juju.relate("tiny", "pg")
    juju.write(relation, "pg/0", {"host": "a", "port": "1"})
    juju.write(relation, "pg", {"shared": "yes"})
    juju.settle()
    return tiny


@pytest.fixture
def type_(juju, tmp_path):
    """Types a command line in tmp_path; returns code, out and err."""

    def typed(line, stdin="", program="juju"):
        out, err = [], []

        def load(path):
            return (tmp_path / path).read_bytes().decode("utf-8", "surrogateescape")

        terminal = Terminal(str(tmp_path), out.append, err.append, lambda: stdin, load)
        words = line.split() if isinstance(line, str) else line
        code = cli.PROGRAMS[program].run(juju, terminal, words, lambda: None)
        return SimpleNamespace(code=code, out="".join(out), err="".join(err))

    return typed


@pytest.fixture
def spec(tmp_path):
    """A file with a small pod spec that Juju accepts."""
    path = tmp_path / "spec.yaml"
    path.write_text(SPEC)
    return path


@pytest.fixture
def cluster(tmp_path):
    """An empty cluster; skips where the machine allows none."""
    with kubelet_cluster.started(tmp_path / "a cluster", sync_delay=0.1, back_off=0.3) as watched:
        yield watched
