"""Hold the validator against every amtool at hand, on random configurations.

usage: make fuzz [CASES=10000] [SEED=1]

Prints for each version how often the two agreed, and every configuration on which they did not.
Exits with 1 if there was one, with 2 if no amtool can be had.
"""

import argparse
import sys

import agreement

from sandbox import programs


def main(arguments=None) -> int:
    """Compare as the command line says; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cases", type=int, default=10_000, help="for each version")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args(arguments)
    worst, asked = 0, 0
    for suite in programs.SUITES:
        try:
            amtool = programs.get("alertmanager", suite) / "amtool"
        except programs.ProgramsError as error:
            print(f"{suite}: {error}", file=sys.stderr)
            continue
        version = agreement.version_of(amtool)
        asked += 1
        outcome = agreement.compare(
            amtool, agreement.random_cases(version, given.cases, given.seed)
        )
        print(f"amtool {'.'.join(map(str, version)):8} {outcome}", flush=True)
        for who, found in (("we", outcome.only_we), ("amtool", outcome.only_amtool)):
            for text, why in found:
                worst = 1
                print(f"\nonly {who} refused this: {why}\n{text}")
    for entry in agreement.EXEMPTIONS:
        version = ".".join(map(str, entry.version))
        print(f"not asked of {version}: what has {entry.words}: {entry.reason}")
    return worst if asked else 2


if __name__ == "__main__":
    sys.exit(main())
