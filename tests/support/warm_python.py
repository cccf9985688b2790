#!/usr/bin/env python3
"""A Python that has imported what every hook of a charm imports, and forks for each hook.

usage: warm_python.py SOCKET FOLDER

SOCKET: the number of the descriptor of a socket. FOLDER: the unit's charm. Takes requests as
``warm_hooks.py`` makes them, one hook at a time, and ends when nobody is at the other end.
"""

import atexit
import gc
import importlib
import json
import os
import runpy
import socket
import struct
import sys

REGISTERING = ("provides", "requires")
"""Modules that register handlers when they are imported, which each hook has to do."""


def warm(charm):
    """Import what a charm's own packages have, as ``hooks/hook.template`` would find it."""
    lib = os.path.join(charm, "lib")
    before, sys.path[:1] = list(sys.path[1:]), [lib, os.path.join(charm, "hooks")]
    sys.path.append(os.path.join(lib, "removed_from_python"))
    importlib.import_module("charms.reactive")
    importlib.import_module("jinja2")
    for package in ("alertmanager_config", "charms/layer"):
        for folder, _, files in sorted(os.walk(os.path.join(lib, package))):
            for name in sorted(files):
                module, extension = os.path.splitext(name)
                if extension == ".py" and module not in ("__main__", *REGISTERING):
                    path = os.path.relpath(os.path.join(folder, module), lib)
                    importlib.import_module(path.replace(os.sep, ".").replace(".__init__", ""))
    sys.modules["charmhelpers.core.hookenv"].metadata()  # which it remembers
    sys.path[:] = before
    gc.freeze()  # no hook has to look through all this for garbage


def receive(channel):
    """Return the next request and the descriptors of the hook's stdout and stderr, or None."""
    head, ancillary, _, _ = channel.recvmsg(4, socket.CMSG_SPACE(8))
    if not head:
        return None
    ((_, _, descriptors),) = ancillary
    (length,) = struct.unpack("!I", head)
    body = channel.recv(length, socket.MSG_WAITALL)
    return (json.loads(body), struct.unpack("2i", descriptors)) if len(body) == length else None


def become(channel, request, outputs):
    """Make this process the hook's."""
    os.setsid()
    channel.sendall(struct.pack("!i", os.getpid()))
    channel.close()
    for number, descriptor in enumerate((os.open(os.devnull, os.O_RDONLY), *outputs)):
        os.dup2(descriptor, number)
        os.close(descriptor)
    os.environ.clear()
    os.environ.update(request["environment"])
    os.chdir(request["cwd"])
    sys.argv[:] = [request["script"]]
    sys.path.insert(0, os.path.dirname(request["script"]))
    runpy.run_path(request["script"], run_name="__main__")
    # As Python ends, but for taking every module apart, which costs as much as some hook tools.
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


def main():
    """Fork for each request; say which process it is, when it has ended, and how."""
    channel = socket.socket(fileno=int(sys.argv[1]))
    warm(sys.argv[2])
    for request, outputs in iter(lambda: receive(channel), None):
        process = os.fork()
        if process == 0:
            become(channel, request, outputs)
        for descriptor in outputs:
            os.close(descriptor)
        # It stays unreaped, and its number its own, until the other side has killed its group.
        os.waitid(os.P_PID, process, os.WEXITED | os.WNOWAIT)
        channel.sendall(b"e")
        if not channel.recv(1):
            return
        _, status = os.waitpid(process, 0)
        channel.sendall(struct.pack("!i", status))


if __name__ == "__main__":
    main()
