"""All of it without root: the built charm in a sandbox that an ordinary user has started.

The user has no name, no subordinate ids and no home. Where the tests do not run as root, whoever
runs them is the user.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from support import ordinary_user_story, processes, real_programs
from support.kubelet_cluster import awaited
from support.pager import Pager

ROOT = Path(__file__).resolve().parents[2]
USER = 61234
STORY = Path(ordinary_user_story.__file__).resolve()


@pytest.fixture
def folder(tmp_path_factory):
    """A folder that the user owns and can reach, which pytest's own are not."""
    folder = Path("/tmp") / f"ordinary-{os.getpid()}"
    folder.mkdir(mode=0o755)
    yield folder
    shutil.rmtree(str(folder))


def become():
    """Return the words in front of a command that make it the user's."""
    if os.geteuid() != 0:
        return []
    who = [f"--reuid={USER}", f"--regid={USER}", "--clear-groups", "--inh-caps=-all"]
    # setpriv itself keeps root's rights until it starts something, so let it start something
    return ["setpriv", *who, "env"]


def python_for_the_user(libraries):
    """Return an interpreter that the user may run, and that can import what the sandbox does."""
    environment = {
        "PYTHONPATH": f"{ROOT}:{ROOT}/lib:{ROOT}/tests:{libraries}",
        "PATH": os.environ["PATH"],
    }
    for python in (os.path.realpath(sys.executable), "/usr/bin/python3"):
        command = [*become(), python, "-c", "import sandbox.juju"]
        if not subprocess.run(
            command, env=environment, cwd="/", capture_output=True, check=False
        ).returncode:
            return python, environment
    return pytest.skip("an ordinary user may not read this repository, or run any Python here")


def test_an_ordinary_user_is_paged_and_keeps_a_silence_that_only_the_killed_pod_knew(
    folder, built_charm
):
    shutil.copytree(os.path.dirname(yaml.__file__), str(folder / "lib" / "yaml"))
    version = real_programs.version("alertmanager", "trixie")
    program = real_programs.alertmanager("trixie").parents[1]
    programs = folder / "cache" / "alertmanager-charm" / "programs"
    shutil.copytree(str(program), str(programs / program.name), symlinks=True)
    shutil.copytree(str(built_charm), str(folder / "charm"))
    python, environment = python_for_the_user(folder / "lib")
    home = folder / "sandbox"
    home.mkdir()
    if os.geteuid() == 0:
        for path in (folder, home, programs.parent, programs):
            os.chown(str(path), USER, USER)
    with Pager() as pager:
        story = subprocess.Popen(
            [*become(), python, str(STORY), home, folder / "charm", version, str(pager.port)],
            env={**environment, "XDG_CACHE_HOME": str(folder / "cache")},
            cwd="/",
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        told = story.stdout.readline()
        if not told:
            _, errors = story.communicate()
            if story.returncode == ordinary_user_story.NO_CLUSTER:
                pytest.skip(errors)
            pytest.fail(errors)
        awaited(lambda: pager.pages("Loud"), what="a page")
        owners = {process.stat().st_uid for process in processes.marked(str(folder))}
        _, errors = story.communicate("end\n", timeout=60)
    user = USER if os.geteuid() == 0 else os.geteuid()
    assert story.returncode == 0, errors
    assert json.loads(told)["user"] == user
    assert json.loads(told)["status"].startswith(f"Alertmanager {version}")
    assert owners == {user}
    assert pager.pages("Loud") == ["firing"]
    assert pager.pages("Quiet") == []
    assert processes.marked(str(folder)) == []
