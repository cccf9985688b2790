"""The node: the part of a cluster that lives in namespaces of its own and runs the pods.

Started by start_node.py in a process namespace that ends when it ends, as it does when the outer
half is gone: the kernel then ends everything that it has started, and its networks and mounts go
with it.
"""

import asyncio
import collections
import concurrent.futures
import json
import os
import random
import signal
import socket
import sys
import threading
import traceback
from pathlib import Path

from sandbox.kubernetes.kubelet import tcp_forwarding
from sandbox.kubernetes.kubelet.cluster_dns import Dns, full_name
from sandbox.kubernetes.kubelet.cluster_types import ClusterError, Image, Timing
from sandbox.kubernetes.kubelet.container_user import Identities
from sandbox.kubernetes.kubelet.node_protocol import Peer
from sandbox.kubernetes.kubelet.pod_network import NODE_ADDRESS, Network
from sandbox.kubernetes.kubelet.stateful_set_pods import StatefulSet
from sandbox.kubernetes.kubelet.subprocesses import run
from sandbox.kubernetes.kubelet.tcp_forwarding import Service, ports_of
from sandbox.kubernetes.kubelet.volumes import Secrets


class Node:
    """Everything that runs, and what the outer half may ask for."""

    def __init__(self, root, timing, control, sockets):
        self.folder = root / "node"  # on a private mount, in memory: it holds Secrets
        self.claims = root / "claims"
        self._logs = root / "logs"
        self.timing = timing
        self._sockets = sockets
        self.secrets = Secrets()
        self.identities = Identities()
        self.network = Network(self.folder / "networks")
        self.dns = Dns(self.folder / "dns", NODE_ADDRESS)
        self._sets = {}
        self._services = {}  # app: {name: Service, None for a headless one}
        self.charm_folders = {}  # app: what Juju copies into its pods
        self._locks = collections.defaultdict(asyncio.Lock)  # by app: its changes come in turn
        self._servers = {}  # by the address that they have on the machine
        self._scheduled = False
        self._told = None
        self._loop = asyncio.get_event_loop()
        names = (
            *("start", "stop", "apply", "scale", "delete", "delete_pod", "delete_claims"),
            *("exec", "publish", "unpublish"),
        )
        self.peer = Peer(control, {name: self._handler(name) for name in names})

    def _handler(self, name):
        """Return a function that has a method of this name run, and returns a Future."""
        method = getattr(self, "_" + name)
        return lambda **arguments: asyncio.run_coroutine_threadsafe(method(**arguments), self._loop)

    # --- for pods ---

    async def image(self, reference):
        """Return the Image of a reference; the outer half knows, since it has a network."""
        return Image(*await asyncio.wrap_future(self.peer.call("image", reference=reference)))

    def log(self, pod, container):
        """Return the file that takes a container's output."""
        folder = self._logs / pod.name
        folder.mkdir(parents=True, exist_ok=True)
        return folder / (container + ".log")

    def changed(self):
        """Have everything that depends on the state of pods brought up to date soon."""
        if not self._scheduled:
            self._scheduled = True
            asyncio.get_running_loop().call_soon(self._update)

    def _update(self):
        self._scheduled = False
        for stateful_set in self._sets.values():
            stateful_set.reconcile()
        self.dns.update(self._records())
        state = {
            app: {
                "services": {
                    name: service.address if service else "None"
                    for name, service in self._services.get(app, {}).items()
                },
                "pods": [pod.describe() for _, pod in sorted(found.pods.items())],
            }
            for app, found in self._sets.items()
        }
        if state != self._told:
            self._told = state
            self.peer.call("state", state=state)

    def _records(self):
        """Return the DNS records of all Services and pods."""
        records = collections.defaultdict(list)
        for app, stateful_set in self._sets.items():
            namespace = stateful_set.namespace
            services = self._services.get(app, {})
            for name, service in services.items():
                if service:
                    records[full_name(name, namespace)] = [service.address]
            for pod in stateful_set.pods.values():
                if pod.ip and pod.service in services:
                    records[full_name(pod.service, namespace)].append(pod.ip)
                    records[full_name(pod.name, pod.service, namespace)] = [pod.ip]
        return records

    def _ready_pods(self, app):
        found = self._sets.get(app)
        return [pod.ip for pod in found.pods.values() if pod.ready] if found else []

    def _pod(self, name):
        for stateful_set in self._sets.values():
            for pod in stateful_set.pods.values():
                if pod.name == name:
                    return pod
        raise ClusterError(f"no pod is called {name}")

    # --- for the outer half ---

    async def _start(self):
        await run("mount", "-t", "tmpfs", "-o", "mode=0755", "tmpfs", self.folder)
        await self.network.start()
        await self.dns.start()

    async def _apply(self, app, objects, charm_folder):
        """Create or update the objects of an application, in Juju's order."""
        stateful_set = next(item for item in objects if item["kind"] == "StatefulSet")
        async with self._locks[app]:
            self.charm_folders[app] = charm_folder
            for item in objects:
                await self._put(app, item)
            if app in self._sets:
                self._sets[app].update(stateful_set)
            else:
                self._sets[app] = StatefulSet(self, stateful_set)
        self.changed()

    async def _put(self, app, item):
        """Create or update a Secret or a Service."""
        kind, name = item["kind"], item["metadata"]["name"]
        if kind == "Secret":
            old, new = self.secrets.data(name), self.secrets.put(item)
            if old not in (None, new):
                self._project_later(name)
        elif kind == "Service":
            services = self._services.setdefault(app, {})
            if item["spec"].get("clusterIP") == "None":
                services[name] = None
            else:
                service = services.setdefault(name, Service(lambda: self._ready_pods(app)))
                await service.update(self.network, ports_of(item))

    def _project_later(self, secret):
        """Let pods see new contents only after a while, as a kubelet does."""

        for stateful_set in self._sets.values():
            for pod in stateful_set.pods.values():
                if pod.volumes.uses(secret):
                    delay = self.timing.sync_delay + random.uniform(0, self.timing.sync_spread)
                    asyncio.get_running_loop().call_later(delay, pod.project)

    async def _scale(self, app, replicas):
        async with self._locks[app]:
            if app in self._sets:
                self._sets[app].scale(replicas)
        self.changed()

    async def _delete(self, app):
        async with self._locks[app]:
            if app in self._sets:
                self._sets[app].delete()
                self.changed()
                await self._sets[app].gone.wait()
                del self._sets[app]
            for service in filter(None, self._services.pop(app, {}).values()):
                await service.stop(self.network)
            self.secrets.remove_all(app)
            await run("rm", "-rf", self.claims / app)
        self.changed()

    async def _exec(self, pod, container, argv, timeout):
        try:
            return await self._pod(pod).container(container).exec(argv, timeout)
        except asyncio.TimeoutError:
            raise ClusterError(f"{' '.join(argv)}: no end after {timeout} s") from None

    async def _delete_pod(self, pod):
        self._sets[self._pod(pod).app].restart(pod)

    async def _delete_claims(self, app, pod):
        """Remove a pod's claims, at once or when the pod that has them now has ended."""
        pods = self._sets[app].pods.values() if app in self._sets else ()
        users = [other for other in pods if other.name == pod]
        for user in users:
            user.keeps_claims = False
        if not users:
            await self.remove_claims(app, pod)

    async def remove_claims(self, app, pod):
        """Remove the folders of a pod's claims."""
        await run("rm", "-rf", *(self.claims / app).glob(f"*-{pod}"))

    async def _publish(self, app, port, pod):
        """Take a listening socket of the machine's network; pass its connections on."""
        listener = tcp_forwarding.receive_socket(self._sockets)
        service = self._services.get(app, {}).get(app)
        if service is None:
            listener.close()
            raise ClusterError(f"{app} has no Service")

        def connect():
            return (
                asyncio.open_connection(self._pod(pod).ip, port) if pod else service.connect(port)
            )

        address = listener.getsockname()
        self._servers[address] = await tcp_forwarding.serve(listener, connect)

    async def _unpublish(self, address):
        self._servers.pop(tuple(address)).close()

    async def _stop(self, grace, keep_claims):
        """End all pods and give back what is left on disk."""
        pods = [pod for found in self._sets.values() for pod in found.pods.values()]
        for found in self._sets.values():
            found.deleted = True
        await asyncio.gather(*(pod.terminate(grace) for pod in pods if not pod.terminating))
        if not keep_claims:
            await run("rm", "-rf", self.claims)


def main():
    """Run a node; the arguments come from start_node.py."""
    root, timing, control, sockets = sys.argv[1:]
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    loop.set_exception_handler(_report)
    loop.set_default_executor(concurrent.futures.ThreadPoolExecutor(32))
    ends = (socket.socket(fileno=int(each)) for each in (control, sockets))
    node = Node(Path(root), Timing(**json.loads(timing)), *ends)

    def serve():
        try:
            node.peer.serve()
        finally:
            os._exit(0)  # and with it the namespace

    threading.Thread(target=serve, daemon=True).start()
    loop.run_forever()


def _report(_, context):
    """Write what went wrong in a task to the node's log."""
    error = context.get("exception")
    print(context["message"], file=sys.stderr)
    if error:
        traceback.print_exception(type(error), error, error.__traceback__)
    sys.stderr.flush()


if __name__ == "__main__":
    main()
