"""Which user a container runs as, for real where the machine allows it.

A container gets a user namespace in which every user of the node is itself; bubblewrap joins it as
the container's user, who made it, may therefore mount in it, and gives up all rights afterwards.
An ordinary user without subordinate ids (newuidmap, /etc/subuid) has only one id to give: the
container then sees the right numbers, but to the kernel every container is that user.
"""

import asyncio
import os
from pathlib import Path

# What container runtimes leave to a root user.
_CAPABILITIES = {
    *("AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD", "NET_RAW"),
    *("NET_BIND_SERVICE", "SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT"),
}


class Identities:
    """Makes and keeps the user namespaces, one per user id."""

    def __init__(self):
        self._uids, self._gids = _id_ranges("uid"), _id_ranges("gid")
        self._may_change = Path("/proc/self/setgroups").read_text().strip() == "allow"
        self._holders = {}
        self._lock = asyncio.Lock()

    def can_own(self, gid):
        """Tell whether a file on this node may belong to a group."""
        return any(start <= gid < start + count for start, count in self._gids)

    async def command(self, user):
        """Return (prefix, options, file descriptors) that make bubblewrap run as ``user``."""
        real = (
            self._may_change
            and self.can_own(user.gid)
            and any(start <= user.uid < start + count for start, count in self._uids)
        )
        if not real:
            ids = ["--unshare-user", "--uid", str(user.uid), "--gid", str(user.gid)]
            return [], ids + user.capability_options(), []
        namespace = await self._namespace(user.uid)
        groups = [str(group) for group in user.groups if self.can_own(group)]
        prefix = ["setpriv", "--reuid", str(user.uid), "--regid", str(user.gid)]
        prefix += ["--groups", ",".join(groups)] if groups else ["--clear-groups"]
        options = ["--userns", str(namespace), *user.capability_options()]
        return prefix, options, [namespace]

    async def _namespace(self, uid):
        async with self._lock:
            if uid not in self._holders:
                self._holders[uid] = await self._hold(uid)
        return self._holders[uid][1]

    async def _hold(self, uid):
        process = await asyncio.create_subprocess_exec(
            *("setpriv", "--reuid", str(uid), "--regid", str(uid), "--clear-groups"),
            *("unshare", "--user", "sh", "-c", "echo; exec sleep infinity"),
            stdout=asyncio.subprocess.PIPE,
        )
        await process.stdout.readline()
        proc = Path("/proc", str(process.pid))
        for kind, ids in (("uid", self._uids), ("gid", self._gids)):
            text = "".join(f"{start} {start} {count}\n" for start, count in ids)
            (proc / f"{kind}_map").write_text(text)
        return process, os.open(str(proc / "ns" / "user"), os.O_RDONLY)


class User:
    """The ids of a container; ``groups`` are the supplementary ones."""

    def __init__(self, uid, gid, groups, capabilities=None):
        self.uid, self.gid, self.groups = uid, gid, groups
        self._changes = capabilities or {}

    def capability_options(self):
        """Return bubblewrap's options for the rights that a root user keeps."""
        options = ["--cap-drop", "ALL"]
        if self.uid != 0:
            return options
        drop = {_plain(name) for name in self._changes.get("drop", [])}
        kept = set() if "ALL" in drop else _CAPABILITIES - drop
        kept |= {_plain(name) for name in self._changes.get("add", [])} - {"ALL"}
        for name in sorted(kept):
            options += ["--cap-add", "CAP_" + name]
        return options


def _plain(name):
    name = name.upper()
    return name[4:] if name.startswith("CAP_") else name


def _id_ranges(kind):
    """Return [(first id, how many)] that exist in this user namespace."""
    lines = Path(f"/proc/self/{kind}_map").read_text().splitlines()
    return [(int(start), int(count)) for start, _, count in (line.split() for line in lines)]
