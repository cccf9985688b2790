"""The side that wants to be reached."""

import json

from charmhelpers.core import hookenv
from charms.layer.pod_spec import Outlet, tools

from . import wire


class IngressRequires(Outlet):
    """The endpoint of a charm that serves HTTP.

    ```python
    ingress = endpoint_from_name("ingress")
    ingress.publish(host="am-0.am-endpoints.lma.svc", port=9093, ...)
    url = ingress.url()
    ```

    The answer is in the databag of the other application, whose changes charms.reactive does not
    announce: a charm calls ``url`` in the hooks of this endpoint.
    """

    wire = wire

    def url(self) -> str:
        """Return the URL that we have been given, "" if none; asks Juju.

        Raises wire.DecodeError if the answer cannot be understood.
        """
        for relation_id in self.relations:
            # Relation.application_name of charms.reactive needs a unit on the other side
            words = ("--format=json", "--app", "-r", relation_id)
            application = json.loads(tools.run("relation-list", *words))
            url = wire.decode(hookenv.relation_get(rid=relation_id, app=application) or {})
            if url:
                return url
        return ""
