"""What is missing on a machine, and how it gets there."""

import re
from unittest import mock

import pytest

from sandbox import needed_programs
from tools import system_packages


def test_programs_that_are_not_there_are_named_by_package(monkeypatch, tmp_path):
    monkeypatch.setattr(needed_programs, "PATH", str(tmp_path))
    assert needed_programs.missing() == [
        "bubblewrap",
        "busybox-static",
        "dnsmasq-base",
        "gpgv",
        "iproute2",
        "perl-base",
        "util-linux",
    ]
    (tmp_path / "bwrap").write_text("")
    (tmp_path / "bwrap").chmod(0o755)
    assert "bubblewrap" not in needed_programs.missing()


def test_a_python_that_cannot_make_environments_needs_its_package():
    with mock.patch("importlib.util.find_spec", return_value=None):
        assert "python3-venv" in system_packages.missing()


def test_where_debians_keys_are_missing_they_have_a_package(monkeypatch, tmp_path):
    monkeypatch.setattr(system_packages, "_KEYRING", tmp_path / "keys.gpg")
    assert "debian-archive-keyring" in system_packages.missing()


def test_an_ordinary_user_gets_the_command_to_run():
    text = "these programs are missing; run: sudo apt-get install bubblewrap iproute2"
    with mock.patch("os.geteuid", return_value=1000), pytest.raises(
        system_packages.PackagesError, match=f"^{re.escape(text)}$"
    ):
        system_packages.install(["bubblewrap", "iproute2"])


@pytest.fixture
def apt(monkeypatch, tmp_path):
    """A machine of root whose apt-get notes its calls and works from the n-th on.

    It never installs what it ``lacks``.
    """
    calls = tmp_path / "calls"
    calls.write_text("")

    def make(works_from, lacks="no such package"):
        script = tmp_path / "apt-get"
        script.write_text(
            f'#!/bin/sh\necho "$*" >> {calls}\ncase "$*" in *" {lacks}"*) exit 100;; esac\n'
            f"[ $(/usr/bin/wc -l < {calls}) -ge {works_from} ]\n"
        )
        script.chmod(0o755)
        monkeypatch.setenv("PATH", str(tmp_path))
        monkeypatch.setattr("os.geteuid", lambda: 0)
        return lambda: calls.read_text().splitlines()

    return make


INSTALL = "install --yes --no-install-recommends bubblewrap"


def test_root_has_them_installed(apt):
    calls = apt(works_from=1)
    system_packages.install(["bubblewrap"])
    assert calls() == [INSTALL]


def test_old_or_missing_lists_are_read_anew(apt):
    calls = apt(works_from=3)
    system_packages.install(["bubblewrap"])
    assert calls() == [INSTALL, "update", INSTALL]


def test_an_apt_that_fails_is_named_with_its_command(apt):
    apt(works_from=9)
    with pytest.raises(
        system_packages.PackagesError, match="see what it says: apt-get install bubblewrap"
    ):
        system_packages.install(["bubblewrap"])


def test_what_the_distribution_lacks_keeps_nothing_else_away(apt):
    calls = apt(works_from=1, lacks="chromium-driver")
    with pytest.raises(system_packages.PackagesError, match=r"apt-get install chromium-driver$"):
        system_packages.install(["bubblewrap", "chromium-driver"])
    assert INSTALL in calls()


def test_a_program_may_be_in_a_package_of_another_name(apt, monkeypatch, tmp_path, capsys):
    calls = apt(works_from=1)
    monkeypatch.setattr(needed_programs, "PATH", str(tmp_path))
    system_packages.main(["openssl", "apt-get", "chromedriver"])
    (call,) = calls()
    assert call.endswith(" util-linux openssl chromium-driver")
    assert capsys.readouterr().out.endswith(" util-linux, openssl, chromium-driver\n")


def test_tests_go_on_without_what_cannot_be_installed(capsys):
    with mock.patch("os.geteuid", return_value=1000), mock.patch("shutil.which", return_value=None):
        system_packages.main(["openssl"])
    told = capsys.readouterr().out
    assert "some tests will be skipped: these programs are missing; run: sudo apt-get" in told
    assert "openssl" in told
