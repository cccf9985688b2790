"""A cluster that a test disturbs: it kills programs, cuts the network, lets servers in."""

import asyncio
import contextlib
import os
import socket
import subprocess
import sys
import threading

from sandbox import needed_programs
from sandbox.kubernetes.kubelet import tcp_forwarding
from sandbox.kubernetes.kubelet.cluster import Cluster
from sandbox.kubernetes.kubelet.cluster_types import ClusterError
from sandbox.kubernetes.kubelet.pod_network import NODE_ADDRESS

NOBODY = "02:00:00:00:00:02"
"""A link address that no interface has."""
LISTEN = """
import array, socket, sys
listener = socket.socket()
listener.bind((sys.argv[1], 0))
listener.listen(128)
descriptors = array.array("i", [listener.fileno()])
socket.socket(fileno=0).sendmsg([b"s"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, descriptors)])
"""


class DisturbedCluster(Cluster):
    """A Cluster, and what may happen to it."""

    def __init__(self, *arguments, on_change=lambda pods: None, **options):
        super().__init__(*arguments, on_change=self._hear, **options)
        self._tell = on_change
        self._groups = []
        self._cutting = threading.Lock()
        self._forwarders = []

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()

    def _hear(self, pods):
        if self._groups:
            self._cut_or_join()
        self._tell(pods)

    def kill(self, pod, container, signal):
        """Send a signal to a container's program. Raise ClusterError if it does not run."""
        process = self._pod(pod).containers.get(container)
        if not process:
            raise ClusterError(f"pod {pod} has no running container {container}")
        self._on_node("kill", f"-{int(signal)}", str(process))

    def partition(self, groups):
        """Cut the network between pods of different groups (lists of pod names).

        Packets vanish; pods in no group, DNS, Services and probes are not touched. Pods made later
        are cut off a moment after they have started. A further partition replaces this one. Raise
        ClusterError for an unknown pod.
        """
        for name in [name for group in groups for name in group]:
            self._pod(name)
        with self._cutting:
            self._groups = [set(group) for group in groups]
        self._cut_or_join()

    def heal(self):
        """Undo partition()."""
        self.partition([])

    def admit(self, host_port):
        """Let pods reach a server on this machine's 127.0.0.1; return (address, port) for them."""
        near, far = socket.socketpair()
        with near, far:
            self._on_node(sys.executable, "-c", LISTEN, NODE_ADDRESS, stdin=far)
            listener = tcp_forwarding.receive_socket(near)
        self._forwarders.append(Forwarder(listener, host_port))
        return listener.getsockname()

    def stop(self, *arguments, **options):
        """Stop; a socket that was left would keep the cluster's network alive."""
        for forwarder in self._forwarders:
            forwarder.stop()
        self._forwarders.clear()
        super().stop(*arguments, **options)

    def _every_pod(self):
        return [pod for app in list(self._state) for pod in self.pods(app)]

    def _pod(self, name):
        for pod in self._every_pod():
            if pod.name == name:
                return pod
        raise ClusterError(f"no pod is called {name}")

    def _cut_or_join(self):
        """Give each pod a dead end for the addresses that it may not reach."""
        with self._cutting:
            pods = [pod for pod in self._every_pod() if pod.ip and any(pod.containers.values())]
            for pod in pods:
                # One that has just ended is heard of again when it has started.
                with contextlib.suppress(ClusterError):
                    self._cut_off(pod, [one for one in pods if self._are_apart(pod.name, one.name)])

    def _cut_off(self, pod, others):
        process = next(filter(None, pod.containers.values()))
        lines = ["neigh flush nud permanent dev eth0"] + [
            f"neigh replace {other.ip} lladdr {NOBODY} nud permanent dev eth0" for other in others
        ]
        enter = ("nsenter", "--target", str(process), "--net")
        self._on_node(*enter, "ip", "-batch", "-", input="\n".join(lines).encode() + b"\n")

    def _are_apart(self, one, other):
        home = [group for group in self._groups if one in group]
        return any(other in group for group in self._groups if home and group is not home[0])

    def _on_node(self, *words, **options):
        """Run a program where the node has its processes and its network."""
        node = self._launched.process.pid
        enter = ["nsenter", f"--target={node}", "--mount", "--net"]
        enter += [f"--pid=/proc/{node}/ns/pid_for_children"]
        if os.readlink(f"/proc/{node}/ns/user") != os.readlink("/proc/self/ns/user"):
            enter += ["--user", "--preserve-credentials"]
        environment = dict(os.environ, PATH=needed_programs.PATH)
        done = subprocess.run(
            [*enter, "--", *words], env=environment, stderr=subprocess.PIPE, check=False, **options
        )
        if done.returncode:
            raise ClusterError(done.stderr.decode().strip())


class Forwarder:
    """Passes what comes to a listening socket on to a port of this machine, in a thread."""

    def __init__(self, listener, host_port):
        self._listener, self._port = listener, host_port
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self):
        asyncio.set_event_loop(self._loop)

        def connect():
            return asyncio.open_connection("127.0.0.1", self._port)

        server = self._loop.run_until_complete(tcp_forwarding.serve(self._listener, connect))
        self._loop.run_forever()
        server.close()
        tasks = asyncio.all_tasks(self._loop)
        for task in tasks:
            task.cancel()
        self._loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
        self._loop.close()

    def stop(self):
        """Close what it has open."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
