"""Build charms for tests, each once for all workers of a test run."""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tools import build_charm, interpreters
from tools.environment import environment

ROOT = build_charm.ROOT
NO_INDEX = "http://localhost:9/"
NEW = ("3.12", "3.13")
"""The Pythons that charmlint runs on."""


def built(factory, source, python=sys.executable):
    """Return the folder of a charm of this repository, built; tests must not change it.

    factory: pytest's tmp_path_factory. source: the folder of the charm layer, from the root of the
    repository. python: the interpreter to build with.
    """
    return _once(
        factory,
        f"built {source} {python}",
        lambda home: build_charm.build(ROOT / source, home, python),
    )


def compiled(factory, source):
    """Return the folder of a charm to deploy: what ``built`` returns, with its bytecode.

    Else the first hook of each unit would make it, which takes longer than the hook itself.
    """
    return _once(factory, f"compiled {source}", lambda home: _compile(built(factory, source), home))


def charm_build(
    source, target, cwd, *, path="", command="charm build", index=NO_INDEX, **variables
):
    """Run charm-tools as one does by hand; return the folder that they made.

    path: what to put in front of the PATH. command: what to type, without arguments. index: where
    layers are looked for that are not here. variables: more of the environment.
    """
    words = command.replace("charm build", "charm-build").split()  # the snap has the former
    words += [source, "--build-dir", target, "--hide-metrics", "--layer-index", index]
    words += ["--cache-dir", target.parent / "cache"]
    plain = {name: os.environ[name] for name in os.environ if name not in build_charm.SEARCHED}
    done = subprocess.run(
        [str(word) for word in words],
        cwd=str(cwd),
        env=dict(plain, PATH=f"{path}{environment('build')}:{plain['PATH']}", **variables),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    (charm,) = target.iterdir()
    return charm


def neighbours():
    """Return the bin folder with what charms on the other side run, and what judges charms.

    Skips the test where no Python could run that.
    """
    found = [path for version, path in interpreters.interpreters().items() if version in NEW]
    if not found:
        pytest.skip(f"needs Python {' or '.join(NEW)}")
    return environment("neighbours", str(found[0]))


def _once(factory, what, make):
    """Return the only folder in a folder that ``make`` is called with, which may not exist yet.

    what: the same words for the same folder, in whichever worker.
    """
    base = factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        base = base.parent  # which all workers share
    home = base / hashlib.sha256(what.encode()).hexdigest()[:8]
    with open(f"{home}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not home.exists():
            make(home)
    (charm,) = home.iterdir()
    return charm


def _compile(charm, home):
    shutil.copytree(str(charm), str(home / charm.name))
    subprocess.run(
        [interpreters.operators(), "-m", "compileall", "-q", str(home / charm.name)], check=True
    )


def contents(charm):
    """Return what a build comes to, timestamps apart: {path: (executable, content)}."""
    return {
        path.relative_to(charm).as_posix(): (os.access(path, os.X_OK), path.read_bytes())
        for path in Path(charm).rglob("*")
        if path.is_file()
    }
