"""Answers the hook tools: a unix socket, one short connection for each call."""

from __future__ import annotations

import contextlib
import os
import shutil
import socketserver
import tempfile
import threading
from typing import Callable, List, Optional

from .hooktools import NeedsStdin, Reply

Answer = Callable[[str, str, List[str], Optional[str]], Reply]


class ToolServer:
    """Calls ``answer(context id, folder, argv, standard input or None)`` for each call of a hook
    tool.
    """

    def __init__(self, answer: Answer) -> None:
        # A socket's path may have 107 bytes at most, so it is not in the state directory.
        self._directory = tempfile.mkdtemp(prefix="juju-")
        self.address = os.path.join(self._directory, "agent.socket")
        self._server = _Server(self.address, _Call)
        self._server.answer = answer
        loop = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        loop.start()

    def close(self) -> None:
        """Stops answering."""
        self._server.shutdown()
        self._server.server_close()
        shutil.rmtree(self._directory, ignore_errors=True)


class _Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True
    request_queue_size = 64
    answer: Answer


class _Call(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        words = [os.fsdecode(word) for word in self._receive().split(b"\0")]
        context, directory, argv = words[0], words[1], words[2:]
        try:
            reply = self.server.answer(context, directory, argv, None)
        except NeedsStdin:
            self._send(b"stdin")
            stdin = self._receive().decode("utf-8", "surrogateescape")
            reply = self.server.answer(context, directory, argv, stdin)
        for part in (str(reply.code), reply.stdout, reply.stderr):
            self._send(part.encode("utf-8", "surrogateescape"))

    def _receive(self) -> bytes:
        return self.rfile.read(int(self.rfile.read(8) or b"0", 16))

    def _send(self, message: bytes) -> None:
        with contextlib.suppress(BrokenPipeError):  # the hook was killed meanwhile
            self.wfile.write(b"%08x" % len(message) + message)
