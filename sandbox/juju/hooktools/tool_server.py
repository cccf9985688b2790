"""Answers the hook tools: a unix socket, one short connection for each call.

``tool_client.pl`` is the other end.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import tempfile
import threading
from typing import Callable, List, Optional

from sandbox.juju.hooktools import NeedsStdin, Reply

Answer = Callable[[str, str, List[str], Optional[str]], Reply]


class ToolServer:
    """Calls ``answer(context id, folder, argv, standard input or None)`` for each tool call."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        # A socket's path may have 107 bytes at most, so it is not in the state directory.
        self._directory = tempfile.mkdtemp(prefix="juju-")
        self.address = os.path.join(self._directory, "agent.socket")
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.bind(self.address)
        self._socket.listen(64)
        self._closing = False
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stops answering."""
        self._closing = True
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as waker:
            waker.connect(self.address)
        self._thread.join()
        self._socket.close()
        shutil.rmtree(self._directory, ignore_errors=True)

    def _accept(self) -> None:
        while not self._closing:
            connection, _ = self._socket.accept()
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        def read_stdin() -> str:
            _send(connection, b"stdin")
            return _receive(connection).decode("utf-8", "surrogateescape")

        # A hook that is killed closes its end at any time.
        with connection, contextlib.suppress(OSError, EOFError):
            words = [os.fsdecode(word) for word in _receive(connection).split(b"\0")]
            reply = self.answer(words[0], words[1], words[2:], read_stdin)
            for part in (str(reply.code), reply.stdout, reply.stderr):
                _send(connection, part.encode("utf-8", "surrogateescape"))

    def answer(
        self, context: str, directory: str, argv: list[str], read_stdin: Callable[[], str]
    ) -> Reply:
        """Answers one call; read_stdin: called for the standard input if the tool wants it."""
        try:
            return self._answer(context, directory, argv, None)
        except NeedsStdin:
            return self._answer(context, directory, argv, read_stdin())


def _send(connection: socket.socket, message: bytes) -> None:
    connection.sendall(b"%08x" % len(message) + message)


def _receive(connection: socket.socket) -> bytes:
    return _exactly(connection, int(_exactly(connection, 8), 16))


def _exactly(connection: socket.socket, size: int) -> bytes:
    data = bytearray()
    while len(data) < size:
        piece = connection.recv(min(size - len(data), 1 << 16))
        if not piece:
            raise EOFError
        data += piece
    return bytes(data)
