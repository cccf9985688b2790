"""Starts a node in namespaces of its own, as root or as an ordinary user."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from sandbox import needed_programs
from sandbox.kubernetes.kubelet.cluster_types import ClusterError

_MAPPED = ["--user", "--map-root-user"]
_MORE_IDS = ["--map-auto"]  # those of /etc/subuid and /etc/subgid, by newuidmap
_NAMESPACES = ["--mount", "--net", "--pid", "--mount-proc", "--fork", "--kill-child"]


class NodeProcess(NamedTuple):
    """A node's process, which ends when ``control`` is closed, and what leads to it."""

    process: subprocess.Popen
    control: socket.socket  # the lines of node_protocol.py
    sockets: socket.socket  # what tcp_forwarding.py hands over


def launch(root, timing, as_user=None):
    """Start a node that keeps its things in ``root``; return NodeProcess.

    ``as_user`` makes it work as for an ordinary user even if root starts it. Raise ClusterError.
    """
    missing = needed_programs.missing()
    if missing:
        raise ClusterError(f"programs are missing: sudo apt-get install {' '.join(missing)}")
    if as_user is None:
        as_user = not _works(["unshare", "--mount", "--net"])
    if as_user and not _works(["unshare", *_MAPPED, "--mount", "--net"]):
        raise ClusterError(
            "no namespaces can be made here; run as root (in a container: start that with "
            "--privileged), or let ordinary users make them: sudo sysctl -w "
            "kernel.unprivileged_userns_clone=1 kernel.apparmor_restrict_unprivileged_userns=0"
        )
    (root / "node").mkdir(parents=True, exist_ok=True)
    control, far_control = socket.socketpair()
    sockets, far_sockets = socket.socketpair()
    descriptors = [far_control.fileno(), far_sockets.fileno()]
    node = [
        # The first process of a namespace must take care of orphans; a shell does.
        *("unshare", *_NAMESPACES, "sh", "-c", '"$@" & wait', "sh"),
        *(sys.executable, "-m", "sandbox.kubernetes.kubelet.node"),
        *(str(root), json.dumps(timing._asdict()), *map(str, descriptors)),
    ]
    if as_user:
        node[1:1] = [*_MAPPED, *_MORE_IDS] if _works(["unshare", *_MAPPED, *_MORE_IDS]) else _MAPPED
    with open(str(root / "node.log"), "wb") as log:
        process = subprocess.Popen(
            node,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            pass_fds=descriptors,
            start_new_session=True,  # Ctrl-C is for the one who holds the cluster
            cwd="/",
            env=_environment(),
        )
    for far in (far_control, far_sockets):
        far.close()
    return NodeProcess(process, control, sockets)


def _environment():
    source = Path(__file__).resolve().parents[3]
    given = filter(None, [os.environ.get("PYTHONPATH")])
    search = os.pathsep.join([str(source), str(source / "lib"), *given])
    return dict(os.environ, PATH=needed_programs.PATH, PYTHONPATH=search, PYTHONUNBUFFERED="1")


def _works(argv):
    done = subprocess.run(
        [*argv, "true"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False
    )
    return done.returncode == 0
