"""What hooks leave behind: processes in sessions of their own. They end with the operator's pod."""

from __future__ import annotations

import contextlib
import os
import signal
from pathlib import Path


def end_left_processes(address: str, app: str = "") -> None:
    """Kills what hooks have left, of one application only if it is named.

    address: the socket of the tool server, by which hooks of this sandbox are known from others.
    """
    server = f"JUJU_AGENT_SOCKET_ADDRESS={address}".encode()
    unit = f"JUJU_UNIT_NAME={app}/".encode() if app else b""
    for folder in Path("/proc").glob("[0-9]*"):
        # It may end just now, or be another user's.
        with contextlib.suppress(OSError):
            variables = (folder / "environ").read_bytes().split(b"\0")
            if server in variables and any(each.startswith(unit) for each in variables):
                os.kill(int(folder.name), signal.SIGKILL)
