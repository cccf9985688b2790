"""The command alertmanager-config."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from alertmanager_config.__main__ import main

ROOT = Path(__file__).resolve().parents[3]
GOOD = "route: {receiver: a}\nreceivers: [{name: a}]\ntemplates: ['*.tmpl']\n"


@pytest.fixture
def write(tmp_path):
    def write(text, **files):
        (tmp_path / "files").mkdir(exist_ok=True)
        for name, content in files.items():
            (tmp_path / "files" / name).write_text(content)
        path = tmp_path / "alertmanager.yml"
        path.write_text(text)
        return str(path)

    return write


def test_a_good_configuration_says_nothing(write, capsys):
    assert main(["check", write(GOOD)]) == 0
    assert capsys.readouterr().out == ""


def test_each_problem_is_a_line(write, capsys):
    assert main(["check", write("route: {receiver: b, x: y}\nreceivers: [{name: a}]")]) == 1
    assert capsys.readouterr().out.splitlines() == [
        "alertmanager.yml line 1, route: a route has no key x; "
        "take it out, or look it up in Alertmanager's documentation",
        "alertmanager.yml line 1, route.receiver: receiver b is not defined; "
        "define it under receivers",
        "warning: alertmanager.yml line 2, receivers[0].name: no route leads to the receiver a",
    ]


def test_warnings_alone_are_no_refusal(write, capsys):
    path = write(GOOD.replace("[{name: a}]", "[{name: a}, {name: b}]"))
    assert main(["check", path]) == 0
    assert capsys.readouterr().out.startswith("warning: ")


def test_the_version_counts(write):
    path = write(GOOD + "tracing: {endpoint: x}\n")
    assert main(["check", path]) == 0
    assert main(["check", path, "--version", "0.30.0"]) == 0
    assert main(["check", path, "--version", "0.28.1"]) == 1


def test_unknown_keys_can_be_let_pass(write):
    path = write(GOOD + "novelty: x\n")
    assert main(["check", path]) == 1
    assert main(["check", path, "--no-strict"]) == 0


def test_files_lie_beside_the_configuration(write, tmp_path, capsys):
    path = write(GOOD, **{"a.tmpl": "x\n{{ if }}"})
    assert main(["check", path, "--files", str(tmp_path / "files")]) == 1
    assert capsys.readouterr().out == "a.tmpl line 2: if has no value\n"


@pytest.mark.parametrize(
    "arguments",
    [[""], ["/nowhere.yml"], ["{path}", "--version", "x"], ["{path}", "--files", "/nowhere"]],
)
def test_what_cannot_be_read_is_another_exit_code_and_one_line(write, capsys, arguments):
    path = write(GOOD)
    assert main(["check", *(word.format(path=path) for word in arguments)]) == 2
    told = capsys.readouterr()
    assert (told.out, len(told.err.splitlines())) == ("", 1)


def test_it_runs_as_a_program(write):
    command = [sys.executable, "-m", "alertmanager_config", "check", write("route: x")]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "lib")}
    run = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert run.returncode == 1
    assert run.stdout == "alertmanager.yml line 1, route: must be a mapping\n"


def test_the_example_of_the_documentation_is_what_it_says(write, capsys):
    text = (ROOT / "docs" / "reference" / "validator.md").read_text()
    (line,) = [line for line in text.splitlines() if line.startswith("alertmanager.yml line ")]
    assert main(["check", write("route:\n  recever: a\nreceivers: [{name: a}]")]) == 1
    assert line in capsys.readouterr().out.splitlines()
