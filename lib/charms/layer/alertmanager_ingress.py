"""Where an ingress lets people in, as last heard: Juju is only asked when it may have changed."""

from charmhelpers.core import hookenv, unitdata
from charms.reactive import endpoint_from_name

_URL = "alertmanager.ingress.url"
# Others that look again: after a forced removal of the relation its own hooks do not run.
_HOOKS = ("config-changed", "upgrade-charm")


def changed():
    """Look, if this hook is a reason to, and tell whether the URL is another than before."""
    before, hook = unitdata.kv().get(_URL), hookenv.hook_name()
    if before is not None and hook not in _HOOKS and not hook.startswith("ingress-relation-"):
        return False
    unitdata.kv().set(_URL, _ask())
    return url() != before


def url():
    """Return the URL, "" if there is none."""
    return unitdata.kv().get(_URL) or ""


def _ask():
    from charms.layer.alertmanager import parsers

    try:
        answer = endpoint_from_name("ingress").url()
        return parsers.external_url(answer) if answer else ""
    except (ValueError, parsers.BadOption) as error:
        hookenv.log(f"the ingress answered what cannot be used: {error}", hookenv.WARNING)
        return ""
