"""``kubectl``: enough of it to look into the pods."""

from __future__ import annotations

import time
from typing import Any

from sandbox.juju.cli import status_tables
from sandbox.juju.cli.command_line import Call, Program
from sandbox.juju.gnuflag import Flag
from sandbox.juju.go_values import quote
from sandbox.juju.juju_errors import JujuError, UsageError
from sandbox.kubernetes.kubelet import ClusterError

NAMESPACE = Flag(("n", "namespace"), "The namespace; there is one, the model's")
CONTAINER = Flag(("c", "container"), "The container; the first by default")
KUBECTL = Program("kubectl", (NAMESPACE,), "error:")


@KUBECTL.command("get", args="pods|services", flags=(Flag(("o", "output"), "Accepted: wide"),))
def get(call: Call) -> None:
    """Shows pods or Services."""
    _check_namespace(call)
    kinds = {"pods": _pods, "pod": _pods, "po": _pods, "services": _services, "svc": _services}
    kind = (call.args or ["pods"])[0]
    if kind not in kinds:
        raise JujuError(f"the sandbox shows pods and services, not {quote(kind)}")
    rows = kinds[kind](call)
    if len(rows) == 1:
        call.note(f"No resources found in {call.juju.model.name} namespace.")
    else:
        call.terminal.out(status_tables.table(rows))


def _pods(call: Call) -> list[list[str]]:
    rows = [["NAME", "READY", "STATUS", "RESTARTS", "IP", "IMAGE"]]
    for app in list(call.juju.model.applications):
        for pod in call.juju.cluster.pods(app):
            running = sum(process is not None for process in pod.containers.values())
            ready = f"{running if pod.ready else 0}/{len(pod.containers)}"
            status = pod.reason or pod.phase
            rows.append([pod.name, ready, status, str(pod.restarts), pod.ip or "", pod.image])
    return rows


def _services(call: Call) -> list[list[str]]:
    rows = [["NAME", "TYPE", "CLUSTER-IP"]]
    for app in list(call.juju.model.applications):
        services = call.juju.cluster.services(app)
        rows += [[name, "ClusterIP", address] for name, address in sorted(services.items())]
    return rows


@KUBECTL.command(
    "logs",
    args="<pod> [<container>]",
    flags=(
        CONTAINER,
        Flag(("f", "follow"), "Wait for more", switch=True),
        Flag(("tail",), "So many of the last lines"),
    ),
)
def logs(call: Call) -> None:
    """Shows what a container has written."""
    tail = _tail(call.options.get("tail", "-1"))
    pod, container = _container(call)
    text = call.juju.cluster.logs(pod, container)
    lines = text.splitlines(keepends=True)
    call.terminal.out("".join(lines if tail < 0 else lines[max(len(lines) - tail, 0) :]))
    while call.options.get("f") and not call.terminal.gone():
        time.sleep(0.5)
        longer = call.juju.cluster.logs(pod, container)
        call.terminal.out(longer[len(text) :])
        text = longer


def _tail(given: str) -> int:
    """How many lines, all if negative. The refusal is that of github.com/spf13/pflag."""
    try:
        return int(given)
    except ValueError:
        why = f"strconv.ParseInt: parsing {quote(given)}: invalid syntax"
        raise JujuError(f'invalid argument {quote(given)} for "--tail" flag: {why}') from None


@KUBECTL.command(
    "exec",
    args="<pod> -- <command>",
    flags=(
        CONTAINER,
        Flag(("i", "stdin"), "Accepted", switch=True),
        Flag(("t", "tty"), "Accepted", switch=True),
    ),
)
def execute(call: Call) -> None:
    """Runs a command in a container, without a terminal."""
    words = call.args[1:]
    call.args = call.args[:1]
    if not words:
        raise UsageError("you must specify at least one command for the container")
    pod, container = _container(call)
    try:
        done = call.juju.cluster.exec(pod, container, words)
    except ClusterError as error:
        raise JujuError(str(error)) from None
    call.terminal.out(done.stdout)
    call.terminal.err(done.stderr)
    if done.returncode:
        raise JujuError(f"command terminated with exit code {done.returncode}")


@KUBECTL.command("delete", args="pod <application>-operator-0")
def delete(call: Call) -> None:
    """Deletes the pod of an operator, which Kubernetes starts again at once."""
    _check_namespace(call)
    kind, _, name = "/".join(call.args).partition("/")
    app, operator, _ = name.rpartition("-operator-0")
    if kind not in ("pod", "pods", "po") or "/" in name:
        raise UsageError("name one pod: kubectl delete pod <application>-operator-0")
    if not operator or app not in call.juju.model.applications:
        raise JujuError(f"the sandbox deletes the pods of operators only, not {quote(name)}")
    call.juju.delete_operator(app)
    call.say(f"pod {quote(name)} deleted from {call.juju.model.name} namespace")


def _container(call: Call) -> tuple[str, str]:
    """The pod and the container that are meant; the container may be the second argument."""
    _check_namespace(call)
    if not call.args:
        raise UsageError("no pod specified")
    name, container = [*call.args, call.options.get("c", "")][:2]
    pod = _find(call, name.rpartition("/")[2])
    container = container or next(iter(pod.containers))
    if container not in pod.containers:
        raise JujuError(f"container {quote(container)} not found in pod {quote(pod.name)}")
    return pod.name, container


def _find(call: Call, name: str) -> Any:
    for app in list(call.juju.model.applications):
        for pod in call.juju.cluster.pods(app):
            if pod.name == name:
                return pod
    hint = ""
    if "-operator-" in name:
        hint = ": operators are not pods here; juju exec --operator runs commands there"
    raise JujuError(f"pods {quote(name)} not found{hint}")


def _check_namespace(call: Call) -> None:
    given = call.options.get("n", call.juju.model.name)
    if given != call.juju.model.name:
        mine = quote(call.juju.model.name)
        raise JujuError(f"namespaces {quote(given)} not found: the sandbox has one, {mine}")
