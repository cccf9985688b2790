"""What a hook finds in its environment, and what it does not."""

import os
import subprocess
import sys

import pytest

ALWAYS = {
    "APT_LISTCHANGES_FRONTEND": "none",
    "DEBIAN_FRONTEND": "noninteractive",
    "JUJU_AGENT_SOCKET_NETWORK": "unix",
    "JUJU_MACHINE_ID": "",
    "JUJU_MODEL_NAME": "lma",
    "JUJU_PRINCIPAL_UNIT": "",
    "JUJU_UNIT_NAME": "tiny/0",
    "JUJU_VERSION": "2.9.52",
    "LANG": "C.UTF-8",
    "TERM": "tmux-256color",
}


@pytest.fixture
def printed(tiny):
    """Deploys; returns a function that runs shell lines in a hook and returns its environment."""
    tiny.deploy()

    def environment(hook="update-status"):
        run = tiny.run("tr '\\0' '\\n' < /proc/self/environ", hook=hook)
        return dict(line.split("=", 1) for line in run.output)

    return environment


def test_what_every_hook_finds(printed, juju):
    environment = printed()
    assert {key: environment.get(key) for key in ALWAYS} == ALWAYS
    assert environment["JUJU_HOOK_NAME"] == "update-status"
    assert environment["JUJU_DISPATCH_PATH"] == "hooks/update-status"
    assert environment["JUJU_CONTEXT_ID"].startswith("tiny/0-update-status-")
    assert environment["JUJU_MODEL_UUID"] == juju.model.uuid
    assert environment["CHARM_DIR"] == environment["JUJU_CHARM_DIR"]
    assert environment["CHARM_DIR"].endswith("/unit-tiny-0/charm")


def test_the_models_proxies_have_names_of_their_own(printed, juju):
    names = ("HTTP_PROXY", "HTTPS_PROXY", "FTP_PROXY", "NO_PROXY")
    assert {printed()[f"JUJU_CHARM_{name}"] for name in names} == {""}
    juju.model.proxy = {name: name.lower() for name in names}
    environment = printed()
    assert {environment[f"JUJU_CHARM_{name}"] for name in names} == {n.lower() for n in names}
    assert not set(environment) & {*names, *juju.model.proxy.values()}


def test_nothing_is_inherited(printed, monkeypatch):
    monkeypatch.setenv("HOME", "/root")
    monkeypatch.setenv("USER", "me")
    monkeypatch.setenv("SECRET", "x")
    names = set(printed())
    assert not names & {"HOME", "USER", "LOGNAME", "SHELL", "SECRET", "VIRTUAL_ENV"}
    known = {"APT_LISTCHANGES_FRONTEND", "CHARM_DIR", "CLOUD_API_VERSION", "DEBIAN_FRONTEND"}
    known |= {"LANG", "PATH", "PYTHONPATH", "TERM"}
    assert {name for name in names - known if not name.startswith("JUJU_")} == set()


def test_path_has_the_tools_the_chosen_python_and_the_system_only(printed):
    tools, python, *system = printed()["PATH"].split(":")
    assert os.path.basename(tools) == "tools"
    assert os.path.realpath(f"{python}/python3") == os.path.realpath(sys.executable)
    assert system == ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"]


def test_hooks_do_not_see_the_packages_of_the_virtualenv_that_runs_the_sandbox(tiny):
    tiny.deploy()
    run = tiny.run("python3 -c 'import sys; print(sys.prefix == sys.base_prefix)'")
    assert run.output == ["True"]


def test_relation_hooks_know_their_relation(tiny, juju):
    tiny.deploy()
    juju.add_remote_app("pg", "server", "pgsql")
    juju.relate("tiny", "pg")
    juju.settle()
    environment = juju.runs("db-relation-joined")[0].environment
    assert environment["JUJU_RELATION"] == "db"
    assert environment["JUJU_RELATION_ID"] == "db:0"
    assert environment["JUJU_REMOTE_UNIT"] == "pg/0"
    assert environment["JUJU_REMOTE_APP"] == "pg"
    created = juju.runs("db-relation-created")[0].environment
    assert (created["JUJU_REMOTE_UNIT"], created["JUJU_REMOTE_APP"]) == ("", "pg")
    juju.remove_relation("tiny", "pg")
    juju.settle()
    broken = juju.runs("db-relation-broken")[0].environment
    assert (broken["JUJU_REMOTE_UNIT"], broken["JUJU_REMOTE_APP"]) == ("", "pg")
    assert "JUJU_RELATION" not in juju.runs("install")[0].environment


def test_the_working_directory_is_the_charm_directory(tiny):
    tiny.deploy()
    assert tiny.run('[ "$PWD" = "$CHARM_DIR" ] && echo same').output == ["same"]


def test_stdout_is_logged_at_debug_and_stderr_at_warning(tiny, juju):
    tiny.deploy()
    tiny.run("echo plain; echo loud >&2")
    lines = juju.log_lines("tiny/0")
    assert "DEBUG plain" in lines
    assert "WARNING loud" in lines


def test_standard_input_is_empty(tiny):
    tiny.deploy()
    assert tiny.run("cat; echo end").output == ["end"]


def test_the_context_is_closed_after_the_hook(tiny, juju, tmp_path):
    tiny.deploy()
    environment = dict(tiny.run("true").environment)
    late = subprocess.run(
        ["config-get"], env=environment, capture_output=True, text=True, check=False
    )
    context = environment["JUJU_CONTEXT_ID"]
    text = f'ERROR bad request: wrong context ID; got "{context}"\n'
    assert (late.returncode, late.stderr) == (1, text)


@pytest.mark.parametrize(
    "name", ["JUJU_CONTEXT_ID", "JUJU_AGENT_SOCKET_ADDRESS", "JUJU_AGENT_SOCKET_NETWORK"]
)
def test_a_tool_without_context_says_which_variable_is_missing(tiny, name):
    tiny.deploy()
    run = tiny.run(f"env -u {name} config-get")
    assert run.output == [f"ERROR {name} not set"]
    assert run.code == 1
