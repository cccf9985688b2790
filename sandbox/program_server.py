"""Answers what a person or a hook runs: ``juju``, ``kubectl`` and the hook tools.

``program_client.pl`` is the other end. A message is its length in eight hexadecimal digits, then
its bytes. The client begins with words between zero bytes: who calls, in which folder, the program
and its arguments. Each message of the server begins with a letter: ``o`` and ``e`` print the rest
to standard output and to standard error, ``a`` asks for all of the standard input, which the client
sends, ``f`` for the file of that name, which it sends after an ``o``, or after an ``e`` why it
cannot, and ``x`` ends it with that exit code.
"""

from __future__ import annotations

import contextlib
import os
import socket
import threading
from pathlib import Path
from typing import Callable


class Conversation:
    """One run of a program.

    caller: the id of a hook's context; of ``juju`` and ``kubectl`` "terminal" if the output is one.
    directory: where it was typed. argv: the program's name and its arguments.
    """

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._stream = connection.makefile("rb")
        words = [os.fsdecode(word) for word in self._receive().split(b"\0")]
        self.caller, self.directory, *self.argv = words

    def out(self, text: str) -> None:
        """Prints to standard output; OSError if the program is gone."""
        self._send("o" + text)

    def err(self, text: str) -> None:
        """Prints to standard error."""
        self._send("e" + text)

    def read(self) -> str:
        """What is on the standard input; EOFError if the program is gone."""
        self._send("a")
        return self._receive().decode("utf-8", "surrogateescape")

    def load(self, path: str) -> str:
        """The text of a file as the program may read it, also of /dev/stdin; OSError if not."""
        self._send("f" + path)
        answer = self._receive().decode("utf-8", "surrogateescape")
        if answer[:1] != "o":
            raise OSError(0, answer[1:])
        return answer[1:]

    def exit(self, code: int) -> None:
        """Ends the program."""
        self._send(f"x{code}")

    def is_gone(self) -> bool:
        """Whether the program has ended by itself."""
        try:
            flags = socket.MSG_PEEK | socket.MSG_DONTWAIT
            return self._connection.recv(1, flags) == b""
        except BlockingIOError:
            return False
        except OSError:
            return True

    def _send(self, text: str) -> None:
        message = text.encode("utf-8", "surrogateescape")
        self._connection.sendall(b"%08x" % len(message) + message)

    def _receive(self) -> bytes:
        size = self._stream.read(8)
        data = self._stream.read(int(size, 16)) if len(size) == 8 else b""
        if len(size) < 8 or len(data) < int(size, 16):
            raise EOFError
        return data


class ProgramServer:
    """Listens on the socket ``name`` in a folder and has each Conversation answered in a thread."""

    def __init__(self, folder: Path, name: str, answer: Callable[[Conversation], None]) -> None:
        self._path = folder / name
        self._answer = answer
        self._closing = False
        with contextlib.suppress(FileNotFoundError):
            self._path.unlink()
        self._socket = socket.socket(socket.AF_UNIX)
        # However deep the folder: a socket's path may have 107 bytes at most.
        handle = os.open(str(folder), os.O_RDONLY | os.O_DIRECTORY)
        self._address = f"/proc/self/fd/{handle}/{name}"
        self._socket.bind(self._address)
        self._path.chmod(0o600)
        self._socket.listen(64)
        self._folder = handle
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stops answering and removes the socket; once closed it stays so."""
        if self._closing:
            return
        self._closing = True
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as waker:
            waker.connect(self._address)
        self._thread.join()
        self._socket.close()
        os.close(self._folder)
        with contextlib.suppress(FileNotFoundError):
            self._path.unlink()

    def _accept(self) -> None:
        while not self._closing:
            connection, _ = self._socket.accept()
            threading.Thread(target=self._converse, args=(connection,), daemon=True).start()

    def _converse(self, connection: socket.socket) -> None:
        # A program that is killed closes its end at any time.
        with connection, contextlib.suppress(OSError, EOFError):
            self._answer(Conversation(connection))
