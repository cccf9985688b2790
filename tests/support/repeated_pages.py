"""Why somebody was paged twice: which trouble of the cluster made the second page necessary."""

from typing import List, NamedTuple, Optional, Sequence

from support.cluster_trouble import GOOD, KILL, PART, REFUSED, SCALE, WRONG, Done

LATE = 10.0
"""Seconds within which one member may notify after another because the machine was busy.

Members wait for one another two seconds each, with the flags in monitoring_stack.BRISK.
"""
_AFTER = 15.0
"""Seconds for which a change shows once it is over: members find together, configurations are
delivered and, if refused, put back."""
_BEFORE = 2.0
"""Seconds before a change in which what a member has just done reached no other any more."""


class Page(NamedTuple):
    """One alert in one notification: which, when, from which pod, and its status."""

    alert: str
    at: float
    sender: str
    status: str


def explain(first: Page, again: Page, history: Sequence[Done]) -> Optional[str]:
    """Return which kind of event let a pod notify of what another had notified of before.

    None if nothing that happened is a reason.
    """
    for kind in (PART, KILL, SCALE, GOOD, WRONG, REFUSED):
        for done in history:
            if done.event.kind == kind and _REASONS[kind](first, again, done):
                return kind
    return "late" if again.at - first.at < LATE else None


def _within(moment, done):
    return done.begin - _BEFORE <= moment <= done.end + _AFTER


def _did_not_hear(first, again, done):
    sides = [set(side) for side in done.event.sides]
    together = any({first.sender, again.sender} <= side for side in sides)
    return not together and _within(first.at, done) and _within(again.at, done)


def _died(first, again, done):
    """The first died before it could tell; the second had died and not been told again."""
    told_nobody = done.begin - _BEFORE <= first.at <= done.begin
    return (first.sender in done.event.pods and told_nobody) or (
        again.sender in done.event.pods and _within(again.at, done)
    )


def _came_or_went(first, again, done):
    return any(page.sender in done.event.pods and _within(page.at, done) for page in (first, again))


def _interrupted(first, again, done):
    """A new configuration ends notifications that are under way, heard or not, in every pod."""
    return _within(first.at, done) and _within(again.at, done)


_REASONS = {
    PART: _did_not_hear,
    KILL: _died,
    SCALE: _came_or_went,
    GOOD: _interrupted,
    WRONG: lambda *_: False,  # reaches no pod
    REFUSED: _interrupted,
}


def find_pages(pager, after: int = 0) -> List[Page]:
    """Return what a pager was told of the stream, in order."""
    found = []
    for call in pager.calls[after:]:
        sender = call.content["externalURL"].split("//")[1].split(":")[0]
        for alert in call.content["alerts"]:
            labels = alert["labels"]
            if labels["alertname"] == "Stream":
                name = labels["hundred"] + labels["number"]
                found.append(Page(name, call.at, sender, alert["status"]))
    return found
