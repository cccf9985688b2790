"""How the programs in ``sandbox/bin`` and the daemon speak: JSON lines over a unix socket.

The client sends one request, ``{"program", "argv", "cwd", "tty"}``. The daemon answers with any
number of ``{"out": text}``, ``{"err": text}`` and ``{"read": "all"}`` or ``{"read": "line"}``,
which the client answers with ``{"stdin": text}``; the last line is ``{"code": number}``. This
module needs the standard library only, so that the client runs on any Python.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
from pathlib import Path
from typing import Any, Iterator

NAME = "control.socket"


def state_dir() -> Path:
    """Where the sandbox keeps its state: JUJU_SANDBOX, else below the user's state folder."""
    if os.environ.get("JUJU_SANDBOX"):
        return Path(os.environ["JUJU_SANDBOX"]).resolve()
    home = os.environ.get("XDG_STATE_HOME") or os.path.expanduser("~/.local/state")
    return Path(home) / "alertmanager-sandbox"


@contextlib.contextmanager
def _address(folder: Path) -> Iterator[str]:
    """The socket's path, however deep the folder: a socket's path may have 107 bytes at most."""
    handle = os.open(str(folder), os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{handle}/{NAME}"
    finally:
        os.close(handle)


def listen(folder: Path) -> socket.socket:
    """The daemon's socket. A stale one is replaced; OSError if a daemon answers on it."""
    with contextlib.suppress(OSError), connect(folder):
        raise FileExistsError(f"a sandbox already runs in {folder}")
    with contextlib.suppress(FileNotFoundError):
        (folder / NAME).unlink()
    server = socket.socket(socket.AF_UNIX)
    with _address(folder) as address:
        server.bind(address)
    os.chmod(str(folder / NAME), 0o600)
    server.listen(16)
    return server


def connect(folder: Path) -> socket.socket:
    """The client's end; OSError if no daemon listens."""
    client = socket.socket(socket.AF_UNIX)
    try:
        with _address(folder) as address:
            client.connect(address)
    except OSError:
        client.close()
        raise
    return client


class Line:
    """One end of a conversation."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._reader = connection.makefile("r", encoding="utf-8", newline="\n")

    def send(self, **message: Any) -> None:
        """One message; OSError if the other end is gone."""
        self._connection.sendall(json.dumps(message).encode() + b"\n")

    def receive(self) -> dict:
        """The next message; EOFError if the other end is gone."""
        line = self._reader.readline()
        if not line:
            raise EOFError
        return json.loads(line)

    def gone(self) -> bool:
        """Whether the other end has hung up."""
        try:
            flags = socket.MSG_PEEK | socket.MSG_DONTWAIT
            return self._connection.recv(1, flags) == b""
        except BlockingIOError:
            return False
        except OSError:
            return True

    def close(self) -> None:
        """Hangs up."""
        self._reader.close()
        self._connection.close()
