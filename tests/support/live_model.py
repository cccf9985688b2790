"""A model on a Juju controller, real or the sandbox's, as a person at a terminal uses it.

Nothing here looks behind ``juju`` and ``kubectl``, so that a test which passes on the sandbox can
pass on any controller. Commands go through jubilant for Juju 3 and jubilant-backports for 2.9.
"""

import contextlib
import json
import re
import subprocess
import time

import jubilant
import jubilant_backports

LOOK_AGAIN = 0.5
"""Seconds between two looks at juju status, beside the time that the command itself takes."""
PATIENCE = 600
"""Seconds that anything may take. A cluster delivers a changed Secret within two minutes, and the
charm sees it with the next update-status."""

WaitError = (jubilant.WaitError, jubilant_backports.WaitError)
TaskError = (jubilant.TaskError, jubilant_backports.TaskError)
CLIError = (jubilant.CLIError, jubilant_backports.CLIError)


def connect(juju):
    """Return the library and the version for a ``juju``; CalledProcessError if it does not run.

    juju: path of the program.
    """
    told = subprocess.run(
        [juju, "version", "--format", "json"], check=True, capture_output=True, text=True
    )
    version = json.loads(told.stdout)
    return (jubilant_backports if version.startswith("2.") else jubilant), version


class Model:
    """A model that this makes. ``juju`` is jubilant's, for whatever has no method here.

    juju, kubectl: paths of the programs. name: the model's, and the namespace's.
    update_status: the interval, as Juju writes it; None leaves it.
    """

    def __init__(self, juju, kubectl, name, update_status="1m"):
        library, self.version = connect(juju)
        self.is_juju_2 = library is jubilant_backports
        self.juju = library.Juju(cli_binary=juju, wait_timeout=PATIENCE)
        self.name = name
        self._programs = {"juju": juju, "kubectl": kubectl}
        self.juju.add_model(name)
        if update_status:
            self.juju.model_config({"update-status-hook-interval": update_status})

    def destroy(self, patience=PATIENCE):
        """Destroy the model with what is in it; TimeoutExpired if that takes too long."""
        words = ["destroy-model", self.name, "--no-prompt", "--destroy-storage"]
        self._run("juju", *words, timeout=patience)

    def give_up(self):
        """Destroy a model in which something hangs, as far as Juju can."""
        words = ["destroy-model", self.name, "--no-prompt", "--destroy-storage", "--force"]
        with contextlib.suppress(subprocess.SubprocessError):
            self._run("juju", *words, "--no-wait", timeout=PATIENCE)

    def application(self, name):
        """Return a handle for an application, deployed or not."""
        return Application(self, name)

    def wait(self, ready, hooks_may_fail=False):
        """Wait until ``ready(status)`` is true; return the status.

        A failed hook ends it at once, unless ``hooks_may_fail``: Juju runs it again by itself.
        Raises TimeoutError or WaitError, both with the last status.
        """
        error = None if hooks_may_fail else _any_hook_failed
        return self.juju.wait(ready, error=error, delay=LOOK_AGAIN, successes=1)

    def tell(self):
        """Return what somebody who looks for a fault reads first: [(command, what it printed)]."""
        told = []
        for command in ("status", "debug-log --no-tail --lines 200"):
            with contextlib.suppress(CLIError):
                told.append((f"juju {command}", self.juju.cli(*command.split())))
        return told

    def kubectl(self, *words):
        """Return what kubectl prints, given the model's namespace; CalledProcessError."""
        return self._run("kubectl", "-n", self.name, *words)

    def _run(self, program, *words, timeout=PATIENCE):
        return subprocess.run(
            [self._programs[program], *words],
            check=True,
            capture_output=True,
            text=True,
            timeout=timeout,
        ).stdout


class Application:
    """One application of a Model. Options and parameters are written with _ for -."""

    def __init__(self, model, name):
        self.model, self.name = model, name
        self._juju = model.juju

    # -- commands ----------------------------------------------------------------------------------

    def deploy(self, charm, image, units=1, **options):
        """Deploy a built charm with its image."""
        resource = f"{charm.name}-image"
        self._juju.deploy(
            charm, self.name, config=_dashed(options), num_units=units, resources={resource: image}
        )

    def configure(self, **options):
        """Set these options and give every other its default."""
        wanted = _dashed(options)
        told = json.loads(self._juju.cli("config", "--format", "json", self.name))["settings"]
        others = [key for key, option in told.items() if option["source"] == "user"]
        self._juju.config(self.name, wanted, reset=[key for key in others if key not in wanted])

    def attach(self, image):
        """Attach another image."""
        self._juju.cli("attach-resource", self.name, f"{self.name}-image={image}")

    def scale(self, units):
        """Ask for so many units."""
        self._juju.cli("scale-application", self.name, str(units))

    def remove(self):
        """Ask for its removal, with its volumes."""
        self._juju.remove_application(self.name, destroy_storage=True)

    def run(self, action, unit=0, **parameters):
        """Run an action on one of the units, lowest first; return its results. Raises TaskError."""
        name = self.units()[unit]
        return self._juju.run(name, action, _dashed(parameters), wait=PATIENCE).results

    def start_action(self, action):
        """Queue an action on the first unit and do not wait for it."""
        words = ["run-action"] if self.model.is_juju_2 else ["run", "--background"]
        self._juju.cli(*words, self.units()[0], action)

    def on_operator(self, *command):
        """Return what a command prints where the first unit's hooks run."""
        program = "run" if self.model.is_juju_2 else "exec"
        words = [program, "--operator", "--unit", self.units()[0], "--", *command]
        return self._juju.cli(*words)

    def in_container(self, pod, *command):
        """Return what a command prints in a pod's container of the application's name."""
        return self.model.kubectl("exec", pod, "-c", self.name, "--", *command)

    def get(self, pod, url, *headers):
        """Return what a pod answers to a GET of its own, or the reason of its refusal."""
        asked = [f"--header={header}" for header in headers]
        try:
            return self.in_container(pod, "wget", "-qO-", *asked, url)
        except subprocess.CalledProcessError as refused:
            return refused.stderr.strip()

    def process_start(self, pod):
        """Return when the process in a pod started, as Alertmanager tells it; '' if it does not."""
        metrics = self.get(pod, "http://127.0.0.1:9093/metrics").splitlines()
        starts = [line for line in metrics if line.startswith("process_start_time_seconds ")]
        return starts[0] if starts else ""

    # -- looks -------------------------------------------------------------------------------------

    def status(self):
        """Return jubilant's AppStatus."""
        return self._juju.status().apps[self.name]

    def units(self):
        """Return the names of its units, by number."""
        return in_order(self.status().units)

    def pods(self):
        """Return the names of its units' pods, by ordinal."""
        return sorted(unit.provider_id for unit in self.status().units.values())

    def configuration(self):
        """Return the hash of the configuration that the status says is live, or ''."""
        return _configuration(self.status())

    # -- conditions for Model.wait -----------------------------------------------------------------

    def is_live(self, units=1, configuration=None, instead_of=None, version=""):
        """So many units and no more, active, and all of their pods run one configuration.

        configuration: its hash; instead_of: one that it is not. version: Alertmanager's.
        """

        def ready(status):
            app = status.apps.get(self.name)
            if app is None or len(app.units) != units:
                return False
            shown = [unit.workload_status for unit in app.units.values()]
            words = f"Alertmanager {version}", f"live on {units}/{units}"
            return (
                all(each.current == "active" for each in shown)
                and any(all(word in each.message for word in words) for each in shown)
                and configuration in (None, _configuration(app))
                and instead_of != _configuration(app)
            )

        return ready

    def says(self, state, *words):
        """A unit in this state whose message has all these words."""

        def ready(status):
            app = status.apps.get(self.name)
            return app is not None and any(
                unit.workload_status.current == state
                and all(word in unit.workload_status.message for word in words)
                for unit in app.units.values()
            )

        return ready

    def is_gone(self):
        """Whether there is no such application any more."""
        return lambda status: self.name not in status.apps


def in_order(units):
    """Return the names of units, by number."""
    return sorted(units, key=lambda name: int(name.partition("/")[2]))


def _configuration(app):
    """The hash that the leader shows, who alone counts the pods."""
    for unit in app.units.values():
        found = re.search(r"configuration (\w+):? live on ", unit.workload_status.message)
        if found:
            return found.group(1)
    return ""


def _any_hook_failed(status):
    return any(
        unit.workload_status.message.startswith("hook failed")
        for app in status.apps.values()
        for unit in app.units.values()
    )


def _dashed(options):
    return {name.replace("_", "-"): value for name, value in options.items()}


class Stopwatch:
    """Seconds from a command to what it was waited for, in the order of the steps."""

    def __init__(self):
        self._taken = []

    @contextlib.contextmanager
    def __call__(self, step):
        """Measure what is done in the ``with`` block, if it succeeds."""
        began = time.monotonic()
        yield
        self._taken.append((step, time.monotonic() - began))

    def take(self):
        """Return the (step, seconds) since the last call."""
        taken, self._taken = self._taken, []
        return taken
