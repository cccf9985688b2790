"""Runs Alertmanager: options, image and relations go in; the pod spec and addresses go out.

Every hook takes the same path, and a step is skipped while nothing calls for it:

    read → plan → apply (leader) → verify → publish → report

================================  =================  ==============================================
flag                              set by             means
================================  =================  ==============================================
alertmanager.options.checked      make_plan          the verdict on options and relations is known
alertmanager.options.valid        make_plan          it is that Alertmanager takes what they come to
alertmanager.spec.applied         apply_pod_spec     Juju has the spec that the plan, and what the
                                                     pods said of it, call for
alertmanager.addresses.published  publish_addresses  every relation has what this unit has to tell
================================  =================  ==============================================

``due_again`` names the flags that clear one of these; a handler clears those of the steps that have
to follow it. All others are the base layer's (layers/pod-spec/README.md) and the interface layer's
(interfaces/alertmanager/README.md); what the other endpoints bring, changed_inputs.py compares.

Flags and records only save work: the operator's disk may be gone, another unit may lead, and Juju
may have thrown a hook's writes away.
"""

from charmhelpers.core import hookenv
from charms.layer import pod_spec
from charms.layer.alertmanager import changed_inputs, publish, rollout, unit_status, watched_pods
from charms.layer.alertmanager.inputs import Inputs
from charms.layer.alertmanager.state import State
from charms.reactive.decorators import when, when_not
from charms.reactive.flags import clear_flag, is_flag_set, register_trigger, set_flag, toggle_flag

IMAGE = "layer.pod-spec.image.alertmanager-image.available"
LEADS, DYING = "leadership.is_leader", "layer.pod-spec.dying"
CHECKED, VALID = "alertmanager.options.checked", "alertmanager.options.valid"
APPLIED, PUBLISHED = "alertmanager.spec.applied", "alertmanager.addresses.published"
# Whatever one of these announces makes every conclusion drawn so far doubtful.
INPUTS = ("config.changed", "layer.pod-spec.refreshed", IMAGE, LEADS)

inputs = Inputs(State())


def due_again(step, *flags):
    """Have a step done once more whenever one of these flags is set."""
    for flag in flags:
        register_trigger(when=flag, clear_flag=step)
    return lambda handler: handler


def find_changes():
    """Have done once more what depends on inputs whose change no flag announces."""
    watched_pods.end()
    if is_flag_set(DYING):
        return
    rollout.begin_replacement(inputs)
    found = changed_inputs.find_changes(inputs)
    due = {CHECKED: found.plan, APPLIED: found.pod_spec, PUBLISHED: found.publication}
    for step in [step for step, is_due in due.items() if is_due]:
        clear_flag(step)
    changed_inputs.remember(inputs, found)


hookenv.atstart(find_changes)  # before all handlers, whatever flags are set


@due_again(CHECKED, *INPUTS)
@when_not(CHECKED, DYING)
def make_plan():
    """Find out whether Alertmanager would take what options and relations come to, or why not."""
    for problem in inputs.plan.problems:
        hookenv.log(str(problem), hookenv.WARNING)
    changed_inputs.remember_plan(inputs)
    toggle_flag(VALID, not inputs.plan.refusals)
    set_flag(CHECKED)


@due_again(APPLIED, *INPUTS, "layer.pod-spec.repeated.spec")
@when(LEADS, IMAGE, CHECKED, VALID)
@when_not(APPLIED, DYING)
def apply_pod_spec():
    """Hand Juju the pod spec; while the options are not valid, the last good one stays."""
    prepared = rollout.prepare(inputs)
    pod_spec.pod_spec_set(pod_spec.render("pod-spec.yaml.j2", prepared.values))
    set_flag(APPLIED)
    if rollout.remember(inputs, prepared):
        clear_flag(PUBLISHED)


@when(LEADS, APPLIED)
@when_not(DYING)
def verify():
    """Ask every pod what it runs; what one of them refuses is rolled back."""
    if rollout.verify(inputs):
        clear_flag(APPLIED)


@due_again(PUBLISHED, *INPUTS, "endpoint.prometheus.joined", "endpoint.prometheus.awaiting")
@due_again(PUBLISHED, "layer.pod-spec.repeated.relations")
@when(CHECKED)
@when_not(PUBLISHED, DYING)
def publish_addresses():
    """Tell every related application where this unit's pod is reached."""
    publish.publish(inputs)
    set_flag(PUBLISHED)


register_trigger(when_not=LEADS, clear_flag=PUBLISHED)  # the leader tells more than others do


@pod_spec.status_at_exit
def report_status():
    """Say how things stand, from what hooks found out, and watch for what changes that."""
    if inputs.pods_asked is None:  # whether or not there is something to verify
        rollout.look(inputs)
    watched_pods.start(inputs)
    return pod_spec.Status(*unit_status.decide(unit_status.find_facts(inputs, is_flag_set(IMAGE))))
