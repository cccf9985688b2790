"""Keeps a container running: starts it again whenever it ends, later each time.

Source of the rules: Kubernetes ``pkg/kubelet/kuberuntime``, docs/concepts/workloads/pods/
pod-lifecycle ("restart policy").
"""

import asyncio

from sandbox.kubernetes.kubelet.cluster_types import NotYet
from sandbox.kubernetes.kubelet.container import Container
from sandbox.kubernetes.kubelet.probes import Probes

GRACE = 30  # seconds between SIGTERM and SIGKILL where the spec does not say


class RestartingContainer:
    """A container of a pod over all its restarts.

    ``reason`` and ``message`` say why it is not running, or what was last wrong with it.
    """

    def __init__(self, pod, spec):
        self.pod = pod
        self.spec = spec
        self.name = spec["name"]
        self.current = None  # the Container that runs
        self.started = False
        self.restarts = 0
        self.reason, self.message = "ContainerCreating", ""
        self._probes = None
        self._stopping = False
        self._killing = None
        self._delay = 0

    @property
    def pid(self):
        """The program's process id on the node, None while it does not run."""
        return self.current.pid if self.current else None

    @property
    def ready(self):
        """Whether it runs and its readiness probe succeeds."""
        return self._probes is not None and self._probes.ready

    async def run(self):
        """Keep it running; return after stop()."""
        while True:
            begun = asyncio.get_running_loop().time()
            code = await self._once()
            if self._stopping:
                return
            if code is None:
                await asyncio.sleep(self.pod.node.timing.back_off)
                continue
            self.restarts += 1
            await self._back_off(asyncio.get_running_loop().time() - begun)

    async def stop(self, grace):
        """End it for good."""
        self._stopping = True
        if self.current:
            await self.current.stop(grace)

    async def _once(self):
        """Run it until it ends; return its exit code, None if it could not be started."""
        node = self.pod.node
        try:
            image = await node.image(self.spec["image"])
            self.pod.note = image.note or self.pod.note
            container = Container(self.pod, self.spec, image)
            await container.start(node.log(self.pod, self.name))
        except NotYet as error:
            self._show(error.reason, str(error))
            return None
        self.current, self.started = container, True
        self._show("", "")
        if self._stopping:
            await container.stop(0)
        try:
            return await self._probed(container)
        finally:
            self.current = None

    async def _probed(self, container):
        self._probes = Probes(container, self.pod.node.changed, self._kill)
        probing = asyncio.ensure_future(self._probes.run())
        try:
            return await container.wait()
        finally:
            probing.cancel()
            self._probes = None

    def _kill(self, reason):
        """End the container because a probe says so; it is started again then."""
        self._show("", reason)
        grace = self.pod.template["spec"].get("terminationGracePeriodSeconds", GRACE)
        self._killing = asyncio.ensure_future(self.current.stop(grace))

    async def _back_off(self, lasted):
        """Wait before the next start: not at all at first, then twice as long each time."""
        timing = self.pod.node.timing
        delay = 0 if lasted > timing.back_off_forgotten else self._delay
        self._delay = min(max(2 * delay, timing.back_off), timing.back_off_limit)
        if delay:
            self._show(
                "CrashLoopBackOff",
                f"back-off {delay:g}s restarting failed container={self.name} "
                f"pod={self.pod.name}_{self.pod.namespace}({self.pod.uid})",
            )
        self.pod.node.changed()
        await asyncio.sleep(delay)

    def _show(self, reason, message):
        self.reason, self.message = reason, message
        self.pod.node.changed()
