"""``kubectl``: enough of it to look into the pods."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from sandbox.juju.cli import status_tables
from sandbox.juju.cli.command_line import Call, CommandExit, Program
from sandbox.juju.go_values import quote
from sandbox.juju.juju_errors import JujuError, UsageError
from sandbox.kubernetes.kubelet.cluster_types import ClusterError

KUBECTL = Program("kubectl", Path(__file__).with_name("kubectl.txt"), "error:")
OPERATOR = "-operator-0"


@KUBECTL.command("get")
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


@KUBECTL.command("logs")
def logs(call: Call) -> None:
    """Shows what a container has written."""
    tail = call.options.get("tail", -1)
    pod, container = _container(call)
    text = call.juju.cluster.logs(pod, container)
    lines = text.splitlines(keepends=True)
    call.terminal.out("".join(lines if tail < 0 else lines[max(len(lines) - tail, 0) :]))
    while call.options.get("f") and not call.is_over():
        time.sleep(0.5)
        longer = call.juju.cluster.logs(pod, container)
        call.terminal.out(longer[len(text) :])
        text = longer


@KUBECTL.command("exec")
def execute(call: Call) -> None:
    """Runs a command in a container, or in an operator, without a terminal."""
    words = call.args[1:]
    call.args = call.args[:1]
    if not words:
        raise UsageError("you must specify at least one command for the container")
    try:
        app = _operator_of(call, call.args[0])
        if app:
            _check_namespace(call)
            done = call.juju.execute_in_operator(app, words)
        else:
            pod, container = _container(call)
            done = call.juju.cluster.exec(pod, container, words)
    except (ClusterError, OSError) as error:
        raise JujuError(str(error)) from None
    call.terminal.out(done.stdout)
    call.terminal.err(done.stderr)
    if done.returncode:
        call.note(f"command terminated with exit code {done.returncode}")
        raise CommandExit(done.returncode)


@KUBECTL.command("describe")
def describe(call: Call) -> None:
    """Shows a pod, or all, with its containers and what it waits for."""
    if call.args in (["pod"], ["pods"]):
        _check_namespace(call)
        pods = [pod for app in call.juju.model.applications for pod in call.juju.cluster.pods(app)]
    else:
        pods = [_find(call, _pod_name(call, "describe"))]
    call.terminal.out("\n\n".join(_description(call, pod) for pod in pods))


def _description(call: Call, pod: Any) -> str:
    rows = [["Name:", pod.name], ["Namespace:", call.juju.model.name], ["Status:", pod.phase]]
    rows += [["IP:", pod.ip or ""], ["Image:", pod.image], ["Restart Count:", str(pod.restarts)]]
    rows += [["Ready:", str(pod.ready)], ["Containers:", ""]]
    for name, process in pod.containers.items():
        rows.append([f"  {name}:", "Waiting" if process is None else f"Running, process {process}"])
    rows += [["Reason:", pod.reason or "<none>"], ["Message:", pod.message or "<none>"]]
    return status_tables.table(rows)


@KUBECTL.command("delete")
def delete(call: Call) -> None:
    """Deletes a pod, which Kubernetes starts again at once."""
    name = _pod_name(call, "delete")
    app = _operator_of(call, name)
    if app:
        call.juju.delete_operator(app)
    else:
        pod = _find(call, name)
        call.juju.cluster.delete_pod(pod.name)
    call.say(f"pod {quote(name)} deleted from {call.juju.model.name} namespace")


@KUBECTL.command("port-forward")
def port_forward(call: Call) -> None:
    """Passes connections to a port of this machine on to a pod or a Service."""
    _check_namespace(call)
    if len(call.args) != 2:
        raise UsageError("TYPE/NAME and list of ports are required for port-forward")
    kind, _, name = call.args[0].rpartition("/")
    local, _, port = call.args[1].rpartition(":")
    if not port.isdecimal() or (local and not local.isdecimal()):
        raise JujuError(f"error parsing port {quote(call.args[1])}: write [LOCAL:]REMOTE")
    cluster, wanted = call.juju.cluster, int(local or (port if ":" not in call.args[1] else 0))
    try:
        if kind in ("svc", "service", "services"):
            address = cluster.publish(name, int(port), wanted)
        else:
            pod = _find(call, name)
            address = cluster.publish(pod.name.rpartition("-")[0], int(port), wanted, pod.name)
    except ClusterError as error:
        raise JujuError(str(error)) from None
    call.say(f"Forwarding from {address[0]}:{address[1]} -> {port}")
    while not call.is_over():
        time.sleep(0.2)
    cluster.unpublish(address)


def _pod_name(call: Call, verb: str) -> str:
    """The pod of ``pod NAME`` or ``pod/NAME``."""
    _check_namespace(call)
    kind, _, name = "/".join(call.args).partition("/")
    if kind not in ("pod", "pods", "po") or not name or "/" in name:
        raise UsageError(f"name one pod: kubectl {verb} pod <pod>")
    return name


def _operator_of(call: Call, name: str) -> str:
    """The application whose operator's pod this is, "" if it is none."""
    app = name[: -len(OPERATOR)] if name.endswith(OPERATOR) else ""
    return app if app in call.juju.model.applications else ""


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
    raise JujuError(f"pods {quote(name)} not found")


def _check_namespace(call: Call) -> None:
    given = call.options.get("n", call.juju.model.name)
    if given != call.juju.model.name:
        mine = quote(call.juju.model.name)
        raise JujuError(f"namespaces {quote(given)} not found: the sandbox has one, {mine}")
