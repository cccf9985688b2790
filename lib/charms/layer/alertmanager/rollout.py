"""Give the pods the configuration that the plan calls for, and prove that every pod runs it.

The leader asks the pods in each hook what they run. What all of them run is remembered as proven;
when one refuses it, the last proven one is given again (domain/configuration_choice.py).
"""

import time
from dataclasses import dataclass, field, replace
from typing import Any, Dict, List, Optional, Tuple

import alertmanager_config
from charmhelpers.core import hookenv
from charms.layer import pod_spec
from charms.layer.alertmanager.domain import certificate_requests as requests
from charms.layer.alertmanager.domain import configuration_choice, pod_metrics
from charms.layer.alertmanager.domain.configuration_choice import GivenConfiguration
from charms.layer.alertmanager.domain.pod_metrics import PodMetrics
from charms.layer.alertmanager.domain.pod_spec_values import make_values
from charms.layer.alertmanager.inputs import Inputs
from charms.layer.alertmanager.juju import certificate_judgement
from charms.layer.alertmanager.juju.alertmanager_api import Alertmanager, read_metrics
from charms.layer.alertmanager.state import digest
from charms.layer.pod_spec.pod_http import ask

LONGEST_REPLACEMENT = 1800
"""Seconds in which Juju has replaced all pods, one after the other."""


@dataclass(frozen=True)
class Rollout:
    """What the pods are to be given.

    values: the variables of templates/pod-spec.yaml.j2. given: how it is recognised. request: for a
    certificate, None without that relation. certificate: what is remembered of it.
    """

    values: Dict[str, Any] = field(repr=False)  # with every Secret
    given: GivenConfiguration
    request: Optional[requests.CertificateRequest]
    certificate: requests.CertificateRecord


def prepare(inputs: Inputs) -> Rollout:
    """Work out the pod spec of a plan that has files, as far as the pods have not refused it."""
    plan, leader, image = inputs.plan, inputs.state.leader, inputs.image
    choice = configuration_choice.choose(
        plan.files,
        plan.default,
        image.path,
        inputs.deployed,
        before=inputs.state.unit.given,
        proven=leader.proven,
        refused=leader.refused,
        sentence=leader.sentence,
        now=time.time(),
    )
    request, certificate = _request_certificate(inputs)
    values = make_values(
        settings=plan.settings,
        files=choice.current,
        good=choice.good,
        request=requests.to_files(request, plan.settings.tls_ca),
        image=image,
        application=inputs.application,
        model=inputs.model,
        headless=pod_spec.headless_name(inputs.application),
        version=plan.version,
        reloader=pod_spec.render("reloader.sh", {}),
        login_probe=pod_spec.render("login_probe.sh", {}),
        proxy=inputs.proxy,
    )
    return Rollout(values, choice.given, request, certificate)


def _request_certificate(
    inputs: Inputs,
) -> Tuple[Optional[requests.CertificateRequest], requests.CertificateRecord]:
    """Return what the pod spec is to hold of a request for a certificate; make one if it is due."""
    found, request = inputs.certificate, inputs.certificate_request
    settings = inputs.plan.settings
    if not found.is_related:
        return None, requests.CertificateRecord.of(found, None)
    names = requests.find_names(
        inputs.application,
        f"{inputs.application}.{inputs.namespace}.svc",
        pod_spec.headless_host(inputs.application, inputs.namespace),
        settings.web_url,
    )
    in_force = settings.tls_cert
    # never as the answer to an answer: who only gives short ones would never be let alone
    is_answer = inputs.may_have_changed(requests.CERTIFICATES)
    renewal = None if is_answer else requests.find_renewal(request, in_force)
    is_due = renewal is not None and time.time() >= renewal
    if is_due or not request or request.names != names:
        request, fault = certificate_judgement.make_request(request, names, in_force)
        found = found._replace(fault=fault)
    return request, requests.CertificateRecord.of(found, request)


def remember(inputs: Inputs, rollout: Rollout) -> bool:
    """Remember what Juju has been handed, and wake the other units if the certificate is another.

    Returns whether something else is asked of the relation certificates than before.
    """
    state, in_force = inputs.state, requests.digest(rollout.certificate.certificate)
    if state.unit.announced != in_force:
        state.tell_units(certificate=in_force)
    asked = digest(rollout.request.request if rollout.request else "")
    asks_anew = state.differs("certificate_request", asked)
    inputs.certificate_request = rollout.request
    state.remember(announced=in_force, given=rollout.given)
    state.remember_certificate(rollout.certificate)
    state.remember_digests(certificate_request=asked)
    return asks_anew


def _find_pods(inputs: Inputs) -> Tuple[Alertmanager, ...]:
    """Return the pods that this unit looks at: all of them if it leads, else its own.

    There are none before Kubernetes has given this unit's pod an address; later they are asked
    even if it has none for a while.
    """
    settings = inputs.running_settings
    if not (settings and (inputs.state.unit.pods.asked or inputs.has_pod)):
        return ()
    ordinals = range(len(inputs.living_units)) if inputs.is_leader else [inputs.ordinal]
    # a watcher is told of them, who need not know the configuration
    settings = replace(
        settings,
        alertmanager_config="",
        alertmanager_secrets="",
        secret_files=(),
        templates=(),
        tls_key="",
    )
    return tuple(Alertmanager(inputs.pod_host(n), settings=settings) for n in ordinals)


def begin_replacement(inputs: Inputs) -> None:
    """Remember, in a refresh, which processes run: Juju is to replace them."""
    before, now = inputs.state.unit.pods, time.time()
    started = tuple(filter(None, before.started))
    if started and inputs.is_leader and inputs.hook == "upgrade-charm":
        pods = replace(before, unchanged_since=now)  # there is something to wait for
        until = now + LONGEST_REPLACEMENT
        inputs.state.remember(replacing=started, replacing_until=until, pods=pods)


def look(inputs: Inputs) -> List[Tuple[Alertmanager, PodMetrics]]:
    """Ask the pods what they run, and remember it; return who answers what."""
    record, pods, now = inputs.state.unit, _find_pods(inputs), time.time()
    inputs.pods_asked, answers = pods, read_metrics(pods)
    found = pod_metrics.summarise(
        len(pods), [metrics for _, metrics in answers], record.given.config_hash, record.pods, now
    )
    replaced, before = (each.count_replaced(record.replacing) for each in (found, record.pods))
    if replaced != before:
        found = replace(found, unchanged_since=now)
    end = min(record.replacing_until, found.settles_at(record.replacing))
    if replaced == found.asked or now >= end:
        inputs.state.remember(replacing=(), replacing_until=0)
    if found.version != record.pods.version:
        hookenv.application_version_set(found.version)
    inputs.state.remember(pods=found)
    return answers


def verify(inputs: Inputs) -> bool:
    """Look at all pods, and remember if all run what they were given, or if one refuses to.

    Returns whether that calls for another pod spec. What stands in for a refused configuration is
    not judged itself: there would be nothing left to put in its place.
    """
    state = inputs.state
    answers = look(inputs)
    given = state.unit.given
    is_everywhere = 0 < state.unit.pods.live == state.unit.pods.asked
    if is_everywhere and not given.is_live:
        state.remember(given=replace(given, is_live=True))
    if given.is_proven or given.refusal or not answers:
        return False
    if is_everywhere:
        state.tell_units(proven=given.fingerprint)
        return True
    if time.time() < given.doubted_until:  # it may still be the one before that they refuse
        return False
    late = [pod for pod, metrics in answers if metrics.config_hash != given.config_hash]
    refusals = ask(late, Alertmanager.reload)
    refusal = next((answer for answer in refusals if answer and isinstance(answer, str)), "")
    if refusal:
        secrets = inputs.deployed.secrets if inputs.deployed else ()
        sentence = alertmanager_config.redact_sentence(refusal, secrets)
        hookenv.log(f"Alertmanager refused the configuration: {sentence}", hookenv.WARNING)
        state.tell_units(refused=given.fingerprint, sentence=sentence)
    return bool(refusal)
