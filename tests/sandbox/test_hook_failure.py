"""What a hook leaves behind when it fails, and when it runs again."""

import os
import signal
import time

import pytest
from support.manual_controller import HookFailed


@pytest.fixture
def unit(tiny, juju):
    """tiny/0, related to pg/0."""
    juju.add_remote_app("pg", "server", "pgsql", role="provider")
    tiny.deploy()
    juju.relate("tiny", "pg")
    juju.settle()
    tiny.order()
    return tiny


def buffered_writes(spec):
    return f"relation-set -r db:0 a=1; relation-set -r db:0 --app b=2; pod-spec-set --file {spec}; "


def stored(juju):
    relation = juju.model.relations[0]
    return (
        juju.databag(relation, "tiny/0"),
        juju.databag(relation, "tiny"),
        juju.application("tiny").pod_spec,
    )


NOTHING = ({}, {}, None)
IMMEDIATE = "status-set blocked why; leader-set x=1; application-version-set 2; juju-log hi; "


def test_buffered_writes_of_a_hook_that_succeeds_are_committed_together(unit, juju, spec):
    run = unit.run(buffered_writes(spec))
    assert run.committed
    assert stored(juju) == ({"a": "1"}, {"b": "2"}, spec.read_text())


def test_buffered_writes_are_not_visible_before_the_hook_ends(unit, juju, spec):
    seen = []
    juju.inject("tiny/0", lambda: seen.append(stored(juju)), call=3)
    unit.run(buffered_writes(spec) + "is-leader")
    assert seen == [NOTHING]


def test_buffered_writes_of_a_failing_hook_are_lost(unit, juju, spec):
    run = unit.run(buffered_writes(spec) + "exit 1")
    assert (run.code, run.committed, run.error) == (1, False, "exit status 1")
    assert stored(juju) == NOTHING


def test_buffered_writes_of_a_killed_hook_are_lost(unit, juju, spec):
    juju.inject("tiny/0", "kill", call=3)
    run = unit.run(buffered_writes(spec) + "is-leader; true")
    assert run.error == "terminated"
    assert stored(juju) == NOTHING


def test_buffered_writes_are_lost_when_the_commit_fails(unit, juju, spec):
    juju.inject("tiny/0", "commit")
    run = unit.run(buffered_writes(spec))
    assert (run.code, run.committed) == (0, False)
    assert run.error.startswith("cannot apply changes: ")
    assert stored(juju) == NOTHING


def test_a_hook_runs_again_if_the_agent_ends_before_noting_that_it_is_done(unit, juju, spec):
    unit.hook("config-changed", buffered_writes(spec))
    juju.inject("tiny/0", "forget")
    juju.config("tiny", {"name": "new"})
    juju.settle(expect_errors=True)
    run = juju.history[-1]
    assert (run.code, run.committed) == (0, True)
    assert run.error.startswith("the agent ended")
    assert stored(juju) == ({"a": "1"}, {"b": "2"}, spec.read_text())
    juju.advance(5)
    juju.settle()
    assert [run.hook for run in juju.history[-2:]] == ["config-changed"] * 2
    assert juju.unit("tiny/0").failed is None


@pytest.mark.parametrize("end", ["exit 1", "kill -9 $$"])
def test_immediate_writes_are_kept_when_the_hook_fails(unit, juju, end):
    run = unit.run(IMMEDIATE + end)
    assert run.error
    assert juju.charm_status("tiny/0").message == "why"
    assert juju.application("tiny").leader_settings == {"x": "1"}
    assert juju.unit("tiny/0").version == "2"
    assert "INFO hi" in juju.log_lines("tiny/0")


def test_leadership_lost_before_the_end_of_the_hook_fails_the_commit(unit, juju, spec):
    juju.scale("tiny", 2)
    juju.settle()
    juju.inject("tiny/0", lambda: juju.set_leader("tiny", "tiny/1"), call=1)
    run = unit.run(f"pod-spec-set --file {spec}; relation-ids db")
    assert run.error == "this unit is not the leader"
    assert juju.application("tiny").pod_spec is None


def test_a_failed_hook_is_retried_after_5_seconds_then_twice_as_long_up_to_5_minutes(unit, juju):
    unit.hook("config-changed", "exit 1")
    juju.config("tiny", {"name": "x"})
    juju.settle(expect_errors=True)
    waits = [5, 10, 20, 40, 80, 160, 300, 300]
    for wait in waits:
        runs = len(juju.runs("config-changed"))
        juju.advance(wait - 1)
        juju.settle(expect_errors=True)
        assert len(juju.runs("config-changed")) == runs
        juju.advance(1)
        juju.settle(expect_errors=True)
        assert len(juju.runs("config-changed")) == runs + 1


def test_back_off_starts_anew_after_a_success(unit, juju):
    unit.hook("config-changed", "exit 1")
    juju.config("tiny", {"name": "x"})
    juju.settle(expect_errors=True)
    unit.hook("config-changed", "true")
    juju.advance(5)
    juju.settle()
    assert juju.unit("tiny/0").failed is None
    unit.hook("config-changed", "exit 1")
    juju.config("tiny", {"name": "y"})
    juju.settle(expect_errors=True)
    assert juju.unit("tiny/0").failed.delay == 5


def test_nothing_else_runs_before_the_failed_hook_has_succeeded(unit, juju):
    unit.hook("config-changed", "exit 1")
    juju.config("tiny", {"name": "x"})
    juju.settle(expect_errors=True)
    juju.write(juju.model.relations[0], "pg/0", {"host": "a"})
    juju.update_status("tiny")
    juju.settle(expect_errors=True)
    assert unit.order() == ["config-changed"]
    unit.hook("config-changed", "true")
    juju.resolved("tiny/0")
    juju.settle()
    assert unit.order() == ["config-changed", "db-relation-changed", "update-status"]


def test_resolved_without_retry_skips_the_hook(unit, juju):
    unit.hook("config-changed", "exit 1")
    juju.config("tiny", {"name": "x"})
    juju.settle(expect_errors=True)
    unit.order()
    juju.resolved("tiny/0", retry=False)
    juju.settle()
    assert unit.order() == []
    assert juju.status("tiny/0").state != "error"


def test_a_failed_relation_hook_is_retried_with_the_same_remote_unit(unit, juju):
    unit.hook("db-relation-changed", "exit 1")
    relation = juju.model.relations[0]
    juju.write(relation, "pg/0", {"host": "a"})
    juju.settle(expect_errors=True)
    unit.hook("db-relation-changed", "relation-get host")
    juju.resolved("tiny/0")
    juju.settle()
    run = juju.runs("db-relation-changed")[-1]
    assert (run.remote_unit, run.calls[0].stdout) == ("pg/0", "a\n")


def test_a_failed_hook_shows_as_error_until_it_has_succeeded(unit, juju):
    unit.hook("config-changed", "status-set active fine; exit 1")
    juju.config("tiny", {"name": "x"})
    juju.settle(expect_errors=True)
    status = juju.status("tiny/0")
    assert (status.state, status.message) == ("error", 'hook failed: "config-changed"')
    unit.hook("config-changed", "true")
    juju.resolved("tiny/0")
    juju.settle()
    assert (juju.status("tiny/0").state, juju.charm_status("tiny/0").message) == ("active", "fine")


def test_settle_reports_a_failure_that_the_test_did_not_expect(unit, juju):
    unit.hook("config-changed", "echo the reason >&2; relation-set a=b; exit 3")
    juju.config("tiny", {"name": "x"})
    with pytest.raises(HookFailed, match="tiny/0 config-changed: exit status 3") as failure:
        juju.settle()
    assert "the reason" in str(failure.value)
    assert "relation-set a=b -> 2" in str(failure.value)


def test_a_missing_hook_is_skipped_and_flushes_nothing(tiny, juju):
    (tiny.charm / "dispatch").unlink()
    tiny.deploy()
    run = juju.runs("config-changed")[0]
    assert (run.code, run.calls, run.error) == (None, [], "")
    messages = [line.message for line in juju.model.log]
    assert 'skipped "config-changed" hook (missing)' in messages


def test_a_hook_without_dispatch_is_run_from_the_hooks_folder(tiny, juju):
    (tiny.charm / "dispatch").unlink()
    hooks = tiny.charm / "hooks"
    hooks.mkdir()
    (hooks / "install").write_text("#!/bin/sh\nstatus-set active here\n")
    (hooks / "install").chmod(0o755)
    tiny.deploy()
    assert juju.charm_status("tiny/0").message == "here"


def test_a_hook_that_is_not_executable_fails(tiny, juju):
    (tiny.charm / "dispatch").chmod(0o644)
    juju.deploy(tiny.charm, resources={"img": "tiny:1"})
    juju.settle(expect_errors=True)
    assert "permission denied" in juju.runs("install")[0].error


def test_processes_that_a_hook_leaves_behind_end_with_it(unit, juju, tmp_path):
    pid_file = tmp_path / "pid"
    unit.run(f"sleep 1000 & echo $! > {pid_file}")
    deadline = time.monotonic() + 30
    while _runs(pid_file.read_text().strip()):
        assert time.monotonic() < deadline
        time.sleep(0.01)


def _runs(pid):
    try:
        with open(f"/proc/{pid}/stat") as source:
            return source.read().rsplit(")", 1)[1].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_the_nth_call_of_a_tool_fails_without_effect(unit, juju):
    juju.inject("tiny/0", "fail", call=1, tool="relation-set")
    run = unit.run("relation-set -r db:0 a=1; is-leader; relation-set -r db:0 b=1; true")
    assert [call.code for call in run.calls] == [0, 0, 1]
    assert juju.databag(juju.model.relations[0], "tiny/0") == {"a": "1"}


def test_a_fault_strikes_only_in_the_hook_it_names(unit, juju):
    fault = juju.inject("tiny/0", "kill", hook="config-changed")
    unit.run("is-leader")
    assert not fault.hit
    unit.hook("config-changed", "is-leader; sleep 60")
    juju.config("tiny", {"name": "x"})
    juju.settle(expect_errors=True)
    assert fault.hit
    assert juju.runs("config-changed")[-1].error == "terminated"


def test_killed_right_after_a_call_has_had_the_call(unit, juju):
    juju.inject("tiny/0", "kill-after", tool="status-set")
    run = unit.run("status-set active done; sleep 60")
    assert run.error == "terminated"
    assert juju.charm_status("tiny/0").message == "done"


def test_an_operator_without_disk_loses_the_charm_directory(unit, juju):
    unit.run("touch made")
    assert juju.restart_operator("tiny")
    run = unit.run("ls; relation-ids db")
    assert run.code == 0
    assert "made" not in run.output
    assert "metadata.yaml" in run.output


def test_an_operator_with_disk_keeps_the_charm_directory(tiny, juju):
    tiny.write_charm(min_juju_version=None)
    tiny.deploy()
    tiny.run("touch made")
    assert not juju.restart_operator("tiny")
    assert "made" in tiny.run("ls").output


def test_an_operator_restart_runs_no_hook_by_itself(unit, juju):
    juju.restart_operator("tiny")
    juju.settle()
    assert unit.order() == []


def test_refresh_keeps_files_that_the_charm_made_and_removes_files_that_are_gone(unit, juju):
    (unit.charm / "old").write_text("")
    juju.refresh("tiny", unit.charm)
    juju.settle()
    unit.run("touch made")
    (unit.charm / "old").unlink()
    (unit.charm / "new").write_text("")
    juju.refresh("tiny", unit.charm)
    juju.settle()
    files = unit.run("ls").output
    assert {"made", "new"} <= set(files)
    assert "old" not in files


def test_a_refresh_waits_for_a_unit_in_error(unit, juju):
    unit.hook("config-changed", '[ "$(config-get name)" != x ]')
    juju.config("tiny", {"name": "x"})
    juju.settle(expect_errors=True)
    unit.order()
    juju.refresh("tiny", unit.charm)
    juju.settle(expect_errors=True)
    assert unit.order() == []
    juju.config("tiny", {"name": "y"})
    juju.resolved("tiny/0")
    juju.settle()
    assert unit.order() == ["config-changed", "upgrade-charm", "config-changed"]


def test_a_hook_that_runs_too_long_is_killed_where_a_limit_is_set(unit, juju):
    juju.hook_timeout = 0.2
    run = unit.run("sleep 1000")
    assert run.error == "still running after 0.2 s, killed"


def test_a_process_that_leaves_the_hook_and_keeps_its_output_does_not_stop_the_unit(unit, tmp_path):
    pid_file = tmp_path / "pid"
    run = unit.run(
        f"echo before; setsid sh -c 'echo $$ > {pid_file}; exec sleep 1000' &"
        f" until [ -s {pid_file} ]; do sleep .01; done"
    )
    assert run.output == ["before"]
    os.kill(int(pid_file.read_text()), signal.SIGKILL)
