"""The real Alertmanager and Prometheus, in several versions, without installing any of them.

They come out of Debian's packages. apt fetches these and checks Debian's signature, with lists,
sources and a cache of its own: it changes nothing of the system's apt, whose proxies it uses.
``dpkg-deb -x`` then unpacks them into ``$XDG_CACHE_HOME/alertmanager-charm``
(``~/.cache/alertmanager-charm``), which may be deleted at any time. No root is needed, and any
number of processes may ask at once.

    >>> programs.get("alertmanager", "0.28.1")                              # doctest: +SKIP
    PosixPath('/home/ann/.cache/alertmanager-charm/programs/alertmanager-0.28.1/bin')

That folder holds the programs under their upstream names, its parent the rest of the packages.
A version that the machine has installed itself is used as it is.

DEBIAN_MIRROR in the environment names another mirror than http://deb.debian.org/debian.
"""

import contextlib
import fcntl
import os
import re
import shutil
import subprocess
import tempfile
import time
from functools import lru_cache
from pathlib import Path
from typing import Dict, Iterator, List, NamedTuple, Optional, Tuple

SUITES = ("bookworm", "trixie", "sid")
"""The Debian releases that are looked into, oldest first; sid moves on."""

MIRROR = "http://deb.debian.org/debian"

KEYRINGS = (
    Path("/usr/share/keyrings/debian-archive-keyring.gpg"),
    Path("/usr/share/keyrings/debian-archive-keyring.pgp"),
)

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
    packages: Tuple[str, ...]  # as apt wants them: name=debian-version


class Store:
    """A folder of unpacked programs, filled from one Debian mirror.

    root: the folder, made when needed.
    mirror: the base address of a Debian archive.
    keyring: the keys that may sign that archive; Debian's own if not given.
    """

    def __init__(self, root: Path, mirror: str = MIRROR, keyring: Optional[Path] = None):
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
        if wanted not in SUITES:
            installed = _find_installed(name)
            if installed and installed[0] == wanted:
                return self._link(name, *installed)
            folder = self._folder(name, wanted)
            if folder.is_dir():
                return folder / "bin"
        try:
            return self._fetch(name, wanted)
        except _PackageMissing:
            return self._fetch(name, wanted)

    def versions(self, name: str) -> Tuple[str, ...]:
        """Return every version of a program that can be had here and now, oldest first.

        Without a network these are the installed one and those fetched before. Raises
        ProgramsError if there is none at all.
        """
        _program(name)
        found = {
            folder.name[len(name) + 1 :]
            for folder in self._folder(name, "").parent.glob(f"{name}-[0-9]*")
        }
        installed = _find_installed(name)
        if installed:
            found.add(installed[0])
        failures: List[str] = []
        for suite in SUITES:
            try:
                found.add(self._offer(name, suite).version)
            except ProgramsError as error:
                failures.append(str(error))
        if not found:
            raise ProgramsError(failures[0])
        return tuple(sorted(found, key=_as_numbers))

    def _folder(self, name: str, version: str) -> Path:
        return self.root / "programs" / f"{name}-{version}"

    def _link(self, name: str, version: str, binaries: Dict[str, Path]) -> Path:
        """Give installed programs the folder and the names that unpacked ones have."""
        folder = self.root / "installed" / f"{name}-{version}" / "bin"
        with _hold_lock(self.root / "locks" / f"{name}-{version}"):
            folder.mkdir(parents=True, exist_ok=True)
            for binary, path in binaries.items():
                link = folder / binary
                if not link.is_symlink() or Path(os.readlink(str(link))) != path:
                    with contextlib.suppress(FileNotFoundError):
                        link.unlink()
                    link.symlink_to(path)
        return folder

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
        offers, failures = [], []
        for suite in SUITES:
            try:
                offer = self._offer(name, suite)
            except ProgramsError as error:
                failures.append(str(error))
                continue
            if offer.version == version:
                return offer
            offers.append(f"{offer.version} ({suite})")
        if failures:
            raise ProgramsError(failures[0])
        raise ProgramsError(
            f"Debian has no {name} {version}; there are {', '.join(offers) or 'none'}"
        )

    def _offer(self, name: str, suite: str) -> _Offer:
        """Return what a suite has of a program."""
        with _hold_lock(self.root / "locks" / f"apt-{suite}"):
            self._update(suite)
            packages = self._candidates(suite, _program(name).packages)
        main = packages.get(_program(name).packages[0], "")
        match = re.match(r"(?:\d+:)?(\d+(?:\.\d+)+)", main)
        if not match:
            raise ProgramsError(f"Debian {suite} has no {name} for this machine's architecture")
        return _Offer(
            suite,
            match.group(1),
            tuple(f"{package}={version}" for package, version in packages.items()),
        )

    def _candidates(self, suite: str, packages: Tuple[str, ...]) -> Dict[str, str]:
        """Return the versions of those packages that a suite has.

        Answers are kept as long as the lists: apt reads all of a suite's for each.
        """
        answer = self.root / "apt" / suite / "answers" / "+".join(packages)
        if answer.exists():
            shown = answer.read_text(encoding="utf-8")
        else:
            done = self._apt(suite, "apt-cache", "show", "--no-all-versions", *packages)
            shown = done.stdout
            if done.returncode == 0:
                answer.parent.mkdir(exist_ok=True)
                draft = answer.with_name(f"{answer.name}.new")
                draft.write_text(shown, encoding="utf-8")
                draft.rename(answer)
        fields = re.findall(r"^(?:Package|Version): (\S+)$", shown, re.MULTILINE)
        return dict(zip(fields[::2], fields[1::2]))

    def _update(self, suite: str) -> None:
        """Fetch a suite's package lists if there are none or only old ones."""
        home = self.root / "apt" / suite
        stamp = home / "fetched"
        if stamp.exists() and time.time() - stamp.stat().st_mtime < LISTS_LAST:
            return
        for folder in ("lists/partial", "cache/archives/partial", "state"):
            (home / folder).mkdir(parents=True, exist_ok=True)
        self._write_apt_conf(suite)
        done = self._apt(suite, "apt-get", "--quiet", "update")
        if done.returncode == 0:
            shutil.rmtree(str(home / "answers"), ignore_errors=True)
            stamp.touch()
        elif not stamp.exists():
            raise ProgramsError(
                f"cannot read Debian's package lists ({suite}) from {self.mirror}: "
                f"{_reason(done.stderr)}; check the network, or name another mirror in "
                "DEBIAN_MIRROR"
            )

    def _write_apt_conf(self, suite: str) -> None:
        """Write the configuration that keeps this apt apart from the system's.

        Of the system's configuration it takes how to reach a server. The rest must not apply:
        distributions hang commands on ``update`` that change the system.
        """
        home = self.root / "apt" / suite
        (home / "sources.list").write_text(
            f"deb [arch={_architecture()} signed-by={self._keys()}] {self.mirror} {suite} main\n",
            encoding="utf-8",
        )
        (home / "status").touch()
        lines = [
            'Acquire::http::Timeout "15";',
            'Acquire::https::Timeout "15";',
            'Acquire::Retries "1";',
            *_system_acquire(),
            'Acquire::Languages "none";',
            # or root's apt steps down to _apt, who cannot enter a home folder
            'APT::Sandbox::User "root";',
            'APT::Update::Error-Mode "any";',
            'Dir::Etc::Main "/dev/null";',
            'Dir::Etc::Parts "/dev/null";',
            'Dir::Etc::Preferences "/dev/null";',
            'Dir::Etc::PreferencesParts "/dev/null";',
            'Dir::Etc::SourceParts "/dev/null";',
            f'Dir::Etc::SourceList "{home}/sources.list";',
            f'Dir::State "{home}/state";',
            f'Dir::State::Lists "{home}/lists";',
            f'Dir::State::Status "{home}/status";',
            f'Dir::Cache "{home}/cache";',
        ]
        conf = home / "apt.conf"
        # a proxy's address may contain a password
        with open(os.open(str(conf), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write("\n".join(lines) + "\n")

    def _keys(self) -> Path:
        """Return the keyring that verifies the mirror."""
        if self._keyring:
            return self._keyring
        fetched = self.root / "keyring"
        for keys in (*KEYRINGS, *(fetched / str(path)[1:] for path in KEYRINGS)):
            if keys.is_file():
                return keys
        # not a Debian: its own archive may carry Debian's keys, signed by its own
        with _hold_lock(self.root / "locks" / "keyring"), self._scratch() as scratch:
            download = ("download", "debian-archive-keyring")
            got = _run(("apt-get", "--quiet", f"-oDir::Cache={scratch}", *download), cwd=scratch)
            for package in scratch.glob("*.deb"):
                _run(["dpkg-deb", "-x", str(package), str(fetched)])
        for path in KEYRINGS:
            if (fetched / str(path)[1:]).is_file():
                return fetched / str(path)[1:]
        raise ProgramsError(
            f"no keys to verify Debian's packages with ({_reason(got.stderr)}); "
            "run: sudo apt-get install debian-archive-keyring"
        )

    def _unpack(self, program: _Program, offer: _Offer, folder: Path) -> None:
        """Fetch an offer's packages and unpack them, the whole folder or nothing."""
        folder.parent.mkdir(parents=True, exist_ok=True)
        with self._scratch() as scratch:
            with _hold_lock(self.root / "locks" / f"apt-{offer.suite}"):
                done = self._apt(
                    offer.suite, "apt-get", "--quiet", "download", *offer.packages, cwd=scratch
                )
            packages = sorted(scratch.glob("*.deb"))
            if done.returncode or len(packages) < len(offer.packages):
                # so that the lists are read anew next time
                os.utime(str(self.root / "apt" / offer.suite / "fetched"), (0, 0))
                raise _PackageMissing(
                    f"cannot fetch {' '.join(offer.packages)} from {self.mirror}: "
                    f"{_reason(done.stderr)}; try again, or name another mirror in DEBIAN_MIRROR"
                )
            tree = scratch / "tree"
            for package in packages:
                done = _run(["dpkg-deb", "-x", str(package), str(tree)])
                if done.returncode:
                    raise ProgramsError(f"cannot unpack {package.name}: {_reason(done.stderr)}")
            (tree / "bin").mkdir(exist_ok=True)
            for binary, debian in program.binaries.items():
                (tree / "bin" / binary).symlink_to(Path("..", "usr", "bin", debian))
                if not _version_of(tree / "bin" / binary):
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

    def _apt(self, suite: str, *command: str, cwd: Optional[Path] = None):
        conf = self.root / "apt" / suite / "apt.conf"
        return _run(command, cwd=cwd, APT_CONFIG=str(conf))


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


def _find_installed(name: str) -> Optional[Tuple[str, Dict[str, Path]]]:
    """Return the version and the binaries of an installed program if it is complete."""
    binaries = {}
    for binary, debian in _program(name).binaries.items():
        path = shutil.which(debian) or shutil.which(binary)
        if not path:
            return None
        binaries[binary] = Path(path)
    found = {_version_of(path) for path in binaries.values()}
    version = found.pop()
    return (version, binaries) if version and not found else None


@lru_cache(maxsize=None)
def _version_of(binary: Path) -> str:
    """Return a program's own version, "" if it does not run."""
    done = _run([str(binary), "--version"])
    match = re.search(r"version (\d+(?:\.\d+)+)", done.stdout + done.stderr)
    return match.group(1) if done.returncode == 0 and match else ""


def _as_numbers(version: str) -> Tuple[int, ...]:
    return tuple(int(number) for number in version.split("."))


@lru_cache(maxsize=None)
def _architecture() -> str:
    return _run(["dpkg", "--print-architecture"]).stdout.strip()


@lru_cache(maxsize=None)
def _system_acquire() -> Tuple[str, ...]:
    """Return the system's apt settings for reaching servers: proxies, time-outs, certificates."""
    dumped = _run(["apt-config", "dump", "Acquire"]).stdout.splitlines()
    others = ("Acquire::IndexTargets", "Acquire::Languages")
    return tuple(line for line in dumped if not line.startswith(others))


@contextlib.contextmanager
def _hold_lock(path: Path) -> Iterator[None]:
    """Hold a lock that other processes and threads wait for; it ends with its holder."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _run(command, cwd: Optional[Path] = None, **environment: str) -> "subprocess.CompletedProcess":
    """Run a program and keep its output, in English; a missing one raises ProgramsError."""
    try:
        return subprocess.run(
            list(command),
            cwd=str(cwd) if cwd else None,
            env={**os.environ, "LC_ALL": "C.UTF-8", **environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )
    except FileNotFoundError:
        raise ProgramsError(
            f"{command[0]} is needed to fetch Debian's packages and is not on this machine; "
            "put alertmanager, amtool, prometheus and promtool on PATH instead"
        ) from None
    except subprocess.TimeoutExpired:
        raise ProgramsError(f"{' '.join(command)} did not end within ten minutes") from None


def _reason(stderr: str) -> str:
    """Return the line of apt's complaints that tells most."""
    lines = [line for line in stderr.splitlines() if line.startswith(("E:", "W:", "Err:"))]
    lines.sort(key=lambda line: not line.startswith("E:"))
    text = lines[0] if lines else (stderr.strip().splitlines() or ["no reason given"])[-1]
    return re.sub(r"^(?:E|W|Err):\s*", "", text).rstrip(".")
