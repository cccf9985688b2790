"""Notice writes that Juju may have thrown away.

Juju collects the pod spec and the relation settings that a hook writes, and applies them in one
transaction after the hook has exited with 0. charms.reactive saves its flags before that. If the
transaction fails, or the operator dies in between, Juju runs the hook again (or, after
``juju resolve --no-retry``, the next one), but the flags already say that everything is done.

So a hook that wrote leaves a note beside the flags, in the same database and under the same
commit: whether it was the pod spec, and which relations. The next hook that starts, whichever it
is, takes the note away and has the flag ``layer.pod-spec.repeated``, with ``.spec`` or
``.relations`` behind it for what was written: its handlers must compare that with what Juju really
holds, and write what is missing. If nothing is missing they write nothing, leave no note, and the
hook after that is an ordinary one. A hook that fails by itself loses its flags and its note
together, as it should: then Juju has kept none of its writes, and the flags do not claim any.

Writes that Juju applies at once (status-set, leader-set, application-version-set) need no note.
"""

from charmhelpers.core import unitdata

_NOTE = "layer.pod-spec.written"
_SPEC = "the pod spec"

# What the hook before this one wrote, and Juju may have lost.
_doubtful = set()


def note_write(*relation_ids):
    """Remember that this hook has written something that Juju keeps back until the hook ends.

    To be called after every ``relation-set``, also when charms.reactive runs it at exit for data
    put into ``to_publish``. ``pod_spec_set`` and ``PublishOnlyEndpoint.publish`` do it themselves.

    relation_ids: the relations that were written into; none stands for the pod spec.
    """
    wrote = unitdata.kv().get(_NOTE) or []
    unitdata.kv().set(_NOTE, sorted({*wrote, *(relation_ids or [_SPEC])}))


def take_note():
    """Find out what the hook before this one has written, and forget its note.

    Returns whether it was the pod spec, and whether it was anything in a relation.
    """
    _doubtful.update(unitdata.kv().get(_NOTE) or [])
    unitdata.kv().unset(_NOTE)
    return _SPEC in _doubtful, bool(doubtful_relations())


def doubtful_relations():
    """Return the ids of the relations that the hook before this one has written into, as a set.

    Some of them may be gone by now.
    """
    return _doubtful - {_SPEC}
