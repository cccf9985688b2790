"""Everything that a hook is given: options, image, relations, and what Juju holds.

Reading never writes. Each thing is asked of Juju once in a hook, when it is first needed, and
parsed once; most hooks need little of it.
"""

from dataclasses import replace
from functools import cached_property
from typing import Any, Optional, Tuple

from alertmanager_config.problem import Problem
from charms.layer import pod_spec
from charms.layer.alertmanager.domain import certificate_requests as requests
from charms.layer.alertmanager.domain import charm_user, deployed_spec
from charms.layer.alertmanager.domain.charm_options import REMOTE, Settings, parse_options
from charms.layer.alertmanager.domain.deployed_spec import DeployedSpec
from charms.layer.alertmanager.juju import certificate_judgement, relation_data
from charms.layer.alertmanager.plan import Plan, make_plan
from charms.layer.alertmanager.state import State
from charms.layer.pod_spec import bcrypt, openssl
from charms.layer.pod_spec.hook_inputs import HookInputs
from charms.reactive import endpoint_from_name

INGRESS = "ingress"
WHO_COMPLAINS = ("self-metrics-endpoint", "grafana-dashboard")


class Inputs(HookInputs):
    """What this hook is given, beside what every charm's is.

    known: properties, by name, for which others than Juju's values are to be judged.
    pods_asked: the pods that rollout.look has asked; None before.
    """

    image_resource = "alertmanager-image"

    def __init__(self, state: State, **known: Any):
        self.state = state
        self.pods_asked: Optional[Tuple[Any, ...]] = None
        vars(self).update(known)

    @cached_property
    def parsed_options(self) -> Tuple[Settings, Tuple[Problem, ...]]:
        """The options' meaning, and what is wrong with them."""
        return parse_options(self.options)

    @cached_property
    def default_configuration(self) -> str:
        """The alertmanager.yml of an application whose operator gave none."""
        return pod_spec.render("alertmanager.yml.j2", {})

    @cached_property
    def own_hash(self) -> str:
        """The bcrypt hash of the charm's own password, "" if nobody needs a password."""
        users = self.parsed_options[0].web_users
        if not users:
            return ""
        salt = charm_user.derive_salt(users)
        return bcrypt.hash_password(charm_user.derive_password(users), salt)

    @cached_property
    def key_pair_clash(self) -> str:
        """Why tls-cert and tls-key cannot be used together, "" if they can."""
        settings, _ = self.parsed_options
        return openssl.find_clash(settings.tls_cert, settings.tls_key)

    @cached_property
    def deployed(self) -> Optional[DeployedSpec]:
        """What the pod spec says; None if there is none, or none that this charm has rendered."""
        return deployed_spec.parse(self.pod_spec_text)

    @cached_property
    def ingress_answer(self) -> relation_data.IngressAnswer:
        """Where the ingress lets people in; asks Juju only where that may be news."""
        before = self.state.unit.ingress_url
        if before is not None and not self.may_have_changed(INGRESS):
            return relation_data.IngressAnswer(before)
        return relation_data.read_ingress_url(endpoint_from_name(INGRESS))

    @cached_property
    def ingress_is_silent(self) -> bool:
        """Whether there is an ingress that has given no URL for minutes.

        It is found in update-status, and forgotten with the relation.
        """
        before = self.state.unit.ingress_is_silent
        if self.may_have_changed(INGRESS):
            return before and self.is_related(INGRESS)
        is_waiting = self.hook == "update-status" and self.state.unit.ingress_url == ""
        return before or (is_waiting and self.is_related(INGRESS))

    @cached_property
    def remote_configuration(self) -> relation_data.RemoteConfiguration:
        """The configuration from a relation. It may hold passwords, so it is kept nowhere."""
        return relation_data.read_configuration(endpoint_from_name(REMOTE))

    @cached_property
    def complaints(self) -> Tuple[str, ...]:
        """What others have against what they are told, a line each."""
        before = self.state.unit.complaints
        if before is not None and not any(map(self.may_have_changed, WHO_COMPLAINS)):
            return before
        return relation_data.read_complaints(WHO_COMPLAINS)

    @cached_property
    def certificate(self) -> requests.CertificateState:
        """What the relation certificates comes to.

        The leader reads the answers. The other units go by what the pod spec says: the signing
        request is not theirs to read, and they tell others what is served.
        """
        before = self.state.unit.certificate
        related = before.is_related
        if related is None or self.may_have_changed(requests.CERTIFICATES):
            related = self.is_related(requests.CERTIFICATES)
        if not related:
            return requests.CertificateState()
        in_force = self.deployed.issued_certificate if self.deployed else None
        if not self.is_leader:
            return requests.CertificateState(True, in_force)
        if not self.certificate_request:
            # the fault is why none was made
            return requests.CertificateState(True, in_force, before.fault)
        return requests.CertificateState(
            True,
            *certificate_judgement.judge(
                endpoint_from_name(requests.CERTIFICATES),
                self.unit,
                self.certificate_request,
                in_force,
                self.pod_host(0),
            ),
        )

    @cached_property
    def certificate_request(self) -> Optional[requests.CertificateRequest]:
        """What the pod spec holds of a request for a certificate.

        rollout.remember puts what this hook hands to Juju in its place.
        """
        return self.deployed.request if self.deployed else None

    @property
    def certificate_record(self) -> requests.CertificateRecord:
        """What is to be remembered of that relation."""
        request = self.certificate_request if self.certificate.issued else None
        return requests.CertificateRecord.of(self.certificate, request)

    @property
    def settings(self) -> Settings:
        """The options' meaning, with what relations were found to bring that is no secret."""
        certificate = self.state.unit.certificate
        brought = {"ingress_url": self.state.unit.ingress_url or ""}
        if certificate.certificate:
            brought.update(tls_cert=certificate.certificate, tls_ca=certificate.ca)
        return replace(self.parsed_options[0], **brought)

    @property
    def running_settings(self) -> Optional[Settings]:
        """How the running pods are reached; None if neither options nor a pod spec tell."""
        if self.state.unit.problems:
            return self.deployed.settings if self.deployed else None
        return self.settings

    @cached_property
    def plan(self) -> Plan:
        """What follows from all this; made once, when it is first needed."""
        return make_plan(self)
