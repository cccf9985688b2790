"""Programs are fetched from a Debian mirror; here from a tiny one of the test's own."""

import hashlib
import lzma
import os
import shutil
import subprocess
import tempfile
import threading
from pathlib import Path

import pytest

from sandbox.debian_programs import SUITES, ProgramsError, Store

for tool in ("dpkg-deb", "gpg", "gpgv"):
    if not shutil.which(tool):
        pytest.skip(f"{tool} is not installed", allow_module_level=True)


def run(*command, **keywords):
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, **keywords).stdout


class Mirror:
    """A signed Debian archive in a folder, each package a shell script that knows its version."""

    def __init__(self, root: Path, gnupg: Path):
        self.root = root
        self._gnupg = gnupg
        self.keyring = root / "keyring.gpg"
        root.mkdir()
        self._gpg("--quick-gen-key", "archive@example.com", "ed25519", "sign", "never")
        self.keyring.write_bytes(self._gpg("--export"))
        self.architecture = run("dpkg", "--print-architecture").decode().strip()

    @property
    def address(self) -> str:
        return f"file:{self.root}"

    def _gpg(self, *arguments) -> bytes:
        flags = ("--batch", "--quiet", "--passphrase", "", "--pinentry-mode", "loopback")
        return run("gpg", "--homedir", str(self._gnupg), *flags, *arguments)

    def offer(self, suite, version, signed=True, name="prometheus-alertmanager"):
        """Make a suite hold one version of Alertmanager, the way Debian packs it."""
        tree = self.root / "tree"
        for binary in ("prometheus-alertmanager", "amtool"):
            path = tree / "usr" / "bin" / binary
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f"#!/bin/sh\necho {binary}, version {version}+ds\n")
            path.chmod(0o755)
        control = tree / "DEBIAN" / "control"
        control.parent.mkdir(exist_ok=True)
        control.write_text(
            f"Package: {name}\nVersion: {version}+ds-1\nArchitecture: {self.architecture}\n"
            "Maintainer: A <a@example.com>\nDescription: test\n"
        )
        package = f"pool/{name}_{version}.deb"
        (self.root / "pool").mkdir(exist_ok=True)
        run("dpkg-deb", "--root-owner-group", "--build", str(tree), str(self.root / package))
        content = (self.root / package).read_bytes()
        listed = f"main/binary-{self.architecture}/Packages.xz"
        packages = lzma.compress(
            (
                control.read_text() + f"Filename: {package}\nSize: {len(content)}\n"
                f"SHA256: {hashlib.sha256(content).hexdigest()}\n\n"
            ).encode()
        )
        dist = self.root / "dists" / suite
        (dist / listed).parent.mkdir(parents=True, exist_ok=True)
        (dist / listed).write_bytes(packages)
        release = dist / "Release"
        release.write_text(
            f"Suite: {suite}\nCodename: {suite}\nComponents: main\n"
            f"Architectures: {self.architecture}\nDate: Sat, 01 Jan 2022 00:00:00 UTC\n"
            f"SHA256:\n {hashlib.sha256(packages).hexdigest()} {len(packages)} {listed}\n"
        )
        if not signed:
            shutil.copy(str(release), str(dist / "InRelease"))
        else:
            self._gpg("--yes", "--clearsign", "-o", str(dist / "InRelease"), str(release))
        shutil.rmtree(str(tree))

    def withdraw(self, version):
        """Delete a package that the lists may still name, as a suite that moved on does."""
        for path in (self.root / "pool").glob(f"*_{version}.deb"):
            path.unlink()


@pytest.fixture
def gnupg():
    # gpg-agent's socket lives here, and a socket's path must be short
    home = tempfile.mkdtemp(prefix="gpg")
    os.chmod(home, 0o700)
    yield Path(home)
    subprocess.run(["gpgconf", "--homedir", home, "--kill", "all"], check=False)
    shutil.rmtree(home, ignore_errors=True)


@pytest.fixture
def mirror(tmp_path, gnupg):
    return Mirror(tmp_path / "mirror", gnupg)


@pytest.fixture
def store(tmp_path, mirror):
    return Store(tmp_path / "store", mirror.address, mirror.keyring)


def version(folder) -> str:
    return run(str(folder / "alertmanager"), "--version").decode().split()[-1]


def test_a_version_is_unpacked_under_upstream_names(store, mirror):
    mirror.offer("bookworm", "0.25.0")
    mirror.offer("trixie", "0.28.1")
    folder = store.get("alertmanager", "v0.28.1")
    assert version(folder) == "0.28.1+ds"
    assert sorted(path.name for path in folder.iterdir()) == ["alertmanager", "amtool"]
    assert store.get("alertmanager", "0.28.1") == folder
    assert store.versions("alertmanager") == ("0.25.0", "0.28.1")
    assert not list(store.root.glob("tmp-*"))


def test_a_suite_names_what_it_has_today(store, mirror):
    mirror.offer("sid", "0.33.1")
    assert version(store.get("alertmanager", "sid")) == "0.33.1+ds"
    mirror.offer("sid", "0.34.0")
    os.utime(str(store.root / "lists" / "sid.json"), (0, 0))
    assert version(store.get("alertmanager", "sid")) == "0.34.0+ds"
    assert store.versions("alertmanager") == ("0.33.1", "0.34.0")


def test_a_suite_that_moved_after_its_lists_were_read_is_read_anew(store, mirror):
    mirror.offer("sid", "0.33.1")
    assert store.versions("alertmanager") == ("0.33.1",)
    mirror.offer("sid", "0.34.0")
    mirror.withdraw("0.33.1")
    assert version(store.get("alertmanager", "sid")) == "0.34.0+ds"


def test_the_lists_are_read_once_a_day(store, mirror):
    mirror.offer("sid", "0.33.1")
    assert store.versions("alertmanager") == ("0.33.1",)
    mirror.offer("sid", "0.34.0")
    assert Store(store.root, mirror.address, mirror.keyring).versions("alertmanager") == ("0.33.1",)


def test_what_was_fetched_stays_usable_without_a_mirror(store, mirror, tmp_path):
    mirror.offer("bookworm", "0.25.0")
    folder = store.get("alertmanager", "0.25.0")
    shutil.rmtree(str(mirror.root / "dists"))
    os.utime(str(store.root / "lists" / "bookworm.json"), (0, 0))
    assert store.get("alertmanager", "0.25.0") == folder
    assert store.get("alertmanager", "bookworm") == folder
    assert store.versions("alertmanager") == ("0.25.0",)


def test_an_unknown_version_says_which_there_are(store, mirror):
    for suite, offered in zip(SUITES, ("0.25.0", "0.28.1", "0.33.1")):
        mirror.offer(suite, offered)
    with pytest.raises(ProgramsError) as refused:
        store.get("alertmanager", "0.20.0")
    assert str(refused.value) == (
        "Debian has no alertmanager 0.20.0; "
        "there are 0.25.0 (bookworm), 0.28.1 (trixie), 0.33.1 (sid)"
    )


def test_an_unreachable_mirror_is_one_clear_line(tmp_path, mirror):
    store = Store(tmp_path / "store", "http://127.0.0.1:1/debian", mirror.keyring)
    with pytest.raises(ProgramsError) as refused:
        store.get("alertmanager", "bookworm")
    message = str(refused.value)
    assert message.startswith("cannot read Debian's package lists (bookworm) from http://127.")
    assert message.endswith("or name another mirror in DEBIAN_MIRROR")
    assert "\n" not in message


@pytest.mark.parametrize("signed", [False, True], ids=["unsigned", "signed by another"])
def test_packages_that_debian_did_not_sign_are_refused(store, mirror, signed):
    mirror.offer("bookworm", "0.25.0", signed=signed)
    (mirror.keyring).unlink()
    debians = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
    if not debians.exists():
        pytest.skip("debian-archive-keyring is not installed")
    shutil.copy(str(debians), str(mirror.keyring))
    with pytest.raises(ProgramsError, match="sign"):
        store.get("alertmanager", "bookworm")


def test_a_package_that_was_tampered_with_is_refused(store, mirror):
    mirror.offer("bookworm", "0.25.0")
    package = mirror.root / "pool" / "prometheus-alertmanager_0.25.0.deb"
    package.write_bytes(package.read_bytes() + b" ")
    with pytest.raises(ProgramsError, match="cannot fetch"):
        store.get("alertmanager", "0.25.0")


def test_many_may_ask_at_once(store, mirror):
    mirror.offer("bookworm", "0.25.0")
    answers = []

    def ask():
        answers.append(version(store.get("alertmanager", "0.25.0")))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == ["0.25.0+ds"] * 4


def test_a_name_that_is_no_program_is_refused(store):
    with pytest.raises(ProgramsError, match="alertmanager, prometheus"):
        store.get("grafana", "1.0.0")
