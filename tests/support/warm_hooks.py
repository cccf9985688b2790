"""Hooks and actions of the built charm whose Python has imported what every hook imports.

In stories, hooks took three quarters of the processor, and to import the charm three quarters of a
hook. What a hook is and does stays: a process of its own in the operator pod's network, of the
unit's charm, with its environment, its handlers found anew. Most of tests/charm starts hooks from
nothing, as Juju does.
"""

import contextlib
import json
import os
import re
import signal
import socket
import struct
import subprocess
from pathlib import Path

from sandbox.juju.agent.hook_process import HookProcess
from sandbox.juju.agent.unit_agent import Agent

WARM_PYTHON = Path(__file__).with_name("warm_python.py")


class WarmHook(HookProcess):
    """A hook's process, forked from a Python that the hooks of its unit share.

    So are actions, and a hook that a watcher has run. All else starts as it always does.
    """

    def _start(self, script, cwd, environment, prefix):
        if script.name == "juju-run":
            command = re.fullmatch("#!/bin/bash\n(hooks/[a-z-]+)\n", script.read_text())
            script = cwd / command.group(1) if command else script
        if script.parent.name not in ("hooks", "actions"):
            return super()._start(script, cwd, environment, prefix)
        status = (cwd / "metadata.yaml").stat()  # another file with every charm that comes here
        key = environment["JUJU_AGENT_SOCKET_ADDRESS"], cwd, status.st_ino, status.st_ctime_ns
        request = {"script": str(script), "cwd": str(cwd), "environment": environment}
        with contextlib.suppress(KeyError, OSError):  # it ends with the operator's pod
            return _ForkedHook(key, _idle.pop(key), request)
        for other in [other for other, python in _idle.items() if python.has_ended()]:
            del _idle[other]
        return _ForkedHook(key, _WarmPython(cwd, environment, prefix), request)

    def _await_end(self):
        if isinstance(self._process, _ForkedHook):
            self._process.await_end()
        else:
            super()._await_end()

    def kill(self):
        """End it, unless it has ended with what it was forked from, and been reaped by another."""
        with contextlib.suppress(ProcessLookupError):
            super().kill()


class WarmAgent(Agent):
    """An agent of such hooks."""

    def _start(self, *arguments):
        return WarmHook(*arguments)


_idle = {}  # the Pythons that run no hook, each by what tells its charm from all others


class _WarmPython:
    """The process that hooks are forked from."""

    def __init__(self, charm, environment, prefix):
        self.channel, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [*prefix, "python3", str(WARM_PYTHON), str(theirs.fileno()), str(charm)],
                env=environment,
                stdin=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                start_new_session=True,
            )

    def read(self, length):
        """Return so many bytes of what it says. Raise OSError if it has ended."""
        said = self.channel.recv(length, socket.MSG_WAITALL)
        if len(said) < length:
            self._process.wait()
            raise OSError("the Python that hooks are forked from has ended")
        return said

    def has_ended(self):
        """Tell whether it has, with the operator's pod or the whole sandbox."""
        return self._process.poll() is not None

    def __del__(self):
        self.channel.close()
        self._process.wait()


class _ForkedHook:
    """A forked process, as far as a HookProcess asks a Popen."""

    def __init__(self, key, python, request):
        self._key, self._python = key, python
        self.args, self.returncode = [request["script"]], None
        streams = [os.pipe() for _ in ("stdout", "stderr")]
        self.stdout, self.stderr = (os.fdopen(reading, "rb") for reading, _ in streams)
        writing = [descriptor for _, descriptor in streams]
        body = json.dumps(request).encode()
        try:
            rights = (socket.SOL_SOCKET, socket.SCM_RIGHTS, struct.pack("2i", *writing))
            python.channel.sendmsg([struct.pack("!I", len(body))], [rights])
            python.channel.sendall(body)
        finally:
            for descriptor in writing:
                os.close(descriptor)
        (self.pid,) = struct.unpack("!i", python.read(4))

    def await_end(self):
        """Wait until the process ends, which then is not yet reaped."""
        with contextlib.suppress(OSError):
            self._python.read(1)

    def wait(self):
        """Return the exit code, negative for a signal."""
        self.returncode = -signal.SIGKILL
        with contextlib.suppress(OSError):  # with the operator's pod, all that is in it is killed
            self._python.channel.sendall(b"r")
            (status,) = struct.unpack("!i", self._python.read(4))
            self.returncode = -os.WTERMSIG(status) if os.WIFSIGNALED(status) else status >> 8
            _idle[self._key] = self._python
        return self.returncode
