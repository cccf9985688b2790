"""One model with its clock, its lock, its log and its cluster: what commands and agents share."""

from __future__ import annotations

import threading
import time
import traceback
import uuid
from contextlib import contextmanager
from copy import deepcopy
from functools import lru_cache
from pathlib import Path
from typing import Any, Iterator

from sandbox.juju.go_values import quote
from sandbox.juju.juju_errors import JujuError, UsageError
from sandbox.juju.juju_version import Version
from sandbox.juju.model import displayed_status
from sandbox.juju.model.entities import Application, LogLine, Model, Settings, Status, Unit
from sandbox.juju.model.operator_disk import OperatorDisk
from sandbox.kubernetes.podspec import NotModelled, PodSpecError, parse


class ModelState:
    """A model as a controller holds it; see Controller for the arguments."""

    def __init__(
        self, state_dir: str | Path, python: str | None, *, model: str, cluster: Any, juju: str
    ) -> None:
        self.lock = threading.RLock()
        self.changed = threading.Condition(self.lock)
        self._changes = 0
        self.model = Model(model, str(uuid.uuid4()), self.now)
        self.juju_version = Version.from_name(juju)
        self.cluster = cluster
        self.operator = OperatorDisk(Path(state_dir).resolve(), python)

    # -- time and changes --------------------------------------------------------------------------

    @property
    def now(self) -> float:
        """The controller's time in seconds."""
        return time.time()

    @contextmanager
    def unlocked(self) -> Iterator[None]:
        """Lets others in while a hook's process runs."""
        self.lock.release()
        try:
            yield
        finally:
            self.lock.acquire()

    def notify(self) -> None:
        """Wakes whoever waits for a change of the model."""
        self._changes += 1
        self.changed.notify_all()

    def changes(self) -> int:
        """Counts what may make an agent act; it grows with each."""
        return self._changes

    def wait(self, seen: int, timeout: float) -> None:
        """Until ``changes`` is no longer ``seen``, or ``timeout`` seconds."""
        with self.lock:
            self.changed.wait_for(lambda: self._changes != seen, timeout)

    # -- what there is -----------------------------------------------------------------------------

    def application(self, name: str) -> Application:
        """The application; JujuError if there is none."""
        if name not in self.model.applications:
            raise JujuError(f"application {quote(name)} not found")
        return self.model.applications[name]

    def unit(self, name: str) -> Unit:
        """The unit, also as ``app/leader``; JujuError if there is none."""
        app, _, which = name.partition("/")
        if which == "leader" and app in self.model.applications:
            name = self.model.applications[app].leader or name
        unit = self.model.unit(name)
        if unit is None:
            raise JujuError(f"unit {quote(name)} not found")
        return unit

    def units(self) -> list[Unit]:
        """All units, by application and number."""
        with self.lock:
            applications = self.model.applications.values()
            units = [unit for app in applications for unit in app.units.values()]
        return sorted(units, key=lambda unit: (unit.app.name, unit.number))

    def status(self, unit: str) -> Status:
        """What ``juju status`` shows for a unit, with pods taken into account."""
        found = self.unit(unit)
        return displayed_status.unit_status(found, self.pod_of(found))

    def application_status(self, app: Application) -> Status:
        """What ``juju status`` shows for an application."""
        shown = {name: self.status(name) for name in app.units}
        return displayed_status.application_status(app, shown)

    def pod_spec(self, app: str) -> dict[str, Any]:
        """The committed pod spec, parsed; JujuError if there is none yet."""
        text = self.application(app).pod_spec
        if text is None:
            raise JujuError(f"k8s spec for application {app} not found")
        return parse_pod_spec(text)

    # -- pods and addresses ------------------------------------------------------------------------
    #
    # Juju stores the Service's address with the application and the pod's with the unit; none
    # exists before the first pod spec is deployed.

    def pod_of(self, unit: Unit) -> Any | None:
        """The pod that runs the unit's workload, None while there is none."""
        pods = self.cluster.pods(unit.app.name)
        return next((pod for pod in pods if pod.name == unit.pod), None)

    def pod_address(self, unit: Unit) -> str:
        """The pod's address, "" while there is none."""
        pod = self.pod_of(unit)
        return (pod.ip or "") if pod else ""

    def service_address(self, app: str) -> str:
        """The Service's address, "" while there is none."""
        return self.cluster.service_address(app) or ""

    def address_settings(self, app: str) -> Settings:
        """What Juju itself writes into a unit's bag: the Service's address, the same for every
        unit.
        """
        address = self.service_address(app)
        if not address:
            return {}
        return {
            "egress-subnets": f"{address}/32",
            "ingress-address": address,
            "private-address": address,
        }

    def network_info(self, unit: Unit) -> dict[str, Any]:
        """``network-get``: the pod's address to bind to, the Service's for others to come in."""
        pod, service = self.pod_address(unit), self.service_address(unit.app.name)
        bound = [{"hostname": "", "value": pod, "cidr": ""}] if pod else []
        info: dict[str, Any] = {
            "bind-addresses": [{"mac-address": "", "interface-name": "", "addresses": bound}]
        }
        if service:
            info.update({"egress-subnets": [f"{service}/32"], "ingress-addresses": [service]})
        return info

    def pod_runs(self, unit: Unit) -> bool:
        """Whether the unit's pod runs; before it does, Juju holds actions back."""
        pod = self.pod_of(unit)
        return pod is not None and pod.phase == "Running"

    # -- debug-log ---------------------------------------------------------------------------------

    def log(self, unit: Unit, level: str, module: str, message: str) -> None:
        """Adds a line to debug-log; modules of the charm get the unit's name in front."""
        if not module.startswith("juju."):
            module = f"unit.{unit.name}.{module}"
        self._log(f"application-{unit.app.name}", level, module, message)

    def log_controller(self, level: str, module: str, message: str) -> None:
        """Adds a line to debug-log that no agent wrote."""
        self._log("controller-0", level, module, message)

    def log_mistake(self, error: Exception) -> str:
        """Adds the traceback of a defect of the sandbox, which is being handled, to debug-log.

        Returns a line for whoever has met it.
        """
        self.log_controller("ERROR", "sandbox", traceback.format_exc().strip())
        why = " ".join(f"{type(error).__name__}: {error}".split())
        return f"the sandbox has made a mistake ({why}): see juju debug-log"

    def _log(self, entity: str, level: str, module: str, message: str) -> None:
        with self.lock:
            self.model.log.append(LogLine(self.now, entity, level, module, message))
            self.changed.notify_all()


def parse_pod_spec(text: str) -> dict[str, Any]:
    """The spec as Juju understands it; JujuError with Juju's text if Juju would refuse it,
    UsageError for what the sandbox does not model.
    """
    try:
        return deepcopy(_parse(text))
    except PodSpecError as error:
        raise JujuError(str(error)) from None
    except NotModelled as error:
        raise UsageError(str(error)) from None


@lru_cache(maxsize=8)  # the same text is checked when it is set, committed and deployed
def _parse(text: str) -> dict[str, Any]:
    return parse(text)
