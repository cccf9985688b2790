"""Images, made of programs that Debian packages: what a registry would hold, without one.

The name of a reference picks the program and its tag the version; where Debian has no such version
the nearest one runs, and the pod says so. Busybox's applets stand for the rest of the image, as in
``prom/alertmanager`` and ``prom/prometheus``, which are built on busybox.
"""

import contextlib
import re
import shutil
import subprocess
import threading
from pathlib import Path
from typing import NamedTuple, Tuple

from sandbox import debian_programs
from sandbox.kubernetes.kubelet.cluster_types import ClusterError, Image, NotYet

_PASSWD = "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/home:/bin/false\n"
_GROUP = "root:x:0:\nnobody:x:65534:\n"
_NSSWITCH = "hosts: files dns\n"
_BESIDE = "/usr/share/prometheus"
_WEB = Path(__file__).resolve().parents[2] / "web"
_SHARED = ("/etc/ssl/certs/ca-certificates.crt", "/usr/share/zoneinfo")


class _Recipe(NamedTuple):
    program: str
    binaries: Tuple[str, ...]
    command: Tuple[str, ...]
    data: str


_RECIPES = {
    "alertmanager": _Recipe(
        "alertmanager",
        ("alertmanager", "amtool"),
        ("--config.file=/etc/alertmanager/alertmanager.yml", "--storage.path=/alertmanager"),
        "/alertmanager",
    ),
    "prometheus": _Recipe(
        "prometheus",
        ("prometheus", "promtool"),
        ("--config.file=/etc/prometheus/prometheus.yml", "--storage.tsdb.path=/prometheus"),
        "/prometheus",
    ),
}


class Images:
    """Makes images on demand; ``folder`` keeps their small files."""

    def __init__(self, folder):
        self._folder = Path(folder)
        self._made = {}
        self._lock = threading.Lock()

    def get(self, reference):
        """Return the Image for a reference such as ``prom/alertmanager:v0.28.1``.

        It may take as long as fetching a Debian package does. Raise NotYet like a kubelet that
        cannot pull, ClusterError if this machine lacks busybox.
        """
        with self._lock:
            if reference not in self._made:
                self._made[reference] = self._make(reference)
            return self._made[reference]

    def _make(self, reference):
        name, tag = split(reference)
        if name == "busybox":
            return Image([], ["sh"], "", "/", [], self._base([], "busybox"))
        if name in _RECIPES:
            return self._program(reference, _RECIPES[name], tag)
        raise NotYet(
            "ErrImagePull",
            f'image "{reference}" is not in the sandbox, which has alertmanager, prometheus and '
            "busybox",
        )

    def _program(self, reference, recipe, tag):
        try:
            folder, version, note = _program_for(recipe.program, tag)
        except debian_programs.ProgramsError as error:
            raise NotYet("ErrImagePull", f'image "{reference}": {error}') from None
        binaries = [folder / binary for binary in recipe.binaries if (folder / binary).exists()]
        binds = self._base(binaries, f"{recipe.program}-{version}")
        # Debian keeps beside a program what upstream builds into it: templates, web pages.
        shared = binaries[0].resolve().parents[2] / _BESIDE[1:]
        if shared.is_dir():
            binds[_BESIDE] = str(shared)
        if (shared / "alertmanager" / "ui").is_dir():
            binds[f"{_BESIDE}/alertmanager/ui"] = str(_WEB)  # Debian leaves upstream's out
        main = f"/bin/{recipe.binaries[0]}"
        return Image(
            [main], list(recipe.command), "nobody", recipe.data, [recipe.data], binds, note
        )

    def _base(self, binaries, name):
        """Return the binds of a tree with busybox, these programs and all that they need."""
        busybox = shutil.which("busybox")
        if not busybox:
            raise ClusterError("no busybox on this machine: sudo apt-get install busybox-static")
        tree = self._folder / name
        if not (tree / "bin").exists():
            _write_tree(tree, busybox, [path.name for path in binaries])
        binds = {f"/etc/{path.name}": str(path) for path in (tree / "etc").iterdir()}
        binds["/bin"] = str(tree / "bin")
        binds.update((f"/bin/{path.name}", str(path.resolve())) for path in binaries)
        for path in [busybox, *binaries]:
            binds.update((library, library) for library in _libraries(path))
        binds.update((path, path) for path in _SHARED if Path(path).exists())
        return binds


def split(reference):
    """Return (last part of the name, tag) of an image reference; the tag may be ""."""
    name, _, _digest = reference.partition("@")
    last = name.rpartition("/")[2]
    last, _, tag = last.partition(":")
    return last, tag


def nearest(wanted, versions):
    """Return the version that is nearest to ``wanted`` (both like 0.28.1), the newer of two."""

    return min(
        versions, key=lambda version: (abs(_order(version) - _order(wanted)), -_order(version))
    )


def _program_for(program, tag):
    """Return (folder with the programs, version, note for the user)."""
    wanted = tag[1:] if tag.startswith("v") else tag
    numbered = re.match(r"\d+(\.\d+)*$", wanted)
    if numbered:
        with contextlib.suppress(debian_programs.ProgramsError):
            return debian_programs.get(program, wanted), wanted, ""
    versions = debian_programs.versions(program)
    if numbered:
        found = nearest(wanted, versions)
        note = f"no {program} {wanted} is to be had from Debian: the sandbox runs {found}"
    else:
        found = versions[-1]
        note = f"{program}:{tag or 'latest'} is {found} in the sandbox"
    return debian_programs.get(program, found), found, note


def _order(version):
    """Return a number that grows with the version; a minor version is further than any patch."""
    major, minor, patch = ([int(part) for part in version.split(".")] + [0, 0])[:3]
    return (major * 1000 + minor) * 1000 + patch


def _write_tree(tree, busybox, programs_of_image):
    scratch = tree.with_name(tree.name + ".new")
    shutil.rmtree(str(scratch), ignore_errors=True)
    (scratch / "bin").mkdir(parents=True)
    (scratch / "etc").mkdir()
    shutil.copy(busybox, str(scratch / "bin" / "busybox"))
    applets = subprocess.run([busybox, "--list"], stdout=subprocess.PIPE, check=True, text=True)
    for applet in applets.stdout.split():
        if applet != "busybox":
            (scratch / "bin" / applet).symlink_to("busybox")
    for program in programs_of_image:
        (scratch / "bin" / program).touch()  # what the real program is mounted over
    for name, text in (("passwd", _PASSWD), ("group", _GROUP), ("nsswitch.conf", _NSSWITCH)):
        (scratch / "etc" / name).write_text(text)
    scratch.rename(tree)


def _libraries(program):
    """Return the shared libraries of a program and its loader."""
    listed = subprocess.run(
        ["ldd", str(program)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        check=False,
        text=True,
    )
    return re.findall(r"(/\S+) \(0x", listed.stdout)
