"""The example charm's pod for real: Prometheus takes what it is given, or keeps what it had."""

import json
import signal

import pytest
from support import charm_builds, kubelet_cluster, real_programs
from support.manual_controller import ManualController
from support.warm_hooks import WarmHook

from tools import interpreters

APP, POD = "prometheus", "prometheus-0"
ALWAYS = "groups:\n- name: a\n  rules:\n  - {alert: Always, expr: vector(1)}\n"
NEVER = ALWAYS.replace("Always", "Never").replace("(1)", "(1) > 2")
WRONG = ALWAYS.replace("vector(1)", "vector(")


class Deployed:
    """The example, related to Alertmanagers that are not there, in a cluster."""

    def __init__(self, juju, cluster, charm, version):
        self.juju, self.cluster = juju, cluster
        cluster.apps.add(APP)
        juju.deploy(charm, resources={"prometheus-image": f"prom/prometheus:v{version}"})
        juju.add_remote_app("am", "prometheus", "alertmanager", units=2)
        self.relation = juju.relate(APP, "am")
        self.configure(**{"rules": ALWAYS, "evaluation-interval": "1s"})
        (self.pod,) = cluster.ready(APP, timeout=60)

    def configure(self, **options):
        self.juju.config(APP, options)
        self.juju.settle()

    def publish(self, number, url):
        self.juju.write(self.relation, f"am/{number}", {"url": url})
        self.juju.settle()

    def get(self, path):
        """What Prometheus answers, {} while it does not."""
        address = f"http://127.0.0.1:9090/api/v1/{path}"
        done = self.cluster.exec(POD, APP, ["wget", "-q", "-O", "-", address])
        return json.loads(done.stdout)["data"] if done.returncode == 0 else {}

    def alerts(self, *names):
        """Wait until exactly these alerts fire."""
        kubelet_cluster.awaited(
            lambda: (
                [alert["labels"]["alertname"] for alert in self.get("alerts")["alerts"]]
                == list(names)
            ),
            what=f"alerts {names}",
        )

    def alertmanagers(self, *urls):
        """Wait until Prometheus sends alerts to exactly these addresses."""
        kubelet_cluster.awaited(
            lambda: (
                [each["url"] for each in self.get("alertmanagers")["activeAlertmanagers"]]
                == [f"{url}/api/v2/alerts" for url in urls]
            ),
            what=f"Alertmanagers {urls}",
        )

    def logged(self, text):
        """Wait until the container has written this."""
        kubelet_cluster.awaited(lambda: text in self.cluster.logs(POD, APP), what=text)

    def same_process(self):
        (pod,) = self.cluster.pods(APP)
        return pod.ip == self.pod.ip and pod.restarts == 0


@pytest.fixture(params=real_programs.SUITES)
def prometheus(request, tmp_path, tmp_path_factory):
    version = real_programs.version("prometheus", request.param)
    charm = charm_builds.compiled(tmp_path_factory, "examples/prometheus")
    options = {"model": kubelet_cluster.MODEL, "python": interpreters.operators()}
    with kubelet_cluster.started(
        tmp_path / "cluster", sync_delay=0.1, back_off=0.3
    ) as cluster, ManualController(
        tmp_path / "juju", cluster=cluster, hook_timeout=120, hook_process=WarmHook, **options
    ) as juju:
        yield Deployed(juju, cluster, charm, version)


def test_what_changes_goes_live_without_a_restart(prometheus):
    prometheus.alerts("Always")
    prometheus.publish(1, "http://10.0.0.2:9093")
    prometheus.alertmanagers("http://10.0.0.2:9093")
    prometheus.publish(0, "http://10.0.0.1:9093/am")
    prometheus.alertmanagers("http://10.0.0.2:9093", "http://10.0.0.1:9093/am")
    prometheus.configure(rules=NEVER)
    prometheus.alerts()
    assert prometheus.same_process()


def test_an_expression_that_promtool_refuses_changes_nothing_even_after_a_restart(prometheus):
    prometheus.alerts("Always")
    prometheus.configure(rules=WRONG)
    prometheus.logged("promtool refuses what was delivered")
    assert prometheus.same_process()
    prometheus.cluster.kill(POD, APP, signal.SIGKILL)
    prometheus.cluster.wait(lambda: prometheus.cluster.pod(POD).restarts == 1)
    prometheus.cluster.ready(APP, timeout=60)
    prometheus.alerts("Always")
    prometheus.configure(rules=NEVER)
    prometheus.alerts()
    assert prometheus.cluster.pod(POD).restarts == 1
