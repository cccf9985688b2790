"""How the two halves of a cluster talk: lines of JSON over a socket pair, both ways.

The outer half (cluster.py) lives in the process of whoever made the Cluster, on the machine's
network; the node (node.py) lives in namespaces of its own.
"""

import concurrent.futures
import contextlib
import itertools
import json
import threading
import traceback

from sandbox.kubernetes.kubelet.cluster_types import ClusterError, NotYet


class Peer:
    """One end. ``handlers`` maps a name to a function of keyword arguments, which returns a Future
    of what is to be answered, or None.
    """

    def __init__(self, connection, handlers):
        self._stream = connection.makefile("rwb")
        self._handlers = handlers
        self._numbers = itertools.count(1)
        self._waiting = {}
        self._lock = threading.Lock()
        self._over = False

    def serve(self):
        """Answer until the other end closes the connection."""
        with contextlib.suppress(OSError, ClusterError):
            for line in self._stream:
                self._receive(json.loads(line))
        with self._lock:
            self._over = True
        for future in self._waiting.values():
            future.set_exception(ClusterError("the cluster has stopped"))

    def call(self, name, **arguments):
        """Have the other end's handler run; return a Future of its result, ClusterError or NotYet.

        Raise ClusterError if there is no other end any more.
        """
        future = concurrent.futures.Future()
        future.set_running_or_notify_cancel()  # whoever waits may leave, and the answer still comes
        number = next(self._numbers)
        self._send({"id": number, "call": name, "arguments": arguments}, future)
        return future

    def _send(self, message, future=None):
        with self._lock:
            if self._over:
                raise ClusterError("the cluster has stopped")
            if future:
                self._waiting[message["id"]] = future
            try:
                self._stream.write(json.dumps(message).encode() + b"\n")
                self._stream.flush()
            except OSError:
                raise ClusterError("the cluster has stopped") from None

    def _receive(self, message):
        if "call" in message:
            future = self._handlers[message["call"]](**message["arguments"])
            if future is None:
                self._send({"id": message["id"], "result": None})
            else:
                future.add_done_callback(lambda done: self._answer(message, done))
            return
        future = self._waiting.pop(message["id"])
        if "reason" in message:
            future.set_exception(NotYet(message["reason"], message["error"]))
        elif "error" in message:
            future.set_exception(ClusterError(message["error"]))
        else:
            future.set_result(message["result"])

    def _answer(self, message, done):
        error = done.exception()
        if error is None:
            answer = {"result": done.result()}
        elif isinstance(error, NotYet):
            answer = {"reason": error.reason, "error": str(error)}
        elif isinstance(error, ClusterError):
            answer = {"error": str(error)}
        else:  # whoever asked must not wait for ever
            traceback.print_exception(type(error), error, error.__traceback__)
            answer = {"error": f"{message['call']}: {type(error).__name__}: {error}"}
        with contextlib.suppress(ClusterError):
            self._send(dict(answer, id=message["id"]))
