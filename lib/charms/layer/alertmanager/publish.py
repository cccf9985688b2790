"""Tell related applications what this unit's pod offers them: one row for each endpoint."""

import json
import os
from typing import Any, Callable, Dict, Iterable, Mapping, NamedTuple, Optional

from charmhelpers.core import hookenv
from charms.layer import pod_spec
from charms.layer.alertmanager.domain import alerting_rules, certificate_requests
from charms.layer.alertmanager.domain.charm_options import WEB_PORT, Settings
from charms.layer.alertmanager.inputs import Inputs
from charms.layer.alertmanager.state import digest
from charms.reactive import endpoint_from_name
from relations.alertmanager import databag
from relations.prometheus_scrape.alert_rules import Topology, make_rules

RULES = "alertmanager.rules.yaml"
CERTIFICATE_RULES = "certificate.rules.yaml"
DASHBOARD = "alertmanager.dashboard.json"
HEALTH_CHECK = "/-/healthy"


class PublishedState(NamedTuple):
    """What there is to tell.

    unit: Juju's name of this unit. topology: Juju's other names. published: where this unit's pod
    is reached, and what senders of alerts have to know. page: where people, or other programs, see
    all units' common state. certificate_end: seconds since 1970, None without one.
    warning_period: how many seconds before somebody has to be warned. request: what this unit asks
    the relation certificates for; nothing if it does not ask. health_check: the path at which an
    ingress finds out whether a pod is well, "" if it cannot.
    """

    unit: str
    topology: Topology
    published: databag.Published
    page: str
    certificate_end: Optional[float]
    warning_period: float
    request: Mapping[str, Any]
    health_check: str

    @property
    def address(self) -> databag.Address:
        """Where this unit's pod is reached."""
        return self.published.address


def _scrape_job(state: PublishedState) -> Dict[str, Any]:
    job = {
        "job_name": "alertmanager",
        "metrics_path": "/metrics",
        "scheme": state.address.scheme,
        "static_configs": [{"targets": [f"*:{state.address.port}"]}],
    }
    if state.published.ca:
        job["tls_config"] = {"ca_file": state.published.ca}
    texts = _read_file(RULES), _read_file(CERTIFICATE_RULES)
    groups = alerting_rules.read_groups(*texts, state.certificate_end, state.warning_period)
    return {
        **vars(state.topology),
        "unit": state.unit,
        "host": state.address.host,
        "path": state.address.path,
        "jobs": [job],
        "rules": make_rules(groups, state.topology, alerting_rules.METRICS),
    }


def _data_source(state: PublishedState) -> Dict[str, Any]:
    fields: Dict[str, Any] = {
        "model": state.topology.model,
        "model_uuid": state.topology.model_uuid,
        "application": state.topology.application,
        "kind": "alertmanager",
        "url": state.address.url,
        "options": {"implementation": "prometheus"},
    }
    if state.published.ca:
        fields["options"]["tlsAuthWithCACert"] = True
        fields["secure_options"] = {"tlsCACert": state.published.ca}
    return fields


def _read_file(name: str) -> str:
    path = os.path.join(hookenv.charm_dir(), "monitoring", name)
    with open(path, encoding="utf-8") as file:
        return file.read()


# endpoint in metadata.yaml: the arguments of its publish()
PUBLISHERS: Dict[str, Callable[[PublishedState], Dict[str, Any]]] = {
    "prometheus": lambda state: {"published": state.published},
    "alerting": lambda state: {"url": state.address.url},
    "alerting-config": lambda state: {"alerting": databag.whole_application(state.published)},
    "alertmanager-service": lambda state: {
        "hostname": state.address.host,
        "port": state.address.port,
    },
    # browsers cannot resolve the name of a pod, karma can
    "karma-dashboard": lambda state: {
        "name": state.unit,
        "uri": state.address.url,
        "cluster": f"{state.topology.model}_{state.topology.application}",
        "proxy": True,
    },
    "self-metrics-endpoint": _scrape_job,
    "grafana-source": _data_source,
    "grafana-dashboard": lambda state: {
        **vars(state.topology),
        "unit": state.unit,
        "dashboards": {"alertmanager": json.loads(_read_file(DASHBOARD))},
        "inject_dropdowns": False,
    },
    "ingress": lambda state: {
        "model": state.topology.model,
        "application": state.topology.application,
        "host": state.address.host,
        "port": state.address.port,
        "scheme": state.address.scheme,
        "strip_prefix": True,
        "health_check": state.health_check,
    },
    "catalogue": lambda state: {
        "name": state.topology.application,
        "url": state.page,
        "icon": "bell-alert",
        "description": "Alertmanager: who is notified of which alerts, and silences.",
    },
    "certificates": lambda state: {"unit": state.unit, **state.request},
}


def publish(inputs: Inputs) -> None:
    """Tell every related application where this unit's pod is reached.

    While there is nothing new to tell, only relations that are new, or in which Juju may have lost
    what was written, are looked at. Nobody is told anything before there is a pod spec.
    """
    settings = inputs.running_settings
    state = make_state(inputs, settings) if settings else None
    found = digest(state)
    is_new = inputs.state.differs("published", found)
    inputs.state.remember_digests(published=found)
    if state:
        unsettled = None if is_new else pod_spec.unsettled_relations()
        for name, fields in PUBLISHERS.items():
            _publish_to(name, fields, state, unsettled)


def _publish_to(name, fields, state: PublishedState, unsettled: Optional[Iterable[str]]) -> None:
    """Publish to an endpoint's relations; unsettled: the ids of those to look at, None for all."""
    endpoint, only = endpoint_from_name(name), None
    if unsettled is not None:
        only = {each for each in unsettled if each.rpartition(":")[0] == name}
    if only == set() or not endpoint.relations:
        return
    written = endpoint.publish(only=only, **fields(state))
    if written:  # not every interface knows the base layer, to do it by itself
        pod_spec.note_write(*written)


def make_state(inputs: Inputs, settings: Settings) -> PublishedState:
    """Find out what there is to tell. settings: how the running pods are reached."""

    def find_address(ordinal: int) -> databag.Address:
        host = inputs.pod_host(ordinal)
        return databag.Address(settings.scheme, host, WEB_PORT, settings.route_prefix)

    model, application = inputs.model, inputs.application
    return PublishedState(
        unit=inputs.unit,
        topology=Topology(model, hookenv.model_uuid(), application, hookenv.charm_name()),
        published=databag.Published(
            find_address(inputs.ordinal),
            headless=pod_spec.headless_host(application, inputs.namespace),
            external_labels=dict(inputs.settings.external_labels),
            ca=settings.tls_ca or settings.tls_cert,
            login=bool(settings.web_users),
        ),
        page=settings.web_url or find_address(0).url,
        certificate_end=certificate_requests.find_end(settings.tls_cert),
        warning_period=certificate_requests.find_warning_period(settings.tls_cert, settings.tls_ca),
        request=_make_request(inputs),
        # with users it would be answered by 401
        health_check="" if settings.web_users or inputs.ingress_is_silent else HEALTH_CHECK,
    )


def _make_request(inputs: Inputs) -> Dict[str, Any]:
    """Return what this unit asks for: arguments of the endpoint's ``publish``, or nothing.

    That is never more than what the pod spec holds, or it would be lost with the operator's disk.
    """
    asks = inputs.is_leader and inputs.state.unit.certificate.is_related
    request = inputs.certificate_request if asks else None
    if not request:
        return {}
    names = request.names
    return {"request": request.request, "common_name": names.common, "names": names.dns + names.ip}
