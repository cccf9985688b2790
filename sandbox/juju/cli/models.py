"""Commands about the model as a whole, and those that a real cluster needs and the sandbox does
not.
"""

from __future__ import annotations

from ..charm import quote
from ..errors import JujuError
from ..flags import Flag, UsageError
from .applications import MEANINGLESS
from .command import Call, command

INTERVAL = "update-status-hook-interval"
UNITS_OF_TIME = {"s": 1, "m": 60, "h": 3600}
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


@command("add-model", args="<model>", flags=MEANINGLESS)
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


@command("model-config", args="[<key>[=<value>]]", flags=(Flag(("reset",), "Key to reset"),))
def model_config(call: Call) -> None:
    """Shows or sets update-status-hook-interval, the one key that means something here."""
    key, equals, value = (call.args or [INTERVAL])[0].partition("=")
    if key != INTERVAL:
        raise JujuError(f"key {quote(key)} is not modelled: the sandbox knows {INTERVAL} only")
    if equals:
        if value[-1:] not in UNITS_OF_TIME or not value[:-1].isdecimal():
            raise UsageError(f"invalid duration {quote(value)}: for example 30s or 5m")
        call.juju.update_status_interval = int(value[:-1]) * UNITS_OF_TIME[value[-1]]
    else:
        call.say(f"{call.juju.update_status_interval}s")


@command("destroy-model", "kill-controller", args="<model>", flags=MEANINGLESS)
def destroy_model(call: Call) -> None:
    """Removes everything and ends the sandbox."""
    name = (call.args or [call.juju.model.name])[0]
    if name != call.juju.model.name:
        raise JujuError(f"model {quote(name)} not found")
    for app in list(call.juju.model.applications):
        call.juju.remove_application(app)
    with call.juju.lock:
        while call.juju.model.applications and not call.terminal.gone():
            if any(unit.failed for unit in call.juju.units()):
                break  # Juju would wait for ever; here the end is what was asked for
            call.juju.changed.wait(0.5)
    call.note("Model destroyed.")
    call.end()


def _refuse(name: str, reason: str) -> None:
    @command(name, args="...", flags=())
    def refuse(call: Call) -> None:
        """Not modelled."""
        raise JujuError(f"{name} is not modelled in the sandbox: {reason}")


for _name, _reason in NOT_MODELLED.items():
    _refuse(_name, _reason)
