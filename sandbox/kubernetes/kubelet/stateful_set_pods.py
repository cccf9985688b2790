"""A StatefulSet: keeps as many pods as wanted, each of the template that is wanted.

Source: Kubernetes ``pkg/controller/statefulset/stateful_set_control.go``.
"""

import asyncio

from sandbox.kubernetes.kubelet.pod import Pod


class StatefulSet:
    """Holds the pods of one application; ``node`` is told of every change."""

    def __init__(self, node, wanted):
        self._node = node
        self._wanted = wanted
        self.pods = {}  # by ordinal
        self.deleted = False
        self.gone = asyncio.Event()  # deleted, and no pod left
        self._ending = set()

    @property
    def namespace(self):
        """The Kubernetes namespace, which is Juju's model."""
        return self._wanted["metadata"]["namespace"]

    def update(self, wanted):
        """Take an update as far as Juju passes one on to a StatefulSet that is there.

        Labels, pod security context, grace period and the like stay what they were. Juju 3 also
        passes init containers on, which only an upgrade of Juju changes. Source: Juju 2.9
        ``statefulsets.go`` (ensureStatefulSet).
        """
        old, new = self._wanted["spec"]["template"], wanted["spec"]["template"]
        spec = dict(old["spec"])
        for key in ("volumes", "containers"):
            spec.pop(key, None)
            if key in new["spec"]:
                spec[key] = new["spec"][key]
        metadata = dict(old["metadata"], annotations=new["metadata"]["annotations"])
        template = {"metadata": metadata, "spec": spec}
        merged = dict(self._wanted["spec"], template=template, replicas=wanted["spec"]["replicas"])
        self._wanted = dict(self._wanted, spec=merged)
        self.reconcile()

    def scale(self, replicas):
        """Change nothing but the number of pods."""
        self._wanted = dict(self._wanted, spec=dict(self._wanted["spec"], replicas=replicas))
        self.reconcile()

    def restart(self, name):
        """End the pod of this name; the next reconcile() starts it again."""
        self._end(next(pod for pod in self.pods.values() if pod.name == name))

    def delete(self):
        """Let all pods go."""
        self.deleted = True
        self.reconcile()

    def reconcile(self):
        """Do the next step towards what is wanted; called again after every change."""
        replicas = 0 if self.deleted else self._wanted["spec"]["replicas"]
        for ordinal in [ordinal for ordinal in self.pods if ordinal >= replicas]:
            self._end(self.pods[ordinal])
        for ordinal in range(replicas):
            if ordinal not in self.pods:
                self._start(ordinal)
        self._roll(replicas)
        if self.deleted and not self.pods:
            self.gone.set()

    def _roll(self, replicas):
        """Replace the highest pod that has an old template, once those above it are ready."""
        template = self._wanted["spec"]["template"]
        for ordinal in range(replicas - 1, -1, -1):
            pod = self.pods[ordinal]
            if pod.template != template:
                self._end(pod)
                return
            if not pod.ready:
                return

    def _start(self, ordinal):
        template = self._wanted["spec"]["template"]
        self.pods[ordinal] = Pod(self._node, self._wanted, ordinal, template)
        self._node.changed()

    def _end(self, pod):
        if pod.terminating:
            return
        pod.terminating = True
        task = asyncio.ensure_future(self._terminate(pod))
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)

    async def _terminate(self, pod):
        try:
            await pod.terminate()
        finally:
            del self.pods[pod.ordinal]
            self._node.changed()
