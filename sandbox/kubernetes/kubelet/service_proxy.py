"""Services: one address for an application, each connection passed to a pod that is ready.

Only TCP is passed on; UDP to a Service address goes nowhere.
"""

import asyncio
import itertools

from sandbox.kubernetes.kubelet import tcp_forwarding


class Service:
    """A Service of type ClusterIP; ``ready_pods`` is a function that returns their addresses."""

    def __init__(self, ready_pods):
        self.address = None
        self._ready_pods = ready_pods
        self._turn = itertools.count()
        self._servers = {}

    async def update(self, network, ports):
        """Listen on these ports ({Service port: pod port}) and no others."""
        if self.address is None:
            self.address = await network.add_service()
        for port in set(self._servers) - set(ports):
            self._servers.pop(port)[1].close()
        for port, target in ports.items():
            if port in self._servers and self._servers[port][0] == target:
                continue
            if port in self._servers:
                self._servers.pop(port)[1].close()
            listener = tcp_forwarding.listen(self.address, port)
            server = await tcp_forwarding.serve(
                listener, lambda target=target: self.connect(target)
            )
            self._servers[port] = (target, server)

    async def connect(self, port):
        """Return (reader, writer) of a connection to a ready pod. Raise OSError."""
        pods = self._ready_pods()
        if not pods:
            raise ConnectionRefusedError("no pod is ready")
        return await asyncio.open_connection(pods[next(self._turn) % len(pods)], port)

    async def stop(self, network):
        """Stop listening and give the address back."""
        for _, server in self._servers.values():
            server.close()
        if self.address:
            await network.remove_service(self.address)


def ports_of(service):
    """Return {Service port: pod port} of a Kubernetes Service, TCP only."""
    return {
        port["port"]: port.get("targetPort") or port["port"]
        for port in service["spec"].get("ports", [])
        if port.get("protocol", "TCP") == "TCP"
    }
