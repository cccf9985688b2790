"""What the options and relations come to: one verdict, for hooks and for actions."""

from dataclasses import replace
from functools import lru_cache

from charms.layer import alertmanager_certificates as certificates
from charms.layer import alertmanager_heard as heard
from charms.layer import alertmanager_tls as tls
from charms.layer import pod_spec

IMAGE = "alertmanager-image"


def image():
    """Return the image's reference, "" if there is none."""
    try:
        return pod_spec.image(IMAGE).path
    except pod_spec.ImageMissing:
        return ""


def work_out(options, reference):
    """Return what options come to with what relations say, as desired.Desired.

    options: values by the names of config.yaml. reference: the image's, "" if there is none.
    """
    return _work_out(tuple(sorted(options.items())), reference)


@lru_cache(maxsize=1)  # several handlers ask, and a large configuration takes a while
def _work_out(options, reference):
    from charms.layer.alertmanager import desired

    given = desired.Given(heard.ingress_url(), *heard.configuration(), certificates.offer())
    default = pod_spec.render("alertmanager.yml.j2", {})
    found = desired.work_out(dict(options), reference, default, given)
    clashes = tuple(tls.problems(found.settings))
    if not clashes:
        return found
    return replace(found, files=None, problems=found.problems + clashes)
