"""Which inputs differ from what was last acted on, where no flag of charms.reactive tells."""

import time
from dataclasses import replace
from typing import Any, Dict, List, NamedTuple

from charmhelpers.core import hookenv
from charms.layer.alertmanager.domain.certificate_requests import CERTIFICATES
from charms.layer.alertmanager.domain.charm_options import REMOTE
from charms.layer.alertmanager.inputs import Inputs
from charms.layer.alertmanager.state import digest
from charms.layer.pod_spec import is_new_relation


class Changes(NamedTuple):
    """What has to be done again, and what is to be remembered.

    plan, pod_spec, publication: whether it is due. record: fields of UnitRecord, by name.
    digests: of the values that were compared, by name. warnings: lines for the log.
    """

    plan: bool
    pod_spec: bool
    publication: bool
    record: Dict[str, Any]
    digests: Dict[str, str]
    warnings: List[str]


def find_changes(inputs: Inputs) -> Changes:
    """Compare this hook's inputs with what this unit remembers."""
    before, differs = inputs.state.unit, inputs.state.differs
    planned_with: Dict[str, str] = {}
    if inputs.may_have_changed(REMOTE):
        planned_with["remote_configuration"] = digest(inputs.remote_configuration)
    if _certificate_may_differ(inputs):
        planned_with["certificate"] = digest(replace(inputs.certificate_record, renewal=None))
    elif before.certificate.is_related and not inputs.is_leader:
        planned_with["pod_spec"] = digest(inputs.pod_spec_text)  # where the leader's decision is
    plan = (
        inputs.ingress_answer.url != before.ingress_url
        or inputs.ingress_is_silent > before.ingress_is_silent
        or any(differs(name, found) for name, found in planned_with.items())
        or _certificate_is_due(inputs)
    )
    proxy, ordinal = digest(inputs.proxy), digest(inputs.ordinal)
    return Changes(
        plan=plan,
        pod_spec=plan or differs("proxy", proxy),
        publication=plan or differs("ordinal", ordinal) or is_new_relation(),
        record={
            "complaints": inputs.complaints,
            "ingress_is_silent": inputs.ingress_is_silent,
            "ingress_url": inputs.ingress_answer.url,
            "watched": 0 if inputs.hook else before.watched + 1,
        },
        digests={**planned_with, "proxy": proxy, "ordinal": ordinal},
        warnings=_find_warnings(inputs),
    )


def _certificate_may_differ(inputs: Inputs) -> bool:
    is_unknown = inputs.state.unit.certificate.is_related is None
    return is_unknown or inputs.may_have_changed(CERTIFICATES)


def _certificate_is_due(inputs: Inputs) -> bool:
    """Tell whether the leader has to do something about the certificate, whoever answers or not."""
    before = inputs.state.unit.certificate
    if not (before.is_related and inputs.is_leader) or inputs.may_have_changed(CERTIFICATES):
        return False
    # what failed may succeed, and what was not valid yet may be now
    return bool(before.fault) or (before.renewal is not None and time.time() >= before.renewal)


def _find_warnings(inputs: Inputs) -> List[str]:
    """Find what is wrong with what relations bring and was not when it was last looked at."""
    before = inputs.state.unit.complaints or ()
    warnings = [line for line in inputs.complaints if line not in before]
    return [*warnings, *filter(None, [inputs.ingress_answer.fault])]


def remember(inputs: Inputs, found: Changes) -> None:
    """Log what is wrong with the inputs, and remember them: the next hook finds no change then."""
    for line in found.warnings:
        hookenv.log(line, hookenv.WARNING)
    inputs.state.remember(**found.record)
    inputs.state.remember_digests(**found.digests)
    if _certificate_may_differ(inputs):
        inputs.state.remember_certificate(inputs.certificate_record)


def remember_plan(inputs: Inputs) -> None:
    """Remember why the plan cannot be carried out, if so, and what it found of the certificate."""
    inputs.state.remember(problems=tuple(str(problem) for problem in inputs.plan.refusals))
    inputs.state.remember_certificate(inputs.certificate_record)
