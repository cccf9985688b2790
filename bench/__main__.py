"""Measure, print the table, and fail if something that is judged by is not as it should be.

    python -m bench [--repeats N] [--python PYTHON]

``make bench`` makes the environment for it. Where the sandbox's cluster cannot run, the rows about
running pods say why.
"""

import argparse
import os
import platform
import subprocess
import sys
import tempfile
from pathlib import Path

from tools import build_charm, interpreters

from . import artefact, growth, hooks, pods, table, validator


def main() -> int:
    """Return the exit code."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=11, help="of each hook; medians are shown")
    parser.add_argument("--python", help="runs the hooks; 3.8, as on the operator, if it is here")
    options = parser.parse_args()
    python = options.python or interpreters.operators()
    rows = []

    def show(title, measured):
        rows.extend(measured)
        print(table.text(title, measured), flush=True)

    print(_machine(python), flush=True)
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        home = Path(folder)
        charm = build_charm.build(build_charm.ROOT, home / "built")
        show("Hooks", hooks.rows(charm, home, python, options.repeats))
        show("Growth", growth.rows(charm, home, python))
        show("A cluster of three", pods.rows(charm, home, python))
        show("Validator", validator.rows())
        show("Charm", artefact.rows(charm))
    missed = table.missed(rows)
    for row in missed:
        print(f"missed: {row.what.strip()}: {row.measured}, {row.target}", file=sys.stderr)
    return 1 if missed else 0


def _machine(python: str) -> str:
    version = subprocess.check_output([python, "-c", "import sys; print(sys.version.split()[0])"])
    load = os.getloadavg()[0]
    return (
        f"{os.cpu_count()} cores, {platform.machine()}, load {load:.1f}; hooks on Python "
        f"{version.decode().strip()}. Times are medians, with all processes that a hook starts."
    )


if __name__ == "__main__":
    sys.exit(main())
