"""How the calls and the time of hooks grow with related applications and with units."""

from typing import Dict, List

from . import table
from .hooks import APP, IDLE_CALLS, UNIT, Bench, Cost, shown

RELATED, UNITS = (1, 10, 100, 300), (1, 10, 50)
REPEATS = 3
IDLE, NEW = "update-status", "a new relation"
UNTOLD, TOLD = "config-changed that others need not know", "config-changed that all are told of"
CALLS_EACH = 2
"""For whoever is told: what is there is read, what differs is written."""
RELATED_IDLE_CALLS = IDLE_CALLS
"""charms.reactive asks who is related, and the interface whether they have units."""


def rows(charm, folder, python) -> List[table.Row]:
    """Measure both, with one unit's hooks; all other hooks do nothing, so as to take no time."""
    related = {count: _related(charm, folder, python, count) for count in RELATED}
    several = {count: _units(charm, folder, python, count) for count in UNITS}
    return [
        *_shown("related applications", related),
        *_shown("units", several),
        *_limits(related, several),
    ]


def _related(charm, folder, python, count) -> Dict[str, List[Cost]]:
    with Bench(folder / f"related-{count}", charm, python) as bench:
        juju = bench.juju
        juju.settle()
        for number in range(count):
            juju.add_remote_app(f"prometheus{number}", "alertmanager", "alertmanager")
        bench.hooks.silent = lambda unit: True
        for number in range(count - 1):
            juju.relate(APP, f"prometheus{number}")
        juju.settle()
        bench.hooks.silent = lambda unit: False
        bench.configure(external_labels='{"region": "eu"}')
        bench.quiet()
        new = _new_relation(bench, f"prometheus{count - 1}")
        idle = [cost for _ in range(REPEATS) for cost in bench.idle()]
        untold = _changes(bench, "log_level", ["debug", "info", "warn"])
        told = _changes(
            bench, "external_labels", [f'{{"region": "{name}"}}' for name in ("us", "ap", "sa")]
        )
        return {IDLE: idle, NEW: new, UNTOLD: untold, TOLD: told}


def _new_relation(bench, other) -> List[Cost]:
    """Relate an application again and again; in the end it is related."""
    costs = []
    for number in range(REPEATS):
        if number:
            bench.juju.remove_relation(APP, other)
            bench.quiet()
        costs += bench.costs("prometheus-relation-created", lambda: bench.juju.relate(APP, other))
        bench.quiet()
    return costs


def _changes(bench, option, values) -> List[Cost]:
    """Give an option one value after the other."""
    costs = []
    for value in values:
        costs += bench.configure(**{option: value})
        bench.quiet()
    return costs


def _units(charm, folder, python, count) -> Dict[str, List[Cost]]:
    with Bench(folder / f"units-{count}", charm, python) as bench:
        bench.hooks.silent = lambda unit: unit != UNIT
        bench.juju.settle()
        bench.juju.scale(APP, count)
        bench.juju.settle()
        bench.quiet()
        idle = [cost for _ in range(REPEATS) for cost in bench.idle()]
        return {IDLE: idle, UNTOLD: _changes(bench, "log_level", ["debug", "info", "warn"])}


def _shown(of_what, measured):
    return [
        table.Row(f"{count} {of_what}: {hook}", shown(costs))
        for hook in next(iter(measured.values()))
        for count, costs in ((count, found[hook]) for count, found in measured.items())
    ]


def _limits(related, several):
    most, fewest = max(RELATED), min(RELATED)

    def calls(found, hook):
        return max(cost.calls for cost in found[hook])

    def growth(hook):
        return calls(related[most], hook) - calls(related[fewest], hook)

    return [
        table.at_most(
            f"{IDLE}, {most} related applications",
            calls(related[most], IDLE),
            RELATED_IDLE_CALLS,
            "calls",
        ),
        table.at_most(
            f"{IDLE}, {max(UNITS)} units", calls(several[max(UNITS)], IDLE), IDLE_CALLS, "calls"
        ),
        table.at_most(f"{NEW}, the last of {most}", growth(NEW), 0, "calls more than the first"),
        table.at_most(f"{UNTOLD}, {most} against {fewest}", growth(UNTOLD), 0, "calls more"),
        table.at_most(
            f"{TOLD}, {most} against {fewest}",
            growth(TOLD),
            CALLS_EACH * (most - fewest),
            "calls more",
        ),
    ]
