"""From what is known to the one status that juju status shows."""

from dataclasses import dataclass
from typing import Tuple


@dataclass(frozen=True)
class Facts:
    """What the status depends on.

    image: whether the image resource could be read. problems: what is wrong with the options, a
    line each, the first to be shown. configuration: the short hash of alertmanager.yml.
    """

    application: str
    image: bool
    problems: Tuple[str, ...] = ()
    configuration: str = ""


def assess(facts: Facts) -> Tuple[str, str]:
    """Return the workload state and its message: the first that applies.

    blocked: somebody has to act, and the message says what to do.
    """
    if not facts.image:
        return (
            "blocked",
            f"image missing: run juju attach-resource {facts.application} alertmanager-image=IMAGE",
        )
    if facts.problems:
        first, *others = facts.problems
        return "blocked", first + (f" (and {len(others)} more)" if others else "")
    return "active", f"configuration {facts.configuration}"
