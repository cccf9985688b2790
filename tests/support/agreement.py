"""Whether the validator and the real Alertmanager agree on configurations."""

import itertools
import random
import re
from typing import Iterable, Iterator, List, Mapping, NamedTuple, Sequence, Tuple

from alertmanager_config import check, problem
from alertmanager_config import version as versions
from support import config_generator, config_judge, spoilt_fields

import tools.build_alertmanager


class Case(NamedTuple):
    """A configuration, the files beside it by name, and how it is encoded."""

    text: str
    files: Mapping[str, bytes] = {}
    codec: str = "utf-8"

    @property
    def encoded(self) -> bytes:
        """The text as a file holds it."""
        return self.text.encode(self.codec, "surrogatepass")


class Exemption(NamedTuple):
    """Configurations that a Debian build is not asked about, and why."""

    version: str
    words: str
    reason: str


EXEMPTIONS = (
    Exemption(
        "0.25.0",
        r"\bproxy_connect_header|no_proxy|proxy_from_environment",
        "Debian builds it with prometheus/common 0.39, which knows this; the official one has 0.38",
    ),
    Exemption("0.28.1", r"\bjira_", "Debian builds it without Jira, whose library it lacks"),
    Exemption("0.33.1", r"\bkafka_", "Debian builds it with an empty stand-in for Kafka"),
)
# How a warning ends that leaves it to the version of Go which built Alertmanager.
_LEFT_OPEN = re.compile("the official Alertmanager .* refuses it")
# Files of which the validator cannot know whether an image has them.
_ELSEWHERE = re.compile(r"_file\W+/(?!etc/alertmanager|alertmanager/)")
# Each so many cases, the server is started anew with one.
_FRESH_EVERY = 50


class Outcome(NamedTuple):
    """How often both accepted, both refused, or only one of them did; and the cases of the last.

    only_we, only_server: (text, who says what) of what only that side refuses.
    left_open: how often only the server refused what the validator warned of, since it is only
        refused by Alertmanagers that a recent Go has built.
    exempt: how many were not asked about.
    notified: of how many that both accepted an alert went through every integration there is.
    untried: (text, why) of what was accepted, but without an alert through all of it: a fault of
        the judge's.
    """

    both_accept: int = 0
    both_refuse: int = 0
    only_we: Tuple[Tuple[str, str], ...] = ()
    only_server: Tuple[Tuple[str, str], ...] = ()
    left_open: int = 0
    exempt: int = 0
    notified: int = 0
    untried: Tuple[Tuple[str, str], ...] = ()

    def __add__(self, other):
        return Outcome(*(mine + theirs for mine, theirs in zip(self, other)))

    def table(self) -> str:
        """Give the table of who accepts and who refuses how often."""
        rows = (
            ("", "the server accepts", "the server refuses"),
            ("the validator accepts", self.both_accept, len(self.only_server)),
            ("the validator refuses", len(self.only_we), self.both_refuse),
        )
        return "\n".join(f"{head:21} {left:>18} {right:>18}" for head, left, right in rows)

    def told(self) -> List[str]:
        """Give what they differ on, or cannot be said to agree on, to read."""
        return [
            f"{what}: {why}\n{text}"
            for what, cases in (
                ("only the validator refuses", self.only_we),
                ("only the server refuses", self.only_server),
                ("the judge could not send an alert through it", self.untried),
            )
            for text, why in cases
        ]


def is_exempt(text: str, version: str) -> bool:
    """Whether the Alertmanager at hand is not asked about a configuration."""
    if _ELSEWHERE.search(text):
        return True
    if (tools.build_alertmanager.folder(version) / "alertmanager").exists():
        return False
    return any(entry.version == version and re.search(entry.words, text) for entry in EXEMPTIONS)


def compare(server: config_judge.Judge, version: str, cases: Iterable[Case]) -> Outcome:
    """Ask both about every case that is not exempt.

    version: the server's, as a number.
    """
    outcome = Outcome()
    for number, case in enumerate(cases):
        if is_exempt(case.text, version):
            outcome += Outcome(exempt=1)
            continue
        found = validate(case, version)
        refused = [str(problem) for problem in found if not problem.warning]
        verdict = server.judge(case.encoded, case.files, fresh=not number % _FRESH_EVERY)
        if verdict.untried or verdict.how == "hangs":
            # Perhaps only the machine was too busy.
            verdict = server.judge(case.encoded, case.files, fresh=True)
        if refused and not verdict.accepted:
            outcome += Outcome(both_refuse=1)
        elif refused:
            outcome += Outcome(only_we=((case.text, refused[0]),))
        elif verdict.accepted:
            untried = ((case.text, verdict.untried),) if verdict.untried else ()
            notified = int(verdict.tried > 0 and not untried)
            outcome += Outcome(both_accept=1, notified=notified, untried=untried)
        elif any(_LEFT_OPEN.search(str(problem)) for problem in found):
            outcome += Outcome(left_open=1)
        else:
            outcome += Outcome(only_server=((case.text, f"{verdict.how} {verdict.why}"),))
    return outcome


def validate(case: Case, version: str) -> Sequence[problem.Problem]:
    """Give what the validator says of a case."""
    return check.check_text(case.encoded, "config", version, files=case.files)


def cases_for(version: str, count: int, seed: int) -> Iterator[Case]:
    """Give so many cases for a version.

    Half of them have one odd value each, a quarter a few in one block, and a quarter are of any
    kind.
    """
    rng = random.Random(f"{seed} {version}")
    minor = min(max(versions.parse_version(version)[1], versions.OLDEST), versions.NEWEST)
    files = spoilt_fields.FILES
    single = count // 2
    yield from (Case(text, files) for text in spoilt_fields.cases(minor, rng, single))
    several = count // 4
    combined = itertools.islice(spoilt_fields.combinations(minor, rng), several)
    yield from (Case(text, files) for text in combined)
    for _ in range(count - single - several):
        text = config_generator.case(rng, minor)
        codec = rng.choice(["utf-16", "utf-16-be"]) if rng.random() < 0.02 else "utf-8"
        yield Case(text, files, codec)
