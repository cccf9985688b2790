"""What other applications have answered, in databags whose changes charms.reactive does not tell.

Juju is only asked when there may be news, or when the answer is needed.
"""

from functools import lru_cache
from typing import NamedTuple

from alertmanager_config.problem import Problem, to_one_line
from charmhelpers.core import hookenv, unitdata
from charms.reactive import data_changed, endpoint_from_name

CONFIGURATION = "remote-configuration"
INGRESS = "ingress"
JUDGES = ("self-metrics-endpoint", "grafana-dashboard")
_URL = "alertmanager.ingress.url"
_SILENT = "alertmanager.ingress.silent"
_COMPLAINTS = "alertmanager.complaints"
_DIGEST = "alertmanager.remote-configuration"
# Others that look again: after a forced removal of a relation its own hooks do not run.
_HOOKS = ("config-changed", "upgrade-charm")


class _Nothing(NamedTuple):
    """What a relation has brought that was to bring a configuration, and has not."""

    config: str = ""
    templates: str = ""


def changed():
    """Look, if this hook is a reason to, and tell whether an answer is another than before."""
    return any([_url_changed(), _configuration_changed()])


def ingress_url():
    """Return where the ingress lets people in, "" if there is none."""
    return unitdata.kv().get(_URL) or ""


def ingress_is_silent():
    """Tell whether an ingress has given no URL for minutes, as if it refused what it is told."""
    return bool(unitdata.kv().get(_SILENT))


def note_complaints():
    """Look, if this hook is a reason to, whether others can use what they have been told."""
    before = unitdata.kv().get(_COMPLAINTS)
    if before is not None and not any(may_have_changed(endpoint) for endpoint in JUDGES):
        return
    lines = [
        to_one_line(f"{application} says of {endpoint}: {line}")
        for endpoint in JUDGES
        for application, line in endpoint_from_name(endpoint).complaints()
    ]
    for line in lines:
        if line not in (before or ()):
            hookenv.log(line, hookenv.WARNING)
    unitdata.kv().set(_COMPLAINTS, lines)


def complaints():
    """Return what others have against what they have been told, a line each."""
    return unitdata.kv().get(_COMPLAINTS) or []


@lru_cache(maxsize=1)
def configuration():
    """Return what desired.Given has to say of the configuration from elsewhere, and problems.

    It may hold passwords, so it is read from Juju whenever it is needed, and kept nowhere.
    """
    endpoint = endpoint_from_name(CONFIGURATION)
    try:
        return (endpoint.configuration() or _Nothing()) if endpoint.relations else None, ()
    except ValueError as error:
        hint = "see juju show-unit, and the charm on the other side"
        return None, (Problem(CONFIGURATION, message=str(error), hint=hint),)


def may_have_changed(endpoint):
    """Tell whether something may have happened on an endpoint since the last hook."""
    hook = hookenv.hook_name()
    return hook in _HOOKS or hook.startswith(f"{endpoint}-relation-")


def _url_changed():
    before = unitdata.kv().get(_URL)
    if before is not None and not may_have_changed(INGRESS):
        return not before and _note_silence()
    unitdata.kv().set(_URL, _ask_ingress())
    if not endpoint_from_name(INGRESS).relations:
        unitdata.kv().unset(_SILENT)
    return ingress_url() != before


def _note_silence():
    """Note in update-status that an ingress gives no URL; return whether that is news."""
    if hookenv.hook_name() != "update-status" or ingress_is_silent():
        return False
    silent = bool(endpoint_from_name(INGRESS).relations)
    unitdata.kv().set(_SILENT, silent)
    return silent


def _configuration_changed():
    if not may_have_changed(CONFIGURATION):
        return False
    given, problems = configuration()
    # data_changed keeps no more than a digest
    return data_changed(_DIGEST, [given, [str(problem) for problem in problems]])


def _ask_ingress():
    from charms.layer.alertmanager import parsers

    try:
        answer = endpoint_from_name(INGRESS).url()
        return parsers.external_url(answer) if answer else ""
    except (ValueError, parsers.BadOption) as error:
        hookenv.log(f"the ingress answered what cannot be used: {error}", hookenv.WARNING)
        return ""
