"""Build a charm of this repository.

    python3 -m tools.build_charm SOURCE DESTINATION

builds the charm layer in the folder SOURCE with charm-tools, into DESTINATION/<name of the charm>,
and prints that. What is there already is replaced once the build has succeeded.

It is ``charm build``, on a copy of what git knows or would know of the repository, as far as layers
can include it, so that nothing else on the machine gets into the charm; and a warning of ``charm
proof`` is a failure.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tools.environment import ROOT, EnvironmentFailure, environment

# Where charm-tools look for layers, before or instead of the folder they are called in.
SEARCHED = (
    "CHARM_LAYERS_DIR",
    "CHARM_INTERFACES_DIR",
    "JUJU_REPOSITORY",
    "LAYER_PATH",
    "INTERFACE_PATH",
)

# Folders that no layer includes. charm-tools look at files that they leave out for as long as at
# others, which would be most of the time that a build takes.
INCLUDED_NOWHERE = ("bench", "docs", "examples", "requirements", "sandbox", "tests", "tools")


class BuildFailure(Exception):
    """The charm could not be built; the text is for the user."""


def build(source, destination, python=sys.executable):
    """Build the charm layer in source and return the folder it was built into.

    source: a folder of this repository. destination: the folder to put the charm's own folder in.
    python: the interpreter that charm-tools run under. Raises BuildFailure, EnvironmentFailure.
    """
    inside = _charm_layer(Path(source))
    tools = environment("build", python)
    destination = Path(destination).resolve()
    try:
        destination.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BuildFailure(f"{destination} cannot be made a folder: {error.strerror}") from None
    with tempfile.TemporaryDirectory() as work, tempfile.TemporaryDirectory(
        prefix=".building-", dir=destination
    ) as fresh:
        tree = Path(work, "tree")
        snapshot(tree, without={*INCLUDED_NOWHERE} - {*inside.parts[:1]})
        (tree / inside / "version").write_text(
            _git("describe", "--always", "--dirty", "--abbrev=12")
        )
        _charm_build(tools, tree, inside, fresh, Path(work, "cache"))
        (built,) = Path(fresh).iterdir()
        tidy(built)
        target = destination / built.name
        if target.exists():
            target.rename(Path(fresh, "what it replaces"))
        built.rename(target)
    return target


def _charm_layer(source):
    """Return where a charm layer lies in the repository."""
    if ROOT not in (source.resolve(), *source.resolve().parents):
        raise BuildFailure(f"{source} is not in the repository {ROOT}")
    if not (source / "metadata.yaml").is_file():
        raise BuildFailure(f"{source} is no charm layer: it has no metadata.yaml")
    return source.resolve().relative_to(ROOT)


def snapshot(tree, without=()):
    """Copy the repository's files as they are now, less what git ignores, into the folder tree.

    without: folders at its top to leave out.
    """
    names = _git("ls-files", "-z", "--cached", "--others", "--exclude-standard").split("\0")
    for name in sorted({*names} - {""}):
        file = ROOT / name
        is_there = file.is_symlink() or file.is_file()  # else git's index alone still has it
        if is_there and name.split("/")[0] not in without:
            (tree / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(file, tree / name, follow_symlinks=False)


def tidy(charm):
    """Make a built charm the same on every machine."""
    # What charm-tools need to build into the same folder again, which this script never does.
    (charm / ".build.manifest").unlink()
    for path in [charm, *charm.rglob("*")]:  # whatever the user's umask
        path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)


def _charm_build(tools, tree, source, output, cache):
    command = [tools / "charm-build", "--build-dir", output, "--cache-dir", cache]
    command += ["--hide-metrics", "--layer-index", "http://localhost:9/"]  # i.e. local layers only
    plain = {name: value for name, value in os.environ.items() if name not in SEARCHED}
    done = subprocess.run(
        [str(word) for word in [*command, source]],
        cwd=tree,  # the paths of included layers start here
        env={**plain, "PATH": f"{tools}:{os.environ['PATH']}", "PYTHONWARNINGS": "ignore"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if 100 <= done.returncode < 200:
        warnings = [line for line in done.stdout.splitlines() if line.startswith("proof: W")]
        raise BuildFailure("\n".join([*warnings, f"charm proof warns about {ROOT / source}"]))
    if done.returncode:
        raise BuildFailure(f"{done.stdout}charm build fails for {ROOT / source}")


def _git(*arguments):
    if not shutil.which("git"):
        raise BuildFailure("needs git, which is not installed")
    done = subprocess.run(
        ["git", "-C", str(ROOT), *arguments], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise BuildFailure(f"{done.stderr}needs a git clone of the repository: {ROOT}")
    return done.stdout


def main(arguments=None):
    """Build what the command line names, and print where it is."""
    parser = argparse.ArgumentParser(prog="tools.build_charm", description="Build a charm.")
    parser.add_argument("source", help="the folder of the charm layer, in this repository")
    parser.add_argument("destination", help="the folder to put the charm's own folder in")
    given = parser.parse_args(arguments)
    try:
        print(build(given.source, given.destination))
    except (BuildFailure, EnvironmentFailure) as failure:
        sys.exit(str(failure))


if __name__ == "__main__":
    main()
