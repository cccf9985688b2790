"""Which addresses a charm gets to see, and when.

Juju stores the Service's address with the application and the pod's with the unit; none exists
before the first pod spec is deployed (Juju 2.9: apiserver/facades/agent/uniter/networkinfocaas.go).
"""

from __future__ import annotations

from typing import Any

from sandbox.juju.juju_errors import JujuError
from sandbox.juju.model.entities import Settings, Unit


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
