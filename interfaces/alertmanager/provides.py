"""The side of Alertmanager: tell related applications where this unit's Alertmanager is.

Flags, for an endpoint called ``{endpoint_name}`` in metadata.yaml:

===================================  ==================================  =========================
flag                                 set                                 cleared
===================================  ==================================  =========================
endpoint.{endpoint_name}.joined      a related application has units     the last of them left
endpoint.{endpoint_name}.awaiting    a relation exists in which this     by publish(), or when the
                                     unit has published no address yet   last such relation is gone
===================================  ==================================  =========================

No other flag is public. In particular ``changed`` and ``departed``, which the framework sets, are
cleared here: nothing that is received over this side of the relation means anything.
"""

from charmhelpers.core import hookenv
from charms.reactive import Endpoint, clear_flag, toggle_flag

from . import wire


class AlertmanagerProvides(Endpoint):
    """The endpoint of a charm that runs Alertmanager.

    ```python
    @when("endpoint.prometheus.awaiting")
    def publish_address():
        endpoint = endpoint_from_flag("endpoint.prometheus.awaiting")
        endpoint.publish(wire.Published(wire.Address("http", "am-0.am-endpoints.lma.svc", 9093)))
    ```
    """

    def manage_flags(self):
        """Work out the flags from what the relations hold now."""
        self.all_departed_units.clear()
        clear_flag(self.expand_name("changed"))
        clear_flag(self.expand_name("departed"))
        toggle_flag(
            self.expand_name("awaiting"),
            any(not self._own(relation).get("url") for relation in self._lasting()),
        )

    def publish(self, published: wire.Published) -> bool:
        """Tell every related application where this unit's Alertmanager is.

        Call it whenever a part of ``published`` may have changed, or in every hook: what a
        relation already holds is not written again. Keys that no longer have a value are removed.

        published: see wire.Published.

        Returns whether anything was written. Juju drops what was written if the hook fails.
        """
        bag = wire.encode(published)
        written = False
        for relation in self._lasting():
            own = self._own(relation)
            changes = {
                key: bag.get(key, "")
                for key in wire.KEYS
                if (own.get(key) or "") != bag.get(key, "")
            }
            if changes:
                # relation.to_publish would write back the addresses that Juju keeps in the same
                # databag, as they were when this hook read them
                hookenv.relation_set(relation.relation_id, changes)
                written = True
        clear_flag(self.expand_name("awaiting"))
        return written

    def _lasting(self):
        """Return the relations but the one that this hook is the end of."""
        broken = ""
        if hookenv.hook_name() == f"{self.endpoint_name}-relation-broken":
            broken = hookenv.relation_id()
        return [relation for relation in self.relations if relation.relation_id != broken]

    @staticmethod
    def _own(relation):
        return hookenv.relation_get(unit=hookenv.local_unit(), rid=relation.relation_id) or {}
