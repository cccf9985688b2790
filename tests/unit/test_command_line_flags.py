"""The table of flags: who may set them, since when, with which values."""

import re
import subprocess

import pytest
from alertmanager_config import command_line_flags as flags
from support import real_programs


@pytest.mark.parametrize(
    ("known", "flag", "verdict"),
    [
        ((0, 20, 0), "cluster.peer", True),
        (None, "cluster.peer", True),
        ((0, 25, 9), "cluster.label", False),
        ((0, 26, 0), "cluster.label", True),
        (None, "cluster.label", None),
        ((0, 34, 0), "nonsense", False),
        (None, "nonsense", None),
        ((0, 31, 0), "no-log.silences", False),
        ((0, 32, 0), "no-log.silences", True),
        ((0, 34, 0), "no-web.timeout", False),
        # This came with a patch release.
        ((0, 34, 1), "web.cors.origin", False),
        ((0, 34, 2), "web.cors.origin", True),
        ((0, 35, 0), "no-auto-gomemlimit", True),
        ((0, 34, 2), "api.connect.unary-timeout", False),
        ((0, 35, 0), "api.connect.unary-timeout", True),
    ],
)
def test_understands(known, flag, verdict):
    assert flags.understands(known, flag) is verdict


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("cluster.peer-timeout", ["20s", "1h30m", "0", ".5s"], ["abc", "20", "1d", "", None]),
        ("web.get-concurrency", ["0", "-1", "8"], ["x", "1.5", "", None]),
        ("auto-gomemlimit.ratio", ["0.9", ".5", "1", "1.0"], ["0", "1.1", "-0.5", "x", None]),
        ("log.silences", [None], ["true", ""]),
        ("no-log.silences", [None], ["true"]),
        ("enable-feature", ["classic-mode", "classic-mode,auto-gomemlimit"], ["fast", "", None]),
        ("enable-feature", ["muted-alerts-in-nflog"], ["classic-mode,utf8-strict-mode", "a,"]),
        ("alerts.gc-interval", ["1ns", "30m"], ["0", "0s", "0h0m", "-1s", "", None]),
        ("alerts.gc-interval", ["1.5ns", ".001us"], ["0.1ns", ".9ns.9ns", "0.0009us"]),
        ("data.maintenance-interval", ["0.1us"], ["0.1ns"]),
        ("dispatch.maintenance-interval", ["0.1us"], ["0.1ns"]),
        ("web.cors.origin", ["https://.*", "a|b"], ["(", "a**", "", None]),
        ("cluster.tls-config", ["/etc/alertmanager/gossip.yml"], ["", None]),
        ("of-a-newer-version", ["x", None], []),
    ],
)
def test_which_values_a_flag_takes(name, good, bad):
    assert [flags.is_valid_value(name, value) for value in good] == [True] * len(good)
    assert [flags.is_valid_value(name, value) for value in bad] == [False] * len(bad)


# Debian's own, and what kingpin hides in some versions.
BESIDE = {"help-long", "web.ui-path"}


@pytest.mark.parametrize("suite", real_programs.SUITES)
def test_alertmanager_itself_lists_what_the_table_says(suite):
    program = real_programs.alertmanager(suite)
    told = subprocess.run([program, "--help"], check=False, text=True, capture_output=True)
    listed = re.findall(
        r"^ {2,6}(?:-h, )?--(?:\[no-\])?([a-z0-9.-]+)", told.stdout + told.stderr, re.MULTILINE
    )
    version = subprocess.run([program, "--version"], check=True, text=True, capture_output=True)
    found = re.search(r"version (\d+)\.(\d+)\.(\d+)", version.stdout + version.stderr)
    number = tuple(map(int, found.groups()))
    assert {n for n in flags.FLAGS if flags.understands(number, n)} == set(listed) - BESIDE


def test_a_duration_that_go_cannot_hold_is_not_taken():
    assert flags.is_valid_value("web.timeout", "2562047h")
    assert not flags.is_valid_value("web.timeout", "2562048h")


@pytest.mark.parametrize(
    ("version", "feature", "lacks"),
    [
        ((0, 32, 9), "auto-gomaxprocs", False),
        ((0, 33, 0), "auto-gomaxprocs", True),
        ((0, 34, 2), "muted-alerts-in-nflog", True),
        ((0, 35, 0), "muted-alerts-in-nflog", False),
        ((0, 35, 0), "auto-gomemlimit", False),
        ((0, 26, 0), "classic-mode", True),
        ((0, 26, 0), "of-a-newer-version", False),
    ],
)
def test_features_come_and_go(version, feature, lacks):
    assert flags.lacks_feature(version, feature) is lacks


def test_features_are_read_off_the_command_line():
    args = ["--web.timeout=1s", "--enable-feature=classic-mode,event-recorder"]
    assert flags.find_features(args) == {"classic-mode", "event-recorder"}
    assert flags.find_features([]) == set()


@pytest.mark.parametrize(
    "name",
    [
        *("cluster.gossip-interval", "cluster.peer-timeout", "cluster.peers-resolve-timeout"),
        *("cluster.probe-interval", "cluster.probe-timeout", "cluster.pushpull-interval"),
        *("cluster.reconnect-interval", "cluster.reconnect-timeout", "cluster.tcp-timeout"),
        "data.retention",
    ],
)
def test_what_go_cuts_to_zero_is_too_short_for_some_versions(name):
    assert flags.is_too_short((0, 35, 0), name, "0.1ns")
    assert not flags.is_too_short((0, 34, 2), name, "0.1ns")
    assert not flags.is_too_short((0, 35, 0), name, "0.1us")


def test_zero_is_too_short_for_some_versions():
    assert flags.is_too_short((0, 35, 0), "cluster.gossip-interval", "0s")
    assert not flags.is_too_short((0, 34, 2), "cluster.gossip-interval", "0s")
    assert not flags.is_too_short((0, 35, 0), "cluster.gossip-interval", "10ms")
    assert not flags.is_too_short((0, 35, 0), "cluster.settle-timeout", "0")
