"""Hold the validator against every amtool at hand, on random configurations.

usage: make fuzz [CASES=10000] [SEED=1]

Prints for each version how often the two agreed, and every configuration on which they did not.
Exits with 1 if there was one, with 2 if no amtool can be had.
"""

import argparse
import sys
import time
from pathlib import Path

import agreement

from sandbox import programs

AT_ONCE = 500


def main(arguments=None) -> int:
    """Compare as the command line says; return the exit code."""
    parser = argparse.ArgumentParser(prog="make fuzz", description=__doc__.splitlines()[0])
    parser.add_argument("--cases", type=int, default=10_000, help="for each version")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args(arguments)
    outcomes = [_compared(amtool, given.cases, given.seed) for amtool in _amtools()]
    for entry in agreement.EXEMPTIONS:
        print(f"amtool {_text(entry.version)} is not asked about {entry.words}: {entry.reason}")
    if not outcomes:
        return 2
    return int(any(outcome.only_we or outcome.only_amtool for outcome in outcomes))


def _amtools():
    for suite in programs.SUITES:
        try:
            yield programs.get("alertmanager", suite) / "amtool"
        except programs.ProgramsError as error:
            print(f"{suite}: {error}", file=sys.stderr)


def _compared(amtool: Path, count: int, seed: int) -> agreement.Outcome:
    """Compare on so many configurations, tell how far it is, and print what came of it."""
    version = agreement.version_of(amtool)
    began = time.monotonic()
    cases = agreement.random_cases(version, count, seed)
    outcome = agreement.NOTHING
    for start in range(0, count, AT_ONCE):
        outcome += agreement.compare(amtool, cases[start : start + AT_ONCE])
        done = min(start + AT_ONCE, count)
        print(f"\ramtool {_text(version)}: {done} of {count}", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    print(f"amtool {_text(version)}, {count} configurations, {time.monotonic() - began:.0f} s")
    print(outcome.table())
    if outcome.left_open:
        print(f"and {outcome.left_open} that it warns of, as they depend on the Go that built it")
    for who, found in (("the validator", outcome.only_we), ("amtool", outcome.only_amtool)):
        for text, why in found:
            print(f"\nonly {who} refused this: {why}\n{text}")
    print(flush=True)
    return outcome


def _text(version) -> str:
    return ".".join(map(str, version))


if __name__ == "__main__":
    sys.exit(main())
