"""Which addresses a charm gets to see, and when.

Juju stores the Service's address with the application and the pod's with the unit; none exists
before the first pod spec is deployed (Juju 2.9: apiserver/facades/agent/uniter/networkinfocaas.go).
"""

from __future__ import annotations

from typing import Any

from sandbox.juju.juju_errors import JujuError
from sandbox.juju.model.entities import Settings, Unit
from sandbox.kubernetes.objects import Workload, render


class Addresses:
    """Answers for one cluster: an object with ``pods(app)`` and ``service_address(app)``."""

    def __init__(self, cluster) -> None:
        self._cluster = cluster

    def service(self, app: str) -> str:
        """The Service's address, "" while there is none."""
        return self._cluster.service_address(app) or ""

    def pod(self, unit: Unit) -> Any | None:
        """The pod that runs the unit's workload, None while there is none."""
        pods = self._cluster.pods(unit.app.name)
        return next((pod for pod in pods if pod.name == unit.pod), None)

    def pod_address(self, unit: Unit) -> str:
        """The pod's address, "" while there is none."""
        pod = self.pod(unit)
        return (pod.ip or "") if pod else ""

    def relation_settings(self, app: str) -> Settings:
        """What Juju itself writes into a unit's bag: the Service's address, the same for every
        unit.
        """
        address = self.service(app)
        if not address:
            return {}
        return {
            "egress-subnets": f"{address}/32",
            "ingress-address": address,
            "private-address": address,
        }

    def private_address(self, unit: Unit) -> str:
        """``unit-get private-address``: the pod's."""
        address = self.pod_address(unit)
        if not address:
            raise JujuError("private address not found")
        return address

    def info(self, unit: Unit) -> dict[str, Any]:
        """``network-get``: the pod's address to bind to, the Service's for others to come in."""
        pod, service = self.pod_address(unit), self.service(unit.app.name)
        bound = [{"hostname": "", "value": pod, "cidr": ""}] if pod else []
        info: dict[str, Any] = {
            "bind-addresses": [{"mac-address": "", "interface-name": "", "addresses": bound}]
        }
        if service:
            info["egress-subnets"] = [f"{service}/32"]
            info["ingress-addresses"] = [service]
        return info


class NoCluster:
    """Stands where the cluster half would: there are the pods and addresses that a test says there
    are.
    """

    def __init__(self) -> None:
        self._pods: dict[str, list] = {}
        self._services: dict[str, str] = {}
        self.workloads: dict[str, Any] = {}

    def set(self, app: str, pods: list, service: str | None) -> None:
        """From now on ``app`` has these pods and, unless None, this Service address."""
        self._pods[app] = list(pods)
        if service is not None:
            self._services[app] = service

    def rename(self, model: str) -> None:
        """The namespace has another name."""

    def apply(self, workload: Workload) -> None:
        """Remembers the last workload of each application; DeployError if it cannot be deployed."""
        render(workload)
        self.workloads[workload.app] = workload

    def delete(self, app: str) -> None:
        """Forgets an application."""
        for known in (self._pods, self._services, self.workloads):
            known.pop(app, None)

    def delete_claims(self, app: str, pod: str) -> None:
        """Nothing is stored here."""

    def pods(self, app: str) -> list:
        """The pods of an application."""
        return self._pods.get(app, [])

    def service_address(self, app: str) -> str | None:
        """The Service address of an application."""
        return self._services.get(app)

    def services(self, app: str) -> dict[str, str]:
        """The Service addresses of an application by name."""
        address = self.service_address(app)
        return {app: address, f"{app}-endpoints": "None"} if address else {}

    def operator_command(self, app: str) -> list[str]:
        """What to put in front of a hook: nothing, hooks reach what the machine reaches."""
        return []
