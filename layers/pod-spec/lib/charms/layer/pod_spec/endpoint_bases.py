"""Endpoints that ask Juju nothing in a hook which is not about them.

charms.reactive's own Endpoint asks Juju in every hook for the relations of every endpoint, related
or not, and for the units of each. On an endpoint that only tells, nothing is done with the answer,
and what an application's databag says it does not read at all. A QuietEndpoint asks when the charm
wants to know, a PublishOnlyEndpoint when there is something to tell. ``goal-state`` would be a
cheaper way to find out which endpoints are related, but it leaves out relations that are offered to
other models (juju/juju apiserver/facades/agent/uniter/uniter.go, goalStateRelations).
"""

import json

from charmhelpers.core import hookenv, unitdata
from charms.layer.pod_spec.hook_tools import run_tool
from charms.layer.pod_spec.unconfirmed_writes import doubtful_relations, note_write
from charms.reactive import is_flag_set
from charms.reactive.relations import RelationFactory

_UNRELATED = "layer.pod-spec.unrelated."
# What a unit believes of its endpoints is looked at anew in these. Another unit may have led, and
# told something else, since the last hook of a unit that leads again.
_REASONS = ("leader-elected", "upgrade-charm")


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
        """The ids of the relations but the one that this hook is the end of.

        Juju is asked unless it said, since the last hook of this endpoint, that there are none.
        """
        if unitdata.kv().get(_UNRELATED + self.endpoint_name):
            return []
        found = hookenv.relation_ids(self.endpoint_name)
        if not found:
            unitdata.kv().set(_UNRELATED + self.endpoint_name, True)
        ended = hookenv.hook_name() == f"{self.endpoint_name}-relation-broken"
        broken = hookenv.relation_id() if ended else ""
        return [each for each in found if each != broken]

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


class PublishOnlyEndpoint(QuietEndpoint):
    """The base of an interface's side that tells something: set ``databag`` and nothing else.

    ``databag`` is a module, or anything else, that has

    * ``UNIT_KEYS`` and ``APPLICATION_KEYS``: the keys that are the interface's own in the databag
      of each unit and in that of the application; no other is touched;
    * ``encode(**fields)``: returns the two databags, as mappings of strings to strings.

    A charm publishes when what it tells has changed, and when a relation is unsettled (see there).
    """

    databag = None

    def publish(self, only=None, **fields):
        """Tell every related application; what Juju holds already is not written again.

        The application's databag is written by the leader only, as Juju demands.

        only: ids; if given, no other relations are looked at. fields: the arguments of
        ``databag.encode``.
        Returns the ids of those that were written. Juju drops it if the hook fails.
        """
        relation_ids = [each for each in self.relations if only is None or each in only]
        if not relation_ids:
            return []
        bags = self.databag.encode(**fields)
        written = [each for each in relation_ids if self._write(each, *bags)]
        if written:
            note_write(*written)
        return written

    def _write(self, relation_id, unit, application):
        own = hookenv.relation_get(unit=hookenv.local_unit(), rid=relation_id)
        changes = _changes(own, unit, self.databag.UNIT_KEYS)
        if changes:
            hookenv.relation_set(relation_id, changes)
        if not (self.databag.APPLICATION_KEYS and is_flag_set("leadership.is_leader")):
            return bool(changes)
        own = hookenv.relation_get(app=hookenv.application_name(), rid=relation_id)
        common = _changes(own, application, self.databag.APPLICATION_KEYS)
        if common:
            hookenv.relation_set(relation_id, common, app=True)
        return bool(changes or common)


def is_new_relation():
    """Tell whether this hook is the beginning of a relation, on whichever endpoint."""
    return hookenv.hook_name().endswith(("-relation-created", "-relation-joined"))


def unsettled_relations():
    """Return the ids of the relations that may lack something which this unit has told the others.

    That is the one that this hook is the beginning of, and those whose databags the hook before
    this one has written: Juju may have lost that. Some may be gone by now. None stands for all:
    another leader may have written the application's databags, or the charm is another.
    """
    if hookenv.hook_name() in _REASONS:
        return None
    new = {hookenv.relation_id()} if is_new_relation() else set()
    return new | doubtful_relations()


def forget_what_may_be_old():
    """Let Juju be asked again where a relation may have come; at the start of a hook."""
    hook = hookenv.hook_name()
    if hook in _REASONS:
        unitdata.kv().unsetrange(prefix=_UNRELATED)
    elif "-relation-" in hook:
        unitdata.kv().unset(_UNRELATED + hook.rpartition("-relation-")[0])


def _changes(own, wanted, keys):
    """Return what to set so that of these keys exactly the wanted ones are there."""
    own = own or {}
    return {key: wanted.get(key, "") for key in keys if (own.get(key) or "") != wanted.get(key, "")}


def _remote_application(relation_id):
    # Relation.application_name of charms.reactive needs a unit on the other side
    return json.loads(run_tool("relation-list", "--format=json", "--app", "-r", relation_id))
