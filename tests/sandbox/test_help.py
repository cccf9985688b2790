"""What ``juju`` and ``kubectl`` say of themselves, without a sandbox."""

import re
import subprocess
from pathlib import Path

import pytest

import sandbox
from sandbox.juju import cli

BIN = Path(sandbox.__file__).parent / "bin"


@pytest.fixture
def ask(tmp_path):
    """Run a program where no sandbox is; return what it said."""

    def run(program, *words):
        return subprocess.run(
            [program, *words],
            env={"JUJU_SANDBOX": str(tmp_path / "nowhere")},
            capture_output=True,
            text=True,
            check=False,
        )

    return run


@pytest.mark.parametrize("program", ["juju", "kubectl"])
@pytest.mark.parametrize("words", [[], ["help"], ["--help"]])
def test_the_overview_has_every_command(ask, program, words):
    told = ask(BIN / program, *words)
    assert told.returncode == 0
    for declared in cli.PROGRAMS[program].commands.values():
        assert f"\n  {declared[0].names[0]} " in told.stdout


@pytest.mark.parametrize("program", ["juju", "kubectl"])
def test_every_command_that_is_declared_runs_and_tells_its_flags(ask, program):
    text = (Path(cli.__file__).parent / f"{program}.txt").read_text()
    for name in re.findall(r"(?m)^[-a-z]+(?=[ ,\n])", text):
        assert cli.PROGRAMS[program].commands[name]
        told = ask(BIN / program, "help", name).stdout
        assert told.startswith(f"Usage: {program} ")
        for command in cli.PROGRAMS[program].commands[name]:
            for flag in command.flags:
                assert f"-{flag.names[-1]}" in told


def test_a_command_tells_of_itself_wherever_help_is_asked_for(ask, tmp_path):
    told = ask(BIN / "juju", "help", "deploy").stdout
    assert "-n, --num-units <number>       Number of units; 1 by default\n" in told
    assert "-m, --model <model>" in told
    assert ask(BIN / "juju", "-m", "lma", "deploy", "./x", "--help").stdout == told
    (tmp_path / "juju").symlink_to(BIN / "juju")
    assert ask(tmp_path / "juju", "deploy", "-h").stdout == told
    both = ask(BIN / "juju", "help", "run").stdout
    assert "Usage: juju run <command> (Juju 2.9)" in both
    assert "Usage: juju run <unit> [<unit> ...] <action>" in both


def test_an_unknown_topic_is_refused(ask):
    told = ask(BIN / "juju", "help", "dance")
    assert (told.returncode, told.stdout) == (1, "")
    assert told.stderr == "ERROR unknown command or topic for dance\n"


def test_other_commands_say_that_no_sandbox_runs(ask):
    told = ask(BIN / "juju", "exec", "--unit", "a/0", "--", "ls", "--help")
    assert told.returncode == 1
    assert told.stderr.endswith("start one with make run\n")
