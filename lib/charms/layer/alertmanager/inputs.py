"""Everything that a hook is given: options, image, relations, and what Juju holds.

Reading never writes. Each thing is asked of Juju once in a hook, when it is first needed, and
parsed once; most hooks need little of it.
"""

import os
from dataclasses import replace
from functools import cached_property
from typing import Any, Dict, List, Mapping, Optional, Tuple

from alertmanager_config.problem import Problem
from charmhelpers.core import hookenv
from charms.layer import pod_spec
from charms.layer.alertmanager.domain import charm_user, deployed_spec
from charms.layer.alertmanager.domain.certificate_requests import (
    NO_CERTIFICATE,
    CertificateRecord,
    CertificateRequest,
    CertificateState,
)
from charms.layer.alertmanager.domain.charm_options import Settings, parse_options
from charms.layer.alertmanager.domain.deployed_spec import DeployedSpec
from charms.layer.alertmanager.juju import certificate_judgement, relation_data
from charms.layer.alertmanager.plan import Plan, make_plan
from charms.layer.alertmanager.state import State
from charms.layer.pod_spec import bcrypt, openssl
from charms.reactive import endpoint_from_name, is_flag_set

IMAGE = "alertmanager-image"
CERTIFICATES = "certificates"
INGRESS = "ingress"
REMOTE_CONFIGURATION = "remote-configuration"
WHO_COMPLAINS = ("self-metrics-endpoint", "grafana-dashboard")

# Hooks in which every relation is looked at again: when a relation is removed by force, its own
# hooks do not run.
_LOOK_AT_ALL = ("config-changed", "upgrade-charm")


class Inputs:
    """What this hook is given.

    options: option values by name, if others than Juju's are to be judged.
    image_reference: likewise.
    """

    def __init__(
        self,
        state: State,
        *,
        options: Optional[Mapping[str, Any]] = None,
        image_reference: Optional[str] = None,
    ):
        self.state = state
        if options is not None:
            self.options = options
        if image_reference is not None:
            self.image_reference = image_reference

    # Who we are

    @cached_property
    def hook(self) -> str:
        """The name of the hook."""
        return hookenv.hook_name()

    @cached_property
    def unit(self) -> str:
        """Juju's name of this unit: alertmanager/0."""
        return hookenv.local_unit()

    @cached_property
    def application(self) -> str:
        """Juju's name of the application."""
        return hookenv.application_name()

    @cached_property
    def model(self) -> str:
        """Juju's name of the model."""
        return hookenv.model_name()

    @cached_property
    def namespace(self) -> str:
        """The Kubernetes namespace that the pods are in."""
        return pod_spec.read_namespace()

    @property
    def is_leader(self) -> bool:
        """Whether this unit leads: the base layer has asked."""
        return is_flag_set("leadership.is_leader")

    @cached_property
    def living_units(self) -> List[str]:
        """The names of the units that are not being removed, this one among them."""
        return pod_spec.read_living_units()

    @cached_property
    def ordinal(self) -> int:
        """The number of the pod whose name this unit goes by."""
        return pod_spec.ordinal_of(self.unit, self.living_units)

    def pod_host(self, ordinal: int) -> str:
        """Return the name under which the cluster finds the pod of that number."""
        return pod_spec.pod_host(self.application, ordinal, self.namespace)

    @cached_property
    def has_pod(self) -> bool:
        """Whether Kubernetes has given this unit's pod an address: else there is none to ask."""
        return pod_spec.has_pod_address()

    # What the operator says

    @cached_property
    def options(self) -> Mapping[str, Any]:
        """The values of all options, by the names of config.yaml."""
        return hookenv.config()

    @cached_property
    def parsed_options(self) -> Tuple[Settings, Tuple[Problem, ...]]:
        """The options' meaning, and what is wrong with them."""
        return parse_options(self.options)

    @cached_property
    def image(self) -> pod_spec.Image:
        """The image that is attached. Raises pod_spec.ImageMissing."""
        return pod_spec.image(IMAGE)

    @cached_property
    def image_reference(self) -> str:
        """That image's reference, "" if Juju has none to give."""
        try:
            return self.image.path
        except pod_spec.ImageMissing:
            return ""

    @cached_property
    def image_fault(self) -> str:
        """Why no kubelet would pull that image, "" if one would try, or if there is none."""
        return pod_spec.find_reference_fault(self.image_reference)

    @cached_property
    def proxy(self) -> Dict[str, str]:
        """The model's proxy settings for charms, by the names under which programs know them."""
        names = ("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY")
        values = {name: os.environ.get(f"JUJU_CHARM_{name}", "") for name in names}
        return {name: value for name, value in values.items() if value}

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

    # What Juju holds

    @cached_property
    def pod_spec_text(self) -> Optional[str]:
        """The pod spec as Juju held it when this hook began; None if it had none."""
        return pod_spec.pod_spec_get()

    @cached_property
    def deployed(self) -> Optional[DeployedSpec]:
        """What that spec says; None if there is none, or none that this charm has rendered."""
        return deployed_spec.parse(self.pod_spec_text)

    # What relations bring

    def may_have_changed(self, endpoint: str) -> bool:
        """Tell whether something may have happened on an endpoint since the last hook."""
        return self.hook in _LOOK_AT_ALL or self.hook.startswith(f"{endpoint}-relation-")

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
            return before and self._is_related(INGRESS)
        is_waiting = self.hook == "update-status" and self.state.unit.ingress_url == ""
        return before or (is_waiting and self._is_related(INGRESS))

    @cached_property
    def remote_configuration(self) -> relation_data.RemoteConfiguration:
        """The configuration from a relation. It may hold passwords, so it is kept nowhere."""
        return relation_data.read_configuration(endpoint_from_name(REMOTE_CONFIGURATION))

    @cached_property
    def complaints(self) -> Tuple[str, ...]:
        """What others have against what they are told, a line each."""
        before = self.state.unit.complaints
        if before is not None and not any(map(self.may_have_changed, WHO_COMPLAINS)):
            return before
        return relation_data.read_complaints(WHO_COMPLAINS)

    @cached_property
    def certificate(self) -> CertificateState:
        """What the relation certificates comes to.

        The leader reads the answers. The other units go by what the pod spec says: the signing
        request is not theirs to read, and they tell others what is served.
        """
        before = self.state.unit.certificate
        related = before.is_related
        if related is None or self.may_have_changed(CERTIFICATES):
            related = self._is_related(CERTIFICATES)
        if not related:
            return NO_CERTIFICATE
        in_force = self.deployed.issued_certificate if self.deployed else None
        if not self.is_leader:
            return CertificateState(True, in_force)
        if not self.certificate_request:
            return CertificateState(True, in_force, before.fault)  # which is why none was made
        return CertificateState(
            True,
            *certificate_judgement.judge(
                endpoint_from_name(CERTIFICATES),
                self.unit,
                self.certificate_request,
                in_force,
                self.pod_host(0),
            ),
        )

    @cached_property
    def certificate_request(self) -> Optional[CertificateRequest]:
        """What the pod spec holds of a request for a certificate.

        rollout.remember puts what this hook hands to Juju in its place.
        """
        return self.deployed.request if self.deployed else None

    @property
    def certificate_record(self) -> CertificateRecord:
        """What is to be remembered of that relation."""
        request = self.certificate_request if self.certificate.issued else None
        return CertificateRecord.of(self.certificate, request)

    def _is_related(self, endpoint: str) -> bool:
        return bool(endpoint_from_name(endpoint).relations)

    # What follows

    @property
    def ingress_url(self) -> str:
        """Where an ingress lets people in, "" if there is none."""
        return self.ingress_answer.url

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
