"""What each kind of related application is told about this unit's pod: one table, one way."""

from typing import NamedTuple

from charmhelpers.core import hookenv
from charms.layer import alertmanager_pods as pods
from charms.layer import pod_spec
from charms.layer.alertmanager import addresses, settings
from charms.reactive import endpoint_from_name
from relations.alertmanager import wire


class Here(NamedTuple):
    """What there is to tell.

    unit, application, model: Juju's names. published: where this unit's pod is reached, and what
    senders of alerts have to know.
    """

    unit: str
    application: str
    model: str
    published: wire.Published

    @property
    def url(self):
        """Where this unit's pod is reached, as a URL."""
        return self.published.address.url


# endpoint in metadata.yaml: the arguments of its publish()
TOLD = {
    "prometheus": lambda here: {"published": here.published},
    "alerting": lambda here: {"url": here.url},
    "alerting-config": lambda here: {"alerting": wire.whole_application(here.published)},
    "alertmanager-service": lambda here: {
        "hostname": here.published.address.host,
        "port": here.published.address.port,
    },
    # browsers cannot resolve the name of a pod, karma can
    "karma-dashboard": lambda here: {
        "name": here.unit,
        "uri": here.url,
        "cluster": f"{here.model}_{here.application}",
        "proxy": True,
    },
}


def tell(served):
    """Tell every related application where this unit's pod is reached.

    served: how the pods that run are spoken to. What is known already is not written again.
    """
    here = find_out(served)
    for endpoint, fields in TOLD.items():
        if endpoint_from_name(endpoint).publish(**fields(here)):
            pod_spec.note_write()


def find_out(served):
    """Return Here."""
    application, model = hookenv.application_name(), hookenv.model_name()
    host = addresses.pod_host(application, pods.ordinal(), model)
    published = wire.Published(
        wire.Address(served.scheme, host, addresses.WEB_PORT, served.path_prefix),
        headless=addresses.headless_host(application, model),
        external_labels=dict(settings.parse(hookenv.config())[0].external_labels),
        ca=served.certificate,
    )
    return Here(hookenv.local_unit(), application, model, published)
