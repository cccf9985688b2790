"""Endpoints that ask Juju nothing in a hook which is not about them.

charms.reactive's own Endpoint asks Juju in every hook for the relations of every endpoint, related
or not, and for the units of each. On an endpoint that only tells, nothing is done with the answer,
and what an application's databag says it does not read at all. A QuietEndpoint asks when the charm
wants to know, an Outlet when there is something to tell. ``goal-state`` would be a cheaper way to
find out which endpoints are related, but it leaves out relations that are offered to other models
(juju/juju apiserver/facades/agent/uniter/uniter.go, goalStateRelations).
"""

import json

from charmhelpers.core import hookenv
from charms.layer.pod_spec import tools
from charms.layer.pod_spec.writes import note_write
from charms.reactive.relations import RelationFactory


class QuietEndpoint(RelationFactory):
    """The base of an interface's side without flags: it does nothing by itself."""

    def __init__(self, endpoint_name):
        self.endpoint_name = endpoint_name

    @classmethod
    def from_name(cls, name):
        """Return the endpoint of this name in metadata.yaml; the framework calls it."""
        return cls(name)

    @classmethod
    def from_flag(cls, state):
        """Find nothing, for there are no flags."""

    @property
    def relations(self):
        """The ids of the relations but the one that this hook is the end of; asks Juju."""
        ended = hookenv.hook_name() == f"{self.endpoint_name}-relation-broken"
        broken = hookenv.relation_id() if ended else ""
        return [each for each in hookenv.relation_ids(self.endpoint_name) if each != broken]

    def answers(self):
        """Return the databags of the applications on the other side; asks Juju.

        No flag of charms.reactive's tells that one has changed: the hook
        ``<endpoint>-relation-changed`` runs then.
        """
        return [bag for _, bag in self.answers_by_application()]

    def answers_by_application(self):
        """Return the same, each as a pair: the application's name, its databag."""
        applications = [(_remote_application(each), each) for each in self.relations]
        return [
            (application, hookenv.relation_get(rid=relation_id, app=application) or {})
            for application, relation_id in applications
        ]


class Outlet(QuietEndpoint):
    """The base of an interface's side that tells something: set ``wire`` and nothing else.

    ``wire`` is a module, or anything else, that has

    * ``UNIT_KEYS`` and ``APPLICATION_KEYS``: the keys that are the interface's own in the databag
      of each unit and in that of the application; no other is touched;
    * ``encode(**fields)``: returns the two databags, as mappings of strings to strings.

    A charm publishes when what it tells has changed, and when a relation is new (see is_new).
    """

    wire = None

    def publish(self, **fields) -> bool:
        """Tell every related application; what Juju holds already is not written again.

        The application's databag is written by the leader only, as Juju demands.

        fields: the arguments of ``wire.encode``.
        Returns whether anything was written. Juju drops it if the hook fails.
        """
        bags = self.wire.encode(**fields)
        written = [self._write(relation_id, *bags) for relation_id in self.relations]
        if any(written):
            note_write()
        return any(written)

    def _write(self, relation_id, unit, application):
        own = hookenv.relation_get(unit=hookenv.local_unit(), rid=relation_id)
        changes = _changes(own, unit, self.wire.UNIT_KEYS)
        if changes:
            hookenv.relation_set(relation_id, changes)
        if not (self.wire.APPLICATION_KEYS and hookenv.is_leader()):
            return bool(changes)
        own = hookenv.relation_get(app=hookenv.application_name(), rid=relation_id)
        common = _changes(own, application, self.wire.APPLICATION_KEYS)
        if common:
            hookenv.relation_set(relation_id, common, app=True)
        return bool(changes or common)


def is_new():
    """Tell whether this hook is the beginning of a relation, on whichever endpoint."""
    return hookenv.hook_name().endswith(("-relation-created", "-relation-joined"))


def _changes(own, wanted, keys):
    """Return what to set so that of these keys exactly the wanted ones are there."""
    own = own or {}
    return {key: wanted.get(key, "") for key in keys if (own.get(key) or "") != wanted.get(key, "")}


def _remote_application(relation_id):
    # Relation.application_name of charms.reactive needs a unit on the other side
    return json.loads(tools.run("relation-list", "--format=json", "--app", "-r", relation_id))
