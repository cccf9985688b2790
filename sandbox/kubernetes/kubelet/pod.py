"""A pod: its network, its volumes, and its containers kept running.

Source of the rules: Kubernetes ``pkg/kubelet``, docs/concepts/workloads/pods/pod-lifecycle.
"""

import asyncio
import contextlib
import secrets
import shutil
import uuid

from sandbox.kubernetes.kubelet.cluster_dns import resolv_conf
from sandbox.kubernetes.kubelet.cluster_types import ClusterError, NotYet
from sandbox.kubernetes.kubelet.container_restarts import GRACE, RestartingContainer
from sandbox.kubernetes.kubelet.pod_network import NODE_ADDRESS
from sandbox.kubernetes.kubelet.volumes import Volumes

_RETRY = 0.2  # seconds between attempts to make a volume
_AGENT = "#!/bin/sh\necho 'the sandbox has no Juju agent in the pod' >&2\nexit 1\n"


class Pod:
    """One pod of a StatefulSet. ``node`` has the cluster's parts.

    Its properties, ``reason`` and ``message`` are what ``kubectl get pod`` shows.
    """

    def __init__(self, node, stateful_set, ordinal, template):
        app = stateful_set["metadata"]["name"]
        self.node = node
        self.app = app
        self.ordinal = ordinal
        self.name = f"{app}-{ordinal}"
        self.namespace = stateful_set["metadata"]["namespace"]
        self.service = stateful_set["spec"]["serviceName"]
        self.template = template
        self.uid = str(uuid.uuid4())
        self.network = None
        self.reason, self.message, self.note = "ContainerCreating", "", ""
        self.terminating = False
        self.keeps_claims = True
        self.containers = []
        self._folder = node.folder / "pods" / self.uid
        self.volumes = Volumes(self, self._folder / "volumes")
        self._task = asyncio.ensure_future(self._run())

    @property
    def ip(self):
        """The pod's address, None before it has one."""
        return self.network.ip if self.network else None

    @property
    def ready(self):
        """Whether all its containers are ready."""
        return (
            not self.terminating
            and bool(self.containers)
            and all(container.ready for container in self.containers)
        )

    @property
    def phase(self):
        """Pending until a container has been started; Terminating from then on that it must go."""
        if self.terminating:
            return "Terminating"
        return "Running" if any(item.started for item in self.containers) else "Pending"

    @property
    def restarts(self):
        """How often its containers were restarted."""
        return sum(container.restarts for container in self.containers)

    def describe(self):
        """Return what the outer half and its user see of the pod."""
        troubled = [item for item in self.containers if item.reason or item.message]
        reason, message = self.reason, self.message
        if not reason and troubled:
            reason, message = troubled[0].reason, troubled[0].message
        return {
            "name": self.name,
            "ordinal": self.ordinal,
            "ip": self.ip,
            "ready": self.ready,
            "phase": self.phase,
            "reason": reason,
            "message": message or self.note,
            "restarts": self.restarts,
            "image": self.template["spec"]["containers"][0]["image"],
            "containers": {item.name: item.pid for item in self.containers},
        }

    def field(self, path):
        """Return a field for the downward API. Raise NotYet for one that is not offered."""
        metadata = self.template["metadata"]
        for kind in ("labels", "annotations"):
            prefix = f"metadata.{kind}['"
            if path.startswith(prefix):
                return metadata.get(kind, {}).get(path[len(prefix) : -2], "")
        fields = {
            "metadata.name": self.name,
            "metadata.namespace": self.namespace,
            "metadata.uid": self.uid,
            "spec.nodeName": "sandbox",
            "spec.serviceAccountName": self.template["spec"].get("serviceAccountName", "default"),
            "status.podIP": self.ip,
            "status.podIPs": self.ip,
            "status.hostIP": NODE_ADDRESS,
        }
        if path not in fields:
            raise NotYet("CreateContainerConfigError", f"unsupported pod fieldPath: {path}")
        return fields[path]

    def etc_files(self):
        """Return {file name in /etc: path on the node} of what each container sees there."""
        return {name: self._folder / name for name in ("hosts", "hostname", "resolv.conf")}

    def container(self, name):
        """Return the running container of this name. Raise ClusterError."""
        for item in self.containers:
            if item.name == name and item.current:
                return item.current
        raise ClusterError(f"pod {self.name} has no running container {name}")

    def project(self):
        """Bring the files of Secrets up to date."""
        with contextlib.suppress(NotYet):
            self.volumes.project()

    async def terminate(self, grace=None):
        """End the pod, giving it ``terminationGracePeriodSeconds`` or ``grace`` seconds."""
        self.terminating = True
        self.node.changed()
        if grace is None:
            grace = self.template["spec"].get("terminationGracePeriodSeconds", GRACE)
        await asyncio.gather(*(item.stop(grace) for item in self.containers))
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        if self.network:
            await self.node.network.remove(self.name)
        self.volumes.remove()
        if not self.keeps_claims:
            await self.node.remove_claims(self.app, self.name)

    async def _run(self):
        try:
            self.network = await self.node.network.add(self.name)
            self._write_etc()
            await self._prepare_volumes()
            await self._fill_juju_folder()
        except ClusterError as error:
            self._waits("FailedCreatePodSandBox", str(error))
            return
        self.containers = [
            RestartingContainer(self, spec) for spec in self.template["spec"]["containers"]
        ]
        self._waits("", "")
        await asyncio.gather(*(item.run() for item in self.containers))

    def _waits(self, reason, message):
        self.reason, self.message = reason, message
        self.node.changed()

    def _write_etc(self):
        self._folder.mkdir(parents=True, exist_ok=True)
        self._folder.chmod(0o755)
        full = f"{self.name}.{self.service}.{self.namespace}.svc.cluster.local"
        texts = {
            "hosts": f"127.0.0.1 localhost\n{self.ip} {full} {self.name}\n",
            "hostname": self.name + "\n",
            "resolv.conf": resolv_conf(self.namespace, NODE_ADDRESS),
        }
        for name, text in texts.items():
            (self._folder / name).write_text(text)

    async def _prepare_volumes(self):
        while True:
            try:
                self.volumes.prepare()
            except NotYet as error:
                self._waits("ContainerCreating", str(error))
                await asyncio.sleep(_RETRY)
            else:
                return

    async def _fill_juju_folder(self):
        """Do what Juju's init container does."""
        (spec,) = self.template["spec"]["initContainers"]
        folder, _ = self.volumes.path(spec["volumeMounts"][0])
        charm = self.node.charm_folders[self.app]
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(None, _fill, folder, self.name, charm)


def _fill(folder, pod, charm_folder):
    """Leave in the pod's folder for Juju what Juju's init container does: the agent, the charm, and
    the key to the unit's operator, which nothing in the sandbox takes.

    pod: its name; the unit is called after it here. charm_folder: "" for no charm. Source: Juju
    2.9.52 ``worker/caasoperator/initializer.go`` and ``cmd/jujud/agent/caasunitinit.go``; modes as
    seen in a pod of Juju 2.9.52 and of 3.6.
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
