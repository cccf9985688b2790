"""The side that wants a certificate."""

from typing import List

from charmhelpers.core import hookenv
from charms.layer.pod_spec import Outlet

from . import wire


class TlsCertificatesRequires(Outlet):
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

    wire = wire

    def issued(self, unit: str, request: str) -> List[wire.Issued]:
        """Return what all related applications answer to what this unit has asked for; asks Juju.

        unit: this unit's name. request: the signing request that was published.
        Raises wire.DecodeError; of that kind is wire.Refusal, if one will not sign it.
        """
        found = []
        for relation_id, application in zip(self.relations, self.answers()):
            found.append(wire.answered(application, request))
            for other in sorted(hookenv.related_units(relation_id)):
                bag = hookenv.relation_get(unit=other, rid=relation_id) or {}
                found.append(wire.handed_out(bag, unit))
        return [one for one in found if one]
