"""Under fire and in trouble: everybody is paged, once where that can be, and nothing is forgotten.

The trouble is random, from a seed that the output shows: make soak SEED=7.
"""

import time
from collections import Counter

import pytest
from support import cluster_trouble, monitoring_stack, real_programs, repeated_pages
from support.cluster_trouble import (
    GOOD,
    HEAL,
    KILL,
    PART,
    REFUSED,
    SCALE,
    SILENCE,
    WRONG,
    Done,
    Event,
)
from support.monitoring_stack import BRISK
from support.repeated_pages import Page

ALERTMANAGERS = [f"alertmanager-{number}" for number in range(3)]
SILENCED = "5"  # the second last digit of these alerts


@pytest.fixture
def world(charms, tmp_path):
    with monitoring_stack.opened(tmp_path / "world", charms) as world:
        yield world


def ordeal(world, events, within, hundreds, each_second):
    """Let all this happen, within so many seconds, while alerts fire; return how it went."""
    trouble = cluster_trouble.Trouble(world)
    world.deploy(
        "alertmanager",
        real_programs.version("alertmanager", "trixie"),
        units=3,
        additional_args=f"{BRISK} --data.maintenance-interval=2s",
        alertmanager_config=trouble.team("/0"),
    )
    world.deploy(
        "prometheus", real_programs.version("prometheus", "trixie"), evaluation_interval="1s"
    )
    world.relate()
    world.live()
    trouble.silence(f"ten={SILENCED}", ALERTMANAGERS)
    trouble.written(ALERTMANAGERS)
    rules = cluster_trouble.stream(hundreds, each_second, time.time() + 9)
    world.configure("prometheus", rules=rules)
    trouble.happen(events, within)
    trouble.calm(3)

    names = [f"{number // 100}{number % 100:02}" for number in range(hundreds * 100)]
    loud = {name for name in names if name[-2] != SILENCED}
    world.until(
        lambda: loud <= {page.alert for page in repeated_pages.find_pages(world.pager)},
        "every alert",
    )
    pages = repeated_pages.find_pages(world.pager)
    assert {page.alert for page in pages} == loud
    assert {page.status for page in pages} == {"firing"}
    assert all(trouble.knows(pod) for pod in ALERTMANAGERS)

    reasons = Counter()
    for name in sorted(loud):
        first, *others = [page for page in pages if page.alert == name]
        for again in others:
            reason = repeated_pages.explain(first, again, trouble.history)
            assert reason, (first, again, trouble.history)
            reasons[reason] += 1
            first = again
    assert reasons["late"] < len(loud) / 2, reasons  # or they do not tell one another at all
    counts = Counter(done.event.kind for done in trouble.history)
    return [
        f"alerts fired {len(names)}, of which silenced {len(names) - len(loud)}",
        f"told at least once {len(loud)}, told once more {sum(reasons.values())}",
        *(f"  because of: {reason} {count}" for reason, count in reasons.most_common()),
        f"silences made {len(trouble.silences)}, in each of 3 pods at the end as many",
        world.shown()[1],
        "",
        *(f"{kind}: {count}" for kind, count in counts.most_common()),
        "",
        "planned:",
        *map(str, events),
    ]


def happened(kind, begin, end, pods=(), sides=()):
    return Done(Event(0, kind, pods, sides), begin, end)


@pytest.mark.parametrize(
    ("done", "at", "reason"),
    [
        (happened(PART, 90, 120, sides=(("a-0",), ("a-1", "a-2"))), 115, PART),
        (happened(PART, 90, 120, sides=(("a-0",), ("a-1", "a-2"))), 200, None),
        (happened(PART, 150, 190, sides=(("a-0",), ("a-1", "a-2"))), 160, None),
        (happened(PART, 90, 120, sides=(("a-0", "a-1"), ("a-2",))), 115, None),
        (happened(KILL, 105, 110, pods=("a-1",)), 115, KILL),
        (happened(KILL, 105, 110, pods=("a-1",)), 150, None),
        (happened(KILL, 101, 110, pods=("a-0",)), 115, KILL),
        (happened(KILL, 101, 110, pods=("a-2",)), 115, None),
        (happened(SCALE, 105, 110, pods=("a-1", "a-2")), 115, SCALE),
        (happened(SCALE, 105, 110, pods=("a-2",)), 115, None),
        (happened(GOOD, 95, 95), 110, GOOD),
        (happened(GOOD, 95, 95), 115, None),
        (happened(WRONG, 95, 95), 115, None),
        (happened(KILL, 10, 20, pods=("a-1",)), 105, "late"),
    ],
)
def test_a_second_page_is_explained_by_what_concerns_both_senders_only(done, at, reason):
    first, again = Page("1", 100, "a-0", "firing"), Page("1", at, "a-1", "firing")
    assert repeated_pages.explain(first, again, [done]) == reason


def test_a_plan_leaves_a_survivor_on_each_side_and_ends_whole():
    for seed in range(50):
        events = cluster_trouble.plan(seed, 200)
        assert events == cluster_trouble.plan(seed, 200)
        sides, units = (), 3
        for event in events:
            here = sides or ([f"alertmanager-{number}" for number in range(units)],)
            if event.kind == KILL:
                assert all(set(side) - set(event.pods) - {"prometheus-0"} for side in here)
            elif event.kind in (PART, HEAL):
                sides = event.sides
            elif event.kind == SCALE:
                assert not sides
                units = event.units
        assert not sides


def test_trouble_for_a_minute_loses_no_alert_and_no_silence(world, seed):
    rounds = (KILL, PART, KILL, REFUSED, SCALE, GOOD)
    ordeal(
        world, cluster_trouble.plan(seed, 30, rounds=rounds), within=60, hundreds=1, each_second=5
    )


@pytest.mark.soak
def test_minutes_of_trouble_lose_no_alert_and_no_silence(world, seed, table):
    table(*ordeal(world, cluster_trouble.plan(seed, 220), within=250, hundreds=12, each_second=6))


@pytest.mark.soak
def test_without_trouble_only_a_busy_machine_tells_anybody_twice(world, table):
    table(*ordeal(world, [Event(110, SILENCE)], within=130, hundreds=6, each_second=6))
