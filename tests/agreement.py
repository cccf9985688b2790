"""Whether the validator and amtool agree on configurations."""

import random
import re
import subprocess
from pathlib import Path
from typing import List, NamedTuple, Sequence, Tuple

import amtool_runs
import config_generator
from charms.layer.alertmanager import validation, yaml_text
from charms.layer.alertmanager.validation import versions


class Exemption(NamedTuple):
    """Configurations that an amtool is not asked about, and why."""

    version: Tuple[int, ...]
    words: str
    reason: str


EXEMPTIONS = (
    Exemption((0, 28, 1), r"\bjira_", "Debian builds it without Jira, whose library it lacks"),
    Exemption((0, 33, 1), r"\bkafka_", "Debian builds it with an empty stand-in for Kafka"),
)


class Outcome(NamedTuple):
    """How often both accepted, both refused, or only one of them did; and the cases of the last.

    only_we, only_amtool: (text, who says what) of what only that side refuses.
    """

    both_accept: int
    both_refuse: int
    only_we: List[Tuple[str, str]]
    only_amtool: List[Tuple[str, str]]
    exempt: int

    def __str__(self) -> str:
        return (
            f"both accept {self.both_accept:6}   both refuse {self.both_refuse:6}   "
            f"only we refuse {len(self.only_we):3}   only amtool refuses {len(self.only_amtool):3}"
            + (f"   not asked {self.exempt}" if self.exempt else "")
        )


def version_of(amtool: Path) -> Tuple[int, ...]:
    """Ask an amtool for its version."""
    said = subprocess.run([str(amtool), "--version"], capture_output=True, text=True, check=True)
    number = re.search(r"version ([0-9.]+)", said.stdout + said.stderr)
    return versions.parse(number.group(1))


def compare(amtool: Path, cases: Sequence[amtool_runs.Case]) -> Outcome:
    """Ask both about every case that is not exempt."""
    version = version_of(amtool)
    exempt = [entry.words for entry in EXEMPTIONS if entry.version == version]
    asked = [case for case in cases if not any(re.search(words, case.text) for words in exempt)]
    both_accept = both_refuse = 0
    only_we, only_amtool = [], []
    for case, verdict in zip(asked, amtool_runs.check(amtool, asked)):
        refused = refusals(case, version)
        if refused and verdict.refused:
            both_refuse += 1
        elif refused:
            only_we.append((case.text, refused[0]))
        elif verdict.refused:
            only_amtool.append((case.text, verdict.why))
        else:
            both_accept += 1
    return Outcome(both_accept, both_refuse, only_we, only_amtool, len(cases) - len(asked))


def refusals(case: amtool_runs.Case, version) -> List[str]:
    """Give the validator's problems that are no warnings."""
    document = yaml_text.parse(case.text, "config")
    # amtool looks for no file but templates.
    problems = validation.validate(document, version, files=case.files or None)
    return [str(problem) for problem in problems if not problem.warning]


def random_cases(version, count: int, seed: int) -> List[amtool_runs.Case]:
    """Make random configurations for a version."""
    rng = random.Random(f"{seed} {version[1]}")
    minor = min(max(version[1], versions.OLDEST), versions.NEWEST)
    return [amtool_runs.Case(config_generator.case(rng, minor)) for _ in range(count)]
