"""Watch something once a hook has left it to be waited for, and have Juju run another hook.

Juju runs none when a kubelet delivers a Secret or a pod comes back: a status would be as old as the
last ``update-status``. A hook that leaves something to wait for leaves a process behind, which
looks every two seconds, and once there is news, it has Juju run ``update-status`` and is done.

It writes nothing, and nothing depends on it: without it, the next ``update-status`` finds out. A
unit has at most one: who connects to its socket, which is no file, ends it, as hooks of Juju's do.
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

PERIOD, LONGEST_PERIOD = 2.0, 60.0
"""Seconds between two looks: the longer, the more hooks on end, from so many on, watchers had run:
something comes and goes then."""
MANY_HOOKS = 10
LIMIT = 600.0
"""Seconds after the last news until nothing is watched any more."""
RUNNERS = ("juju-exec", "juju-run")
"""What has Juju 3, or 2.9, run a hook; not from within one (cmd/jujud/run/run.go)."""


def start(watch: Any, hooks: int = 0) -> None:
    """Leave a watcher behind.

    watch: what it is told: has ``unit``, Juju's name, ``since``, when there was news last, in
    seconds since 1970, and ``is_news()``, which tells whether a hook would find anything new. It is
    pickled, and nobody but the watcher can read it. hooks: how many on end watchers have had run.
    """
    if time.time() >= watch.since + LIMIT:
        return
    period = min(LONGEST_PERIOD, PERIOD * 2 ** max(0, hooks - MANY_HOOKS))
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    environment.pop("JUJU_CONTEXT_ID", None)
    try:
        with _listen() as listener, subprocess.Popen(
            [sys.executable, "-m", __name__, str(listener.fileno())],
            env=environment,
            stdin=subprocess.PIPE,  # not the command line, which everybody sees
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=[listener.fileno()],
            start_new_session=True,  # so that it does not end with the hook
        ).stdin as pipe:
            pickle.dump((watch, period), pipe)
    except OSError as error:  # which is no reason for the hook to fail
        hookenv.log(f"nothing watches the pods until the next hook: {error}", hookenv.WARNING)


def end() -> None:
    """End this unit's watcher, if there is one; in hooks of Juju's own, whatever they are about.

    In one that a watcher has run, it waits to hear whether the hook succeeds.
    """
    if hookenv.hook_name():
        _call()


def _call() -> None:
    with socket.socket(socket.AF_UNIX) as caller:
        try:
            caller.connect(_name_socket())
        except OSError:
            return


def _name_socket() -> str:
    return "\0pod-spec-watcher-" + hashlib.sha256(os.environ["CHARM_DIR"].encode()).hexdigest()


def _listen() -> socket.socket:
    """Take an older watcher's place; OSError if it does not leave within half a minute.

    It leaves at once, unless it is just starting on a machine that is very busy.
    """
    for _ in range(300):
        listener = socket.socket(socket.AF_UNIX)
        try:
            listener.bind(_name_socket())
            listener.listen()
            return listener
        except OSError:
            listener.close()
            _call()
            time.sleep(0.1)
    raise OSError("an older watcher does not end")


def main(listener: socket.socket) -> None:
    """Watch, as standard input says, until there is news, somebody calls, or no time left."""
    threading.Thread(target=lambda: (listener.accept(), os._exit(0)), daemon=True).start()
    watch, period = pickle.load(sys.stdin.buffer)
    while time.time() < watch.since + LIMIT:
        time.sleep(period)
        if watch.is_news():
            if _run_hook(watch.unit):
                return
            period = min(2 * period, LONGEST_PERIOD)  # an agent that restarts, for example


def _run_hook(unit: str) -> bool:
    """Have Juju run update-status, after hooks that are due; return whether it succeeded."""
    runner = next(filter(None, map(shutil.which, RUNNERS)), RUNNERS[0])
    command = [runner, "--operator", unit, "hooks/update-status"]
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, check=False, timeout=LIMIT)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


if __name__ == "__main__":
    main(socket.socket(fileno=int(sys.argv[1])))
