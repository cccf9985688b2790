"""A program that runs a story of one Alertmanager in a sandbox, as whoever starts it.

    python ordinary_user_story.py FOLDER CHARM VERSION PORT

deploys the built CHARM with its state in FOLDER, to page 127.0.0.1:PORT. Alertmanager is killed
when it alone knows of a silence. The program prints the user and the status of the unit as JSON,
and ends with the next line on its input. Where its user can have no cluster, it exits with
NO_CLUSTER, and says why on stderr.
"""

import json
import os
import sys
import time
from pathlib import Path

from support.disturbed_cluster import DisturbedCluster
from support.manual_controller import ManualController

from sandbox.kubernetes.kubelet.cluster_types import ClusterError

APP, UNIT, POD = "alertmanager", "alertmanager/0", "alertmanager-0"
PATIENCE = 120
NO_CLUSTER = 69


class Story:
    """One Alertmanager: ``tell`` is what happens to it."""

    def __init__(self, cluster, juju):
        self._cluster, self._juju = cluster, juju

    def tell(self, charm, version, port):
        self._deploy(charm, version, port)
        self._until(lambda: self._pod() and self._pod().ready, "a ready pod")
        adding = "silence add --author=ann --comment=night --duration=1h alertname=Quiet"
        silence = self._amtool(adding).strip()
        self._until(lambda: silence in self._sh("cat /alertmanager/silences"), "a snapshot")
        self._cluster.kill(POD, APP, 9)
        self._until(lambda: self._pod().restarts and self._pod().ready, "the pod to be back")
        for name in ("Quiet", "Loud"):
            self._amtool(f"alert add alertname={name}")
        self._juju.unit(UNIT).update_status = True
        self._until(lambda: "live on 1/1" in self._status(), "the configuration to be live")
        return {"user": os.getuid(), "status": self._status()}

    def _deploy(self, charm, version, port):
        host, port = self._cluster.admit(port)
        team = {"name": "team", "webhook_configs": [{"url": f"http://{host}:{port}"}]}
        route = {"receiver": "team", "group_by": ["alertname"], "group_wait": "1s"}
        options = {
            "alertmanager-config": json.dumps({"route": route, "receivers": [team]}),
            "additional-args": "--data.maintenance-interval=1s",
        }
        resources = {"alertmanager-image": f"prom/alertmanager:v{version}"}
        self._juju.deploy(charm, APP, resources=resources, config=options)

    def _until(self, condition, what):
        end = time.monotonic() + PATIENCE
        while not condition():
            if time.monotonic() > end:
                sys.exit(f"waited for {what}: {self._pod()} {self._status()}")
            self._juju.settle()
            time.sleep(0.1)

    def _pod(self):
        return next(iter(self._cluster.pods(APP)), None)

    def _status(self):
        return self._juju.status(UNIT).message

    def _sh(self, line):
        return self._cluster.exec(POD, APP, ["sh", "-c", line]).stdout

    def _amtool(self, words):
        return self._sh(f"amtool --alertmanager.url=http://127.0.0.1:9093 {words}")


def main(folder, charm, version, port):
    """Run the story."""
    changed = []
    with DisturbedCluster(
        Path(folder) / "cluster",
        "mod",
        on_change=lambda _: [tell() for tell in changed],
        sync_delay=0.1,
    ) as cluster, ManualController(Path(folder) / "juju", model="mod", cluster=cluster) as juju:
        changed.append(juju.cluster_changed)
        print(json.dumps(Story(cluster, juju).tell(charm, version, int(port))), flush=True)
        sys.stdin.readline()


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except ClusterError as error:
        print(error, file=sys.stderr)
        sys.exit(NO_CLUSTER)
