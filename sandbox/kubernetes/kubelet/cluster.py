"""The cluster as its user sees it: the outer half, on the machine's own network."""

import concurrent.futures
import contextlib
import queue
import socket
import subprocess
import threading
import traceback
from pathlib import Path

from sandbox.kubernetes.kubelet import operator_pod, tcp_forwarding
from sandbox.kubernetes.kubelet.cluster_types import ClusterError, NotYet, Pod, Timing
from sandbox.kubernetes.kubelet.image_programs import Images
from sandbox.kubernetes.kubelet.node_protocol import Peer
from sandbox.kubernetes.kubelet.start_node import launch
from sandbox.kubernetes.objects import render

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
        self._thread = None
        self._changes = queue.SimpleQueue()
        self._peer = None
        self._fetching = concurrent.futures.ThreadPoolExecutor()
        self._sockets_in_turn = threading.Lock()

    def start(self):
        """Start the network and the DNS server. Raise ClusterError with what to do."""
        self._launched = launch(self._root, self._timing, self._as_user)
        handlers = {"state": self._take_state, "image": self._image}
        self._peer = Peer(self._launched.control, handlers)
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()
        threading.Thread(target=self._announce, daemon=True).start()
        try:
            self._call("start", within=30)
        except ClusterError as error:
            self._shut_down()
            raise ClusterError(f"{error}{self._last_words()}") from None

    def apply(self, workload):
        """Create or update an application (objects.Workload). Raise DeployError.

        It returns before the pods have changed. If something is refused, nothing changes.
        """
        if workload.scale == 0:
            self._ask("scale", app=workload.app, replicas=0)
            return
        self._ask(
            "apply", app=workload.app, objects=render(workload), charm_folder=workload.charm_folder
        )

    def rename(self, model):
        """Call the namespace otherwise from now on; there must be no application in it."""
        self._model, self._operator = model, None

    def delete(self, app):
        """Let an application go; it returns before the pods have ended."""
        self._ask("delete", app=app)

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

    def delete_claims(self, app, pod):
        """Remove what a pod has stored, when it has ended; another of its name may come then."""
        self._ask("delete_claims", app=app, pod=pod)

    def delete_pod(self, pod):
        """End a pod, which its StatefulSet starts again. Raise ClusterError if there is none."""
        self._call("delete_pod", pod=pod)

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

    def _serve(self):
        self._peer.serve()
        self._state = {}
        self._changes.put({})
        self._changes.put(None)

    def _call(self, name, *, within=_CALL_TIMEOUT, **arguments):
        try:
            return self._ask(name, **arguments).result(within)
        except NotYet as error:
            raise ClusterError(str(error)) from None
        except concurrent.futures.TimeoutError:
            raise ClusterError(f"the cluster did not answer within {within} s") from None

    def _ask(self, name, **arguments):
        """Have the node do something; return a Future of what it answers."""
        if self._launched is None:
            raise ClusterError("the cluster has not been started")
        return self._peer.call(name, **arguments)

    def _shut_down(self):
        self._launched.control.shutdown(socket.SHUT_RDWR)
        self._launched.process.wait()
        self._thread.join()
        self._launched.control.close()
        self._launched.sockets.close()
        self._launched = self._operator = None

    def _last_words(self):
        """Return the end of the node's log, for the message of a failed start."""
        lines = (self._root / "node.log").read_text(errors="replace").strip().splitlines()
        return f": {lines[-1]}" if lines else ""

    def _take_state(self, state):
        self._state = state
        self._changes.put(state)

    def _announce(self):
        # In a thread of its own: whoever is told may hold a lock and ask the cluster something.
        for state in iter(self._changes.get, None):
            try:
                self._on_change({app: _pods(state, app) for app in state})
            except Exception:  # the next change must be announced all the same
                traceback.print_exc()

    def _image(self, reference):
        # Fetching a package may take long; other questions are answered meanwhile.
        return self._fetching.submit(self._images.get, reference)


def _pods(state, app):
    return [Pod(**pod) for pod in state.get(app, {}).get("pods", [])]
