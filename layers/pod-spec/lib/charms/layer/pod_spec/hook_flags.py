"""The flags that tell a charm's handlers what holds in this hook.

They are set when charms.reactive has imported all handlers, so that every trigger on them fires,
and before any handler runs.

=========================================== ====================================================
flag                                        meaning
=========================================== ====================================================
``config.changed``                          some option differs from what the last successful hook
                                            saw; true for every option in the first hook, and
                                            whenever the operator has lost its disk
``config.changed.<option>``                 this option differs
``config.set.<option>``                     the option is not null, false, zero or empty
``config.default.<option>``                 the option has the default of config.yaml
``leadership.is_leader``                    this unit is the application's leader; set anew in
                                            ``leader-elected``: another may have led in between
``layer.pod-spec.refreshed``                this is ``upgrade-charm``: the charm or one of its
                                            resources is new
``layer.pod-spec.repeated``                 Juju may have thrown away what the hook before this one
                                            wrote: compare with what Juju holds (see
                                            ``unconfirmed_writes``)
``layer.pod-spec.repeated.spec``            likewise, and it wrote the pod spec
``layer.pod-spec.repeated.relations``       likewise, and it wrote into relations
``layer.pod-spec.image.<name>.available``   the oci-image resource can be read with ``image(name)``
``layer.pod-spec.dying``                    this unit, or its application, is being removed
=========================================== ====================================================

``config.changed``, ``config.changed.<option>``, ``refreshed`` and ``repeated`` hold for one hook
and are cleared when it ends. The others stay until they are no longer true. None of them is for
handlers to clear.
"""

from charmhelpers.core import hookenv
from charms.layer.pod_spec import (
    endpoint_bases,
    images,
    options,
    removal,
    statuses,
    unconfirmed_writes,
)
from charms.reactive import clear_flag, is_flag_set, set_flag, toggle_flag, trace

_REFRESHED = "layer.pod-spec.refreshed"
_REPEATED = "layer.pod-spec.repeated"
_LEADS = "leadership.is_leader"


def establish():
    """Set the flags, at the start of a hook."""
    # The one that charms.reactive installs runs juju-log three times in every hook, and once for
    # each flag that changes. Flags can be seen with bin/charms.reactive.
    trace.install_tracer(trace.NullTracer())
    spec, relations = unconfirmed_writes.take_note()
    toggle_flag(_REPEATED, spec or relations)
    toggle_flag(f"{_REPEATED}.spec", spec)
    toggle_flag(f"{_REPEATED}.relations", relations)
    toggle_flag(_REFRESHED, hookenv.hook_name() == "upgrade-charm")
    removal.notice()
    endpoint_bases.forget_what_may_be_old()
    if hookenv.hook_name() == "leader-elected":
        clear_flag(_LEADS)
    toggle_flag(_LEADS, hookenv.is_leader())
    options.establish()
    for name in images.names():
        flag = f"layer.pod-spec.image.{name}.available"
        if is_flag_set(_REFRESHED) or spec or not is_flag_set(flag):
            _look_for_image(name, flag)


def _look_for_image(name, flag):
    if images.available(name):
        set_flag(flag)
    elif images.is_withdrawn(name):
        set_flag(removal.FLAG)
    else:
        clear_flag(flag)


def retire():
    """Show the unit's status and clear what holds for one hook, at the end of a successful one."""
    if not is_flag_set(removal.FLAG):  # Juju tells then what it is doing
        statuses.report()
    options.retire()
    clear_flag(_REFRESHED)
    for flag in (_REPEATED, f"{_REPEATED}.spec", f"{_REPEATED}.relations"):
        clear_flag(flag)
