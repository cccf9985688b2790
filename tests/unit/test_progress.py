"""Who waits is told what goes on, and that it still does."""

import time

import pytest

from tools import progress


@pytest.fixture
def speaker(monkeypatch):
    """One who says something at least every hundredth of a second."""
    monkeypatch.setattr(progress, "SILENCE", 0.01)
    monkeypatch.setenv("MAKE_RUN_BEGAN", repr(time.monotonic() - 7))
    return progress.Progress()


def said(capsys):
    """Return the lines that were printed, less the seconds."""
    return [line.partition(" s  ")[2] for line in capsys.readouterr().out.splitlines()]


def test_a_step_is_told_while_it_lasts_and_when_it_is_over(speaker, capsys):
    lines = []
    with speaker.step("building", lambda: "half of it"):
        while "still building: half of it" not in lines:
            lines += said(capsys)
    assert lines[0] == "building"
    assert said(capsys)[-1] == "building: took 0 s"


def test_a_step_that_fails_is_not_called_over(speaker, capsys):
    with pytest.raises(ZeroDivisionError), speaker.step("building"):
        raise ZeroDivisionError
    assert not any("took" in line for line in said(capsys))


def test_seconds_are_those_since_the_first_process_began(speaker, capsys):
    speaker.say("here")
    assert capsys.readouterr().out.split() == ["7", "s", "here"]
