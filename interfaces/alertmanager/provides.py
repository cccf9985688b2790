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
cleared here: nothing that is received over this side of the relation means anything. Nor is it
read, so that hooks cost no more with many relations than with one.
"""

from typing import Collection, List, Optional

from charmhelpers.core import hookenv, unitdata
from charms.reactive import Endpoint, clear_flag, is_flag_set, toggle_flag

from . import databag


class AlertmanagerProvides(Endpoint):
    """The endpoint of a charm that runs Alertmanager.

    ```python
    @when("endpoint.prometheus.awaiting")
    def publish_address():
        endpoint = endpoint_from_flag("endpoint.prometheus.awaiting")
        address = databag.Address("http", "am-0.am-endpoints.lma.svc", 9093)
        endpoint.publish(databag.Published(address))
    ```
    """

    # Ids of the relations that lack an address, if this hook has looked.
    _awaiting = None

    @property
    def is_joined(self) -> bool:
        """Whether a related application has units; Juju is asked until one is found."""
        return any(relation.joined_units for relation in self.relations)

    @property
    def all_units(self):
        """No unit: the framework would read whatever all of them say."""
        return ()

    def manage_flags(self):
        """Work out the flags from what the relations hold now."""
        self.all_departed_units.clear()
        clear_flag(self.expand_name("changed"))
        clear_flag(self.expand_name("departed"))
        self._awaiting = {
            relation.relation_id
            for relation in self._in_question()
            if not self._own(relation).get("url")
        }
        toggle_flag(self.expand_name("awaiting"), bool(self._awaiting))

    def _in_question(self):
        """Return the relations that may lack an address.

        An earlier hook has looked at all of them, and unless it found one that does, only this
        hook's own may be new.
        """
        looked = self.expand_name("looked")
        first = not unitdata.kv().get(looked)
        unitdata.kv().set(looked, True)
        if first or is_flag_set(self.expand_name("awaiting")):
            return self._lasting()
        return [each for each in self._lasting() if each.relation_id == hookenv.relation_id()]

    def publish(
        self, published: databag.Published, only: Optional[Collection[str]] = None
    ) -> List[str]:
        """Tell every related application where this unit's Alertmanager is.

        Call it whenever a part of ``published`` may have changed, or in every hook: what a
        relation already holds is not written again. Keys that no longer have a value are removed.

        published: see databag.Published. only: ids of relations; if given, no others are looked at.

        Returns the ids of the relations that had to be written. Juju drops what was written if the
        hook fails.
        """
        bag = databag.encode(published)
        written = []
        for relation in self._lasting():
            if only is not None and relation.relation_id not in only:
                continue
            own = self._own(relation)
            changes = {
                key: bag.get(key, "")
                for key in databag.KEYS
                if (own.get(key) or "") != bag.get(key, "")
            }
            if changes:
                # relation.to_publish would write back the addresses that Juju keeps in the same
                # databag, as they were when this hook read them
                hookenv.relation_set(relation.relation_id, changes)
                written.append(relation.relation_id)
        if only is None or (self._awaiting is not None and self._awaiting <= set(only)):
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
