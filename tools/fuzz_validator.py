"""Hold the validator against real Alertmanagers, on configurations that are right, odd or spoilt.

usage: make fuzz [CASES=20000] [TREES=600] [SEED=1] [SERVERS=2] [VERSIONS="0.35.0 0.28.1"]

Also asks them where alerts go in so many trees of routes. SERVERS of a version are asked at once,
since most of the time is spent waiting for one. Without VERSIONS, those that Debian has are asked.
Others are built by ``make oracle VERSION=0.35.0``. Prints for each how often the two agreed, and
every configuration on which they did not. Exits with 2 if one of VERSIONS, or all of Debian's,
cannot be had, otherwise with 1 if the two disagreed.
"""

import argparse
import contextlib
import queue
import re
import sys
import time
from concurrent import futures
from typing import Sequence

from support import agreement, config_judge, random_routes

from sandbox import debian_programs

AT_ONCE = 200


def main(arguments=None) -> int:
    """Compare as the command line says; return the exit code."""
    parser = argparse.ArgumentParser(prog="make fuzz", description=__doc__.splitlines()[0])
    parser.add_argument("--cases", type=int, default=20_000, help="for each version")
    parser.add_argument("--trees", type=int, default=600, help="for each version")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--servers", type=int, default=2, help="of a version at once")
    parser.add_argument("versions", nargs="*")
    given = parser.parse_args(arguments)
    asked = disagreed = missing = False
    for version in given.versions or _debian():
        try:
            with contextlib.ExitStack() as stack:
                servers = [
                    stack.enter_context(config_judge.Judge(version)) for _ in range(given.servers)
                ]
                outcome = _compared(servers, version, given.cases, given.seed)
                routing = _routed(servers[0], version, given.trees, given.seed)
        except config_judge.JudgeError as error:
            print(f"Alertmanager {version}: {error}", file=sys.stderr)
            missing = bool(given.versions)
        else:
            asked = True
            disagreed = disagreed or bool(outcome.told() or routing.differing)
    return 2 if missing or not asked else int(disagreed)


def _debian():
    for suite in debian_programs.SUITES:
        try:
            folder = debian_programs.get("alertmanager", suite)
        except debian_programs.ProgramsError as error:
            print(f"{suite}: {error}", file=sys.stderr)
        else:
            yield re.search(r"\d+\.\d+\.\d+", folder.parent.name).group()


def _compared(
    servers: Sequence[config_judge.Judge], version: str, count: int, seed: int
) -> agreement.Outcome:
    """Compare on so many configurations, tell how far it is, and print what came of it."""
    began = time.monotonic()
    cases = list(agreement.cases_for(version, count, seed))
    batches = [cases[start : start + AT_ONCE] for start in range(0, count, AT_ONCE)]
    idle: queue.SimpleQueue[config_judge.Judge] = queue.SimpleQueue()
    for server in servers:
        idle.put(server)

    def compare(batch):
        server = idle.get()
        try:
            return agreement.compare(server, version, batch)
        finally:
            idle.put(server)

    outcome = agreement.Outcome()
    with futures.ThreadPoolExecutor(len(servers)) as pool:
        for number, part in enumerate(pool.map(compare, batches)):
            outcome += part
            done = min(count, (number + 1) * AT_ONCE)
            print(f"\rAlertmanager {version}: {done} of {count}", end="", file=sys.stderr)
    print(file=sys.stderr)
    print(f"Alertmanager {version}, {count} configurations, {time.monotonic() - began:.0f} s")
    print(outcome.table())
    print(f"{outcome.notified} of those that both accept have receivers, and all were notified")
    if outcome.left_open:
        print(f"and {outcome.left_open} that it warns of, as they depend on the Go that built it")
    if outcome.exempt:
        print(f"and {outcome.exempt} that are not asked about")
    for text in outcome.told():
        print(f"\n{text}")
    print(flush=True)
    return outcome


def _routed(
    server: config_judge.Judge, version: str, count: int, seed: int
) -> random_routes.Comparison:
    """Compare on so many trees of routes, and print what came of it."""
    began = time.monotonic()
    found = random_routes.compare(server, version, count, seed)
    took = time.monotonic() - began
    print(
        f"Alertmanager {version}, {count} trees of routes with {random_routes.ALERTS} alerts each,"
        f" {took:.0f} s: {len(found.differing)} on which they differ, {found.unclear} unclear to us"
    )
    for text in found.differing:
        print(f"\n{text}")
    print(flush=True)
    return found


if __name__ == "__main__":
    sys.exit(main())
