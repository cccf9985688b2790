"""How the two halves of a cluster talk: lines of JSON over a socket pair, both ways.

The outer half (cluster.py) lives in the process of whoever made the Cluster, on the machine's
network; the node (node.py) lives in namespaces of its own.
"""

import asyncio
import itertools
import json
import traceback

from sandbox.kubernetes.kubelet.kubelet_errors import ClusterError, NotYet

_LINE_LIMIT = 64 * 1024 * 1024  # a whole application with its files travels as one line


class Peer:
    """One end. ``handlers`` maps a name to an async function of keyword arguments."""

    def __init__(self, handlers):
        self._handlers = handlers
        self._reader = self._writer = None
        self._numbers = itertools.count(1)
        self._waiting = {}
        self._tasks = set()

    async def connect(self, sock):
        """Take ``sock``, which is connected to the other end."""
        self._reader, self._writer = await asyncio.open_connection(sock=sock, limit=_LINE_LIMIT)

    async def serve(self):
        """Answer until the other end closes the connection."""
        try:
            async for line in self._reader:
                self._receive(json.loads(line))
        except ConnectionError:
            pass
        finally:
            for future in self._waiting.values():
                if not future.done():
                    future.set_exception(ClusterError("the cluster has stopped"))

    async def call(self, name, **arguments):
        """Run the other end's handler and return its result; raise its ClusterError or NotYet."""
        number = next(self._numbers)
        future = self._waiting[number] = asyncio.get_running_loop().create_future()
        try:
            self._send({"id": number, "call": name, "arguments": arguments})
            return await future
        finally:
            del self._waiting[number]

    def tell(self, name, **arguments):
        """Have the other end's handler run; nothing comes back."""
        self._send({"call": name, "arguments": arguments})

    def _send(self, message):
        if self._writer.is_closing():
            raise ClusterError("the cluster has stopped")
        self._writer.write(json.dumps(message).encode() + b"\n")

    def _receive(self, message):
        if "call" in message:
            task = asyncio.ensure_future(self._answer(message))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
            return
        future = self._waiting.get(message["id"])
        if future is None or future.done():
            return
        if "reason" in message:
            future.set_exception(NotYet(message["reason"], message["error"]))
        elif "error" in message:
            future.set_exception(ClusterError(message["error"]))
        else:
            future.set_result(message["result"])

    async def _answer(self, message):
        try:
            answer = {"result": await self._handlers[message["call"]](**message["arguments"])}
        except NotYet as error:
            answer = {"reason": error.reason, "error": str(error)}
        except ClusterError as error:
            answer = {"error": str(error)}
        except Exception as error:  # whoever asked must not wait for ever
            traceback.print_exc()
            answer = {"error": f"{message['call']}: {type(error).__name__}: {error}"}
        if "id" in message:
            self._send(dict(answer, id=message["id"]))
