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
        ("cluster.peer-timeout", ["20s", "1h30m", "0", ".5s", "-1s"], ["abc", "20", "", None]),
        ("cluster.peer-timeout", ["1d", "1.5w2d", "-1d"], ["1y", "d", "1M", "106752d"]),
        ("cluster.reconnect-interval", ["0s", "1s"], ["-1s"]),
        # It reads whole numbers as any others.
        ("web.get-concurrency", ["0", "-1", "8", "1.5", "1e3", "1_000", "+.5"], ["x", "", None]),
        ("web.get-concurrency", ["NaN", "-Inf", "0x1p-2", "9223372036854775808"], ["0x10", "-nan"]),
        ("web.get-concurrency", ["1e308"], ["1e309", "0x1p1024", "1__0", "_1", "1_", ".", " 1"]),
        ("api.connect.max-request-body-bytes", ["0", "-1", "0x10"], ["1e3", "1.0", "08", "", None]),
        ("auto-gomemlimit.ratio", ["0.9", ".5", "1", "1.1", "-0.5"], ["x", "", None]),
        ("log.silences", [None], ["true", ""]),
        ("no-log.silences", [None], ["true"]),
        ("enable-feature", ["classic-mode", "classic-mode,auto-gomemlimit", ""], ["x", None]),
        ("enable-feature", [], ["classic-mode,", ",", " classic-mode", "CLASSIC-MODE"]),
        ("enable-feature", ["muted-alerts-in-nflog"], ["classic-mode,utf8-strict-mode", "a,"]),
        ("alerts.gc-interval", ["1ns", "30m"], ["0", "0s", "0h0m", "-1s", "", None]),
        ("alerts.gc-interval", ["1.5ns", ".001us"], ["0.1ns", ".9ns.9ns", "0.0009us"]),
        ("data.maintenance-interval", ["0.1us", "0.1ns", "0s"], ["-1s"]),
        ("dispatch.maintenance-interval", ["0.1us"], ["0.1ns"]),
        ("web.cors.origin", ["https://.*", "a|b", ""], ["(", "a**", None]),
        ("cluster.tls-config", ["/etc/alertmanager/gossip.yml", ""], [None]),
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
    for value in ("0.1ns", "-1s"):
        assert flags.find_value_fault((0, 35, 0), name, value) == "give it a time above 0"
        assert flags.find_value_fault((0, 34, 2), name, value) == ""
    assert flags.find_value_fault((0, 35, 0), name, "0.1us") == ""


@pytest.mark.parametrize(
    ("version", "name", "value", "says"),
    [
        ((0, 35, 0), "cluster.gossip-interval", "0s", "give it a time above 0"),
        ((0, 34, 2), "cluster.gossip-interval", "0s", ""),
        ((0, 35, 0), "cluster.gossip-interval", "10ms", ""),
        ((0, 35, 0), "cluster.settle-timeout", "0", ""),
        ((0, 25, 0), "data.maintenance-interval", "0", "give it a time above 0"),
        ((0, 26, 0), "data.maintenance-interval", "0", ""),
        ((0, 25, 0), "web.timeout", "1d", "give it in hours, minutes and seconds"),
        ((0, 25, 0), "web.timeout", "24h", ""),
        ((0, 26, 0), "web.timeout", "1d", ""),
        ((0, 25, 0), "cluster.label", "1d", ""),
        ((0, 35, 0), "of-a-newer-version", "0", ""),
    ],
)
def test_what_some_versions_do_not_start_with(version, name, value, says):
    assert flags.find_value_fault(version, name, value) == says


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (["--auto-gomemlimit.ratio=2", "--auto-gomemlimit.refresh-interval=-1s"], ""),
        (["--auto-gomemlimit.ratio=2", "--no-auto-gomemlimit"], ""),
        (["--auto-gomemlimit", "--auto-gomemlimit.ratio=1"], ""),
        (["--auto-gomemlimit", "--auto-gomemlimit.ratio=NaN"], ""),
        (["--auto-gomemlimit", "--auto-gomemlimit.ratio=0"], "--auto-gomemlimit.ratio must be"),
        (["--auto-gomemlimit.ratio=1.1", "--auto-gomemlimit"], "--auto-gomemlimit.ratio must be"),
        (
            ["--auto-gomemlimit.ratio=-1", "--enable-feature=classic-mode,auto-gomemlimit"],
            "--auto-gomemlimit.ratio must be above 0, and 1 at most",
        ),
        (
            ["--auto-gomemlimit.refresh-interval=-1s", "--auto-gomemlimit"],
            "--auto-gomemlimit.refresh-interval cannot be negative",
        ),
    ],
)
def test_the_limit_of_memory_is_only_looked_at_where_there_is_one(args, says):
    assert flags.find_clash(args).startswith(says)
    assert bool(flags.find_clash(args)) == bool(says)
