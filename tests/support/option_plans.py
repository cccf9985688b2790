"""Plans of options alone, without Juju."""

from pathlib import Path
from types import SimpleNamespace

from charms.layer.alertmanager.domain.certificate_requests import NO_CERTIFICATE
from charms.layer.alertmanager.domain.charm_options import parse_options
from charms.layer.alertmanager.inputs import Inputs
from charms.layer.alertmanager.juju.relation_data import RemoteConfiguration
from charms.layer.alertmanager.plan import Plan, make_plan
from charms.layer.pod_spec import find_reference_fault

DEFAULT = (Path(__file__).parents[2] / "templates" / "alertmanager.yml.j2").read_text()


def plan_of(options, image="", remote=None) -> Plan:
    """Make a plan of options, by the names of config.yaml. remote: what a relation brings."""
    return make_plan(
        SimpleNamespace(
            parsed_options=parse_options(options),
            image_reference=image,
            image_fault=find_reference_fault(image),
            remote_configuration=remote or RemoteConfiguration(),
            ingress_url="",
            certificate=NO_CERTIFICATE,
            default_configuration=DEFAULT,
            hash_password=Inputs.hash_password,
            find_key_pair_clash=Inputs.find_key_pair_clash,
        )
    )
