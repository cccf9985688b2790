"""The operator pod, as far as it differs from the machine: its network and its resolver.

Hooks run on the machine, with the machine's files, but where the addresses of pods and the names of
the cluster's DNS work. The words that ``command`` returns bring a hook there. They leave nothing
behind: what then runs is the hook's own process, in its own folder, as its environment says.
"""

import os
import re
from pathlib import Path

from sandbox.kubernetes.kubelet.cluster_dns import resolv_conf
from sandbox.kubernetes.kubelet.pod_network import NODE_ADDRESS

# "$1" is the folder with the files. The last variables are the shell's; a hook has none of them.
_SCRIPT = """
for file in "$1"/*; do
    mount --bind "$file" "/etc/${file##*/}" || exit
done
shift
unset OLDPWD PWD SHLVL
exec "$@"
"""


def command(node, folder, namespace):
    """Return the words to put in front of a command that is to run as in the operator pod.

    node: the id of a process in the node's network. folder: for the files that the command needs;
    made if needed. namespace: the model's name.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "resolv.conf").write_text(resolv_conf(namespace, NODE_ADDRESS))
    switch = Path("/etc/nsswitch.conf")
    if switch.exists():
        # Another source, such as systemd's, might answer first that there is no such name.
        text = re.sub(r"(?m)^hosts:.*", "hosts: files dns", switch.read_text())
        (folder / "nsswitch.conf").write_text(text)
    enter = ["nsenter", "--target", str(node), "--net"]
    if _users(node) != _users("self"):
        enter += ["--user", "--preserve-credentials"]
    alone = ["unshare", "--mount", "--propagation", "slave"]
    return [*enter, "--", *alone, "--", "sh", "-c", _SCRIPT, "sh", str(folder)]


def _users(process):
    """Return what is the same for processes with the same user namespace."""
    return os.readlink(f"/proc/{process}/ns/user")
