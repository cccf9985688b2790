"""Watch something once a hook has left it to be waited for, and have Juju run another hook.

Juju runs none when a kubelet delivers a Secret or a pod comes back: a status would be as old as the
last ``update-status``. A hook that leaves something to wait for leaves a process behind, which
looks every two seconds, and once there is news, it has Juju run ``update-status`` and is done.

It writes nothing, and nothing depends on it: without it, the status is true five minutes later.
A unit has at most one, as the newer one ends the older: whoever connects to the socket that it
listens on ends it. The socket is an abstract one, so that no file outlives a process.
"""

import hashlib
import os
import pickle
import shutil
import socket
import subprocess
import sys
import threading
import time
from typing import Any

from charmhelpers.core import hookenv

PERIOD = 2.0
LIMIT = 600.0
"""Seconds between two looks, and until a watcher ends whatever it sees."""

RUNNERS = ("juju-exec", "juju-run")
"""What has Juju 3, or 2.9, run a hook; not from within one (cmd/jujud/run/run.go)."""
HOOK = "hooks/update-status"


def start(watch: Any) -> None:
    """Leave a watcher behind.

    watch: what it is told: has ``unit``, Juju's name, and ``is_news()``, which tells whether a hook
    would find anything new. It is pickled, and nobody but the watcher can read it.
    """
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    environment.pop("JUJU_CONTEXT_ID", None)
    try:
        process = subprocess.Popen(
            [sys.executable, "-m", __name__],
            env=environment,
            stdin=subprocess.PIPE,  # not the command line, which everybody sees
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # so that it does not end with the hook
        )
        with process.stdin:
            pickle.dump(watch, process.stdin)
    except OSError as error:  # which is no reason for the hook to fail
        hookenv.log(f"nothing watches the pods until the next hook: {error}", hookenv.WARNING)


def end() -> None:
    """End this unit's watcher, if there is one."""
    with socket.socket(socket.AF_UNIX) as caller:
        try:
            caller.connect(_name_socket())
        except OSError:
            return


def _name_socket() -> str:
    return "\0pod-spec-watcher-" + hashlib.sha256(os.environ["CHARM_DIR"].encode()).hexdigest()


def main() -> None:
    """Watch, as standard input says, until there is news, another watcher, or no time left."""
    watch = pickle.load(sys.stdin.buffer)
    threading.Thread(target=_wait_for_the_end, args=(_listen(),), daemon=True).start()
    deadline = time.monotonic() + LIMIT
    while time.monotonic() < deadline:
        time.sleep(PERIOD)
        # an agent that restarts, for example, runs none, and there may be no news any more
        if watch.is_news() and _run_hook(watch.unit, deadline):
            return


def _listen() -> socket.socket:
    listener = socket.socket(socket.AF_UNIX)
    for _ in range(100):
        try:
            listener.bind(_name_socket())
            listener.listen()
            return listener
        except OSError:  # an older one has not ended yet
            end()
            time.sleep(0.1)
    sys.exit(1)


def _wait_for_the_end(listener: socket.socket) -> None:
    listener.accept()
    os._exit(0)


def _run_hook(unit: str, deadline: float) -> bool:
    """Have Juju run the hook, after those that are due; return whether it did."""
    runner = next(filter(None, map(shutil.which, RUNNERS)), RUNNERS[0])
    try:
        done = subprocess.run(
            [runner, "--operator", unit, HOOK],
            stdin=subprocess.DEVNULL,
            check=False,
            timeout=max(1.0, deadline - time.monotonic()),
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


if __name__ == "__main__":
    main()
