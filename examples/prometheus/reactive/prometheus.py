"""Runs Prometheus: it scrapes what is related, and sends its alerts to every Alertmanager.

=======================  ==============  ==========================================================
flag                     set by          means, and is cleared by
=======================  ==============  ==========================================================
prometheus.spec.applied  apply_pod_spec  Juju has the spec that options and relations call for; any
                                         of REASONS
=======================  ==============  ==========================================================

The other flags are the base layer's (layers/pod-spec/README.md) and the interface layers'
(interfaces/alertmanager/README.md, interfaces/prometheus_scrape/README.md).
"""

from functools import lru_cache

from charmhelpers.core import hookenv
from charms.layer import pod_spec
from charms.layer.prometheus import rules, settings, workload
from charms.reactive import (
    endpoint_from_name,
    is_flag_set,
    register_trigger,
    set_flag,
    when,
    when_not,
)

IMAGE = "prometheus-image"
IMAGE_AVAILABLE = "layer.pod-spec.image.prometheus-image.available"

REASONS = (
    "config.changed",
    "endpoint.alertmanager.alertmanagers.changed",
    "endpoint.metrics-endpoint.scraped.changed",
    "layer.pod-spec.refreshed",
    "layer.pod-spec.repeated",
    "leadership.is_leader",
    IMAGE_AVAILABLE,
)
for _reason in REASONS:
    register_trigger(when=_reason, clear_flag="prometheus.spec.applied")


@when("leadership.is_leader", IMAGE_AVAILABLE)
@when_not("prometheus.spec.applied", "layer.pod-spec.dying")
def apply_pod_spec():
    """Hand Juju the pod spec; while an option is wrong, the last good one stays."""
    asked, problems = read_options()
    if problems:
        return
    alertmanager = endpoint_from_name("alertmanager")
    alerting = alertmanager.alerting_config(workload.CA_FILE, workload.login(asked))
    trusted = {one.application for one in alertmanager.alertmanagers()}
    files = workload.files(asked, alerting, alertmanager.ca_bundle(), scraped()[0], trusted)
    context = {
        "args": workload.arguments(asked),
        "directory": workload.DIRECTORY,
        "files": files,
        "image": pod_spec.image(IMAGE),
        "port": workload.PORT,
        "prefix": asked.path_prefix,
        "reloader": pod_spec.render("reloader.sh", {}),
        "secret": f"{hookenv.application_name()}-configuration",
    }
    pod_spec.pod_spec_set(pod_spec.render("pod-spec.yaml.j2", context))
    set_flag("prometheus.spec.applied")


@pod_spec.status_at_exit
def report_status():
    """Say what the operator has to do, or whom the alerts go to."""
    if not is_flag_set(IMAGE_AVAILABLE):
        attach = f"juju attach-resource {hookenv.application_name()} {IMAGE}=<image>"
        return pod_spec.Status("blocked", f"no image: {attach}")
    _, problems = read_options()
    if problems:
        more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
        return pod_spec.Status("blocked", problems[0] + more)
    locked = whom_alerts_do_not_reach()
    if locked:
        hint = "set alertmanager-username and alertmanager-password"
        return pod_spec.Status(
            "blocked", f"cannot reach {', '.join(locked)} without a login: {hint}"
        )
    return pod_spec.Status("active", "; ".join([*whom_alerts_reach(), *what_is_scraped()]))


def whom_alerts_do_not_reach():
    """Return the applications that ask for a login which no option gives, sorted."""
    if workload.login(read_options()[0]):
        return []
    alertmanagers = endpoint_from_name("alertmanager").alertmanagers()
    return sorted({one.application for one in alertmanagers if one.login})


def whom_alerts_reach():
    """Say how many Alertmanagers there are, and what is wrong with others."""
    alertmanager = endpoint_from_name("alertmanager")
    count = len(alertmanager.alertmanagers())
    noun = "Alertmanager" if count == 1 else "Alertmanagers"
    if count:
        yield f"alerts go to {count} {noun}"
    elif is_related(alertmanager):
        yield "alerts go nowhere until the related Alertmanager has told its address"
    else:
        yield "alerts go nowhere, relate an Alertmanager"
    if alertmanager.waiting():
        yield f"waiting for {', '.join(alertmanager.waiting())}"
    yield from map(str, alertmanager.problems())
    if alertmanager.conflicting_labels():
        yield f"external labels differ: {', '.join(alertmanager.conflicting_labels())}"


def is_related(endpoint):
    """Tell whether an endpoint has a relation, with units or without, that does not just end."""
    ends = hookenv.hook_name() == f"{endpoint.endpoint_name}-relation-broken"
    return any(not ends or one.relation_id != hookenv.relation_id() for one in endpoint.relations)


def what_is_scraped():
    """Say which applications are scraped, and what is wrong with others."""
    found, problems = scraped()
    if found:
        yield f"scrapes {', '.join(found)}"
    yield from problems


@lru_cache(maxsize=None)  # two handlers ask
def scraped():
    """Return what related applications want to have scraped, by name, and what is wrong."""
    if not is_flag_set("endpoint.metrics-endpoint.joined"):
        return {}, []  # only examples/watchdog has this endpoint
    endpoint = endpoint_from_name("metrics-endpoint")
    found, problems = {}, [str(problem) for problem in endpoint.problems()]
    for application, wanted in endpoint.scraped(workload.BESIDE).items():
        wrong = [f"{application}: alert_rules: {one}" for one in rules.of_groups(wanted.groups)]
        problems += wrong[:1]
        found[application] = wanted._replace(groups=()) if wrong else wanted
    return found, problems


@lru_cache(maxsize=None)  # two handlers ask
def read_options():
    """Return the settings and what is wrong with them."""
    return settings.parse(hookenv.config())
