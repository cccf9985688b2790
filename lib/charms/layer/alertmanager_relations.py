"""What each kind of related application is told about this unit's pod: one table, one way."""

import json
import os
from typing import Any, Mapping, NamedTuple, Optional

from charmhelpers.core import hookenv
from charms.layer import alertmanager_certificates as certificates
from charms.layer import alertmanager_heard as heard
from charms.layer import alertmanager_pods as pods
from charms.layer import alertmanager_tls as tls
from charms.layer import pod_spec
from charms.layer.alertmanager import addresses, monitoring, settings
from charms.layer.pod_spec import outlets
from charms.reactive import data_changed, endpoint_from_name
from relations.alertmanager import wire

RULES = "alertmanager.rules.yaml"
DASHBOARD = "alertmanager.dashboard.json"
HEALTH_CHECK = "/-/healthy"
_TOLD = "alertmanager.told"


class Here(NamedTuple):
    """What there is to tell.

    unit: Juju's name of this unit. topology: Juju's other names. published: where this unit's pod
    is reached, and what senders of alerts have to know. page: where people, or other programs, see
    all units' common state. certificate_ends: seconds since 1970, None without one.
    certificate_notice: how many seconds before somebody has to know. request: what this unit asks
    the relation certificates for; nothing if it does not ask. health_check: the path at which an
    ingress finds out whether a pod is well, "" if it cannot.
    """

    unit: str
    topology: monitoring.Topology
    published: wire.Published
    page: str
    certificate_ends: Optional[float]
    certificate_notice: float
    request: Mapping[str, Any]
    health_check: str

    @property
    def address(self):
        """Where this unit's pod is reached."""
        return self.published.address

    @property
    def names(self):
        """Juju's names, as several interfaces want them."""
        topology = self.topology
        return {
            "model": topology.model,
            "model_uuid": topology.model_uuid,
            "application": topology.application,
        }


def _scraped(here):
    job = {
        "job_name": "alertmanager",
        "metrics_path": "/metrics",
        "scheme": here.address.scheme,
        "static_configs": [{"targets": [f"*:{here.address.port}"]}],
    }
    if here.published.ca:
        job["tls_config"] = {"ca_file": here.published.ca}
    return {
        **here.names,
        "charm": here.topology.charm,
        "unit": here.unit,
        "host": here.address.host,
        "path": here.address.path,
        "jobs": [job],
        "rules": monitoring.rules(
            _file(RULES), here.topology, here.certificate_ends, here.certificate_notice
        ),
    }


def _source(here):
    fields = {
        **here.names,
        "kind": "alertmanager",
        "url": here.address.url,
        "options": {"implementation": "prometheus"},
    }
    if here.published.ca:
        fields["options"]["tlsAuthWithCACert"] = True
        fields["secure_options"] = {"tlsCACert": here.published.ca}
    return fields


def _dashboards(here):
    return {
        **here.names,
        "charm": here.topology.charm,
        "unit": here.unit,
        "dashboards": {"alertmanager": json.loads(_file(DASHBOARD))},
        "inject_dropdowns": False,
    }


def _file(name):
    path = os.path.join(hookenv.charm_dir(), "monitoring", name)
    with open(path, encoding="utf-8") as file:
        return file.read()


# endpoint in metadata.yaml: the arguments of its publish()
TOLD = {
    "prometheus": lambda here: {"published": here.published},
    "alerting": lambda here: {"url": here.address.url},
    "alerting-config": lambda here: {"alerting": wire.whole_application(here.published)},
    "alertmanager-service": lambda here: {
        "hostname": here.address.host,
        "port": here.address.port,
    },
    # browsers cannot resolve the name of a pod, karma can
    "karma-dashboard": lambda here: {
        "name": here.unit,
        "uri": here.address.url,
        "cluster": f"{here.topology.model}_{here.topology.application}",
        "proxy": True,
    },
    "self-metrics-endpoint": _scraped,
    "grafana-source": _source,
    "grafana-dashboard": _dashboards,
    "ingress": lambda here: {
        "model": here.topology.model,
        "application": here.topology.application,
        "host": here.address.host,
        "port": here.address.port,
        "scheme": here.address.scheme,
        "strip_prefix": True,
        "health_check": here.health_check,
    },
    "catalogue": lambda here: {
        "name": here.topology.application,
        "url": here.page,
        "icon": "bell-alert",
        "description": "Alertmanager: who is notified of which alerts, and silences.",
    },
    "certificates": lambda here: {"unit": here.unit, **here.request},
}


def tell(served):
    """Tell every related application where this unit's pod is reached.

    served: how the pods that run are spoken to. While there is nothing new to tell, only relations
    that are new, or that Juju may have lost writes in, are looked at.
    """
    here = find_out(served)
    unsettled = None if data_changed(_TOLD, _digestible(here)) else outlets.unsettled()
    for endpoint, fields in TOLD.items():
        only = None if unsettled is None else {one for one in unsettled if _is_of(endpoint, one)}
        outlet = endpoint_from_name(endpoint)
        if only != set() and outlet.relations:
            _publish(outlet, only, fields(here))


def tell_nothing():
    """Remember that what has been told is not all that should be: there is nothing to tell yet."""
    data_changed(_TOLD, None)


def _digestible(here):
    return json.dumps(here, default=vars, sort_keys=True)


def _is_of(endpoint, relation_id):
    return relation_id.rpartition(":")[0] == endpoint


def _publish(outlet, only, fields):
    if isinstance(outlet, outlets.Outlet):
        outlet.publish(only, **fields)
        return
    written = outlet.publish(only=only, **fields)
    if written:
        pod_spec.note_write(*written)


def find_out(served):
    """Return Here."""
    application, namespace = hookenv.application_name(), pods.namespace()

    def address(ordinal):
        host = addresses.pod_host(application, ordinal, namespace)
        return wire.Address(served.scheme, host, addresses.WEB_PORT, served.path_prefix)

    return Here(
        unit=hookenv.local_unit(),
        topology=monitoring.Topology(
            hookenv.model_name(), hookenv.model_uuid(), application, hookenv.charm_name()
        ),
        published=wire.Published(
            address(pods.ordinal()),
            headless=addresses.headless_host(application, namespace),
            external_labels=dict(settings.parse(hookenv.config())[0].external_labels),
            ca=served.trusted,
            login=bool(served.users),
        ),
        page=served.external_url or address(0).url,
        certificate_ends=tls.ends(served.certificate),
        certificate_notice=tls.notice(served.certificate, served.ca),
        request=certificates.request(),
        # it would be answered with 401 where a password is needed
        health_check="" if served.users or heard.ingress_is_silent() else HEALTH_CHECK,
    )
