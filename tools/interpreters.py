"""Find the Pythons on which the charm has to run.

    python3 -m tools.interpreters

prints the tox environment that tests its logic: on Python 3.8, which runs pod-spec charms in Juju's
operator pods, or, where there is none, on the Python that runs this script.
"""

import argparse
import os
import subprocess
import sys
from pathlib import Path

VERSIONS = ("3.8", "3.9", "3.10", "3.11", "3.12", "3.13")
OPERATORS = "3.8"  # what Juju's operator pods run charms on


def interpreters():
    """Return the interpreters of these versions that this machine has: {version: path}."""
    found = {version: _find(version) for version in VERSIONS}
    return {version: path for version, path in found.items() if path}


def operators():
    """Return the path of the Python that runs hooks in production; without one, of this Python."""
    return str(_find(OPERATORS) or sys.executable)


def _find(version):
    # pyenv keeps its interpreters in folders of their own, and puts scripts of the same names on
    # the PATH, which run one of them once it is chosen.
    folders = [Path(folder) for folder in os.environ.get("PATH", "").split(os.pathsep) if folder]
    folders += sorted(Path.home().glob(f".pyenv/versions/{version}.*/bin"))
    for folder in folders:
        found = _itself(folder / f"python{version}")
        if found:
            return found
    return None


def _itself(python):
    """Return the interpreter that a program is or runs, None if it runs none."""
    if not os.access(python, os.X_OK):
        return None
    command = [str(python), "-c", "import sys; print(sys.executable)"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return Path(done.stdout.strip()) if done.returncode == 0 else None


def main(arguments=None):
    """Print the tox environment; say so on stderr if it is not the one for Python 3.8."""
    argparse.ArgumentParser(
        prog="tools.interpreters", description="Print the tox environment that tests the logic."
    ).parse_args(arguments)
    if _find(OPERATORS):
        print("py38-logic")
        return
    print(
        "no Python 3.8 here, the one that Juju's operators run charms on (pyenv install 3.8 is one "
        "way to get it): the logic is tested on this Python instead",
        file=sys.stderr,
    )
    print("py-logic")


if __name__ == "__main__":
    main()
