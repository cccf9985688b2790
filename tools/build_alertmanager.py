#!/usr/bin/env python3
"""Build the real Alertmanager of any version, for the tests that ask it.

usage: make oracle VERSION=0.35.0

Go builds it from the module proxy, so Go has to be installed, a recent one for a recent version.
The web pages, which are not part of the module, are empty. The program lands in
$XDG_CACHE_HOME/alertmanager-charm (~/.cache/alertmanager-charm), in built/alertmanager-VERSION;
what is there is not built again. Exits with 2 if it cannot be had.
"""

import gzip
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

MODULE = "github.com/prometheus/alertmanager"
# What the linker has to be told for modules that are older than its present ideas.
_LINKER = {"0.24.0": ["-checklinkname=0"]}
_PAGE = b"<html></html>\n"


class BuildError(Exception):
    """There is no such program; one line that says why."""


def folder(version: str) -> Path:
    """Return where the program of a version is, once it has been built."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return cache / "alertmanager-charm" / "built" / f"alertmanager-{version}"


def build(version: str) -> Path:
    """Build a version unless it is there; return its folder. Raises BuildError."""
    made = folder(version)
    if (made / "alertmanager").exists():
        return made
    with tempfile.TemporaryDirectory(prefix="alertmanager-source-") as name:
        source = Path(name) / "source"
        shutil.copytree(module(MODULE, version), source)
        for path in [source, *source.rglob("*")]:
            path.chmod(path.stat().st_mode | 0o200)
        _empty_pages(source)
        linker = ["-s", "-w", *_LINKER.get(version, [])]
        linker += ["-X", f"github.com/prometheus/common/version.Version={version}"]
        target = Path(name) / "alertmanager"
        go(
            *("build", "-buildvcs=false", "-ldflags", " ".join(linker)),
            *("-o", str(target), "./cmd/alertmanager"),
            cwd=source,
        )
        made.mkdir(parents=True, exist_ok=True)
        shutil.copy2(target, made / "alertmanager.new")
        (made / "alertmanager.new").replace(made / "alertmanager")
    return made


def module(path: str, version: str) -> Path:
    """Return the folder with the source of a Go module. Raises BuildError."""
    answer = json.loads(go("mod", "download", "-json", f"{path}@v{version}", cwd=Path("/")))
    return Path(answer["Dir"])


def go(*words: str, cwd: Path) -> str:
    """Run Go; return what it says. Raises BuildError."""
    if not shutil.which("go"):
        raise BuildError("Go is not installed")
    environment = {**os.environ, "CGO_ENABLED": "0", "GOFLAGS": "-mod=mod"}
    run = subprocess.run(
        ["go", *words], cwd=str(cwd), env=environment, capture_output=True, text=True, check=False
    )
    if run.returncode:
        said = (run.stdout + run.stderr).strip().splitlines() or ["it said nothing"]
        raise BuildError(f"go {words[0]} failed: {said[-1]}")
    return run.stdout


def _empty_pages(source: Path) -> None:
    """Make the files that Go embeds, which only a release has."""
    for file in (source / "ui" / "web.go", source / "ui" / "react-app" / "embed.go"):
        if not file.exists():
            continue
        for pattern in re.findall(r"^//go:embed (.*)$", file.read_text(), re.MULTILINE):
            for name in pattern.split():
                _make(file.parent / name)


def _make(path: Path) -> None:
    if path.exists():
        return
    if path.suffix == ".gz":
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(gzip.compress(_PAGE))
    elif path.suffix:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(_PAGE)
    else:
        for inside in (path, path / "elm", path / "mantine"):
            inside.mkdir(parents=True, exist_ok=True)
            (inside / "index.html").write_bytes(_PAGE)
            (inside / "index.html.gz").write_bytes(gzip.compress(_PAGE))


def main(arguments=None) -> int:
    """Build what the command line names; return the exit code."""
    versions = sys.argv[1:] if arguments is None else arguments
    if not versions or not all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in versions):
        print("oracle: name a version, such as VERSION=0.35.0", file=sys.stderr)
        return 2
    try:
        for version in versions:
            print(build(version) / "alertmanager")
    except (BuildError, OSError) as error:
        print(f"oracle: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
