"""Whether the validator and amtool agree on configurations."""

import random
import re
import subprocess
from pathlib import Path
from typing import List, NamedTuple, Sequence, Tuple

import amtool_runs
import config_generator
from charms.layer.alertmanager import problems, validation, yaml_text
from charms.layer.alertmanager.validation import versions


class Exemption(NamedTuple):
    """Configurations that an amtool is not asked about, and why."""

    version: Tuple[int, ...]
    words: str
    reason: str


EXEMPTIONS = (
    Exemption(
        (0, 25, 0),
        r"\bproxy_connect_header",
        "Debian builds it with prometheus/common 0.39, which knows this; the official one has 0.38",
    ),
    Exemption((0, 28, 1), r"\bjira_", "Debian builds it without Jira, whose library it lacks"),
    Exemption((0, 33, 1), r"\bkafka_", "Debian builds it with an empty stand-in for Kafka"),
)
# How a warning ends that leaves it to the version of Go which built Alertmanager.
_LEFT_OPEN = re.compile("the official Alertmanager .* refuses it")


class Outcome(NamedTuple):
    """How often both accepted, both refused, or only one of them did; and the cases of the last.

    only_we, only_amtool: (text, who says what) of what only that side refuses.
    left_open: how often only amtool refused what the validator warned of, since it is only refused
        by Alertmanagers that a recent Go has built.
    exempt: how many were not asked about.
    """

    both_accept: int
    both_refuse: int
    only_we: List[Tuple[str, str]]
    only_amtool: List[Tuple[str, str]]
    left_open: int
    exempt: int

    def __add__(self, other):
        return Outcome(*(mine + theirs for mine, theirs in zip(self, other)))

    def table(self) -> str:
        """Give the table of who accepts and who refuses how often."""
        rows = (
            ("", "amtool accepts", "amtool refuses"),
            ("the validator accepts", self.both_accept, len(self.only_amtool)),
            ("the validator refuses", len(self.only_we), self.both_refuse),
        )
        return "\n".join(f"{head:21} {left:>15} {right:>15}" for head, left, right in rows)


NOTHING = Outcome(0, 0, [], [], 0, 0)


def version_of(amtool: Path) -> Tuple[int, ...]:
    """Ask an amtool for its version."""
    said = subprocess.run([str(amtool), "--version"], capture_output=True, text=True, check=True)
    number = re.search(r"version ([0-9.]+)", said.stdout + said.stderr)
    return versions.parse(number.group(1))


def compare(amtool: Path, cases: Sequence[amtool_runs.Case]) -> Outcome:
    """Ask both about every case that is not exempt."""
    version = version_of(amtool)
    asked = [case for case in cases if not is_exempt(case.text, version)]
    both_accept = both_refuse = left_open = 0
    only_we, only_amtool = [], []
    for case, verdict in zip(asked, amtool_runs.check(amtool, asked)):
        found = _problems(case, version)
        refused = [str(problem) for problem in found if not problem.warning]
        if refused and verdict.refused:
            both_refuse += 1
        elif refused:
            only_we.append((case.text, refused[0]))
        elif not verdict.refused:
            both_accept += 1
        elif any(_LEFT_OPEN.search(str(problem)) for problem in found):
            left_open += 1
        else:
            only_amtool.append((case.text, verdict.why))
    exempt = len(cases) - len(asked)
    return Outcome(both_accept, both_refuse, only_we, only_amtool, left_open, exempt)


def is_exempt(text: str, version: Tuple[int, ...]) -> bool:
    """Whether the amtool of a version is not asked about a configuration."""
    return any(entry.version == version and re.search(entry.words, text) for entry in EXEMPTIONS)


def _problems(case: amtool_runs.Case, version) -> Sequence[problems.Problem]:
    document = yaml_text.parse(case.text, "config")
    # amtool looks for no file but templates.
    return validation.validate(document, version, files=case.files or None)


def random_cases(version, count: int, seed: int) -> List[amtool_runs.Case]:
    """Make random configurations for a version that its amtool can be asked about."""
    rng = random.Random(f"{seed} {version[1]}")
    minor = min(max(version[1], versions.OLDEST), versions.NEWEST)
    cases: List[amtool_runs.Case] = []
    while len(cases) < count:
        text = config_generator.case(rng, minor)
        if not is_exempt(text, version):
            cases.append(amtool_runs.Case(text))
    return cases
