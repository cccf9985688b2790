"""The sandbox as a program, spoken to with sandbox/bin/juju."""

import contextlib
import json
import os
import subprocess
import time
from pathlib import Path

import pytest
import yaml
from support import charm_manifest
from support.manual_controller import daemon_without_cluster

from sandbox.daemon import SandboxError
from sandbox.juju import JujuError

ROOT = Path(__file__).resolve().parents[2]
WAIT = 60
WAITED = "timed out waiting for {} from: unit tiny/0"


class Sandbox:
    """A daemon without a cluster, and its command line."""

    def __init__(self, folder, **options):
        self.folder = folder
        self.daemon = daemon_without_cluster(folder, **options)
        self.daemon.start()

    def juju(self, *words, stdin="", check=0):
        done = self.run(*words, stdin=stdin)
        assert done.returncode == check, done.stderr
        return done.stdout

    def run(self, *words, stdin=""):
        return subprocess.run(
            [str(ROOT / "sandbox/bin/juju"), *words],
            env=dict(os.environ, JUJU_SANDBOX=str(self.folder)),
            cwd=str(self.folder),
            input=stdin,
            capture_output=True,
            encoding="utf-8",
            errors="surrogateescape",
            timeout=WAIT,
            check=False,
        )

    def unit(self, name):
        status = json.loads(self.juju("status", "--format", "json"))
        units = status["applications"].get(name.split("/")[0], {}).get("units", {})
        return units.get(name, {"workload-status": {}, "juju-status": {}})

    def until(self, condition):
        deadline = time.monotonic() + WAIT
        while not condition():
            assert time.monotonic() < deadline, self.juju("debug-log", "--replay")
            time.sleep(0.05)

    def idle(self, name="tiny/0"):
        unit = self.unit(name)
        done = any(run.hook == "start" for run in self.daemon.juju.runs(unit=name))
        return done and unit["juju-status"].get("current") == "idle"


@pytest.fixture
def sandbox(tmp_path):
    """A running sandbox."""
    running = Sandbox(tmp_path / "sandbox")
    yield running
    running.daemon.stop()


@pytest.fixture
def charm(tmp_path):
    """The folder of the charm tiny."""
    charm = tmp_path / "tiny"
    charm.mkdir()
    (charm / "metadata.yaml").write_text("name: tiny\nseries: [kubernetes]\n")
    charm_manifest.write(charm)
    (charm / "config.yaml").write_text("options: {name: {type: string, default: joe}}")
    (charm / "actions.yaml").write_text(
        "greet: {params: {workload-context: {type: boolean, default: false}}}"
    )
    dispatch = charm / "dispatch"
    dispatch.write_text(
        '#!/bin/sh\ncase "$JUJU_DISPATCH_PATH" in\n'
        '*/greet) action-set name="$(config-get name)";;\n'
        '*) status-set blocked "$(config-get name)"; [ "$(config-get name)" != bad ];;\nesac\n'
    )
    dispatch.chmod(0o755)
    return charm


@pytest.fixture
def tiny(sandbox, charm):
    """The charm tiny, deployed in it."""
    sandbox.juju("deploy", str(charm))
    sandbox.until(sandbox.idle)
    return charm


def test_hooks_run_by_themselves(sandbox, tiny):
    assert sandbox.unit("tiny/0")["workload-status"]["message"] == "joe"
    sandbox.juju("config", "tiny", "name=ann")
    sandbox.until(lambda: sandbox.unit("tiny/0")["workload-status"]["message"] == "ann")


def test_a_failed_hook_is_shown_and_retried(sandbox, tiny):
    sandbox.juju("config", "tiny", "name=bad")
    sandbox.until(lambda: sandbox.unit("tiny/0")["workload-status"]["current"] == "error")
    sandbox.juju("config", "tiny", "name=good")
    sandbox.daemon.juju.advance(5)
    sandbox.until(lambda: sandbox.unit("tiny/0")["workload-status"]["message"] == "good")


def test_a_hook_has_failed_whose_operator_is_deleted_and_runs_again(sandbox, tiny):
    """As Juju 2.9.52 does: seen with kubectl delete pod during upgrade-charm."""
    go = tiny.parent / "go"
    dispatch = tiny / "dispatch"
    dispatch.write_text(f"#!/bin/sh\nuntil [ -e {go} ]; do sleep 0.1; done\n")
    sandbox.juju("refresh", "tiny", "--path", str(tiny))
    sandbox.until(lambda: sandbox.unit("tiny/0")["juju-status"]["current"] == "executing")
    command = [str(ROOT / "sandbox/bin/kubectl"), "delete", "pod/tiny-operator-0"]
    environment = dict(os.environ, JUJU_SANDBOX=str(sandbox.folder))
    subprocess.run(command, env=environment, check=True, capture_output=True, timeout=WAIT)
    sandbox.until(
        lambda: (
            sandbox.unit("tiny/0")["workload-status"].get("message")
            == 'hook failed: "upgrade-charm"'
        )
    )
    go.touch()
    sandbox.daemon.juju.advance(5)
    sandbox.until(lambda: sandbox.unit("tiny/0")["workload-status"]["current"] != "error")


def test_units_of_one_application_run_their_hooks_one_after_the_other(sandbox, tiny):
    (tiny / "dispatch").write_text(
        "#!/bin/sh\nset -e\nmkdir ../../running\nsleep .05\nrmdir ../../running\n"
    )
    sandbox.juju("refresh", "tiny", "--path", str(tiny))
    sandbox.juju("scale-application", "tiny", "4")
    sandbox.until(lambda: all(sandbox.idle(f"tiny/{number}") for number in range(4)))
    assert [run.error for run in sandbox.daemon.juju.history if run.error] == []


def test_no_script_of_a_charm_is_open_in_this_process_while_it_is_copied(sandbox, charm):
    """Linux runs no file that is open for writing, and a hook that starts just then would have open
    what this process has.
    """
    with (charm / "dispatch").open("a") as dispatch:
        dispatch.write("exit\n" + "#" * 2**26)  # it takes long enough to be met half copied
    sandbox.juju("deploy", str(charm))
    opened, deadline = set(), time.monotonic() + WAIT
    while not sandbox.daemon.juju.history:
        assert time.monotonic() < deadline
        for number in os.listdir("/proc/self/fd"):
            with contextlib.suppress(FileNotFoundError):  # it is closed by now
                opened.add(os.readlink(f"/proc/self/fd/{number}"))
    assert [path for path in opened if "/unit-tiny-0/charm/" in path] == []


def test_actions_and_commands_are_waited_for(sandbox, tiny):
    out = sandbox.juju("run-action", "tiny/leader", "greet", "--wait")
    assert yaml.safe_load(out)["unit-tiny-0"]["results"]["name"] == "joe"
    command = "config-get name; pwd"
    out = sandbox.juju("run", "--unit", "tiny/0", "--operator", command)
    assert out.splitlines()[0] == "joe"
    assert out.splitlines()[1].endswith("/unit-tiny-0/charm")
    sandbox.juju("exec", "--unit", "tiny/0", "--operator", "--", "exit", "3", check=3)
    told = json.loads(sandbox.juju("exec", "--format", "json", "--unit", "tiny/0", "--", "echo hi"))
    assert told == [{"unit": "tiny/0", "stdout": "hi\n", "return-code": 0}]
    old = yaml.safe_load(sandbox.juju("run", "--format", "yaml", "--unit", "tiny/0", "exit 2"))
    assert old == [{"UnitId": "tiny/0", "Stdout": "", "ReturnCode": 2}]


def test_run_is_an_action_in_juju_3(tmp_path, charm):
    running = Sandbox(tmp_path / "sandbox", juju="3.6")
    try:
        running.juju("deploy", str(charm))
        running.until(running.idle)
        assert yaml.safe_load(running.juju("run", "tiny/0", "greet")) == {"name": "joe"}
    finally:
        running.daemon.stop()


@pytest.mark.parametrize(
    ("version", "words", "error"),
    [
        ("2.9", ["run-action", "tiny/0", "greet", "--wait=1s"], "timeout reached"),
        ("2.9", ["run", "--unit", "tiny/0", "--timeout", "1s", "true"], WAITED.format("result")),
        ("2.9", ["exec", "--unit", "tiny/0", "--timeout=1s", "true"], WAITED.format("result")),
        ("3.6", ["run", "tiny/0", "greet", "--wait=1s"], WAITED.format("results")),
        ("3.6", ["exec", "--unit", "tiny/0", "--wait", "1s", "true"], WAITED.format("results")),
    ],
)
def test_commands_end_by_themselves_when_their_time_is_over(tmp_path, charm, version, words, error):
    running = Sandbox(tmp_path / "sandbox", juju=version)
    try:
        (charm / "dispatch").write_text("#!/bin/sh\nexec sleep 1000\n")
        running.juju("deploy", str(charm))
        running.until(lambda: running.unit("tiny/0")["juju-status"].get("current") == "executing")
        done = running.run(*words)
        assert done.returncode == 1
        assert done.stderr.endswith(f"ERROR {error}\n")
    finally:
        running.daemon.stop()


def test_update_status_comes_round(sandbox, tiny):
    def ran():
        return len(sandbox.daemon.juju.runs("update-status"))

    before = ran()
    sandbox.daemon.juju.update_status("tiny")
    sandbox.until(lambda: ran() > before)


def test_standard_input_reaches_the_command(sandbox, tiny):
    sandbox.juju("config", "tiny", "--file", "-", stdin="tiny: {name: typed}")
    assert sandbox.juju("config", "tiny", "name") == "typed\n"


def test_files_are_read_by_whoever_names_them(sandbox, tiny):
    sandbox.juju("config", "tiny", "name=@/dev/stdin", stdin="piped")
    assert sandbox.juju("config", "tiny", "name") == "piped\n"
    line = f"{ROOT}/sandbox/bin/juju config tiny name=@<(printf made)"
    environment = dict(os.environ, JUJU_SANDBOX=str(sandbox.folder))
    subprocess.run(["bash", "-c", line], env=environment, check=True, timeout=WAIT)
    assert sandbox.juju("config", "tiny", "name") == "made\n"
    for path, why in (("nowhere", "no such file or directory"), ("/", "is a directory")):
        done = sandbox.run("config", "tiny", f"name=@{path}")
        assert (done.returncode, done.stderr) == (1, f"ERROR open {path}: {why}\n")


def test_what_is_no_text_passes_or_is_refused(sandbox, tiny):
    told = sandbox.juju(
        "exec", "--unit", "tiny/0", "--operator", "juju-log \udcff; printf '\udcff'"
    )
    assert told == "\N{REPLACEMENT CHARACTER}\n\n"
    assert "juju-log \udcff\n" in sandbox.juju("debug-log", "--replay")
    for value in ("name=\udcff", "name=@-"):
        sandbox.juju("config", "tiny", value, stdin="\udcff", check=1)
    sandbox.juju("config", "tiny", "--file", "-", stdin="tiny: {name: \udcff}", check=1)
    assert sandbox.juju("config", "tiny", "name") == "joe\n"


def test_debug_log_follows_until_its_reader_leaves(sandbox, tiny):
    command = [str(ROOT / "sandbox/bin/juju"), "debug-log", "--tail", "-n", "1"]
    environment = dict(os.environ, JUJU_SANDBOX=str(sandbox.folder))
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as follower:
        assert follower.stdout.readline()
        sandbox.juju("config", "tiny", "name=news")
        assert "application-tiny" in follower.stdout.readline()
        follower.terminate()


def test_destroy_model_empties_it_and_the_sandbox_goes_on(sandbox, tiny):
    sandbox.juju("destroy-model", "-y", "lma")
    assert "tiny" not in sandbox.juju("status")
    sandbox.juju("deploy", str(tiny))


def test_kill_controller_ends_the_sandbox(sandbox, tiny):
    sandbox.juju("kill-controller", "sandbox")
    assert sandbox.daemon.ended.wait(WAIT)
    done = sandbox.juju("status", check=1)
    assert done == ""


def test_without_a_sandbox_the_client_says_how_to_start_one(tmp_path):
    done = subprocess.run(
        [str(ROOT / "sandbox/bin/juju"), "status"],
        env=dict(os.environ, JUJU_SANDBOX=str(tmp_path / "none")),
        capture_output=True,
        text=True,
        check=False,
    )
    text = f"ERROR no sandbox runs in {tmp_path}/none: start one with make run\n"
    assert (done.returncode, done.stderr) == (1, text)


def test_two_sandboxes_side_by_side(sandbox, tiny, tmp_path):
    other = Sandbox(tmp_path / ("other" * 20))
    try:
        other.juju("deploy", str(tiny), "second")
        other.until(lambda: other.idle("second/0"))
        assert "second" not in sandbox.juju("status")
        assert "tiny/0" not in other.juju("status")
    finally:
        other.daemon.stop()
    assert sandbox.juju("config", "tiny", "name") == "joe\n"


def test_a_state_folder_has_one_sandbox(sandbox):
    with pytest.raises(SandboxError, match="a sandbox already runs in"):
        daemon_without_cluster(sandbox.folder)


def test_a_version_that_it_does_not_know_starts_nothing(tmp_path):
    with pytest.raises(JujuError, match=r"does not behave like Juju 4\.0: it knows 2\.9 and 3\.6"):
        daemon_without_cluster(tmp_path / "sandbox", juju="4.0")
    assert not (tmp_path / "sandbox").exists()


def test_a_folder_left_by_a_sandbox_that_was_killed_is_used_again(tmp_path):
    folder = tmp_path / "sandbox"
    (folder / "juju/agents/unit-old-0").mkdir(parents=True)
    (folder / "control.socket").write_text("")
    running = Sandbox(folder)
    try:
        assert "old" not in running.juju("status")
        assert not (folder / "juju/agents/unit-old-0").exists()
    finally:
        running.daemon.stop()


def test_stopping_kills_the_hook_that_runs(sandbox, tiny):
    (tiny / "dispatch").write_text("#!/bin/sh\nexec sleep 1000\n")
    sandbox.juju("refresh", "tiny", "--path", str(tiny))
    sandbox.until(lambda: sandbox.unit("tiny/0")["juju-status"].get("current") == "executing")
    began = time.monotonic()
    sandbox.daemon.stop()
    assert time.monotonic() - began < 20
    assert list(sandbox.folder.glob("*.socket")) == []
