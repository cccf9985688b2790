"""Clusters for tests: real processes, awaited, ended with the test."""

import contextlib
import threading
import time

import pytest
import yaml
from support.disturbed_cluster import DisturbedCluster
from support.pod_spec_check import checked_spec

from sandbox.kubernetes import objects
from sandbox.kubernetes.kubelet.cluster_types import ClusterError

MODEL = "mod"
NOBODY = "route: {receiver: none}\nreceivers: [{name: none}]\n"
"""A configuration of Alertmanager's that notifies nobody."""


class Watched:
    """A Cluster that remembers how its pods changed and can wait for more.

    ``on_change`` may be set to a function that is to be told of changes, too.
    """

    def __init__(self, folder, **options):
        self.news = threading.Condition()
        self.history = []  # {app: [Pod, ...]} at each change
        self.cluster = DisturbedCluster(folder, MODEL, on_change=self._changed, **options)
        self.on_change = lambda: None
        self.apps = set()

    def __getattr__(self, name):
        return getattr(self.cluster, name)

    def _changed(self, pods):
        with self.news:
            self.history.append({app: pods.get(app, []) for app in self.apps})
            self.news.notify_all()
        self.on_change()

    def run(self, workload):
        """Apply a workload."""
        self.apps.add(workload.app)
        self.cluster.apply(workload)
        return workload

    def pod(self, name):
        """Return the Pod of this name, None if there is none."""
        pods = [pod for app in self.apps for pod in self.pods(app) if pod.name == name]
        return pods[0] if pods else None

    def wait(self, condition, timeout=20, what="that"):
        """Return the first true value of ``condition()``, asked again after every change."""
        return awaited(condition, timeout, what, self.news)

    def running(self, name, timeout=20):
        """Wait until a pod's containers have been started; return the Pod."""

        def pod():
            found = self.pod(name)
            started = found and found.containers and all(found.containers.values())
            return found if started and found.phase == "Running" else None

        return self.wait(pod, timeout, f"{name} to run")

    def replaced(self, name, old, timeout=20):
        """Wait until another pod than ``old`` (a Pod) has this name and an address."""

        def other():
            found = self.pod(name)
            return found if found and found.ip and found.ip != old.ip else None

        return self.wait(other, timeout, f"{name} to be replaced")

    def ready(self, app="web", count=1, timeout=20):
        """Wait until an application has exactly ``count`` pods and all are ready; return them."""

        def pods():
            found = self.pods(app)
            return found if len(found) == count and all(pod.ready for pod in found) else None

        try:
            return self.wait(pods, timeout)
        except AssertionError:
            logs = [
                f"{pod}\n" + "".join(self.logs(pod.name, name)[-1000:] for name in pod.containers)
                for pod in self.pods(app)
            ]
            message = f"no {count} ready pods of {app} after {timeout} s:\n" + "\n".join(logs)
            raise AssertionError(message) from None

    def sh(self, pod, script, container="main"):
        """Run shell lines in a container; return what they print. Fail the test if they fail."""
        done = self.exec(pod, container, ["sh", "-c", script])
        assert done.returncode == 0, done.stderr + done.stdout
        return done.stdout.strip()

    def says(self, pod, script, answer, timeout=20):
        """Wait until shell lines in a pod print ``answer``."""

        def same():
            with contextlib.suppress(ClusterError):
                return self.exec(pod, "main", ["sh", "-c", script]).stdout.strip() == answer

        awaited(same, timeout, f"{script} to print {answer}")


def awaited(condition, timeout=20, what="that", news=None):
    """Return the first true value of ``condition()``; ask on every notification, or now and then.

    To ask often makes others wait: most conditions start a process in each of several pods.
    """
    end = time.monotonic() + timeout
    while True:
        if news is None:
            found = condition()
        else:
            with news:
                found = condition()
                if not found:
                    news.wait(0.5)
        if found:
            return found
        assert time.monotonic() < end, f"waited {timeout} s for {what}"
        if news is None:
            time.sleep(0.02)


@contextlib.contextmanager
def started(folder, **options):
    """Lend a Watched cluster; skip the test, saying why, where none is possible."""
    watched = Watched(folder, **options)
    try:
        watched.start()
    except ClusterError as error:
        pytest.skip(str(error))
    try:
        yield watched
    finally:
        watched.stop(grace=0, keep_claims=False)


def workload(container=None, app="web", storage="", service=True, **fields):
    """Return a Workload of one busybox container, ``container`` being keys over the usual ones.

    ``pod``, ``secrets``, ``spec_service`` and ``more`` (further
    containers) are parts of the spec, which checked_spec looks at; any other field is one of
    Workload's.
    """
    main = {
        "name": "main",
        "image": "busybox:1",
        "command": shell("httpd -p 80 -h /tmp"),
        "ports": [{"name": "http", "containerPort": 80}],
    }
    main.update(container or {})
    resources = {}
    if "pod" in fields:
        resources["pod"] = fields.pop("pod")
    if "secrets" in fields:
        resources["secrets"] = [
            {"name": name, "stringData": data} for name, data in fields.pop("secrets").items()
        ]
    spec = {
        "version": 3,
        "containers": [main, *fields.pop("more", [])],
        "kubernetesResources": resources,
    }
    if "spec_service" in fields:
        spec["service"] = fields.pop("spec_service")
    metadata = {
        "name": app,
        "deployment": {"type": "stateful", "service": "cluster" if service else "omit"},
    }
    if storage:
        metadata["storage"] = {"data": {"type": "filesystem", "location": storage}}
    parsed = checked_spec(yaml.safe_dump(spec), metadata)
    return objects.from_metadata(parsed, metadata, model=MODEL, **fields)


def alertmanager(tag=":v0.25.0", config=NOBODY, app="web", **fields):
    """Return a Workload of Alertmanagers that are ``app``; ``tag`` is their image's."""
    container = {
        "image": "prom/alertmanager" + tag,
        "command": [],
        "args": [
            "--config.file=/etc/alertmanager/alertmanager.yml",
            "--storage.path=/alertmanager",
            "--cluster.listen-address=[$(POD_IP)]:9094",
            f"--cluster.peer={app}-endpoints:9094",
            "--cluster.settle-timeout=1s",
        ],
        "ports": [{"name": "web", "containerPort": 9093}],
        "envConfig": {"POD_IP": {"field": {"path": "status.podIP"}}},
        "volumeConfig": [secret_volume("config", "/etc/alertmanager")],
        "kubernetes": {
            "readinessProbe": {"httpGet": {"path": "/-/ready", "port": "web"}},
            "livenessProbe": {"httpGet": {"path": "/-/healthy", "port": "web"}},
            "securityContext": {
                "runAsUser": 65534,
                "runAsGroup": 65534,
                "runAsNonRoot": True,
                "readOnlyRootFilesystem": True,
                "allowPrivilegeEscalation": False,
                "capabilities": {"drop": ["ALL"]},
            },
        },
    }
    return workload(
        container,
        app=app,
        storage="/alertmanager",
        secrets={"config": {"alertmanager.yml": config}},
        pod={"securityContext": {"fsGroup": 65534}},
        **fields,
    )


def shell(script):
    """Return the command of a container that runs shell lines, then waits to be ended."""
    # A first process has no default reaction to SIGTERM.
    return ["sh", "-c", f"trap 'exit 0' TERM; {script}; sleep 100000 & wait"]


def secret_volume(name, path, **source):
    """Return a file set that shows a Secret."""
    return {"name": name, "mountPath": path, "secret": dict(source, name=name)}
