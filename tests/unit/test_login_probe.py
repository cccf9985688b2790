"""What the probe says that logs in, with an amtool that a test has made."""

import re
import subprocess
from pathlib import Path

import pytest

SCRIPT = (Path(__file__).resolve().parents[2] / "templates" / "login_probe.sh").read_text()
LOGIN = "/etc/alertmanager/charm-login.yml"
URL, OTHER = "https://localhost:9093/am", "http://localhost:9093/am"


@pytest.fixture
def probe(tmp_path):
    """Return a function that runs the probe: with what amtool does, and whether there are users."""

    def run(amtool, has_users=True):
        login, program = tmp_path / "charm-login.yml", tmp_path / "amtool"
        asked = tmp_path / "asked"
        asked.write_text("")
        program.write_text(f'#!/bin/sh\necho "$*" >>{asked}\n{amtool}\n')
        program.chmod(0o755)
        if has_users:
            login.write_text("{}")
        done = subprocess.run(
            ["/bin/sh", "-c", SCRIPT.replace(LOGIN, str(login)), "login-probe", URL],
            env={"PATH": f"{tmp_path}:/usr/bin:/bin"},
            check=False,
            capture_output=True,
            text=True,
        )
        return done, re.findall(r"--alertmanager\.url=(\S+)", asked.read_text())

    return run


def test_an_answer_is_a_sign_of_life(probe):
    done, asked = probe("exit 0")
    assert (done.returncode, asked) == (0, [URL])


def test_a_process_that_does_not_speak_tls_yet_or_any_more_is_alive(probe):
    done, asked = probe(f'case $* in *{OTHER}*) exit 0 ;; esac; echo "no TLS"; exit 1')
    assert (done.returncode, asked) == (0, [URL, OTHER])


def test_a_busy_one_is_alive(probe):
    done, asked = probe('echo "getStatus (status 503): {}" >&2; exit 1')
    assert (done.returncode, asked) == (0, [URL])


def test_one_that_does_not_answer_or_knows_another_password_is_not(probe):
    done, asked = probe('echo "getStatus (status 401): {}" >&2; exit 1')
    assert (done.returncode, asked) == (1, [URL, OTHER])
    assert "401" in done.stderr


def test_without_users_nobody_logs_in(probe):
    assert probe("exit 0", has_users=False)[1] == []
