"""The real Alertmanager and Prometheus, in several versions, without installing any of them.

They come out of Debian's packages: the lists of a suite are fetched from a mirror and verified with
Debian's signature, packages with the lists, and ``dpkg-deb -x`` unpacks them into
``$XDG_CACHE_HOME/alertmanager-charm`` (``~/.cache/alertmanager-charm``), which may be deleted at
any time. No root is needed, and any number of processes may ask at once.

    >>> programs.get("alertmanager", "0.28.1")                              # doctest: +SKIP
    PosixPath('/home/ann/.cache/alertmanager-charm/programs/alertmanager-0.28.1/bin')

That folder holds the programs under their upstream names, its parent the rest of the packages.

DEBIAN_MIRROR in the environment names another mirror than http://deb.debian.org/debian, and
http_proxy a proxy.
"""

import contextlib
import fcntl
import hashlib
import json
import lzma
import os
import re
import shutil
import subprocess
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Dict, Iterator, List, NamedTuple, Tuple

SUITES = ("bookworm", "trixie", "sid")
"""The Debian releases that are looked into, oldest first; sid moves on."""

MIRROR = "http://deb.debian.org/debian"

KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")

LISTS_LAST = 24 * 3600
"""Seconds after which a suite's package lists are fetched anew."""


class ProgramsError(Exception):
    """A program cannot be had; one line that says why and what helps."""


class _PackageMissing(ProgramsError):
    """A package that the lists name is not there: the suite may have moved on since."""


class _Program(NamedTuple):
    packages: Tuple[str, ...]  # not every suite has all of them: promtool moved out in trixie
    binaries: Dict[str, str]  # upstream's name: Debian's name


PROGRAMS = {
    "alertmanager": _Program(
        packages=("prometheus-alertmanager",),
        binaries={"alertmanager": "prometheus-alertmanager", "amtool": "amtool"},
    ),
    "prometheus": _Program(
        packages=("prometheus", "promtool"),
        binaries={"prometheus": "prometheus", "promtool": "promtool"},
    ),
}


class _Offer(NamedTuple):
    suite: str
    version: str  # upstream's, for example 0.28.1
    files: Dict[str, str]  # path on the mirror: SHA256


class Store:
    """A folder of unpacked programs, filled from one Debian mirror.

    root: the folder, made when needed.
    mirror: the base address of a Debian archive.
    keyring: the keys that may sign that archive.
    """

    def __init__(self, root: Path, mirror: str = MIRROR, keyring: Path = KEYRING):
        self.root = Path(root)
        self.mirror = mirror
        self._keyring = keyring

    def get(self, name: str, version: str) -> Path:
        """Return the folder with the binaries of a program, after fetching it if need be.

        name: ``alertmanager`` (with amtool) or ``prometheus`` (with promtool).
        version: ``0.28.1``, or a Debian suite, ``sid``, for whatever version that has today.

        Raises ProgramsError.
        """
        _program(name)
        wanted = version[1:] if version.startswith("v") else version
        folder = self._folder(name, wanted)
        if wanted not in SUITES and folder.is_dir():
            return folder / "bin"
        try:
            return self._fetch(name, wanted)
        except _PackageMissing:
            return self._fetch(name, wanted)

    def versions(self, name: str) -> Tuple[str, ...]:
        """Return every version of a program that can be had here and now, oldest first.

        Without a network these are those fetched before. Raises ProgramsError if there is none.
        """
        _program(name)
        folders = self._folder(name, "").parent.glob(f"{name}-[0-9]*")
        offers, failures = self._offers(name)
        found = {offer.version for offer in offers}
        found.update(folder.name[len(name) + 1 :] for folder in folders)
        if not found:
            raise ProgramsError(failures[0])
        return tuple(sorted(found, key=_as_numbers))

    def _folder(self, name: str, version: str) -> Path:
        return self.root / "programs" / f"{name}-{version}"

    def _fetch(self, name: str, version: str) -> Path:
        offer = self._find(name, version)
        folder = self._folder(name, offer.version)
        with _hold_lock(self.root / "locks" / folder.name):
            if not folder.is_dir():
                self._unpack(_program(name), offer, folder)
        return folder / "bin"

    def _find(self, name: str, version: str) -> _Offer:
        """Return the suite that has a version; version may be the name of a suite."""
        if version in SUITES:
            return self._offer(name, version)
        offers, failures = self._offers(name)
        for offer in offers:
            if offer.version == version:
                return offer
        if failures:
            raise ProgramsError(failures[0])
        there = ", ".join(f"{offer.version} ({offer.suite})" for offer in offers)
        raise ProgramsError(f"Debian has no {name} {version}; there are {there or 'none'}")

    def _offers(self, name: str) -> Tuple[List[_Offer], List[str]]:
        """Return what the suites have of a program, and why others cannot be asked."""
        offers, failures = [], []
        for suite in SUITES:
            try:
                offers.append(self._offer(name, suite))
            except ProgramsError as error:
                failures.append(str(error))
        return offers, failures

    def _offer(self, name: str, suite: str) -> _Offer:
        """Return what a suite has of a program."""
        listed, wanted = self._packages(suite), _program(name).packages
        match = re.match(r"(?:\d+:)?(\d+(?:\.\d+)+)", listed.get(wanted[0], {}).get("Version", ""))
        if not match:
            raise ProgramsError(f"Debian {suite} has no {name} for this machine's architecture")
        found = [listed[package] for package in wanted if package in listed]
        files = {package["Filename"]: package["SHA256"] for package in found}
        return _Offer(suite, match.group(1), files)

    def _packages(self, suite: str) -> Dict[str, Dict[str, str]]:
        """Return what a suite's list says of the packages of all programs, by their names."""
        known = self._list(suite)
        with _hold_lock(self.root / "locks" / f"list-{suite}"):
            if not known.exists() or time.time() - known.stat().st_mtime > LISTS_LAST:
                try:
                    text = json.dumps(self._read_suite(suite))
                except ProgramsError:
                    if not known.exists():
                        raise
                else:
                    known.parent.mkdir(exist_ok=True)
                    draft = known.with_suffix(".new")
                    draft.write_text(text, encoding="utf-8")
                    draft.rename(known)
            return json.loads(known.read_text(encoding="utf-8"))

    def _list(self, suite: str) -> Path:
        return self.root / "lists" / f"{suite}.json"

    def _read_suite(self, suite: str) -> Dict[str, Dict[str, str]]:
        """Fetch and verify a suite's list of packages."""
        architecture = _run(["dpkg", "--print-architecture"]).stdout.strip()
        path = f"main/binary-{architecture}/Packages.xz"
        try:
            release = self._verified(self._download(f"dists/{suite}/InRelease"))
            digests = re.findall(rf"(?m)^ ([0-9a-f]{{64}}) +\d+ {re.escape(path)}$", release)
            if not digests:
                raise OSError(f"it names no {path}")
            packed = self._download(f"dists/{suite}/{path}", digests[0])
        except OSError as error:
            raise ProgramsError(
                f"cannot read Debian's package lists ({suite}) from {self.mirror}: {error}; check"
                " the network, or name another mirror in DEBIAN_MIRROR"
            ) from None
        listed = "\n" + lzma.decompress(packed).decode("utf-8")
        wanted = [package for program in PROGRAMS.values() for package in program.packages]
        found = {}
        for package in wanted:
            begin = listed.find(f"\nPackage: {package}\n")
            if begin >= 0:
                end = listed.find("\n\n", begin)
                found[package] = dict(re.findall(r"(?m)^(\w+): (.*)$", listed[begin:end]))
        return found

    def _download(self, path: str, digest: str = "") -> bytes:
        """Return a file of the mirror; OSError if it is not there or has another SHA256."""
        with urllib.request.urlopen(f"{self.mirror}/{path}", timeout=30) as answer:
            content = answer.read()
        if digest and hashlib.sha256(content).hexdigest() != digest:
            raise OSError(f"{path} is not what the signed list says")
        return content

    def _verified(self, signed: bytes) -> str:
        """Return the text that Debian has signed."""
        if not self._keyring.is_file():
            raise ProgramsError(
                "no keys to verify Debian's packages with; run: sudo apt-get install"
                " debian-archive-keyring"
            )
        with self._scratch() as scratch:
            (scratch / "InRelease").write_bytes(signed)
            text = scratch / "Release"
            command = ["gpgv", "--keyring", self._keyring, "--output", text, scratch / "InRelease"]
            done = _run([str(word) for word in command])
            if done.returncode:
                said = done.stderr.strip().splitlines() or ["no reason given"]
                raise OSError(f"Debian's signature is missing or wrong ({said[-1]})")
            return text.read_text(encoding="utf-8")

    def _unpack(self, program: _Program, offer: _Offer, folder: Path) -> None:
        """Fetch an offer's packages and unpack them, the whole folder or nothing."""
        folder.parent.mkdir(parents=True, exist_ok=True)
        with self._scratch() as scratch:
            tree, package = scratch / "tree", scratch / "package.deb"
            for path, digest in offer.files.items():
                try:
                    package.write_bytes(self._download(path, digest))
                except OSError as error:
                    self._list(offer.suite).unlink()  # so that it is read anew next time
                    raise _PackageMissing(
                        f"cannot fetch {path} from {self.mirror}: {error}; try again, or name"
                        " another mirror in DEBIAN_MIRROR"
                    ) from None
                done = _run(["dpkg-deb", "-x", str(package), str(tree)])
                if done.returncode:
                    raise ProgramsError(f"cannot unpack {path}: {done.stderr.strip()}")
            (tree / "bin").mkdir(exist_ok=True)
            for binary, debian in program.binaries.items():
                (tree / "bin" / binary).symlink_to(Path("..", "usr", "bin", debian))
                if _run([str(tree / "bin" / binary), "--version"]).returncode:
                    raise ProgramsError(
                        f"{binary} {offer.version} of Debian {offer.suite} does not run on this "
                        "machine; choose an older version"
                    )
            tree.rename(folder)

    @contextlib.contextmanager
    def _scratch(self) -> Iterator[Path]:
        """Lend a folder on the file system of the store."""
        self.root.mkdir(parents=True, exist_ok=True)
        scratch = Path(tempfile.mkdtemp(prefix="tmp-", dir=str(self.root)))
        try:
            yield scratch
        finally:
            shutil.rmtree(str(scratch), ignore_errors=True)


def get(name: str, version: str) -> Path:
    """Return the folder with the binaries of a program (see Store.get)."""
    return _default().get(name, version)


def versions(name: str) -> Tuple[str, ...]:
    """Return every version of a program that can be had here and now (see Store.versions)."""
    return _default().versions(name)


def _default() -> Store:
    cache = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    mirror = os.environ.get("DEBIAN_MIRROR") or MIRROR
    return Store(Path(cache) / "alertmanager-charm", mirror.rstrip("/"))


def _program(name: str) -> _Program:
    if name not in PROGRAMS:
        raise ProgramsError(f"no program is called {name}; there are {', '.join(PROGRAMS)}")
    return PROGRAMS[name]


def _as_numbers(version: str) -> Tuple[int, ...]:
    return tuple(int(number) for number in version.split("."))


@contextlib.contextmanager
def _hold_lock(path: Path) -> Iterator[None]:
    """Hold a lock that other processes and threads wait for; it ends with its holder."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _run(command: List[str]) -> "subprocess.CompletedProcess":
    """Run a program and keep its output, in English; a missing one raises ProgramsError."""
    try:
        return subprocess.run(
            command,
            env={**os.environ, "LC_ALL": "C.UTF-8"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
    except FileNotFoundError:
        raise ProgramsError(
            f"{command[0]} is needed to fetch Debian's packages and is not on this machine; the"
            " sandbox runs on Debian and Ubuntu"
        ) from None
