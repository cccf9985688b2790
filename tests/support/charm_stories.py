"""What the stories about the built charm have in common."""

import base64
import subprocess

from charms.layer.alertmanager.domain.config_files import ConfigFiles
from support import real_programs

APP = "alertmanager"
UNIT = "alertmanager/0"
IMAGE = "prom/alertmanager:v0.25.0"
GOOD = "route: {receiver: team}\nreceivers: [{name: team}]\n"
OTHER = "alertmanager/1"
OTHER_GOOD = "route: {receiver: duty}\nreceivers: [{name: duty}]\n"
UNLOVED = "route: {receiver: unloved}\nreceivers: [{name: unloved}]\n"
"""Alertmanager itself refuses it, if it is a FakePod."""
BAD = "route: {receiver: taem}\nreceivers: [{name: team}]\n"


def deploy(juju, charm, units=1, image=IMAGE, **config):
    """Deploy and wait until no hook is due; on the bus it may be a copy: see BusController."""

    def story(juju):
        deploy_anew(juju, charm, units, image, **config)

    if hasattr(juju, "begin"):
        juju.begin((charm, units, image, repr(sorted(config.items()))), story)
    else:
        story(juju)


def deploy_anew(juju, charm, units=1, image=IMAGE, **config):
    """Deploy and wait until no hook is due, for stories about what happens meanwhile."""
    options = {name.replace("_", "-"): value for name, value in config.items()}
    juju.deploy(charm, APP, resources={"alertmanager-image": image}, units=units, config=options)
    juju.settle()


def configure(juju, **options):
    """Set options and wait."""
    juju.config(APP, {name.replace("_", "-"): value for name, value in options.items()})
    juju.settle()


def spec_text(juju):
    """Return the spec as Juju holds it."""
    return juju.application(APP).pod_spec


def files(juju):
    """Return what the pods find in /etc/alertmanager."""
    secrets = juju.pod_spec(APP)["kubernetesResources"]["secrets"]
    (data,) = [secret["data"] for secret in secrets if secret["name"].endswith("-configuration")]
    return {name: base64.b64decode(content) for name, content in data.items()}


def shown(juju, unit=UNIT):
    """Return the state and the message that the charm set."""
    status = juju.charm_status(unit)
    return status.state, status.message


def without_files(spec):
    """Return the spec less the contents of the Secret: what decides whether pods are replaced."""
    secrets = [{**secret, "data": None} for secret in spec["kubernetesResources"]["secrets"]]
    return {**spec, "kubernetesResources": {**spec["kubernetesResources"], "secrets": secrets}}


def prometheus(juju, name="prometheus", units=1):
    """Relate an application that plays Prometheus; return the relation."""
    juju.add_remote_app(name, "alertmanager", "alertmanager", units=units)
    relation = juju.relate(APP, name)
    juju.settle()
    return relation


def relate_to(juju, endpoint, name):
    """Relate an application without a charm on an endpoint of ours; return the relation."""
    declared = juju.application(APP).endpoints[endpoint]
    juju.add_remote_app(name, "theirs", declared.interface)
    relation = juju.relate(f"{APP}:{endpoint}", f"{name}:theirs")
    juju.settle()
    return relation


def since(juju, began, *tools):
    """Return the calls of these tools, or all writes, in the hooks after the first `began`."""
    runs = juju.history[began:]
    if tools:
        return [call for run in runs for call in run.calls_of(*tools)]
    return [call for run in runs for call in run.writes if call.tool != "juju-log"]


def idle(juju):
    """Let hooks say what is left to say; return the next ones' runs, which must not write."""
    for _ in range(2):
        juju.update_status(APP)
        juju.settle()
    began = len(juju.history)
    juju.update_status(APP)
    juju.settle()
    assert since(juju, began) == []
    return juju.history[began:]


EC = ("ec", "-pkeyopt", "ec_paramgen_curve:P-256")
"""The algorithm whose keys openssl makes soonest, as its command line has it."""


def self_signed(name, folder, algorithm=EC, days=30):
    """Make a certificate for a name; return the PEM texts of it and of its key."""
    kind, *options = algorithm
    name_words = ["-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{name}"]
    files = ["-days", str(days), "-keyout", "tls.key", "-out", "tls.crt"]
    request = ["req", "-x509", "-nodes", "-newkey", kind]
    subprocess.run(
        [real_programs.openssl(), *request, *options, *name_words, *files],
        cwd=folder,
        check=True,
        capture_output=True,
    )
    return (folder / "tls.crt").read_text(), (folder / "tls.key").read_text()


def short(text):
    """Return the hash that the status shows of a configuration."""
    return ConfigFiles((("alertmanager.yml", text.encode()),)).short_hash


def live(text, count="2/2"):
    """Return what is shown once pods run it."""
    return ("active", f"Alertmanager 0.25.0, configuration {short(text)} live on {count}")
