"""Plans of options alone, without Juju."""

from pathlib import Path

from charms.layer.alertmanager.domain.certificate_requests import CertificateState
from charms.layer.alertmanager.inputs import Inputs
from charms.layer.alertmanager.juju.relation_data import IngressAnswer, RemoteConfiguration
from charms.layer.alertmanager.plan import Plan
from charms.layer.alertmanager.state import State

DEFAULT = (Path(__file__).parents[2] / "templates" / "alertmanager.yml.j2").read_text()


def plan_of(options, image="", remote=None) -> Plan:
    """Make a plan of options, by the names of config.yaml. remote: what a relation brings."""
    return Inputs(
        State(),
        options=options,
        image_reference=image,
        remote_configuration=remote or RemoteConfiguration(),
        ingress_answer=IngressAnswer(""),
        certificate=CertificateState(),
        default_configuration=DEFAULT,
    ).plan
