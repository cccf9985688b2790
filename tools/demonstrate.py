"""The demonstration behind ``make run``: both charms, related, on real programs.

It builds the charms, starts a sandbox, deploys and relates, tells what happens meanwhile, and
then stays until Ctrl-C, which ends everything that it has started.
"""

from __future__ import annotations

import argparse
import concurrent.futures
import contextlib
import functools
import json
import os
import signal
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any, Callable

from sandbox.daemon import Daemon, SandboxError, state_folder
from sandbox.juju import JujuError
from sandbox.juju.cli import status_report, status_tables
from sandbox.kubernetes.kubelet.cluster import Cluster
from sandbox.kubernetes.kubelet.cluster_types import REAL, ClusterError
from sandbox.kubernetes.kubelet.image_programs import Images
from tools.progress import Progress

ROOT = Path(__file__).resolve().parents[1]
RULES = ROOT / "tools" / "demonstration-rules.yml"
PATIENCE = 300.0
"""Seconds until a sandbox that does not become active is shown as it is."""

CHARMS = {"alertmanager": ".", "prometheus": "examples/prometheus"}
WEB_PORTS = {"alertmanager": 9093, "prometheus": 9090}


class DemoError(Exception):
    """The demonstration cannot be given; one line that says why."""


def main(arguments: list[str]) -> int:
    """Runs until Ctrl-C; returns the exit code."""
    options = _parser().parse_args(arguments)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    try:
        _Demo(options).run()
    except KeyboardInterrupt:
        return 0
    except (DemoError, SandboxError, ClusterError, JujuError) as error:
        print(f"ERROR {error}", file=sys.stderr)
        return 1
    return 0


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="make run", description=__doc__.splitlines()[0])
    parser.add_argument("--units", type=_units, default=1, help="how many Alertmanagers")
    parser.add_argument("--juju", default="2.9", help="which Juju to behave like: 2.9 or 3.6")
    parser.add_argument("--model", default="lma", help="name of the model and namespace")
    parser.add_argument("--real", action="store_true", help="as slow as a real cluster")
    parser.add_argument("--alertmanager-image", default="prom/alertmanager:v0.28.1")
    parser.add_argument("--prometheus-image", default="prom/prometheus:v2.42.0")
    return parser


def _units(text: str) -> int:
    if not text.isdecimal() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of units: for example UNITS=3")
    return int(text)


class _Demo:
    def __init__(self, options: argparse.Namespace) -> None:
        self._options = options
        self._images = {
            "alertmanager": options.alertmanager_image,
            "prometheus": options.prometheus_image,
        }
        self._progress = Progress()
        self._say = self._progress.say
        self._folder = state_folder()
        self._addresses: dict[str, str] = {}

    def run(self) -> None:
        cluster = functools.partial(Cluster, **REAL._asdict()) if self._options.real else Cluster
        daemon = Daemon(self._folder, self._options.model, cluster=cluster, juju=self._options.juju)
        try:
            with self._progress.step("starting the sandbox"):
                daemon.start()
            self._build()
            with self._progress.step("deploying alertmanager and prometheus, and relating them"):
                self._deploy(daemon.juju)
            with self._progress.step("waiting for both", lambda: _describe_pods(daemon)):
                self._wait(daemon)
            ports = {app: _publish(daemon.cluster, app) for app in CHARMS}
            self._find_addresses(daemon.juju, ports)
            with self._progress.step("giving prometheus a rule, for an alert in alertmanager"):
                self._alert(daemon.juju)
            self._show(daemon)
            while not daemon.ended.wait(1.0):
                for app in self._find_addresses(daemon.juju, ports):
                    self._say(f"{app.capitalize()} is reached at {self._addresses[app]} now")
        finally:
            # A second Ctrl-C must not leave half of it behind.
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                signal.signal(number, signal.SIG_IGN)
            self._say("ending the sandbox")
            daemon.stop()

    def _build(self) -> None:
        """Builds both charms, and fetches the programs of both images meanwhile."""
        images = Images(self._folder / "cluster" / "images")
        doing = f"building the charms and fetching {', '.join(self._images.values())}"
        with self._progress.step(doing), concurrent.futures.ThreadPoolExecutor(4) as pool:
            fetching = [pool.submit(images.get, image) for image in self._images.values()]
            building = [pool.submit(_build, folder) for folder in CHARMS.values()]
            for built in building:
                self._say(f"built {built.result()}")
            for fetched in fetching:
                fetched.exception()  # the pod that wants the image tells what is wrong

    def _deploy(self, juju: Any) -> None:
        for name in CHARMS:
            juju.deploy(
                ROOT / "build" / name,
                units=self._options.units if name == "alertmanager" else 1,
                resources={f"{name}-image": self._images[name]},
            )
        juju.relate("alertmanager", "prometheus")

    def _wait(self, daemon: Daemon) -> None:
        """Tells each unit's status whenever it changes, until all are active and their pods ready.

        A unit may say that it is active before Juju has the pod spec of the same hook.
        """
        juju = daemon.juju
        units = self._options.units + 1
        shown: dict[str, tuple] = {}
        deadline = time.monotonic() + PATIENCE
        while True:
            seen = juju.changes()
            with juju.lock:
                states = {unit.name: juju.status(unit.name) for unit in juju.units()}
            for name, status in states.items():
                if shown.get(name) != (status.state, status.message):
                    shown[name] = (status.state, status.message)
                    self._say(f"{name:<16}  {status.state:<11}  {status.message}".rstrip())
            pods = [pod for app in CHARMS for pod in daemon.cluster.pods(app)]
            complete = len(states) == len(pods) == units and all(pod.ready for pod in pods)
            if complete and all(status.state == "active" for status in states.values()):
                return
            if time.monotonic() > deadline:
                self._say("not everything is active yet; juju debug-log tells more")
                return
            juju.wait(seen, 1.0)

    def _find_addresses(self, juju: Any, ports: dict[str, str]) -> list[str]:
        """Works out where the web pages are, and returns whose are elsewhere than before."""
        with juju.lock:
            specs = {app: juju.pod_spec(app) for app in ports if app in juju.model.applications}
        found = {app: _find_address(spec, ports[app]) for app, spec in specs.items()}
        changed = [app for app in found if self._addresses.get(app) != found[app]]
        self._addresses.update(found)
        return changed

    def _alert(self, juju: Any) -> None:
        """Gives Prometheus a rule that fires, and waits until Alertmanager has the alert.

        Before it, the hooks finish that tell Prometheus of every Alertmanager.
        """
        self._rest(juju)
        rules = RULES.read_text(encoding="utf-8")
        juju.config("prometheus", {"rules": rules, "evaluation-interval": "5s"})
        alerts = f"{self._addresses['alertmanager']}/api/v2/alerts"
        self._until("alertmanager has the alert", lambda: _get(alerts))
        self._rest(juju)

    def _until(self, what: str, condition: Callable[[], object]) -> None:
        """Waits for a condition, in which a server that does not answer yet is no mistake."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            with contextlib.suppress(OSError, ValueError, KeyError):
                if condition():
                    self._say(what)
                    return
            time.sleep(0.2)
        self._say(f"not so yet: {what}; juju debug-log tells more")

    def _rest(self, juju: Any) -> None:
        """Lets the hooks that are still due finish."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            seen = juju.changes()
            if juju.idle():
                return
            juju.wait(seen, 1.0)

    def _show(self, daemon: Daemon) -> None:
        with daemon.juju.lock:
            full = status_report.full_status(daemon.juju)
            relations = status_report.relations(daemon.juju)
        print()
        print(status_tables.status(full, relations))
        for app, address in self._addresses.items():
            print(f"{app.capitalize():<13} {address}")
        juju = "sandbox/bin/juju"
        if os.environ.get("JUJU_SANDBOX"):
            juju = f"JUJU_SANDBOX={self._folder} {juju}"
        print("\nIn another terminal, try:")
        print(f"  {juju} config alertmanager alertmanager-config=@my-alertmanager.yml")
        print(f"  {juju} scale-application alertmanager {self._options.units + 2}")
        print(f"  {juju} debug-log --replay --tail")
        print("\nCtrl-C ends everything.", flush=True)


def _get(url: str) -> Any:
    """The JSON at an address; OSError or ValueError if there is none."""
    with urllib.request.urlopen(url, timeout=5) as answer:
        return json.load(answer)


def _publish(cluster: Cluster, app: str) -> str:
    """Forwards a web port to this machine, the usual one if it is free; returns HOST:PORT."""
    wanted = WEB_PORTS[app]
    with contextlib.suppress(ClusterError):
        return "{}:{}".format(*cluster.publish(app, wanted, wanted))
    return "{}:{}".format(*cluster.publish(app, wanted))


def _find_address(spec: Any, port: str) -> str:
    """Tells scheme and path from how Kubernetes asks a pod whether it is ready."""
    (container,) = spec["containers"]
    probe = container["kubernetes"]["readinessProbe"]
    if "exec" in probe:  # it logs in at the URL that its command ends with
        url = urllib.parse.urlsplit(probe["exec"]["command"][-1])
        return f"{url.scheme}://{port}{url.path}"
    get = probe.get("httpGet", {})
    path = get.get("path", "").partition("/-/")[0]
    return f"{get.get('scheme', 'HTTP').lower()}://{port}{path}"


def _describe_pods(daemon: Daemon) -> str:
    """Says of each pod that is not ready what it is at."""
    late = [pod for app in CHARMS for pod in daemon.cluster.pods(app) if not pod.ready]
    said = ", ".join(f"{pod.name} is {pod.reason or pod.phase}" for pod in late)
    return said or "hooks are still to run"


def _build(folder: str) -> str:
    """Builds a charm of this repository; returns where it is."""
    done = subprocess.run(
        [sys.executable, "-m", "tools.build_charm", folder, "build"],
        cwd=str(ROOT),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        lines = (done.stdout + done.stderr).strip().splitlines()
        raise DemoError(f"{folder} does not build: {lines[-1] if lines else 'see make build'}")
    return os.path.relpath(done.stdout.strip(), str(ROOT))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
