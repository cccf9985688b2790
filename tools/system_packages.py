"""Install the Debian packages that the sandbox and the tests need.

    python3 -m tools.system_packages [PROGRAM ...]

installs what is missing, and further programs. Where it may not, it prints the command to run and
fails nothing: a test that lacks a program is skipped.

Standard library only: it is asked before anything else has been installed.
"""

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import List

from sandbox import needed_programs

_KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
_FURTHER = {"chromedriver": "chromium-driver"}  # others have packages that are named like them


class PackagesError(Exception):
    """Packages are missing and could not be installed; one line that says what to do."""


def missing() -> List[str]:
    """Return all packages that are missing: also Debian's keys, and for a virtual environment."""
    found = importlib.util.find_spec("venv") and importlib.util.find_spec("ensurepip")
    keys = [] if _KEYRING.exists() else ["debian-archive-keyring"]
    return needed_programs.missing() + keys + ([] if found else ["python3-venv"])


def install(packages: List[str]) -> None:
    """Install packages with apt, which only root may; PackagesError with the command otherwise."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        sudo = "" if os.geteuid() == 0 else "sudo "
        raise PackagesError(f"these programs are missing; run: {sudo}{_apt_command(packages)}")
    if _try_install(packages):
        return
    _apt("update")
    if _try_install(packages):
        return
    # One that this distribution lacks, as Ubuntu does chromium, does not keep the others away.
    lacking = [package for package in packages if not _try_install([package])]
    if lacking:
        raise PackagesError(
            f"apt could not install what is missing; see what it says: {_apt_command(lacking)}"
        )


def _apt_command(packages: List[str]) -> str:
    return " ".join(["apt-get", "install", *packages])


def _try_install(packages: List[str]) -> bool:
    return _apt("install", "--yes", "--no-install-recommends", *packages)


def _apt(*words: str) -> bool:
    done = subprocess.run(
        ["apt-get", *words],
        env=dict(os.environ, DEBIAN_FRONTEND="noninteractive"),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=False,
    )
    return done.returncode == 0


def main(programs: List[str]) -> None:
    """Install what is missing, or say what to do."""
    further = [
        program for program in programs if not shutil.which(program, path=needed_programs.PATH)
    ]
    wanted = missing() + [_FURTHER.get(program, program) for program in further]
    if wanted:
        print(f"installing {', '.join(wanted)}", flush=True)
        try:
            install(wanted)
        except PackagesError as error:
            print(f"some tests will be skipped: {error}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
