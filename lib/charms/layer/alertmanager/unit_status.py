"""Decide the one status that juju status shows.

RULES is the whole truth about statuses; the README's table is made from it.
"""

import math
import time
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Callable, Optional, Tuple

from charms.layer.alertmanager.domain import certificate_requests

if TYPE_CHECKING:  # the README's table is made of RULES where there is no charmhelpers
    from charms.layer.alertmanager.inputs import Inputs
    from charms.layer.alertmanager.state import UnitRecord

_DAY = 86400
WARNING_DAYS = certificate_requests.WARNING_PERIOD.days
COMPLAINT_LENGTH = 200
"""How much of what another application says a status repeats; the rest is in juju debug-log."""


@dataclass(frozen=True)
class Facts:
    """What the status depends on.

    application: its name. pod: the name of this unit's. leads: whether this unit is the leader.
    has_image: whether the image resource could be read. record: what this unit remembers.
    certificate_days: how many days the certificate is still good for, negative once it has ended;
    None without one. warning_days: how many days before that somebody has to be warned.
    """

    application: str
    pod: str
    leads: bool
    has_image: bool
    record: "UnitRecord"
    certificate_days: Optional[float] = None
    warning_days: float = WARNING_DAYS

    @property
    def configuration(self) -> str:
        """The short hash of what the leader gave the pods, or of what another unit's pod runs."""
        return (self.record.given if self.leads else self.record.pods).short_hash

    @property
    def is_silent(self) -> bool:
        """Whether none of the pods answers that were asked."""
        return self.record.pods.answering == 0 < self.record.pods.asked

    @property
    def replaced(self) -> int:
        """How many pods have been replaced in a refresh that is not through; 0 without one."""
        return self.record.pods.count_replaced(self.record.replacing)


@dataclass(frozen=True)
class Rule:
    """One status: when it applies, what it says, and what an operator does about it.

    state: blocked if somebody has to act, waiting if it passes by itself, active if all is well.
    says: the message in general, for the README. message: makes it, where it depends on more than
    the application's name. All but the last two are for the leader, who speaks for all units.
    """

    state: str
    says: str
    remedy: str
    applies: Callable[[Facts], bool]
    message: Optional[Callable[[Facts], str]] = None


def _show_first(lines: Tuple[str, ...], length: Optional[int] = None) -> str:
    first, *others = lines
    short = first if length is None or len(first) <= length else first[: length - 3] + "..."
    return short + (f" (and {len(others)} more, see juju debug-log)" if others else "")


def _ending(facts: Facts, comma: str = ", ") -> str:
    days = facts.certificate_days
    if days is None or days > facts.warning_days:
        return ""
    which = "the certificate" if facts.record.certificate.is_related else "tls-cert"
    return f"{comma}{which} " + ("has ended" if days < 0 else f"ends in {math.floor(days)} days")


def _since(facts: Facts) -> str:
    since = datetime.fromtimestamp(facts.record.pods.silent_since, timezone.utc)
    return f"since {since:%Y-%m-%d %H:%M} UTC: see kubectl describe pod {facts.pod}"


def _with_complaints(message: str, facts: Facts) -> str:
    if not (facts.leads and facts.record.complaints):
        return message
    complaint = _show_first(facts.record.complaints, COMPLAINT_LENGTH)
    return "; ".join(filter(None, [message, complaint]))


RULES = (
    Rule(
        "blocked",
        "image missing: run juju attach-resource APPLICATION alertmanager-image=IMAGE",
        "Attach one. If there is one, Juju could not deliver it, and `juju debug-log` says why.",
        applies=lambda facts: not facts.has_image,
    ),
    Rule(
        "blocked",
        "OPTION line N, PLACE: what is wrong; what to do (and N more, see juju debug-log)"
        "[; CERTIFICATE ends in N days, or has ended]",
        "Put the option right. Meanwhile Alertmanager goes on with the last good configuration.",
        applies=lambda facts: bool(facts.record.problems),
        message=lambda facts: _show_first(facts.record.problems) + _ending(facts, "; "),
    ),
    Rule(
        "blocked",
        "Alertmanager refused the configuration, correct it (the last good one is back): "
        "WHAT IT SAID[; CERTIFICATE ends in N days, or has ended]",
        "Put right what it says, in alertmanager-config, alertmanager-secrets, templates or "
        "secret-files, or attach another image. The same configuration is not tried again.",
        applies=lambda facts: bool(facts.record.given.refusal),
        message=lambda facts: (
            "Alertmanager refused the configuration, correct it (the last good one is back): "
            + facts.record.given.refusal
            + _ending(facts, "; ")
        ),
    ),
    Rule(
        "blocked",
        "the certificate in tls-cert has ended: set a new one, with its key",
        "Set both in one go: `juju config APPLICATION tls-cert=@FILE tls-key=@FILE`.",
        applies=lambda facts: (
            not facts.record.certificate.is_related and (facts.certificate_days or 0) < 0
        ),
    ),
    Rule(
        "blocked",
        "certificates: what is wrong with the answer; what to do"
        "[; CERTIFICATE ends in N days, or has ended]",
        "The charm on the other side has to answer better. Meanwhile Alertmanager goes on with the "
        "certificate that it has, or without TLS.",
        applies=lambda facts: bool(facts.record.certificate.fault),
        message=lambda facts: facts.record.certificate.fault + _ending(facts, "; "),
    ),
    Rule(
        "blocked",
        "the certificate from the relation certificates has ended: see the charm on the other side",
        "That charm has given no other: see its status. It was asked for one in time, unless "
        "options were wrong then; easyrsa and vault are not asked, they renew by themselves. If "
        "nothing is wrong there, remove the relation and relate again.",
        applies=lambda facts: (facts.certificate_days or 0) < 0,
    ),
    Rule(
        "waiting",
        "waiting for a certificate from the relation certificates",
        "Nothing, if the charm on the other side is about to give one: see its status. Meanwhile "
        "Alertmanager runs without TLS.",
        applies=lambda facts: (
            bool(facts.record.certificate.is_related) and facts.certificate_days is None
        ),
    ),
    Rule(
        "waiting",
        "no pod has answered since DATE: see kubectl describe pod NAME",
        "If it stays: what that command shows, and `kubectl logs`. Alertmanager may not start, or "
        "may not be reached from the pod of Juju's operator.",
        applies=lambda facts: facts.is_silent,
        message=lambda facts: f"no pod has answered {_since(facts)}",
    ),
    Rule(
        "waiting",
        "N of N pods replaced, N answer",
        "Nothing: whenever the charm is refreshed or an image attached, Juju replaces every pod, "
        "one after the other.",
        applies=lambda facts: facts.replaced > 0,
        message=lambda facts: (
            f"{facts.replaced} of {facts.record.pods.asked} pods replaced, "
            f"{facts.record.pods.answering} answer"
        ),
    ),
    Rule(
        "waiting",
        "waiting for pods: N of N answer",
        "Nothing, as pods come and go. If it stays: `kubectl describe pod` of the one that is not "
        "ready.",
        applies=lambda facts: facts.record.pods.answering < facts.record.pods.asked,
        message=lambda facts: (
            f"waiting for pods: {facts.record.pods.answering} of {facts.record.pods.asked} answer"
        ),
    ),
    Rule(
        "waiting",
        "waiting for configuration HASH: live on N of N",
        "Nothing: Kubernetes takes up to two minutes to deliver it, and seconds later the status "
        "says so.",
        applies=lambda facts: facts.record.pods.live < facts.record.pods.answering,
        message=lambda facts: (
            f"waiting for configuration {facts.configuration}: "
            f"live on {facts.record.pods.live} of {facts.record.pods.asked}"
        ),
    ),
    Rule(
        "active",
        "Alertmanager VERSION, configuration HASH live on N/N[, CERTIFICATE ends in N days]"
        "[; APPLICATION says of ENDPOINT: WHAT IS WRONG]",
        "Nothing. HASH is the start of the MD5 of alertmanager.yml, as each pod told it itself. "
        "Three weeks before the certificate in tls-cert ends, set a new one. What a related "
        "application cannot use of rules, scrape jobs or dashboards, newer versions of both charms "
        "may settle.",
        applies=lambda facts: facts.record.pods.answering > 0,
        message=lambda facts: _with_complaints(
            f"Alertmanager {facts.record.pods.version}, configuration {facts.configuration} "
            f"live on {facts.record.pods.live}/{facts.record.pods.asked}{_ending(facts)}",
            facts,
        ),
    ),
    Rule(
        "waiting",
        "its pod has not answered since DATE: see kubectl describe pod NAME",
        "The same, on a unit that is not the leader.",
        applies=lambda facts: facts.is_silent,
        message=lambda facts: f"its pod has not answered {_since(facts)}",
    ),
    Rule(
        "active",
        "configuration HASH",
        "Nothing: there is no pod to be asked yet, and Juju itself shows what becomes of it. On a "
        "unit that is not the leader: what its own pod runs.",
        applies=lambda facts: True,
        message=lambda facts: _with_complaints(
            f"configuration {facts.configuration}" * bool(facts.configuration), facts
        ),
    ),
)


def decide(facts: Facts) -> Tuple[str, str]:
    """Return the workload state and its message: those of the first rule that applies."""
    rules = RULES if facts.leads else RULES[-2:]
    rule = next(rule for rule in rules if rule.applies(facts))
    says = rule.says.replace("APPLICATION", facts.application)
    return rule.state, rule.message(facts) if rule.message else says


def find_facts(inputs: "Inputs", has_image: bool) -> Facts:
    """Return what is known at the end of a hook. has_image: whether the resource could be read."""
    settings = inputs.settings
    end = certificate_requests.find_end(settings.tls_cert)
    period = certificate_requests.find_warning_period(settings.tls_cert, settings.tls_ca)
    return Facts(
        inputs.application,
        f"{inputs.application}-{inputs.ordinal}",
        inputs.is_leader,
        has_image,
        inputs.state.unit,
        certificate_days=None if end is None else (end - time.time()) / _DAY,
        warning_days=period / _DAY,
    )
