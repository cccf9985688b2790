"""Commands about the model as a whole, and those that a real cluster needs and the sandbox does
not.
"""

from __future__ import annotations

from alertmanager_config.go.durations import parse_go

from sandbox.juju.cli.application_commands import MEANINGLESS, REMOVAL, force_after_of
from sandbox.juju.cli.command_line import FORMAT, Call, command
from sandbox.juju.gnuflag import Flag
from sandbox.juju.go_values import quote
from sandbox.juju.juju_errors import JujuError, UsageError

TIMEOUT = Flag(("t", "timeout"), "Accepted")
RELEASE = Flag(("release-storage",), "Accepted: volumes go with the application", switch=True)
INTERVAL = "update-status-hook-interval"
NOT_MODELLED = {
    "set-constraints": "containers run without limits",
    "constraints": "containers run without limits",
    "expose": "make run forwards the ports of the Services to this machine",
    "trust": "pod specs get no rights from it",
    "bootstrap": "make run starts the sandbox",
    "ssh": "kubectl exec runs commands in a container",
    "scp": "the files of the agents lie under agents/ in the state directory",
    "debug-hooks": "Juju does not have it for Kubernetes charms either",
    "offer": "there is one model",
    "consume": "there is one model",
    "upgrade-model": "there is one version",
    "bind": "there is one space",
}


@command(
    "add-model",
    args="<model>",
    flags=(*MEANINGLESS, Flag(("no-switch",), "Accepted: there is one", switch=True)),
)
def add_model(call: Call) -> None:
    """Accepts the name of the one model there is."""
    (name,) = call.take("model name")
    mine = call.juju.model.name
    if name != mine:
        hint = f"it is called {quote(mine)}; start another sandbox for a second one"
        raise JujuError(f"the sandbox has one model: {hint}")
    call.note(f"Using the model {quote(mine)} of the sandbox")


@command("create-storage-pool", args="<name> <provider> ...", flags=MEANINGLESS)
def create_storage_pool(call: Call) -> None:
    """Does nothing: volumes are folders in the state directory."""
    call.note("The sandbox needs no storage pools: volumes are folders in its state directory")


@command("model-config", args="[<key>[=<value>]]", flags=(FORMAT, Flag(("reset",), "Key to reset")))
def model_config(call: Call) -> None:
    """Shows or sets update-status-hook-interval, the one key that means something here."""
    key, equals, value = (call.args or [INTERVAL])[0].partition("=")
    if key != INTERVAL:
        raise JujuError(f"key {quote(key)} is not modelled: the sandbox knows {INTERVAL} only")
    if equals:
        seconds = (parse_go(value) or 0) // 10**9
        if seconds <= 0:
            raise UsageError(f"invalid duration {quote(value)}: for example 30s or 5m")
        call.juju.update_status_interval = seconds
    elif call.options.get("format") == "json" and not call.args:
        call.write({INTERVAL: {"Value": f"{call.juju.update_status_interval}s", "Source": "model"}})
    else:
        call.say(f"{call.juju.update_status_interval}s")


@command("destroy-model", args="<model>", flags=(*REMOVAL, TIMEOUT, RELEASE))
def destroy_model(call: Call) -> None:
    """Removes all applications, and waits until they are gone. The sandbox itself goes on."""
    (name,) = call.take("model")
    if name.rpartition(":")[2].rpartition("/")[2] != call.juju.model.name:
        raise JujuError(f"model {quote(name)} not found")
    force_after = force_after_of(call)
    _check_storage(call)
    call.confirm(*_question(call), "model destruction")
    call.terminal.err("Destroying model")
    call.juju.destroy_model(force_after)
    _wait_for_end(call)
    call.note("\nModel destroyed.")


def _check_storage(call: Call) -> None:
    """Volumes that would outlive the model must be given up first."""
    count = sum(len(unit.storage) for unit in call.juju.units())
    if count and not (call.options.get("destroy-storage") or call.options.get("release-storage")):
        raise JujuError(
            f"cannot destroy model {quote(call.juju.model.name)}\n\n"
            "The model has persistent storage remaining:\n"
            f"    {count} volume(s)\n    {count} filesystem(s)\n\n"
            "To destroy the storage, run the destroy-model\n"
            'command again with the "--destroy-storage" option.\n\n'
            "To release the storage from Juju's management\n"
            'without destroying it, use the "--release-storage"\n'
            "option instead. The storage can then be imported\n"
            "into another Juju model.\n"
        )


def _question(call: Call) -> tuple[str, tuple]:
    """What Juju asks before it destroys a model, and the answers that let it."""
    name, apps = call.juju.model.name, sorted(call.juju.model.applications)
    if not call.juju.juju_version.since(3):
        return (
            f"WARNING! This command will destroy the {quote(name)} model. It cannot be stopped.\n"
            "This includes all containers, applications, data and other resources.\n\n"
            "Continue [y/N]? "
        ), ("y", "yes")
    listed = "".join(f" {quote(app)}" for app in apps)
    return (
        f"WARNING This command will destroy the {quote(name)} model and affect the following"
        " resources. It cannot be stopped.\n"
        f" - {len(apps)} application{'s' if len(apps) > 1 else ''} will be removed\n"
        + (f"  - application list:{listed}\n" if apps else "")
        + "\nTo continue, enter the name of the model to be destroyed: "
    ), (name,)


def _wait_for_end(call: Call) -> None:
    """Until no application is left, however long that takes: a failed hook keeps its own."""
    told = 0
    with call.juju.lock:
        while call.juju.model.applications and not call.terminal.gone():
            left = len(call.juju.model.applications)
            if left != told:
                told = left
                call.terminal.err(f"\nWaiting for model to be removed, {left} application(s)...")
            call.juju.changed.wait(0.5)


@command("kill-controller", "destroy-controller", args="<controller>", flags=REMOVAL)
def kill_controller(call: Call) -> None:
    """Ends the sandbox, with everything in it."""
    call.end()


def _refuse(name: str, reason: str) -> None:
    @command(name, args="...", flags=())
    def refuse(call: Call) -> None:
        """Not modelled."""
        raise JujuError(f"{name} is not modelled in the sandbox: {reason}")


for _name, _reason in NOT_MODELLED.items():
    _refuse(_name, _reason)
