"""Build the libraries of every layer's wheelhouse.txt into the charm's lib/.

charm-tools' own tactic ships source archives that are installed when the charm starts, which a
pod-spec charm's operator cannot do. This one installs them when the charm is built, so that the
result is the same whichever Python builds it and runs on every Python from 3.8:

* exactly what wheelhouse.txt pins, nothing that packages declare as dependencies;
* always the archives for Python 3.8, less their compiled modules, which have pure Python twins;
* of each package's metadata only the name, the version and the licences.
"""

import os
import shutil
import subprocess
import sys
from email.parser import HeaderParser
from pathlib import Path

from charmtools import utils
from charmtools.build.errors import BuildError
from charmtools.build.tactics import WheelhouseTactic

TARGET = ("--python-version=3.8", "--implementation=cp", "--platform=manylinux2014_x86_64")

# What builds the packages that come as source, on any Python from 3.8.
BUILD_TOOLS = {"setuptools": "75.3.2", "wheel": "0.45.1"}

# Nothing in a hook imports these.
LEFT_OUT = (
    "bin",  # commands whose first line names the Python of the machine that builds
    "_yaml",  # the old name of PyYAML's compiled module
    "charmhelpers/contrib",  # for machine charms: needs programs that no operator has
)
LEFT_OUT_SUFFIXES = (".so", ".c", ".pyi", ".exe", ".pth", "/README.rst", "/py.typed")
LICENCES = ("LICEN", "COPYING", "NOTICE", "AUTHORS")


class VendoredLibraries(WheelhouseTactic):
    """Replaces charm-tools' tactic for wheelhouse.txt in every charm that includes this layer."""

    def __str__(self):
        return "Vendoring wheelhouse.txt into lib"

    def __call__(self):
        """Install the combined wheelhouse.txt of all layers, and keep it as the record of it."""
        self.read()
        charm = Path(self.target.directory)
        with utils.tempdir(chdir=False) as work:
            pins = Path(work, "wheelhouse.txt")
            pins.write_text("\n".join(self.lines), encoding="utf-8")
            constraints = Path(work, "constraints.txt")
            constraints.write_text("\n".join(self.cons_lines), encoding="utf-8")
            libraries = Path(work, "libraries")
            self._add(libraries, "-r", pins, constraints=constraints)
            slim(libraries)
            self.tracked = sorted(install(libraries, charm / "lib"))
            shutil.copyfile(pins, charm / "wheelhouse.txt")
        self.tracked.append(charm / "wheelhouse.txt")

    def _add(self, wheelhouse, *reqs, constraints=None):
        build_constraints = wheelhouse.parent / "build-constraints.txt"
        # Not for what wheelhouse.txt pins: until 25.2, they hold for what pip installs as well.
        tools = [
            f"{tool}=={BUILD_TOOLS[tool]}" for tool in BUILD_TOOLS if tool not in self.layer_refs
        ]
        build_constraints.write_text("\n".join(tools))
        python, environment = self._interpreter(wheelhouse.parent)
        command = [python, "-m", "pip", "install", "--quiet", "--no-deps", "--no-compile"]
        command += ["--disable-pip-version-check", f"--target={wheelhouse}", *TARGET, *reqs]
        if constraints:
            command += ["--constraint", constraints]
        # pip takes the first from the environment until 25.2 and the second from then on.
        names = ("PIP_CONSTRAINT", "PIP_BUILD_CONSTRAINT")
        run(command, {**environment, **dict.fromkeys(names, str(build_constraints))})

    def _interpreter(self, work):
        """Return a Python whose pip can build packages, and the environment to run it in."""
        if os.environ.get("SNAP_NAME") != "charm":
            return sys.executable, os.environ
        # The one in charm-tools' snap, which charmcraft uses, cannot; but the machine's own can.
        environment = self._get_env()
        run(["virtualenv", "--python", "python3", work / "python"], environment)
        return work / "python" / "bin" / "python", environment

    def sign(self):
        """Return the signatures of what was installed, for the build manifest."""
        charm = Path(self.target.directory)
        return {
            str(path.relative_to(charm)): (self.layer.url, "dynamic", utils.sign(path))
            for path in self.tracked
        }


def run(command, environment):
    """Run a command; raise BuildError with what it says if it fails."""
    command = [str(word) for word in command]
    done = subprocess.run(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
    )
    if done.returncode:
        said = done.stdout.decode(errors="replace")
        raise BuildError(f"cannot vendor wheelhouse.txt: {' '.join(command)}\n{said}")


def slim(libraries):
    """Reduce a folder of installed packages to what hooks need and licences ask for."""
    for name in LEFT_OUT:
        shutil.rmtree(libraries / name, ignore_errors=True)
    for path in sorted(libraries.rglob("*")):
        if path.is_file() and path.as_posix().endswith(LEFT_OUT_SUFFIXES):
            path.unlink()
    for metadata in libraries.glob("*.dist-info"):
        rewrite(metadata)


def rewrite(metadata):
    """Reduce a package's metadata to what does not depend on who built it."""
    told = HeaderParser().parsestr((metadata / "METADATA").read_text(encoding="utf-8"))
    licences = [path for path in sorted(metadata.rglob("*")) if path.name.startswith(LICENCES)]
    texts = {path.name: path.read_bytes() for path in licences if path.is_file()}
    shutil.rmtree(metadata)
    name = told["Name"].lower().replace("-", "_").replace(".", "_")
    slimmed = metadata.with_name(f"{name}-{told['Version']}.dist-info")
    slimmed.mkdir()
    (slimmed / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {told['Name']}\nVersion: {told['Version']}\n",
        encoding="utf-8",
    )
    for file, text in texts.items():
        (slimmed / file).write_bytes(text)


def install(libraries, lib):
    """Copy a folder of packages into lib and yield the files written."""
    for source in sorted(path for path in libraries.rglob("*") if path.is_file()):
        path = lib / source.relative_to(libraries)
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, path)
        yield path
