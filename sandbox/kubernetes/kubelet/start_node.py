"""Starts a node in namespaces of its own, as root or as an ordinary user."""

import json
import os
import pwd
import shutil
import socket
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from sandbox import system_packages
from sandbox.kubernetes.kubelet.kubelet_errors import ClusterError

_NAMESPACES = ["--mount", "--net", "--pid", "--mount-proc", "--fork", "--kill-child"]


class NodeProcess(NamedTuple):
    """A node's process and the three ends that it is held by."""

    process: subprocess.Popen
    control: socket.socket  # the lines of node_protocol.py
    sockets: socket.socket  # what tcp_forwarding.py hands over
    lifeline: int  # the node ends when this is closed


def launch(root, timing, as_user=None):
    """Start a node that keeps its things in ``root``; return NodeProcess.

    ``as_user`` makes it work as for an ordinary user even if root starts it. Raise ClusterError.
    """
    missing = system_packages.missing_programs()
    if missing:
        raise ClusterError(f"programs are missing: sudo apt-get install {' '.join(missing)}")
    if as_user is None:
        as_user = not _works(["unshare", "--mount", "--net"])
    if as_user and not _works(["unshare", "--user", "--map-root-user", "--mount", "--net"]):
        raise ClusterError(
            "no namespaces can be made here; run as root (in a container: start that with "
            "--privileged), or let ordinary users make them: sudo sysctl -w "
            "kernel.unprivileged_userns_clone=1 kernel.apparmor_restrict_unprivileged_userns=0"
        )
    (root / "node").mkdir(parents=True, exist_ok=True)
    control, far_control = socket.socketpair()
    sockets, far_sockets = socket.socketpair()
    far_lifeline, lifeline = os.pipe()
    descriptors = [far_control.fileno(), far_sockets.fileno(), far_lifeline]
    node = [
        # The first process of a namespace must take care of orphans; a shell does.
        *("unshare", *_NAMESPACES, "sh", "-c", '"$@" & wait', "sh"),
        *(sys.executable, "-m", "sandbox.kubernetes.kubelet.node"),
        *(str(root), json.dumps(timing._asdict()), *map(str, descriptors)),
    ]
    ranges = _subordinate_ids() if as_user else None
    if ranges:
        # Another process must map the ids before this one may become root among them.
        node = ["unshare", "--user", "sh", "-c", 'echo; read -r _; exec "$@"', "sh", *node]
    elif as_user:
        node[1:1] = ["--user", "--map-root-user"]
    with open(str(root / "node.log"), "wb") as log:
        process = subprocess.Popen(
            node,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE if ranges else log,
            stderr=log,
            pass_fds=descriptors,
            start_new_session=True,  # Ctrl-C is for the one who holds the cluster
            cwd="/",
            env=_environment(),
        )
    for far in (far_control, far_sockets):
        far.close()
    os.close(far_lifeline)
    if ranges:
        _map_ids(process, ranges)
    process.stdin.close()
    return NodeProcess(process, control, sockets, lifeline)


def _environment():
    source = Path(__file__).resolve().parents[3]
    given = filter(None, [os.environ.get("PYTHONPATH")])
    search = os.pathsep.join([str(source), str(source / "lib"), *given])
    return dict(os.environ, PATH=system_packages.PATH, PYTHONPATH=search, PYTHONUNBUFFERED="1")


def _works(argv):
    done = subprocess.run(
        [*argv, "true"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False
    )
    return done.returncode == 0


def _subordinate_ids():
    """Return [(program, its file, own id, first subordinate id, count)] for users and groups."""
    found = []
    own = (("newuidmap", "/etc/subuid", os.geteuid()), ("newgidmap", "/etc/subgid", os.getegid()))
    for program, path, own_id in own:
        ids = _subordinate_range(Path(path), os.geteuid())
        if not ids or not shutil.which(program, path=system_packages.PATH):
            return None
        found.append((program, path, own_id, *ids))
    return found


def _subordinate_range(path, uid):
    try:
        names = {str(uid), pwd.getpwuid(uid).pw_name}
        lines = path.read_text().splitlines()
    except (OSError, KeyError):
        return None
    for line in lines:
        name, _, rest = line.partition(":")
        start, _, count = rest.partition(":")
        if name in names and int(count) >= 65535:
            return int(start), 65535
    return None


def _map_ids(process, ranges):
    process.stdout.readline()
    for program, path, own, start, count in ranges:
        ids = f"0 {own} 1 1 {start} {count}".split()
        done = subprocess.run(
            [program, str(process.pid), *ids], stderr=subprocess.PIPE, text=True, check=False
        )
        if done.returncode:
            process.kill()
            raise ClusterError(f"the ids in {path} cannot be used: {done.stderr.strip()}")
    process.stdin.write(b"\n")
    process.stdin.flush()
    process.stdout.close()
