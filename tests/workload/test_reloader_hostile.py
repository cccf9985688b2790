"""What reaches the reloaders' shells cannot become code, leave its folder or spoil what runs.

The scripts run as in the pod: by busybox as its first process, with the real programs, as a user
without rights. They get

* arguments: from options, printable, each beginning with --;
* variables: the model's proxies, the pod's name and address. No option and no relation can name
  one, and Kubernetes' own for Services have capital letters and a suffix;
* folders that the kubelet fills: contents from options and relations, names of [-._a-zA-Z0-9]. The
  scripts are tried with any name, and with what else may stand in a folder;
* folders of their own, with what a process before them has left there, maybe taken over.
"""

import contextlib
import json
import os
import re
import shlex
import shutil
import signal
import subprocess
from pathlib import Path

import pytest
import yaml
from charms.layer.alertmanager.domain import charm_options, pod_spec_values
from charms.layer.prometheus import settings as prometheus_settings
from charms.layer.prometheus import workload as prometheus_workload
from support import kubelet_cluster, real_programs
from support.charm_stories import self_signed

from interfaces.alertmanager import alerting_config, databag
from sandbox.kubernetes.kubelet import image_programs
from sandbox.kubernetes.kubelet.container import expand

ROOT = Path(__file__).parents[2]
# Of all that a shell would take for something else, what an argument can hold.
CODE = "$(touch PWNED) `touch PWNED`; touch PWNED & | > PWNED ' \" \\ $IFS ${IFS} $$ $(delivered) *"
NAMES = [
    "-rf.yml",
    "--help.yml",
    "a b.yml",
    "$(touch PWNED).yml",
    "`touch PWNED`.yml",
    ";touch PWNED;.yml",
    "two\nlines.yml",
    "'\".yml",
    "*.yml",
    "[a-z].yml",
    "\\.yml",
    "...yml",
]


# A signal to stop is passed on only once the process that it is for has ended.
SLOW_KILL = """
kill() {
    command kill "$@" || return 1
    while [ "$1" = -TERM ] && command kill -0 "$2" 2>/dev/null; do sleep 0.1; done
}
"""


class Pod:
    """A container with a reloader as its first process, and folders that a test can reach.

    ``mounts`` are the folders in it that are writable, the first of them its working directory,
    where a command that is none of the script's would leave something. ``before`` is what its shell
    reads before the script.
    """

    before = ""

    def __init__(self, folder, program, version):
        folder.mkdir(exist_ok=True)
        self.folder = folder
        self.log = folder / "log"
        self.program = program
        self._image = image_programs.Images(folder.parent / "images").get(
            f"prom/{program}:v{version}"
        )
        self._mounts = {}
        self._process = None
        self.mount("/work")

    def mount(self, path):
        """Return the folder on the machine that the container has at this path."""
        host = self.folder / path.strip("/").replace("/", "-")
        host.mkdir(exist_ok=True)
        self._mounts[path] = host
        return host

    def start(self, script, args, **variables):
        """Start the script as Kubernetes starts it, which puts variables where $(NAME) stands."""
        variables = {"PATH": "/bin", "POD_IP": "127.0.0.1", "POD_NAME": "pod-0", **variables}
        command = ["/bin/sh", "-c", self.before + script.read_text(), self.program, *args]
        options = ["--unshare-user", "--uid", "65534", "--gid", "65534", "--cap-drop", "ALL"]
        options += ["--unshare-pid", "--unshare-net", "--as-pid-1", "--die-with-parent"]
        options += ["--clearenv", "--proc", "/proc", "--dev", "/dev", "--chdir", "/work"]
        for name, value in variables.items():
            options += ["--setenv", name, value]
        for path, source in sorted(self._image.binds.items()):
            options += ["--ro-bind", source, path]
        for path, source in self._mounts.items():
            options += ["--bind", str(source), path]
        info, info_end = os.pipe()
        with open(str(self.log), "wb") as log:
            self._process = subprocess.Popen(
                ["bwrap", *options, "--info-fd", str(info_end), "--"]
                + [expand(word, variables) for word in command],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=[info_end],
            )
        os.close(info_end)
        with open(info) as file:
            report = file.read()
        if not report:
            pytest.skip(f"no container can be made here: {self.log.read_text()}")
        self.pid = json.loads(report)["child-pid"]

    def stop(self):
        """End the first process as Kubernetes does; return the exit code."""
        if self._process.poll() is None:
            with contextlib.suppress(ProcessLookupError):  # it ends by itself just now
                os.kill(self.pid, signal.SIGTERM)
        return self._process.wait(20)

    def kill(self):
        """End all processes at once."""
        if self._process and self._process.poll() is None:
            self._process.kill()
            self._process.wait()

    def said(self, pattern):
        """Return how many lines of the log match."""
        return len(re.findall(pattern, self.log.read_text(), re.MULTILINE))

    def says(self, pattern, times=1):
        """Wait until so many lines of the log match."""
        kubelet_cluster.awaited(
            lambda: self.said(pattern) >= times or self._process.poll() is not None, what=pattern
        )
        assert self.said(pattern) == times, self.log.read_text()

    def sh(self, script):
        """Return what shell lines in the container print."""
        spaces = ["--user", "--mount", "--net", "--pid", "--preserve-credentials"]
        done = subprocess.run(
            ["nsenter", "--target", str(self.pid), *spaces, "--", "/bin/sh", "-c", script],
            env={"PATH": os.environ["PATH"] + ":/bin"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def get(self, path):
        """Return what the program answers."""
        return json.loads(self.sh(f"wget -q -O - http://127.0.0.1:{path}"))

    def left(self, path):
        """Return what is in one of the folders."""
        return contents(self._mounts[path])

    def argv(self):
        """Return the program's own arguments."""
        return self.sh(f"cat /proc/$(pidof {self.program})/cmdline").split("\0")[1:-1]


def contents(folder):
    """Return what is in a folder, by relative path: a link's aim, or bytes; None if unreadable."""
    found = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink():
            found[name] = os.readlink(str(path))
        elif path.is_file():
            found[name] = path.read_bytes() if os.access(str(path), os.R_OK) else None
    return found


class Delivered:
    """A folder that the kubelet fills: ``..data`` points to the folder of the last delivery."""

    def __init__(self, folder):
        self.folder = folder
        self._count = 0

    def deliver(self, files, aim=None):
        """Show these files and no others: texts by name, or what makes the file at a path.

        ``aim`` is the name of the folder that ``..data`` points to.
        """
        self._count += 1
        fresh = self.folder / (aim or f"..{self._count}")
        fresh.mkdir()
        for name, content in files.items():
            if callable(content):
                content(fresh / name)
            else:
                (fresh / name).write_text(content)
        scratch = self.folder / "..data_tmp"
        scratch.symlink_to(fresh.name)
        os.replace(str(scratch), str(self.folder / "..data"))
        for path in self.folder.iterdir():
            if path not in (fresh, self.folder / "..data"):
                path.unlink() if path.is_symlink() else shutil.rmtree(str(path))
        for name in files:
            (self.folder / name).symlink_to(Path("..data", name))
        return contents(self.folder)


def unreadable(path):
    path.write_text("")
    path.chmod(0)


def to_nowhere(path):
    path.symlink_to("/nowhere")


def to_outside(path):
    path.symlink_to("/etc/passwd")


# What may lie where a file should be.
ODDITIES = {
    "unreadable": unreadable,
    "a folder": Path.mkdir,
    "a link to nowhere": to_nowhere,
    "a link to outside": to_outside,
}


def routed(name, integrations=(), **fields):
    receiver = {"name": name, **dict(integrations)}
    return json.dumps({"route": {"receiver": name}, "receivers": [receiver], **fields})


@pytest.fixture
def pod(tmp_path):
    """A function that makes a Pod, which ends with the test."""
    pods = []

    def made(program):
        pods.append(Pod(tmp_path / program, program, real_programs.version(program, "trixie")))
        return pods[-1]

    yield made
    for each in pods:
        each.kill()


# -- Alertmanager reads what is delivered itself; its reloader only tells it to -------------------

ALERTMANAGER = ROOT / "templates" / "reloader.sh"
WRONG = {
    **{name: {"alertmanager.yml": odd} for name, odd in ODDITIES.items()},
    "refused": {"alertmanager.yml": json.dumps({"route": {"receiver": CODE}})},
    "nothing": {},
}


@pytest.fixture
def alertmanager(pod):
    alertmanager = pod("alertmanager")
    alertmanager.mount("/alertmanager")
    alertmanager.new = Delivered(alertmanager.mount("/etc/alertmanager"))
    alertmanager.good = Delivered(alertmanager.mount("/etc/alertmanager-last-good"))
    alertmanager.run = alertmanager.mount("/run/alertmanager")
    return alertmanager


def start_alertmanager(pod, **options):
    """Start Alertmanager with the arguments that these options come to."""
    asked, problems = charm_options.parse_options(
        {name.replace("_", "-"): value for name, value in options.items()}
    )
    assert problems == ()
    args = pod_spec_values.make_arguments(asked, "lma/alertmanager", "alertmanager-endpoints", None)
    proxies = dict.fromkeys(["HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"], f"{CODE}\n{CODE}")
    pod.start(ALERTMANAGER, args, **proxies)


def receiver(pod):
    """Return the receiver of the configuration in force."""
    said = pod.get("9093/api/v2/status")["config"]["original"]
    return yaml.safe_load(said)["route"]["receiver"]


def test_what_alertmanager_is_given_is_read_or_changes_nothing(alertmanager):
    alertmanager.new.deliver({"alertmanager.yml": routed("before")})
    start_alertmanager(alertmanager, cluster_label=CODE, additional_args="--web.get-concurrency=7")
    alertmanager.says("Listening on")
    assert {f"--cluster.label={CODE}", "--web.get-concurrency=7"} <= set(alertmanager.argv())
    good = {"alertmanager.yml": routed(CODE), **dict.fromkeys(NAMES, CODE)}
    alertmanager.new.deliver(good, aim=f"..{CODE}\n{CODE}")
    alertmanager.says("Completed loading of configuration file", 2)
    for count, files in enumerate(WRONG.values(), 1):
        left = alertmanager.new.deliver(files)
        alertmanager.says("Loading configuration file failed", count)
        assert receiver(alertmanager) == CODE
    told = "^reloader: new configuration delivered, telling Alertmanager$"
    assert alertmanager.said(told) == 1 + len(WRONG)
    assert alertmanager.stop() == 0
    assert alertmanager.left("/work") == {}
    assert alertmanager.left("/etc/alertmanager") == left
    assert alertmanager.left("/run/alertmanager") == {"config": "/etc/alertmanager", "started": b""}


def test_what_an_alertmanager_before_has_left_does_not_count(alertmanager):
    alertmanager.new.deliver(WRONG["unreadable"])
    alertmanager.good.deliver({"alertmanager.yml": routed("good")})
    for name in ("config", "last-good", "started"):
        (alertmanager.run / name / "folder").mkdir(parents=True)
        (alertmanager.run / name / "alertmanager.yml").write_text(routed("evil"))
    start_alertmanager(alertmanager)
    alertmanager.says("^reloader: Alertmanager does not start with what was delivered, taking the")
    alertmanager.says("Listening on")
    assert receiver(alertmanager) == "good"


def test_what_is_started_in_the_place_of_what_is_wrong_has_its_own_files(alertmanager, tmp_path):
    certificate, key = self_signed("proxy", tmp_path)
    client = {"cert_file": "/etc/alertmanager/tls.crt", "key_file": "/etc/alertmanager/tls.key"}
    webhook = {"url": "https://proxy/", "http_config": {"tls_config": client}}
    given = {
        "templates": ["/etc/alertmanager/*.tmpl"],
        "integrations": {"webhook_configs": [webhook]},
    }
    wrong = {"a.tmpl": "{{ nonsense }}", "b.tmpl": "{{", "tls.crt": certificate, "tls.key": key}
    alertmanager.new.deliver({"alertmanager.yml": routed("new", **given), **wrong})
    good = {"a.tmpl": "", "$(touch PWNED)": CODE, "-rf": CODE}
    alertmanager.good.deliver({"alertmanager.yml": routed("good", **given), **good})
    start_alertmanager(alertmanager)
    alertmanager.says("^reloader: Alertmanager does not start with what was delivered, taking the")
    alertmanager.says("Listening on")
    assert receiver(alertmanager) == "good"
    assert alertmanager.left("/work") == {}


def test_what_cannot_be_cleared_away_is_not_read(alertmanager):
    alertmanager.new.deliver({"alertmanager.yml": routed("good")})
    config = alertmanager.run / "config"
    config.mkdir()
    (config / "alertmanager.yml").write_text(routed("evil"))
    config.chmod(0o500)
    start_alertmanager(alertmanager)
    alertmanager.says("^reloader: cannot clear /run/alertmanager, see above; replace the pod$")
    assert alertmanager.stop() == 1
    assert alertmanager.said("Starting Alertmanager") == 0


def test_an_alertmanager_that_has_ended_when_its_shell_looks_has_ended_well(alertmanager):
    alertmanager.before = SLOW_KILL
    alertmanager.new.deliver({"alertmanager.yml": routed("good")})
    start_alertmanager(alertmanager)
    alertmanager.says("Listening on")
    assert alertmanager.stop() == 0


# -- Prometheus reads a copy, which its reloader makes of what promtool accepts -------------------

PROMETHEUS = ROOT / "examples" / "prometheus" / "templates" / "reloader.sh"
URL = "http://prometheus.example/$(touch${IFS}PWNED);touch${IFS}PWNED;'`touch${IFS}PWNED`"


def scraping(interval):
    return json.dumps({"global": {"scrape_interval": interval}, "rule_files": ["rules.yml"]})


GOOD = {**dict.fromkeys([*NAMES, "rules.yml"], "{}"), "prometheus.yml": scraping("7s")}
COPY = {name: content.encode() for name, content in GOOD.items() if not name.startswith(".")}
PASSWORD = {"alertmanager-password": "s3cret"}
# What is delivered, and what the reloader says of it.
NOT_TAKEN = {
    **{name: ({**GOOD, "rules.yml": odd}, "cannot copy") for name, odd in ODDITIES.items()},
    "a link to outside": ({**GOOD, "rules.yml": to_outside}, "promtool refuses"),
    "code": ({**GOOD, "rules.yml": CODE}, "promtool refuses"),
    "nothing": ({}, "cannot copy"),
    "no configuration": ({"rules.yml": "{}"}, "promtool refuses"),
}


@pytest.fixture
def prometheus(pod):
    prometheus = pod("prometheus")
    prometheus.new = Delivered(prometheus.mount("/etc/prometheus"))
    prometheus.volume = prometheus.mount("/prometheus")
    return prometheus


def prometheus_options(url=""):
    options = {"scrape-interval": "7s", "evaluation-interval": "1m", "external-url": url}
    asked, problems = prometheus_settings.parse(
        {**dict.fromkeys(["rules", "alertmanager-username", "alertmanager-password"]), **options}
    )
    assert problems == ()
    return asked


def start_prometheus(pod, url=""):
    """Start Prometheus with the arguments that its options come to."""
    pod.start(PROMETHEUS, prometheus_workload.arguments(prometheus_options(url)))
    pod.says("Server is ready to receive web requests")


def interval(pod, prefix=""):
    """Return the scrape interval of the configuration in force."""
    said = pod.get(f"9090{prefix}/api/v1/status/config")["data"]["yaml"]
    return yaml.safe_load(said)["global"]["scrape_interval"]


def copied(pod):
    """Return what Prometheus will start with the next time."""
    return contents(pod.volume / "configuration")


def test_what_prometheus_is_given_is_taken_as_a_whole_or_not_at_all(prometheus):
    outside = prometheus.mount("/outside")
    (outside / "rules.yml").write_text("stays")
    for name in ("configuration", "configuration.new", "configuration.old"):
        (prometheus.volume / name).symlink_to("/outside")
    prometheus.new.deliver({**GOOD, "prometheus.yml": scraping("3s")})
    start_prometheus(prometheus)
    prometheus.new.deliver({**GOOD, **PASSWORD}, aim=f"..{CODE}\n{CODE}")
    prometheus.says("Completed loading of configuration file", 2)
    said = {}
    for files, complaint in NOT_TAKEN.values():
        said[complaint] = said.get(complaint, 0) + 1
        left = prometheus.new.deliver(files)
        prometheus.says(
            f"^reloader: {complaint} what was delivered, see above; nothing changes$",
            said[complaint],
        )
        assert copied(prometheus) == COPY
    assert interval(prometheus) == "7s"
    assert prometheus.stop() == 0
    assert prometheus.left("/work") == {}
    assert prometheus.left("/etc/prometheus") == left
    assert prometheus.left("/outside") == {"rules.yml": b"stays"}


def other_end(pipe):
    """Wait until somebody reads a pipe; return its other end."""

    def found():
        with contextlib.suppress(OSError):  # nobody has opened it yet
            return open(os.open(str(pipe), os.O_WRONLY | os.O_NONBLOCK), "w")

    return kubelet_cluster.awaited(found, what=f"a reader of {pipe}")


def test_what_is_delivered_during_the_copy_is_not_mixed_in(prometheus):
    prometheus.new.deliver(GOOD)
    start_prometheus(prometheus)
    steps = [
        # what the copy has yet to read is gone; all of it had been read
        ("a.yml", "cannot copy", {**GOOD, "prometheus.yml": scraping("3s")}),
        ("z.yml", "promtool refuses", GOOD),
    ]
    for count, (last, complaint, files) in enumerate(steps, 2):
        prometheus.new.deliver({**GOOD, "prometheus.yml": CODE, last: os.mkfifo})
        with other_end(prometheus.new.folder / last):  # when the copy has got there
            prometheus.new.deliver(files)
        prometheus.says("Completed loading of configuration file", count)
        assert prometheus.said(f"^reloader: {complaint} what was delivered") == 1
        assert prometheus.said("^reloader: ") == count - 1
    assert copied(prometheus) == COPY
    assert interval(prometheus) == "7s"


def test_a_copy_that_was_interrupted_is_as_if_it_had_not_begun(prometheus):
    for name, content in (("configuration.old", scraping("7s")), ("configuration.new", CODE)):
        (prometheus.volume / name).mkdir()
        (prometheus.volume / name / "prometheus.yml").write_text(content)
        (prometheus.volume / name / "rules.yml").write_text("{}")
    prometheus.new.deliver({"prometheus.yml": CODE})
    start_prometheus(prometheus, URL)
    assert prometheus.argv()[-1] == f"--web.external-url={URL}"
    assert prometheus.said("^reloader: promtool refuses what was delivered") == 1
    prefix = "/" + URL.split("/", 3)[3]
    assert interval(prometheus, shlex.quote(prefix)) == "7s"


def test_what_was_taken_needs_nothing_of_what_is_not(prometheus, tmp_path):
    address = databag.Address("https", "am-0.am-endpoints.lma.svc", 9093, "/am")
    ca, _ = self_signed("*.am-endpoints.lma.svc", tmp_path)
    alerting = alerting_config.make_alerting_config(
        [databag.Alertmanager("am/0", address, ca=ca)], prometheus_workload.CA_FILE
    )
    prometheus.new.deliver(prometheus_workload.files(prometheus_options(), alerting, ca, {}))
    start_prometheus(prometheus)
    assert prometheus.stop() == 0
    prometheus.new.deliver({"prometheus.yml": CODE})
    start_prometheus(prometheus)
    assert interval(prometheus) == "7s"


def test_a_prometheus_that_has_ended_when_its_shell_looks_has_ended_well(prometheus):
    prometheus.before = SLOW_KILL
    prometheus.new.deliver(GOOD)
    start_prometheus(prometheus)
    assert prometheus.stop() == 0
