"""Make the virtual environments that the Makefile's recipes run in.

    python3 -m tools.environment NAME

installs what requirements/NAME.txt comes to, which is requirements/lock/NAME.txt, into
.venv/NAME-<Python version>, and prints that environment's bin folder. If that has been done before
and no pin has changed since, it only prints.
"""

import argparse
import contextlib
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


class EnvironmentFailure(Exception):
    """An environment could not be made; the text is for the user."""


def environment(name, python=sys.executable):
    """Return the bin folder of an environment, which is made if need be.

    name: of a file in requirements, without its suffix. python: the interpreter to use.
    Safe to be called by several processes at once. Raises EnvironmentFailure.
    """
    requirements = ROOT / "requirements" / f"{name}.txt"
    lock = ROOT / "requirements" / "lock" / f"{name}.txt"
    version = _run([python, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]).strip()
    if tuple(map(int, version.split("."))) < (3, 8):
        raise EnvironmentFailure(f"{python} is Python {version}; needs 3.8 or later")
    home = ROOT / ".venv" / f"{name}-{version}"
    done = home / "done"
    # An environment does not work any more when it is moved.
    pins = f"{home} {hashlib.sha256(requirements.read_bytes() + lock.read_bytes()).hexdigest()}"
    home.parent.mkdir(exist_ok=True)
    with _only_one(home.with_suffix(f"{home.suffix}.lock")):
        if not done.exists() or done.read_text() != pins:
            shutil.rmtree(home, ignore_errors=True)
            _run([python, "-m", "venv", home])
            # The lock is complete.
            pip = [home / "bin" / "python", "-m", "pip", "install", "--quiet", "--no-deps"]
            # What is built from source is built with the locked tools, too. pip takes the first
            # variable until 25.2 and the second from then on.
            locked = dict.fromkeys(("PIP_CONSTRAINT", "PIP_BUILD_CONSTRAINT"), str(lock))
            _run([*pip, "--requirement", lock], **locked)
            done.write_text(pins)
    return home / "bin"


def _run(command, **variables):
    command = [str(word) for word in command]
    done = subprocess.run(
        command,
        env={**os.environ, **variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        raise EnvironmentFailure(f"{done.stdout}failed: {' '.join(command)}")
    return done.stdout


@contextlib.contextmanager
def _only_one(path):
    with open(path, "w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def main(arguments=None):
    """Print the bin folder of the environment that the command line names."""
    names = sorted(path.stem for path in (ROOT / "requirements").glob("*.txt"))
    parser = argparse.ArgumentParser(
        prog="tools.environment", description="Make a virtual environment, and print where it is."
    )
    parser.add_argument("name", choices=names, help="of the file in requirements")
    try:
        print(environment(parser.parse_args(arguments).name))
    except EnvironmentFailure as failure:
        sys.exit(str(failure))


if __name__ == "__main__":
    main()
