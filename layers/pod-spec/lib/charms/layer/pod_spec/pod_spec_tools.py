"""Hand Juju the pod spec."""

from charmhelpers.core import hookenv
from charms.layer.pod_spec.hook_tools import ToolError, run_tool
from charms.layer.pod_spec.unconfirmed_writes import note_write
from charms.reactive import is_flag_set


class PodSpecError(ToolError):
    """Juju refused the pod spec. The text is Juju's own; it never quotes the whole spec."""


class NotLeader(PodSpecError):
    """Only the leader may set the pod spec, and this unit is not the leader, or no longer."""


def pod_spec_set(text):
    """Make text the application's pod spec, unless Juju already holds exactly that.

    text: the spec, YAML. Juju checks it at once, but applies it only when the hook has succeeded.

    Raises NotLeader, or PodSpecError with Juju's reason. To catch it means to tell the operator.
    """
    if not is_flag_set("leadership.is_leader"):
        raise NotLeader("pod-spec-set: this unit is not the leader")
    if text == (_handed_over[-1] if _handed_over else pod_spec_get()):
        return
    try:
        run_tool("pod-spec-set", stdin=text)
    except ToolError as refusal:
        kind = NotLeader if "is not the leader" in str(refusal) else PodSpecError
        raise kind(str(refusal)) from None
    _handed_over.append(text)
    note_write()


# What this hook has set, which pod-spec-get does not show: Juju has not applied it yet.
_handed_over = []


@hookenv.cached
def pod_spec_get():
    """Return the text of the spec that Juju holds; None if it has none yet.

    What this hook has handed to ``pod_spec_set`` is not yet in it. Juju is asked once per hook.

    Raises PodSpecError if Juju does not say.
    """
    try:
        return run_tool("pod-spec-get")
    except ToolError as refusal:
        if "not found" in str(refusal):
            return None
        raise PodSpecError(str(refusal)) from None
