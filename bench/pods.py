"""Running pods: how soon a change is in force, and what is restarted by it."""

import statistics
import time
from typing import Dict, List

import pytest
from support import monitoring_stack, real_programs
from support.monitoring_stack import ALERTMANAGER

from . import processes, table
from .hooks import PODS_RATIO, beside, import_published

UNITS, REPEATS = 3, 5
IN_FORCE = 5.0
"""Seconds after the kubelet has delivered it."""
SHOWN = 5.0
"""Seconds after it is in force on the last pod; no update-status is due meanwhile."""
_LOADED = "alertmanager_config_last_reload_success_timestamp_seconds"


def rows(charm, folder, python) -> List[table.Row]:
    """Deploy a cluster of real Alertmanagers, and change things."""
    try:
        return _measured(charm, folder, python)
    except pytest.skip.Exception as reason:
        return [table.Row("left out", str(reason))]


def _measured(charm, folder, python):
    hooks = processes.Hooks()
    charms, of_hooks = {ALERTMANAGER: charm}, {"python": python, "hook_process": hooks}
    with monitoring_stack.opened(folder / "world", charms, **of_hooks) as world:
        version = real_programs.version(ALERTMANAGER, "bookworm")
        world.deploy(ALERTMANAGER, version, units=UNITS, alertmanager_config=world.team())
        world.live()
        return [*_delivery(world), *_asking(world, hooks, python), *_restarts(world)]


def _delivery(world):
    """Change the configuration; when all pods have read it, ask each when that was."""
    delay = monitoring_stack.SYNC_DELAY
    totals, hooks, shown = [], [], []
    for number in range(REPEATS):
        began, ran = time.time(), len(world.juju.history)
        world.configure(alertmanager_config=world.team(f"/{number}"))
        world.until(lambda: f"live on {UNITS}/{UNITS}" in world.shown()[1], "a status")
        told = time.time()
        loaded = max(_loaded(world, pod.name) for pod in world.cluster.pods(ALERTMANAGER))
        totals.append(loaded - began)
        shown.append(told - loaded)
        (first, *_) = world.juju.history[ran:]
        hooks.append(first.seconds)
    total, hook = statistics.median(totals), statistics.median(hooks)
    after = max(each - one - delay for each, one in zip(totals, hooks))
    return [
        table.Row(
            f"from juju config to the last of {UNITS} pods running it, less the kubelet's delay",
            f"{total - delay:.1f} s",
        ),
        table.Row(
            "  after the kubelet has delivered it, at worst",
            f"{after:.1f} s",
            f"at most {IN_FORCE:.0f} s",
            after <= IN_FORCE,
        ),
        table.Row("  the first hook, of the leader", f"{hook * 1000:.0f} ms"),
        table.Row(
            f"from the last of {UNITS} pods running it to a status that says so, at worst",
            f"{max(shown):.1f} s",
            f"at most {SHOWN:.0f} s",
            max(shown) <= SHOWN,
        ),
    ]


def _loaded(world, pod) -> float:
    """Return when a pod has read its configuration, in seconds since 1970."""
    lines = world.sh(pod, f"wget -q -O - http://127.0.0.1:9093/metrics | grep '^{_LOADED} '")
    return float(lines.split()[1])


def _asking(world, hooks, python):
    """Measure the idle hook of a leader who asks pods."""
    for _ in range(3):  # until nothing is in doubt
        world.look()
    runs = []
    for _ in range(REPEATS):
        began = len(world.juju.history)
        world.look()
        runs += world.juju.history[began:]
    usages = [hooks.usage(run) for run in runs]
    calls = max(len(run.calls) for run in runs)
    return [
        table.Row(
            f"update-status, idle, {UNITS} pods asked", f"{processes.median(usages)}, {calls} calls"
        ),
        beside(import_published(python, REPEATS), usages, PODS_RATIO),
    ]


def _restarts(world):
    changes: Dict[str, dict] = {
        "alertmanager-config": {"alertmanager_config": world.team("/other")},
        "alertmanager-secrets": {"alertmanager_secrets": "global: {resolve_timeout: 1m}"},
        "templates": {"templates": '{{ define "a" }}b{{ end }}'},
        "secret-files": {"secret_files": "token: s3cret"},
        "external-labels": {"external_labels": '{"region": "eu"}'},
    }
    told = []
    for option, values in changes.items():
        count = _restarted(world, lambda values=values: world.configure(**values))
        told.append(_row(f"a change of {option}", count))
    for units in (UNITS + 1, UNITS):
        count = _restarted(world, lambda units=units: world.juju.scale(ALERTMANAGER, units))
        told.append(_row(f"a scale of {units}", count))
    rolled = _restarted(world, lambda: world.configure(log_level="debug"))
    return [
        *told,
        table.Row(
            "processes restarted by another command line (log-level)", f"{rolled} of {UNITS}"
        ),
    ]


def _row(what, count):
    return table.at_most(f"processes restarted by {what}", count, 0, "of those that stay")


def _restarted(world, deed) -> int:
    """Return how many processes there were before and are, under the same pod's name, no more."""
    before = world.processes()
    deed()
    world.live()
    after = world.processes()
    return sum(after[pod] != before[pod] for pod in before if pod in after)
