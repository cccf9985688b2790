"""Runs Alertmanager: options, image and relations go in; the pod spec and addresses go out.

Every hook takes the same path, and each step is skipped while nothing calls for it:

    check_options, apply_pod_spec (leader), prove_configuration (leader) or look_at_own_pod
    (the others), publish_addresses, report_status

================================  ==================  =============================================
flag                              set by              means, and is cleared by
================================  ==================  =============================================
alertmanager.options.checked      check_options       the verdict on the options is known; any of
                                                      INPUTS, notice_changes
alertmanager.options.valid        check_options       the verdict is that Alertmanager would take
                                                      what the options come to; check_options
alertmanager.spec.applied         apply_pod_spec      Juju has the spec that the options, and what
                                                      the pods said of it, call for; any of INPUTS,
                                                      a DOUBT of it, notice_changes,
                                                      prove_configuration
alertmanager.addresses.published  publish_addresses   every relation has what this unit has to
                                                      tell; any of INPUTS, a DOUBT of it,
                                                      notice_changes, the end of leadership,
                                                      endpoint.prometheus.awaiting
================================  ==================  =============================================

The other flags that occur here are the base layer's (layers/pod-spec/README.md) and the interface
layer's (interfaces/alertmanager/README.md). The other endpoints have none: what they are told is in
alertmanager_relations, what they answer in alertmanager_heard.

Nothing here needs what an earlier hook left on the operator's disk: flags and facts only save
work. The disk may be gone, another unit may lead, Juju may have thrown a hook's writes away.
"""

import os
from dataclasses import replace

from charmhelpers.core import hookenv, unitdata
from charms.layer import alertmanager_certificates as certificates
from charms.layer import alertmanager_heard as heard
from charms.layer import alertmanager_options as options
from charms.layer import alertmanager_pods as pods
from charms.layer import alertmanager_rollout as rollout
from charms.layer import alertmanager_tls as tls
from charms.layer import pod_spec
from charms.layer.alertmanager.assess import Facts, assess
from charms.layer.pod_spec import outlets
from charms.reactive import (
    clear_flag,
    data_changed,
    is_flag_set,
    register_trigger,
    set_flag,
    toggle_flag,
    when,
    when_not,
)

IMAGE_AVAILABLE = "layer.pod-spec.image.alertmanager-image.available"
DYING = "layer.pod-spec.dying"

# Whatever one of these announces makes every conclusion drawn so far doubtful.
INPUTS = ("config.changed", "layer.pod-spec.refreshed", IMAGE_AVAILABLE, "leadership.is_leader")
# What Juju holds may not be what this unit believes to have written.
DOUBT = "layer.pod-spec.repeated."

for _input in INPUTS:
    register_trigger(when=_input, clear_flag="alertmanager.options.checked")
    register_trigger(when=_input, clear_flag="alertmanager.spec.applied")
    register_trigger(when=_input, clear_flag="alertmanager.addresses.published")
register_trigger(when=DOUBT + "spec", clear_flag="alertmanager.spec.applied")
register_trigger(when=DOUBT + "relations", clear_flag="alertmanager.addresses.published")
register_trigger(when="endpoint.prometheus.awaiting", clear_flag="alertmanager.addresses.published")
# The leader tells more than the others do.
register_trigger(when_not="leadership.is_leader", clear_flag="alertmanager.addresses.published")


def notice_changes():
    """Start over with what depends on things whose change no flag announces."""
    if is_flag_set(DYING):
        return
    if any([heard.changed(), certificates.changed()]):
        clear_flag("alertmanager.options.checked")
        clear_flag("alertmanager.spec.applied")
        clear_flag("alertmanager.addresses.published")
    heard.note_complaints()
    if data_changed("alertmanager.proxy", proxy()):
        clear_flag("alertmanager.spec.applied")
    if data_changed("alertmanager.ordinal", pods.ordinal()) or outlets.is_new():
        clear_flag("alertmanager.addresses.published")


# Not a handler: it goes before all of them, whatever flags are set.
hookenv.atstart(notice_changes)


@when_not("alertmanager.options.checked", DYING)
def check_options():
    """Find out whether Alertmanager would take what the options come to, and remember why not."""
    desired = work_out()
    for problem in desired.problems:
        hookenv.log(str(problem), hookenv.WARNING)
    refusals = [str(problem) for problem in desired.refusals]
    unitdata.kv().set("alertmanager.problems", refusals)
    unitdata.kv().set("alertmanager.certificate", tls.validity(desired.settings))
    toggle_flag("alertmanager.options.valid", not refusals)
    set_flag("alertmanager.options.checked")


@when("leadership.is_leader", "alertmanager.options.checked", "alertmanager.options.valid")
@when(IMAGE_AVAILABLE)
@when_not("alertmanager.spec.applied", DYING)
def apply_pod_spec():
    """Hand Juju the pod spec; while the options are not valid, the last good one stays."""
    pod_spec.pod_spec_set(spec_text(work_out(), pod_spec.image(options.IMAGE)))
    set_flag("alertmanager.spec.applied")
    if certificates.announce():
        clear_flag("alertmanager.addresses.published")


@when("leadership.is_leader", "alertmanager.spec.applied")
@when_not(DYING)
def prove_configuration():
    """Ask each pod what it runs; what one of them refuses is rolled back."""
    if rollout.prove(what_is_served):
        clear_flag("alertmanager.spec.applied")


@when("alertmanager.options.checked")
@when_not("leadership.is_leader", DYING)
def look_at_own_pod():
    """Ask this unit's pod what it runs."""
    rollout.look(what_is_served, [pods.ordinal()])


@when("alertmanager.options.checked")
@when_not("alertmanager.addresses.published", DYING)
def publish_addresses():
    """Tell every related application where this unit's pod is reached."""
    from charms.layer import alertmanager_relations as relations

    served = what_is_served()
    if served:
        relations.tell(served)
    else:
        relations.tell_nothing()
    set_flag("alertmanager.addresses.published")


@pod_spec.status_at_exit
def report_status():
    """Say how things stand, from what this hook and earlier ones found out."""
    given, seen = rollout.given(), rollout.seen()
    leads = is_flag_set("leadership.is_leader")
    facts = Facts(
        application=hookenv.application_name(),
        leads=leads,
        image=is_flag_set(IMAGE_AVAILABLE),
        problems=tuple(unitdata.kv().get("alertmanager.problems") or ()),
        refusal=given.get("refusal", ""),
        configuration=given.get("short", "") if leads else seen.get("short", ""),
        units=seen.get("asked", 0),
        answering=seen.get("answering", 0),
        live=seen.get("live", 0),
        version=seen.get("version", ""),
        complaints=tuple(heard.complaints()),
        **certificate_facts(),
    )
    return pod_spec.Status(*assess(facts))


def certificate_facts():
    """Return what assess.Facts has to say of the certificate, by the names of its fields."""
    ends, notice = unitdata.kv().get("alertmanager.certificate") or (None, 0)
    brought = certificates.known()
    return {
        "certificate_days": tls.days_left(ends),
        "certificate_notice": notice,
        "certificate_relation": bool(brought["related"]),
        "certificate_fault": brought["fault"],
    }


def spec_text(desired, image):
    """Return the pod spec: a desired.Desired, as far as the pods have not refused it before."""
    from charms.layer.alertmanager import workload

    choice = rollout.choose(desired, image.path)
    context = workload.context(
        settings=desired.settings,
        files=choice.current,
        good=choice.good,
        request=certificates.to_keep(desired.settings),
        image=image,
        place=workload.Place(hookenv.application_name(), hookenv.model_name()),
        version=desired.version,
        reloader=pod_spec.render("reloader.sh", {}),
        proxy=proxy(),
    )
    return pod_spec.render("pod-spec.yaml.j2", context)


def proxy():
    """Return the model's proxy settings for charms, by the names that programs know them under."""
    names = ("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY")
    told = {name: os.environ.get(f"JUJU_CHARM_{name}", "") for name in names}
    return {name: value for name, value in told.items() if value}


def work_out():
    """Return what the options come to, as desired.Desired."""
    return options.work_out(hookenv.config(), options.image())


def relations_say():
    """Return the Settings that relations have brought, as far as they are no secrets."""
    found, say = certificates.known(), {"ingress_url": heard.ingress_url()}
    if found["certificate"]:
        say.update(tls_cert=found["certificate"], tls_ca=found["ca"])
    return say


def what_is_served():
    """Return how the running pods are spoken to; None if this charm has never given Juju a spec."""
    from charms.layer.alertmanager import served, settings, stored

    if is_flag_set("alertmanager.options.valid"):
        asked, _ = settings.parse(hookenv.config())
        return served.by(replace(asked, **relations_say()))
    held = stored.read(pod_spec.pod_spec_get())
    return held.served if held else None
