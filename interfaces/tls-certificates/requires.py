"""The side that wants a certificate."""

from typing import List

from charmhelpers.core import hookenv
from charms.layer.pod_spec import PublishOnlyEndpoint

from . import databag


class TlsCertificatesRequires(PublishOnlyEndpoint):
    """The endpoint of a charm that serves TLS, with one certificate for all its units.

    ```python
    certificates = endpoint_from_name("certificates")
    certificates.publish(unit=hookenv.local_unit(), request=csr, common_name=..., names=[...])
    issued = certificates.issued(hookenv.local_unit(), csr)
    ```

    The leader asks, the others publish ``unit`` alone. What is answered stands in databags of both
    kinds; charms.reactive announces the changes of one kind only: a charm calls ``issued`` in the
    hooks of this endpoint.
    """

    databag = databag

    def issued(self, unit: str, request: str) -> List[databag.Issued]:
        """Return what all related applications answer to what this unit has asked for; asks Juju.

        unit: this unit's name. request: the signing request that was published.
        Raises databag.DecodeError; of that kind is databag.Refusal, if one will not sign it.
        """
        found = []
        for relation_id, application in zip(self.relations, self.answers()):
            found.append(databag.answered(application, request))
            for other in sorted(hookenv.related_units(relation_id)):
                bag = hookenv.relation_get(unit=other, rid=relation_id) or {}
                found.append(databag.handed_out(bag, unit))
        return [one for one in found if one]
