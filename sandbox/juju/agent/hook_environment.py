"""The environment variables of a hook, as Juju 2.9's runner/context/context.go sets them."""

from __future__ import annotations

from sandbox.juju.hooktools.hook_context import API_ADDRESS, HookContext
from sandbox.juju.model.model_state import ModelState


def hook_environment(state: ModelState, context: HookContext, path: str) -> dict[str, str]:
    """What a hook, an action or a command finds; ``path`` is that of the charm's file."""
    hook = context.hook
    environment = dict(
        state.operator.environment(context.unit),
        JUJU_HOOK_NAME=hook.name if hook else "",
        JUJU_DISPATCH_PATH=path,
        JUJU_AGENT_SOCKET_NETWORK="unix",
        JUJU_MODEL_NAME=state.model.name,
        JUJU_MODEL_UUID=state.model.uuid,
        JUJU_VERSION=state.juju_version,
        JUJU_API_ADDRESSES=API_ADDRESS,
        CLOUD_API_VERSION="1.28.0",
        JUJU_SLA="unsupported",
        JUJU_METER_STATUS="AMBER",
        JUJU_METER_INFO="not set",
    )
    for name in ("MACHINE_ID", "PRINCIPAL_UNIT", "AVAILABILITY_ZONE"):
        environment["JUJU_" + name] = ""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "FTP_PROXY", "NO_PROXY"):
        environment["JUJU_CHARM_" + name] = state.model.proxy.get(name, "")
    if context.relation:
        environment["JUJU_RELATION"] = context.relation.name
        environment["JUJU_RELATION_ID"] = context.relation.label
        environment["JUJU_REMOTE_UNIT"] = hook.remote_unit
        environment["JUJU_REMOTE_APP"] = hook.remote_app
    if hook and hook.departing_unit:
        environment["JUJU_DEPARTING_UNIT"] = hook.departing_unit
    if hook and hook.storage_id:
        charm = context.unit.app.charm
        environment["JUJU_STORAGE_ID"] = hook.storage_id
        environment["JUJU_STORAGE_LOCATION"] = charm.storage_location(hook.storage_id)
        environment["JUJU_STORAGE_KIND"] = "filesystem"
    if context.action:
        environment["JUJU_ACTION_NAME"] = context.action.name
        environment["JUJU_ACTION_UUID"] = context.action.id
        environment["JUJU_ACTION_TAG"] = f"action-{context.action.id}"
    return environment
