"""What Juju's init container leaves in the pod's folder for Juju, /var/lib/juju.

Source: Juju 2.9.52 ``caas/kubernetes/provider/k8s.go`` (getJujuInitContainerAndStorageInfo),
``worker/caasoperator/initializer.go`` and ``cmd/jujud/agent/caasunitinit.go``; modes as seen in a
pod of Juju 2.9.52 and of 3.6.
"""

import secrets
import shutil

from sandbox.kubernetes.kubelet.pod_network import NODE_ADDRESS

_AGENT = "#!/bin/sh\necho 'the sandbox has no Juju agent in the pod' >&2\nexit 1\n"


def fill(folder, pod, charm_folder):
    """Copy the agent, the charm, and the key to the unit's operator into the folder.

    pod: its name; the unit is called after it here. charm_folder: "" for no charm.
    Nothing in the sandbox takes the token.
    """
    agent = folder / "tools" / "jujud"
    unit = folder / "agents" / f"unit-{pod}"
    client = f"service-address: {NODE_ADDRESS}\ntoken: {secrets.token_urlsafe(18)}\n"
    files = ((agent, _AGENT, 0o755), (unit / "operator-client.yaml", client, 0o644))
    for path, text, mode in (*files, (unit / "ca.crt", "of Juju's operator\n", 0o644)):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(mode)
    if charm_folder:
        shutil.copytree(charm_folder, str(unit / "charm"), symlinks=True)
