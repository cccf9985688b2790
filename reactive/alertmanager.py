"""Runs Alertmanager: options, image and relations go in; the pod spec and addresses go out.

Every hook takes the same path, and each step is skipped while nothing calls for it:

    check_options, then apply_pod_spec (leader only), then publish_addresses, then report_status

================================  =================  ==============================  =============
flag                              set by             cleared by                      meaning
================================  =================  ==============================  =============
alertmanager.options.checked      check_options      INPUTS                          verdict known
alertmanager.options.valid        check_options      check_options                   verdict: good
alertmanager.spec.applied         apply_pod_spec     INPUTS, layer.pod-spec.repeated Juju has the
                                                                                     current spec
alertmanager.addresses.published  publish_addresses  INPUTS, layer.pod-spec.repeated every relation
                                                     notice_audience                 has our address
================================  =================  ==============================  =============

Of others' flags, ``config.changed``, ``leadership.is_leader`` and ``layer.pod-spec.*`` come from
the base layer (layers/pod-spec/README.md), ``endpoint.prometheus.joined`` from charms.reactive.

Nothing here needs what an earlier hook left on the operator's disk: flags and facts are only there
to save work. The disk may be gone, another unit may lead, Juju may have thrown a hook's writes away.
"""

from functools import lru_cache

from charmhelpers.core import hookenv, unitdata
from charms.layer import pod_spec
from charms.layer.alertmanager import addresses
from charms.layer.alertmanager.assess import Facts, assess
from charms.reactive import (
    clear_flag,
    data_changed,
    endpoint_from_name,
    is_flag_set,
    register_trigger,
    set_flag,
    toggle_flag,
    when,
    when_not,
)

IMAGE = "alertmanager-image"
IMAGE_AVAILABLE = "layer.pod-spec.image.alertmanager-image.available"

# Whatever one of these announces makes every conclusion drawn so far doubtful.
INPUTS = (
    "config.changed",
    "layer.pod-spec.refreshed",
    IMAGE_AVAILABLE,
    "leadership.is_leader",
)
OUTPUTS = ("alertmanager.spec.applied", "alertmanager.addresses.published")

for _input in INPUTS:
    for _conclusion in ("alertmanager.options.checked", *OUTPUTS):
        register_trigger(when=_input, clear_flag=_conclusion)
for _output in OUTPUTS:
    register_trigger(when="layer.pod-spec.repeated", clear_flag=_output)


@when_not("alertmanager.options.checked")
def check_options():
    """Find out whether Alertmanager would take what the options come to, and remember why not."""
    desired = work_out()
    for problem in desired.problems:
        hookenv.log(str(problem), hookenv.WARNING)
    facts = unitdata.kv()
    facts.set("alertmanager.problems", [str(problem) for problem in desired.refusals])
    facts.set("alertmanager.configuration", desired.files.short_hash if desired.files else "")
    toggle_flag("alertmanager.options.valid", desired.files is not None)
    set_flag("alertmanager.options.checked")


@when("leadership.is_leader", "alertmanager.options.checked", "alertmanager.options.valid")
@when(IMAGE_AVAILABLE)
@when_not("alertmanager.spec.applied")
def apply_pod_spec():
    """Hand Juju the pod spec; while the options are not valid, the last good one stays."""
    from charms.layer.alertmanager import workload

    desired = work_out()
    context = workload.context(
        settings=desired.settings,
        files=desired.files,
        image=pod_spec.image(IMAGE),
        place=workload.Place(hookenv.application_name(), hookenv.model_name()),
        version=desired.version,
        reloader=pod_spec.render("reloader.sh", {}),
    )
    pod_spec.pod_spec_set(pod_spec.render("pod-spec.yaml.j2", context))
    set_flag("alertmanager.spec.applied")
