"""The cluster as its user sees it: the outer half, on the machine's own network."""

import asyncio
import concurrent.futures
import contextlib
import os
import queue
import subprocess
import threading
import traceback
from pathlib import Path

from sandbox.kubernetes.kubelet import operator_pod, tcp_forwarding
from sandbox.kubernetes.kubelet.cluster_types import Pod, Timing
from sandbox.kubernetes.kubelet.images import Images
from sandbox.kubernetes.kubelet.kubelet_errors import ClusterError, NotYet
from sandbox.kubernetes.kubelet.node_protocol import Peer
from sandbox.kubernetes.kubelet.start_node import launch
from sandbox.kubernetes.objects import render

_START_TIMEOUT = 30
_CALL_TIMEOUT = 120


class Cluster:
    """Runs applications as a Kubernetes cluster would, on this machine and seen only by it.

    root: folder for logs and volume claims; made if needed.
    model: the Kubernetes namespace.
    on_change: called from a thread of the cluster each time that pods() or service_address() would
    answer differently than before, with the Pods there were at that time, by application: so that
    nothing is missed that was true for a moment.

    Its methods may be called from any thread.
    """

    def __init__(self, root, model, on_change=lambda pods: None, as_user=None, **timing):
        self._root = Path(root).resolve()
        self._model = model
        self._on_change = on_change
        self._as_user = as_user
        self._timing = Timing(**timing)
        self._images = Images(self._root / "images")
        self._state = {}
        self._launched = None
        self._operator = None
        self._loop = None
        self._over = True  # nobody looks at the loop
        self._thread = None
        self._changes = queue.SimpleQueue()
        self._peer = None
        self._servers = []
        self._sockets_in_turn = threading.Lock()

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()

    def start(self):
        """Start the network and the DNS server. Raise ClusterError with what to do."""
        self._launched = launch(self._root, self._timing, self._as_user)
        self._loop = asyncio.new_event_loop()
        self._peer = Peer({"state": self._take_state, "image": self._image})
        self._over = False
        connected = threading.Event()
        self._thread = threading.Thread(target=self._serve, args=[connected], daemon=True)
        self._thread.start()
        threading.Thread(target=self._announce, daemon=True).start()
        connected.wait()
        try:
            self._call("start", within=_START_TIMEOUT)
        except ClusterError as error:
            self._shut_down()
            raise ClusterError(f"{error}{self._last_words()}") from None

    def apply(self, workload):
        """Create or update an application (objects.Workload). Raise DeployError.

        It returns before the pods have changed. If something is refused, nothing changes.
        """
        if workload.scale == 0:
            self._tell("scale", app=workload.app, replicas=0)
            return
        self._tell(
            "apply",
            app=workload.app,
            objects=render(workload),
            charm_folder=workload.charm_folder,
        )

    def rename(self, model):
        """Call the namespace otherwise from now on; there must be no application in it."""
        self._model, self._operator = model, None

    def delete(self, app):
        """Let an application go; it returns before the pods have ended."""
        self._tell("delete", app=app)

    def pods(self, app):
        """Return the Pods of an application by ordinal, [] if there are none."""
        return _pods(self._state, app)

    def service_address(self, app):
        """Return the address of an application's Service inside the cluster, or None."""
        return self.services(app).get(app)

    def services(self, app):
        """Return the addresses of an application's Services by name, "None" for a headless one."""
        return self._state.get(app, {}).get("services", {})

    def logs(self, pod, container):
        """Return all that a container has written, over all its restarts."""
        path = self._root / "logs" / pod / (container + ".log")
        return path.read_text(errors="replace") if path.exists() else ""

    def exec(self, pod, container, argv, timeout=60):
        """Run a program in a container; return a CompletedProcess with text. Raise ClusterError."""
        code, out, err = self._call(
            "exec",
            pod=pod,
            container=container,
            argv=list(argv),
            timeout=timeout,
            within=timeout + 10,
        )
        return subprocess.CompletedProcess(argv, code, out, err)

    def kill(self, pod, container, signal):
        """Send a signal to a container's program. Raise ClusterError if it does not run."""
        self._call("kill", pod=pod, container=container, number=int(signal))

    def delete_claims(self, app, pod):
        """Remove what a pod has stored, when it has ended; another of its name may come then."""
        self._tell("delete_claims", app=app, pod=pod)

    def delete_pod(self, pod):
        """End a pod, which its StatefulSet starts again. Raise ClusterError if there is none."""
        self._call("delete_pod", pod=pod)

    def partition(self, groups):
        """Cut the network between pods of different groups (lists of pod names).

        Packets vanish; pods in no group, DNS, Services and probes are not touched. A further
        partition replaces this one. Raise ClusterError for an unknown pod.
        """
        self._call("partition", groups=[list(group) for group in groups])

    def heal(self):
        """Undo partition()."""
        self.partition([])

    def publish(self, app, port, host_port=0, pod=None):
        """Pass connections to 127.0.0.1 on to ready pods of ``app``, or a pod; return (host, port).

        host_port 0 takes a free one. Raise ClusterError if it is taken or there is no Service.
        """
        try:
            listener = tcp_forwarding.listen("127.0.0.1", host_port)
        except OSError as error:
            raise ClusterError(f"port {host_port} on 127.0.0.1: {error.strerror}") from None
        address = listener.getsockname()
        with listener, self._sockets_in_turn:
            tcp_forwarding.send_socket(self._launched.sockets, listener)
            self._call("publish", app=app, port=port, pod=pod)
        return address

    def unpublish(self, address):
        """Take back what publish() returned."""
        self._call("unpublish", address=list(address))

    def admit(self, host_port):
        """Let pods reach a server on this machine's 127.0.0.1; return (address, port) for them."""
        with self._sockets_in_turn:
            address = self._call("admit")
            listener = tcp_forwarding.receive_socket(self._launched.sockets)

        async def serve():
            return await tcp_forwarding.serve(
                listener, lambda: asyncio.open_connection("127.0.0.1", host_port)
            )

        self._servers.append(self._run(serve(), _CALL_TIMEOUT))
        return tuple(address)

    def operator_command(self, app):
        """Return the words to put in front of a command that runs in an application's operator pod.

        That is the machine, but for its network and its DNS, which are the cluster's. All
        applications get the same. Raise ClusterError.
        """
        if self._launched is None:
            raise ClusterError("the cluster has not been started")
        if self._operator is None:
            self._operator = operator_pod.command(
                self._launched.process.pid, self._root / "operator", self._model
            )
        return list(self._operator)

    def stop(self, grace=5, keep_claims=True):
        """End every pod, giving each up to ``grace`` seconds, then everything else."""
        if self._launched is None:
            return
        # Whether it has stopped by itself or does not want to: shutting down ends it.
        with contextlib.suppress(ClusterError):
            self._call("stop", grace=grace, keep_claims=keep_claims, within=grace + 30)
        self._shut_down()

    # --- the connection to the node ---

    def _serve(self, connected):
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._peer.connect(self._launched.control))
        connected.set()
        self._loop.run_until_complete(self._peer.serve())
        self._over = True
        self._state = {}
        self._changes.put({})
        self._changes.put(None)
        self._loop.run_until_complete(self._end())

    async def _end(self):
        """Close what serves; a socket that was left would keep the cluster's network alive."""
        for server in self._servers:
            server.close()
        self._servers.clear()
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _run(self, coroutine, timeout):
        if self._over:
            coroutine.close()
            raise ClusterError("the cluster has stopped")
        future = asyncio.run_coroutine_threadsafe(coroutine, self._loop)
        if self._over:
            future.cancel()  # it may have come too late to be looked at
        try:
            return future.result(timeout)
        except concurrent.futures.CancelledError:
            raise ClusterError("the cluster has stopped") from None
        except NotYet as error:
            raise ClusterError(str(error)) from None
        except concurrent.futures.TimeoutError:
            future.cancel()
            raise ClusterError(f"the cluster did not answer within {timeout} s") from None

    def _call(self, name, *, within=_CALL_TIMEOUT, **arguments):
        if self._launched is None:
            raise ClusterError("the cluster has not been started")
        return self._run(self._peer.call(name, **arguments), within)

    def _tell(self, name, **arguments):
        async def tell():
            self._peer.tell(name, **arguments)

        if self._launched is None:
            raise ClusterError("the cluster has not been started")
        self._run(tell(), _CALL_TIMEOUT)

    def _shut_down(self):
        os.close(self._launched.lifeline)
        self._launched.process.wait()
        self._thread.join()
        self._loop.close()
        self._launched.sockets.close()
        self._launched = self._operator = None

    def _last_words(self):
        """Return the end of the node's log, for the message of a failed start."""
        lines = (self._root / "node.log").read_text(errors="replace").strip().splitlines()
        return f": {lines[-1]}" if lines else ""

    async def _take_state(self, state):
        self._state = state
        self._changes.put(state)

    def _announce(self):
        # In a thread of its own: whoever is told may hold a lock and ask the cluster something.
        for state in iter(self._changes.get, None):
            try:
                self._on_change({app: _pods(state, app) for app in state})
            except Exception:  # the next change must be announced all the same
                traceback.print_exc()

    async def _image(self, reference):
        # Fetching a package may take long; other questions are answered meanwhile.
        image = await self._loop.run_in_executor(None, self._images.get, reference)
        return image._asdict()


def _pods(state, app):
    return [Pod(**pod) for pod in state.get(app, {}).get("pods", [])]
