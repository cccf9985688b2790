"""Notice that this unit, or its application, is being removed.

Juju still runs hooks then, and refuses what they ask for. An image, for example: the resources go
in the transaction that makes the application dying (juju/juju state/application.go, destroyOps),
before any unit hears of it. What is refused then is no fault, and nobody needs what was asked for.
"""

import json
import os
import subprocess

from charmhelpers.core import hookenv
from charms.layer.pod_spec import images
from charms.layer.pod_spec.hook_tools import ToolError, run_tool
from charms.reactive import is_flag_set, set_flag

FLAG = "layer.pod-spec.dying"
REFUSALS = (images.ImageMissing, subprocess.CalledProcessError, ToolError)


def notice():
    """Set the flag if this hook shows that there is a reason to.

    It is never cleared: nothing comes back from being removed.
    """
    if _is_one_of_the_last():
        set_flag(FLAG)


def explains(error):
    """Tell whether an exception is a refusal of Juju's, and the removal its reason.

    error: an exception or None. Juju is asked if no hook has shown it.
    """
    if not isinstance(error, REFUSALS):
        return False
    if _is_one_of_the_last() or is_flag_set(FLAG):
        return True
    return any(map(images.is_withdrawn, images.names())) or _unit_is_dying()


def _is_one_of_the_last():
    """Tell whether only units on their way out have this hook.

    In a relation's ``-departed`` hook Juju names the unit that goes, and names this one if its
    application goes (worker/uniter/relation/resolver.go).
    """
    hook = hookenv.hook_name()
    departs = os.environ.get("JUJU_DEPARTING_UNIT") == hookenv.local_unit()
    return departs or hook in ("stop", "remove") or hook.endswith("-storage-detaching")


def _unit_is_dying():
    try:
        units = json.loads(run_tool("goal-state", "--format=json"))["units"]
    except (ToolError, KeyError, ValueError):  # the refusal at hand is what counts
        return False
    return units.get(hookenv.local_unit(), {}).get("status") == "dying"


def excuse(refusal):
    """Let the hook end well if a removal explains the refusal; else raise it again."""
    if not explains(refusal):
        raise refusal
    hookenv.log(f"Nothing is lost, for the unit or its application is being removed: {refusal}")
