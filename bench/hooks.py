"""What each kind of hook costs, beside what cannot be avoided."""

import os
import shlex
import statistics
from pathlib import Path
from typing import Callable, List, NamedTuple

from support.manual_controller import ManualController, RecordedRun

import sandbox.juju
from tools.environment import environment

from . import processes, table

APP, UNIT = "alertmanager", "alertmanager/0"
IMAGE = {"alertmanager-image": "prom/alertmanager:v0.28.1"}
IDLE_CALLS, CHANGE_CALLS = 8, 12
IDLE_RATIO, PODS_RATIO, CHANGE_RATIO = 1.2, 1.6, 2.0
"""Processor time beside that of starting Python and importing charms.reactive, as PyPI has it."""
PUBLISHED = "start Python and import charms.reactive, as PyPI has it"
SHIPPED = "start Python and import charms.reactive, as the charm has it"
SHIM = Path(sandbox.juju.__file__).parent / "agent" / "charmhelpers_shim"


class Cost(NamedTuple):
    """What a hook took, and how many calls of hook tools it made."""

    usage: processes.Usage
    calls: int


class Bench:
    """A model with one unit of the charm, whose hooks are measured. A context manager."""

    def __init__(self, folder, charm, python, **deployed):
        self.hooks = processes.Hooks()
        self.juju = ManualController(
            folder, python=python, hook_process=self.hooks, hook_timeout=120
        )
        self.juju.deploy(charm, APP, resources=IMAGE, **deployed)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.juju.close()

    def costs(self, hook: str, deed: Callable[[], object]) -> List[Cost]:
        """Do something, and return what the hooks of this name cost that run because of it."""
        began = len(self.juju.history)
        deed()
        self.juju.settle()
        measured = [(run, self.hooks.usage(run)) for run in self.juju.history[began:]]
        return [
            Cost(usage, len(run.calls)) for run, usage in measured if usage and run.hook == hook
        ]

    def idle(self) -> List[Cost]:
        """Run the hook that has nothing to do."""
        return self.costs("update-status", lambda: self.juju.update_status(APP))

    def configure(self, **options) -> List[Cost]:
        """Change options."""
        named = {name.replace("_", "-"): value for name, value in options.items()}
        return self.costs("config-changed", lambda: self.juju.config(APP, named))

    def quiet(self):
        """Let doubts about what Juju has kept be settled."""
        for _ in range(3):
            self.idle()


def rows(charm, folder, python, repeats) -> List[table.Row]:
    """Measure every kind of hook.

    python: the interpreter that runs hooks. repeats: how often each is measured.
    """
    install = []
    for number in range(max(3, repeats // 4)):
        with Bench(folder / f"install-{number}", charm, python) as bench:
            install += bench.costs("install", lambda: None)
    with Bench(folder / "hooks", charm, python) as bench:
        bench.juju.settle()
        bench.quiet()
        told = [
            *_idle_rows(bench, python, repeats),
            *_changed_rows(bench, python, repeats),
            *_related_rows(bench, repeats),
        ]
    return [*told, table.Row("install", shown(install))]


def shown(costs: List[Cost]) -> str:
    """Return the median of some costs, and the most calls, for the table."""
    usage = processes.median([cost.usage for cost in costs])
    return f"{usage}, {max(cost.calls for cost in costs)} calls"


def _idle_rows(bench, python, repeats):
    """Measure the idle hook, the references in turn with it: the machine is the same for all."""
    charm = bench.juju.operator.charm_dir(bench.juju.unit(UNIT))
    published = environment("frameworks", python) / "python"
    from_lib = "import sys; sys.path.insert(0, 'lib'); sys.path.append('lib/removed_from_python'); "
    programs = {
        "start Python": [python, "-c", "pass"],
        PUBLISHED: [published, "-c", "import charms.reactive"],
        SHIPPED: [python, "-c", from_lib + "import charms.reactive"],
    }
    variables = {**os.environ, "PYTHONPATH": str(SHIM)}  # as a hook has them
    times = {name: [] for name in programs}
    idle: List[Cost] = []
    for _ in range(repeats):
        for name, command in programs.items():
            times[name].append(processes.run(command, cwd=str(charm), env=variables))
        idle += bench.idle()
    bare = _bare(bench, bench.juju.history[-1], bench.idle, repeats)
    rows = [table.Row(f"reference: {name}", str(processes.median(times[name]))) for name in times]
    return [
        *rows,
        table.Row("reference: the same calls from a shell script", shown(bare)),
        table.Row("update-status, idle", shown(idle)),
        table.at_most("  its calls", max(cost.calls for cost in idle), IDLE_CALLS, "calls"),
        beside(times[PUBLISHED], [cost.usage for cost in idle], IDLE_RATIO),
        table.Row(
            "  beside importing charms.reactive, as the charm has it",
            f"{ratio(times[SHIPPED], [cost.usage for cost in idle]):.2f} times",
        ),
    ]


def import_published(python, repeats) -> List[processes.Usage]:
    """Measure the reference: start Python and import charms.reactive, as PyPI has it."""
    published = environment("frameworks", python) / "python"
    variables = {**os.environ, "PYTHONPATH": str(SHIM)}  # as a hook has them
    command = [published, "-c", "import charms.reactive"]
    return [processes.run(command, cwd="/", env=variables) for _ in range(repeats)]


def ratio(reference, measured) -> float:
    """Return how many times the reference's processor time others took, at the median."""
    usual, took = ([usage.cpu for usage in usages] for usages in (reference, measured))
    return statistics.median(took) / statistics.median(usual)


def beside(reference, measured, limit: float) -> table.Row:
    """Return the row of such a ratio."""
    times = ratio(reference, measured)
    what = "  beside importing charms.reactive, as PyPI has it"
    return table.Row(what, f"{times:.2f} times", f"at most {limit}", times <= limit)


def _bare(bench, run: RecordedRun, deed, repeats) -> List[Cost]:
    """Let a shell script make the calls of a hook's run in its place; return what that costs."""
    script = bench.juju.operator.charm_dir(bench.juju.unit(UNIT)) / "hooks" / run.hook
    before = script.read_text()
    lines = [" ".join(map(shlex.quote, call.argv)) for call in run.calls]
    script.write_text("\n".join(["#!/bin/sh", *lines, ""]))
    costs = [cost for _ in range(repeats) for cost in deed()]
    script.write_text(before)
    return costs


def _changed_rows(bench, python, repeats):
    costs, reference = [], import_published(python, repeats)
    for number in range(repeats):
        costs += bench.configure(alertmanager_config=_configuration(number))
        bench.idle()
    calls = max(cost.calls for cost in costs)
    return [
        table.Row("config-changed, another configuration of 100 lines", shown(costs)),
        table.at_most("  its calls", calls, CHANGE_CALLS, "calls"),
        beside(reference, [cost.usage for cost in costs], CHANGE_RATIO),
    ]


def _configuration(number):
    """Return a configuration of 100 lines, another for each number."""
    teams = [f"team-{number}-{each}" for each in range(19)]
    routes = [f"  - receiver: {team}\n    matchers: ['team=\"{team}\"']\n" for team in teams]
    receivers = [f"- name: {team}\n  webhook_configs:\n  - url: http://x/\n" for team in teams]
    top = f"route:\n  receiver: {teams[0]}\n  routes:\n"
    return top + "".join(routes) + "receivers:\n" + "".join(receivers) + "# the end\n"


def _related_rows(bench, repeats):
    juju = bench.juju
    juju.add_remote_app("prometheus", "alertmanager", "alertmanager")
    relation = juju.relate(APP, "prometheus")
    juju.settle()
    bench.quiet()
    costs = []
    for number in range(repeats):
        told = {"said": str(number)}
        costs += bench.costs(
            "prometheus-relation-changed",
            lambda told=told: juju.write(relation, "prometheus/0", told),
        )
    return [table.Row("relation-changed, prometheus", shown(costs))]
