"""Build charms for tests, each once for all workers of a test run."""

import fcntl
import hashlib
import os
import sys
from pathlib import Path

from tools import build_charm

ROOT = build_charm.ROOT


def built(factory, source, python=sys.executable):
    """Return the folder of a charm of this repository, built; tests must not change it.

    factory: pytest's tmp_path_factory. source: the folder of the charm layer, from the root of the
    repository. python: the interpreter to build with.
    """
    base = factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        base = base.parent  # which all workers share
    name = hashlib.sha256(f"{source} {python}".encode()).hexdigest()[:8]
    home = base / f"built-{name}"
    with open(base / f"built-{name}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not home.exists():
            return build_charm.build(ROOT / source, home, python)
        (charm,) = home.iterdir()
        return charm


def contents(charm):
    """Return what a build comes to, timestamps apart: {path: (executable, content)}."""
    return {
        path.relative_to(charm).as_posix(): (os.access(path, os.X_OK), path.read_bytes())
        for path in Path(charm).rglob("*")
        if path.is_file()
    }
