"""From what is known to the one status that juju status shows.

RULES is the whole truth about statuses; the README's table is made from it.
"""

from dataclasses import dataclass
from typing import Callable, Tuple


@dataclass(frozen=True)
class Facts:
    """What the status depends on.

    application: its name. image: whether the image resource could be read. problems: what is wrong
    with the options, a line each, the first to be shown. configuration: the short hash of
    alertmanager.yml.
    """

    application: str
    image: bool
    problems: Tuple[str, ...] = ()
    configuration: str = ""


@dataclass(frozen=True)
class Rule:
    """One status: when it applies, what it says, and what an operator does about it.

    state: blocked if somebody has to act, waiting if it passes by itself, active if all is well.
    says: the message in general, for the README.
    """

    state: str
    says: str
    remedy: str
    applies: Callable[[Facts], bool]
    message: Callable[[Facts], str]


def _first_problem(facts: Facts) -> str:
    first, *others = facts.problems
    return first + (f" (and {len(others)} more, see juju debug-log)" if others else "")


RULES = (
    Rule(
        "blocked",
        "image missing: run juju attach-resource APPLICATION alertmanager-image=IMAGE",
        "Attach one. If there is one, Juju could not deliver it, and `juju debug-log` says why.",
        applies=lambda facts: not facts.image,
        message=lambda facts: (
            f"image missing: run juju attach-resource {facts.application} alertmanager-image=IMAGE"
        ),
    ),
    Rule(
        "blocked",
        "OPTION line N, PLACE: what is wrong; what to do (and N more, see juju debug-log)",
        "Put the option right. Meanwhile Alertmanager goes on with the last good configuration.",
        applies=lambda facts: bool(facts.problems),
        message=_first_problem,
    ),
    Rule(
        "active",
        "configuration HASH",
        "Nothing. HASH is the start of the MD5 of the alertmanager.yml that the pods have got.",
        applies=lambda facts: True,
        message=lambda facts: f"configuration {facts.configuration}",
    ),
)


def assess(facts: Facts) -> Tuple[str, str]:
    """Return the workload state and its message: those of the first rule that applies."""
    rule = next(rule for rule in RULES if rule.applies(facts))
    return rule.state, rule.message(facts)
