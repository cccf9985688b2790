"""The tools behind make say in a line what is wrong with their arguments."""

import contextlib
import hashlib
import re

import pytest
from support import agreement, config_judge, random_routes, released_charm

from tools import (
    build_charm,
    environment,
    fuzz_validator,
    interpreters,
    keep_release,
    readme_tables,
)

TOOLS = [build_charm, environment, interpreters, keep_release, readme_tables]


@pytest.mark.parametrize("tool", TOOLS, ids=lambda tool: tool.__name__)
@pytest.mark.parametrize("arguments", [["--no-such"], ["a", "b", "c"]], ids=" ".join)
def test_wrong_arguments_earn_a_line(tool, arguments, capsys):
    with pytest.raises(SystemExit) as end:
        tool.main(arguments)
    assert end.value.code == 2
    assert ": error: " in capsys.readouterr().err.splitlines()[-1]


@pytest.mark.parametrize(
    "tool", [build_charm, environment, keep_release], ids=lambda tool: tool.__name__
)
def test_missing_arguments_are_named(tool, capsys):
    with pytest.raises(SystemExit):
        tool.main([])
    assert "the following arguments are required: " in capsys.readouterr().err


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("{tmp}", "is not in the repository"),
        ("{root}/tests", "tests is no charm layer: it has no meta"),
    ],
)
def test_what_is_no_charm_layer_is_not_built(source, why, tmp_path):
    with pytest.raises(SystemExit) as end:
        build_charm.main(
            [source.format(tmp=tmp_path, root=environment.ROOT), str(tmp_path / "out")]
        )
    assert why in end.value.code
    assert len(end.value.code.splitlines()) == 1
    assert not (tmp_path / "out").exists()


def test_without_python_3_8_the_logic_is_tested_on_this_one(monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    interpreters.main([])
    told = capsys.readouterr()
    assert told.out == "py-logic\n"
    assert "no Python 3.8 here" in told.err
    python = tmp_path / "python3.8"
    python.symlink_to("/bin/true")
    interpreters.main([])
    assert capsys.readouterr().out == "py38-logic\n"


def test_a_release_has_a_version(capsys):
    with pytest.raises(SystemExit):
        keep_release.main(["", "main"])
    assert "'' is no version: write one like 0.2.0" in capsys.readouterr().err


def test_the_releases_that_are_kept_are_the_ones_that_were_made():
    listed = re.findall(
        r"^\| `(.+?)` \| `[0-9a-f]+` \| `([0-9a-f]{64})` \|$",
        (released_charm.FOLDER / "README.md").read_text(),
        re.M,
    )
    kept = released_charm.FOLDER.glob("*.tar.xz")
    assert dict(listed) == {
        file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in kept
    }


@pytest.mark.parametrize("versions", [["0.28.1", "0.0.1"], ["0.0.1", "0.28.1"]], ids=" ".join)
def test_a_server_that_is_named_and_missing_fails_make_fuzz(versions, monkeypatch, capsys):
    def compare(servers, version, count, seed):
        if version == "0.0.1":
            raise config_judge.JudgeError("there is none")
        return agreement.Outcome()

    monkeypatch.setattr(config_judge, "Judge", lambda version: contextlib.nullcontext())
    monkeypatch.setattr(fuzz_validator, "_compared", compare)
    monkeypatch.setattr(fuzz_validator, "_routed", lambda *_: random_routes.Comparison(0, 0, []))
    assert fuzz_validator.main(versions) == 2
    assert capsys.readouterr().err == "Alertmanager 0.0.1: there is none\n"
    assert fuzz_validator.main(["0.28.1"]) == 0
