"""The programs that say whether what we render is right: Alertmanager's and Prometheus' own.

A test that asks for one which cannot be had here is skipped, and says why.
"""

import shutil
from functools import lru_cache
from pathlib import Path
from typing import Union

import pytest

from sandbox import debian_programs

SUITES = debian_programs.SUITES
"""What to parametrise tests with: each stands for the versions that a Debian release has."""


def each_suite(group: str) -> list:
    """Return the suites to parametrise a fixture of a module with, which lends each one's world.

    group: a name for such tests. Those of one suite run one after the other, in one process.
    """
    return [
        pytest.param(suite, marks=pytest.mark.xdist_group(f"{group} {suite}")) for suite in SUITES
    ]


def amtool(version: str) -> Path:
    """Return amtool of a version of Alertmanager (``0.28.1``) or of a Debian suite (``sid``)."""
    return _binary("alertmanager", "amtool", version)


def alertmanager(version: str) -> Path:
    """Return Alertmanager of that version itself, or of that Debian suite."""
    return _binary("alertmanager", "alertmanager", version)


def promtool(version: str) -> Path:
    """Return promtool of a version of Prometheus (``2.42.0``) or of a Debian suite (``sid``)."""
    return _binary("prometheus", "promtool", version)


def prometheus(version: str) -> Path:
    """Return Prometheus itself, of a version (``2.42.0``) or of a Debian suite (``sid``)."""
    return _binary("prometheus", "prometheus", version)


def openssl() -> str:
    """Return where the program openssl is."""
    return shutil.which("openssl") or pytest.skip("there is no openssl here")


def version(name: str, suite: str) -> str:
    """Return which version of ``alertmanager`` or ``prometheus`` a Debian suite has."""
    return _binary(name, name, suite).parents[1].name.rpartition("-")[2]


def _binary(name: str, binary: str, version: str) -> Path:
    found = _folder(name, version)
    if isinstance(found, str):
        pytest.skip(f"{binary} {version}: {found}")
    return found / binary


@lru_cache(maxsize=None)
def _folder(name: str, version: str) -> Union[Path, str]:
    """Return the program's folder, or why there is none: a dead mirror is asked only once."""
    try:
        return debian_programs.get(name, version)
    except debian_programs.ProgramsError as error:
        return str(error)
