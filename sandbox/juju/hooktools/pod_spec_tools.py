"""Tools about the pod spec (Juju 2.9: k8s-spec-set.go, k8s-spec-get.go)."""

from __future__ import annotations

from sandbox.juju.gnuflag import no_more
from sandbox.juju.hooktools.hook_tool import ToolCall, tool
from sandbox.juju.juju_errors import JujuError


@tool("pod-spec-set", writes=True)
def spec_set(call: ToolCall) -> None:
    """From the end of the hook on. The texts are joined byte by byte, as Juju does."""
    no_more(call.args)
    text = call.read_file(call.options.get("file", "-"))
    if not text:
        raise JujuError(
            "no k8s spec specified: pipe k8s spec to command, or specify a file with --file"
        )
    if call.options.get("k8s-resources"):
        text += call.read_named_file(call.options["k8s-resources"])
    call.context.set_spec(text)


@tool("pod-spec-get")
def spec_get(call: ToolCall) -> None:
    """The spec that the controller holds, as it is, no newline added."""
    no_more(call.args)
    app = call.context.unit.app
    if app.pod_spec is None:
        raise JujuError(f"k8s spec for application {app.name} not found")
    call.stdout += app.pod_spec
