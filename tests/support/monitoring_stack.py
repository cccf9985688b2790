"""Worlds for stories: the built charms, real Alertmanagers and Prometheus, and somebody to page."""

import contextlib
import json
import time

from support import kubelet_cluster, released_charm
from support.kubelet_cluster import MODEL, awaited
from support.manual_controller import ManualController
from support.pager import Pager
from support.warm_hooks import WarmHook

from tools import interpreters

ALERTMANAGER, PROMETHEUS = "alertmanager", "prometheus"
SYNC_DELAY = 0.1

BRISK = (
    "--cluster.gossip-interval=50ms --cluster.pushpull-interval=2s --cluster.reconnect-interval=1s"
    " --cluster.peer-timeout=2s --cluster.probe-interval=500ms"
)
"""Flags that make a cluster do within seconds what otherwise takes it up to a minute."""

SEDATE = BRISK.replace("peer-timeout=2s", "peer-timeout=4s")
"""The same for where nobody may be paged twice: a busy machine can take gossip two seconds."""


class World:
    """A model with a cluster. ``juju`` is its ManualController, ``pager`` is whom the alerts reach,
    ``versions`` are what runs, by application.

    Hooks run while a method of it runs, and only then.
    """

    def __init__(self, juju, cluster, pager, charms):
        self.juju, self.cluster, self.pager = juju, cluster, pager
        self.charms = charms
        self.versions = {}
        host, port = cluster.admit(pager.port)
        self.url = f"http://{host}:{port}"

    # -- juju --------------------------------------------------------------------------------------

    def deploy(self, app, version, units=1, **options):
        """Deploy a charm with the image of a version; ``options`` with _ for -."""
        self.cluster.apps.add(app)
        self.versions[app] = version
        self.juju.deploy(
            self.charms[app],
            app,
            resources={f"{app}-image": f"prom/{app}:v{version}"},
            units=units,
            config=_options(options),
            **released_charm.asked(self.charms[app]),
        )

    def configure(self, app=ALERTMANAGER, **options):
        """Set options, and let the hooks run that are due then."""
        self.juju.config(app, _options(options))
        self.juju.settle()

    def deliver(self, **options):
        """Set options of Alertmanager, and run no hook but the one that hands them to the pods.

        What the pods make of them no hook sees, not even one that a watcher asks for, until another
        method lets hooks run.
        """
        self.juju.config(ALERTMANAGER, _options(options))
        leader = self.juju.unit(self.leader())
        before = len(self.juju.runs("config-changed", leader.name))
        while len(self.juju.runs("config-changed", leader.name)) == before:
            assert self.juju.step(leader), self.story()

    def relate(self):
        """Let Prometheus know the Alertmanagers, and wait until it does."""
        self.juju.relate(f"{ALERTMANAGER}:prometheus", PROMETHEUS)
        self.until(
            lambda: len(self.alertmanagers()) == len(self.cluster.pods(ALERTMANAGER)),
            "Prometheus to know every Alertmanager",
        )

    def scale(self, units):
        """Have so many Alertmanagers; wait until they run, and know one another as Prometheus does.

        Nothing is done if there are as many already.
        """
        if units == self.juju.application(ALERTMANAGER).scale:
            return
        self.juju.scale(ALERTMANAGER, units)
        self.live()
        pods = [pod.name for pod in self.cluster.pods(ALERTMANAGER)]
        self.until(
            lambda: {len(self.members(pod)) for pod in pods} == {units},
            f"{units} members to know {units} members",
        )
        self.until(lambda: len(self.alertmanagers()) == units, f"Prometheus to know {units}")

    def attach(self, version, app=ALERTMANAGER):
        """Let another version run."""
        self.versions[app] = version
        self.juju.attach_resource(app, f"{app}-image", f"prom/{app}:v{version}")
        self.juju.settle()

    def leader(self, app=ALERTMANAGER):
        """Return the leader's name."""
        return self.juju.application(app).leader

    def look(self, app=ALERTMANAGER):
        """Let the leader look after things, as it does every five minutes."""
        self.juju.unit(self.leader(app)).update_status = True
        self.juju.settle()

    def shown(self, app=ALERTMANAGER):
        """Return what juju status shows for the leader: the state and the message."""
        status = self.juju.status(self.leader(app))
        return status.state, status.message

    # -- patience ----------------------------------------------------------------------------------

    def until(self, condition, what, within=180):
        """Return the first true value of ``condition()``; meanwhile hooks run."""

        def met():
            self.juju.settle()
            return condition()

        try:
            return awaited(met, within, what, self.cluster.news)
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.story()}") from None

    def holds(self, condition, seconds):
        """Fail if ``condition()`` is or becomes false within so many seconds."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            assert condition(), self.story()
            with self.cluster.news:
                self.cluster.news.wait(0.2)

    def shows(self, state, *words, within=180):
        """Wait until juju status shows a state and a message with all these words in it."""
        due = 0.0

        def shown():
            nonlocal due
            if time.monotonic() < due:
                return False
            self.look()
            # hooks take more of the processor than anything else here
            due = time.monotonic() + 1
            found = self.shown()
            return found[0] == state and all(word in found[1] for word in words)

        self.until(shown, f"{state} {words}", within)

    def live(self, within=180):
        """Wait until all pods there ought to be are ready and say that they run what they should.

        Returns the configuration's hash as juju status shows it.
        """
        count = self.juju.application(ALERTMANAGER).scale
        self.until(
            lambda: len(self.ready_pods()) == count == len(self.cluster.pods(ALERTMANAGER)),
            f"{count} ready pods",
            within,
        )
        self.shows("active", f"live on {count}/{count}", within=within)
        return self.shown()[1].split("configuration ")[1].split()[0]

    def refresh(self, charm):
        """Have another charm, or the same anew, for which Kubernetes replaces all pods.

        Returns what live() does.
        """
        before = self.processes()
        self.juju.refresh(ALERTMANAGER, charm, force_series=True)
        self.until(
            lambda: all(before[pod] != now for pod, now in self.processes().items()), "other pods"
        )
        return self.live()

    # -- pods --------------------------------------------------------------------------------------

    def ready_pods(self, app=ALERTMANAGER):
        """Return the names of the pods that are ready."""
        return [pod.name for pod in self.cluster.pods(app) if pod.ready]

    def sh(self, pod, script):
        """Run shell lines in a pod's container; return what they print."""
        return self.cluster.sh(pod, script, container=pod.rpartition("-")[0])

    def get(self, pod, path, port=9093):
        """Return what the JSON means that a pod answers; None if it does not answer."""
        words = ["wget", "-q", "-O", "-", f"http://127.0.0.1:{port}{path}"]
        with contextlib.suppress(kubelet_cluster.ClusterError, ValueError):
            done = self.cluster.exec(pod, pod.rpartition("-")[0], words, timeout=10)
            return json.loads(done.stdout)
        return None

    def amtool(self, pod, *words, url="http://127.0.0.1:9093"):
        """Run amtool in a pod; return what it prints."""
        argv = ["amtool", f"--alertmanager.url={url}", *words]
        done = self.cluster.exec(pod, ALERTMANAGER, argv)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def processes(self, app=ALERTMANAGER):
        """Return what tells each pod's processes from any that follow them, by the pod's name."""
        return {
            pod.name: (pod.ip, pod.restarts, tuple(pod.containers.items()), self._started(pod.name))
            for pod in self.cluster.pods(app)
        }

    def _started(self, pod):
        """Return when the program itself started, which is a child of the reloader's shell."""
        program = pod.rpartition("-")[0]
        stat = self.sh(pod, f"cat /proc/$(pidof {program})/stat")
        return stat.rpartition(")")[2].split()[19]

    def running(self, pod):
        """Return what Linux tells of each process in a pod's container: {field: [word, ...]}."""
        script = (
            "for p in /proc/[0-9]*; do [ $p = /proc/$$ ] || cat $p/status; echo; done 2>/dev/null"
        )
        texts = self.sh(pod, script).split("\n\n")
        found = [dict(line.partition(":")[::2] for line in text.splitlines()) for text in texts]
        return [{key: value.split() for key, value in each.items()} for each in found if each]

    def listening(self, pod):
        """Return what a pod's processes wait for: {(protocol, port)}."""
        found = set()
        for protocol, waiting in (("tcp", "0A"), ("udp", "07")):
            for line in self.sh(
                pod, f"cat /proc/net/{protocol} /proc/net/{protocol}6"
            ).splitlines():
                _, local, _, state, *_ = line.split()
                if state == waiting:
                    found.add((protocol, int(local.rpartition(":")[2], 16)))
        return found

    def kill(self, pod):
        """Kill everything in a pod's container, and wait until it has been started again."""
        restarts = self.cluster.pod(pod).restarts
        self.cluster.kill(pod, pod.rpartition("-")[0], 9)
        self.cluster.wait(lambda: self.cluster.pod(pod).restarts > restarts, what="a restart")

    # -- Alertmanager and Prometheus ---------------------------------------------------------------

    def members(self, pod):
        """Return the names of the members that a pod knows."""
        status = self.get(pod, "/api/v2/status") or {"cluster": {}}
        return sorted(peer["name"] for peer in status["cluster"].get("peers", ()))

    def silence(self, pod, matcher):
        """Silence what matches for an hour; return the silence's id."""
        words = ("--author=ann", "--comment=night", "--duration=1h", matcher)
        return self.amtool(pod, "silence", "add", *words).strip()

    def silences(self, pod):
        """Return the ids of the silences that are in force in a pod."""
        found = self.get(pod, "/api/v2/silences") or ()
        return sorted(each["id"] for each in found if each["status"]["state"] == "active")

    def alertmanagers(self):
        """Return the addresses that Prometheus sends alerts to."""
        answer = self.get("prometheus-0", "/api/v1/alertmanagers", 9090) or {"data": {}}
        return sorted(each["url"] for each in answer["data"].get("activeAlertmanagers", ()))

    def scraped(self):
        """Return what Prometheus scrapes because of a relation, and how it does: {URL: health}."""
        answer = self.get("prometheus-0", "/api/v1/targets", 9090) or {"data": {}}
        return {
            target["scrapeUrl"]: target["health"]
            for target in answer["data"].get("activeTargets", ())
            if "juju_unit" in target["labels"]
        }

    def fire(self, *alertnames, after=9, lasting=3600):
        """Have Prometheus fire alerts, for so many seconds.

        After each change of its configuration Prometheus takes up to five seconds to look up its
        Alertmanagers; what it sends before goes to nobody, and again only after a minute.
        """
        begin = int(time.time()) + after
        window = f"vector(time()) >= {begin} < {begin + lasting}"
        rules = [{"alert": name, "expr": window} for name in alertnames]
        self.configure(PROMETHEUS, rules=json.dumps({"groups": [{"name": "g", "rules": rules}]}))

    def stream(self, count=480, each_second=3, after=9):
        """Have Prometheus begin to fire further alerts each second, Stream0 first, for an hour.

        Returns a function that names those that have begun, with two seconds for the first word of
        them to be sent.
        """
        begin = int(time.time()) + after
        rules = [
            {
                "alert": f"Stream{number}",
                "expr": f"vector(time()) >= {begin + number // each_second} < {begin + 3600}",
            }
            for number in range(count)
        ]
        self.configure(PROMETHEUS, rules=json.dumps({"groups": [{"name": "g", "rules": rules}]}))

        def begun():
            seconds = max(int(time.time()) - begin - 2, 0)
            return [f"Stream{number}" for number in range(min(seconds * each_second, count))]

        return begun

    def paged(self, alertname, *pages, path="/", within=180):
        """Wait until a webhook has been told at least this of an alert."""
        self.until(
            lambda: self.pager.pages(alertname, path)[: len(pages)] == list(pages),
            f"{pages} of {alertname}",
            within,
        )

    def team(self, path="/", **more):
        """Return a configuration that pages at a path; more: further keys of it."""
        route = {"receiver": "team", "group_by": ["alertname"]}
        # longer than the last of three members waits for the others to notify
        route.update(group_wait="1s", group_interval="9s", repeat_interval="4h")
        receiver = {"name": "team", "webhook_configs": [{"url": self.url + path}]}
        return json.dumps({"route": route, "receivers": [receiver], **more})

    def story(self):
        """Return what a failed test wants to know."""
        lines = [f"{run.unit} {run.hook} {run.error}".strip() for run in self.juju.history[-20:]]
        for unit in self.juju.units():
            status = self.juju.status(unit.name)
            lines.append(f"{unit.name}: {status.state} {status.message}")
        for app in sorted(self.cluster.apps):
            for pod in self.cluster.pods(app):
                lines.append(str(pod))
                lines += self.cluster.logs(pod.name, app).splitlines()[-15:]
        lines += [f"paged: {call}" for call in self.pager.calls]
        return "\n".join(lines)


def _options(options):
    return {name.replace("_", "-"): value for name, value in options.items()}


@contextlib.contextmanager
def opened(folder, charms, sync_delay=SYNC_DELAY, **options):
    """Lend an empty World; skip, saying why, where none is possible.

    sync_delay: seconds until the kubelet delivers a changed Secret. options: of its controller.
    """
    with contextlib.ExitStack() as stack:
        cluster = stack.enter_context(
            kubelet_cluster.started(folder / "cluster", sync_delay=sync_delay, back_off=0.3)
        )
        juju = stack.enter_context(
            ManualController(
                folder / "juju",
                model=MODEL,
                cluster=cluster,
                hook_timeout=120,
                **{"python": interpreters.operators(), "hook_process": WarmHook, **options},
            )
        )
        pager = stack.enter_context(Pager())
        cluster.on_change = juju.cluster_changed
        yield World(juju, cluster, pager, charms)
