"""Carries out one operation of one unit: runs the hook, answers its tools, commits or discards
what it wrote.
"""

from __future__ import annotations

import random
import re
import shlex
import subprocess
import time
from typing import TYPE_CHECKING

from sandbox.juju.agent.hook_history import Fault, HookRun, ToolCall
from sandbox.juju.agent.next_operation import Operation
from sandbox.juju.agent.operator import API_ADDRESS, NO_CONTEXT, HookProcess
from sandbox.juju.gnuflag import Flag, parse_flags
from sandbox.juju.go_values import quote
from sandbox.juju.hooktools import TOOLS, NeedsStdin, Reply, run
from sandbox.juju.hooktools.hook_context import HookContext
from sandbox.juju.juju_errors import JujuError, UsageError
from sandbox.juju.model.entities import Action, Failure, Hook, Status, Unit

if TYPE_CHECKING:
    from sandbox.juju.controller import Controller

RUNNER_FLAGS = (
    Flag(("operator",), "run in the operator", switch=True),
    Flag(("no-context",), "run in no context of a unit", switch=True),
    Flag(("force-remote-unit",), "do not look for the remote unit", switch=True),
    Flag(("r", "relation"), "run for this relation"),
    Flag(("remote-unit",), "run for this remote unit"),
    Flag(("remote-app",), "run for this remote application"),
    Flag(("u",), "the unit"),
)
FIRST_RETRY, LAST_RETRY = 5.0, 300.0
DISPATCH = "hook dispatching script: dispatch"
OPERATION = "juju.worker.uniter.operation"


class Agent:
    """Runs operations for a controller. Its lock is held except while a hook's process runs."""

    def __init__(self, controller: Controller) -> None:
        self._controller = controller
        self._running: dict[str, tuple[HookContext, HookRun, HookProcess]] = {}
        self.faults: list[Fault] = []

    def execute(self, unit: Unit, operation: Operation) -> None:
        """Does it, and records what came of it.

        The controller's lock must be held, and once only: while a hook runs, others need it.
        """
        getattr(self, "_" + operation.kind.replace("-", "_"))(unit, operation)

    def stop(self, app: str = "") -> None:
        """Kills the hooks that run, of one application only if it is named."""
        for context, _, process in list(self._running.values()):
            if app in ("", context.unit.app.name):
                process.kill()

    # -- operations --------------------------------------------------------------------------------

    def _accept_leadership(self, unit: Unit, operation: Operation) -> None:
        unit.leader = True
        unit.queued = Hook("leader-elected", "leader-elected")

    def _resign_leadership(self, unit: Unit, operation: Operation) -> None:
        unit.leader = False

    def _upgrade(self, unit: Unit, operation: Operation) -> None:
        self._controller.operator.upgrade(unit)
        unit.modified_seen = unit.app.modified_version
        if unit.failed is None:
            unit.queued = Hook("upgrade-charm", "upgrade-charm")

    def _die(self, unit: Unit, operation: Operation) -> None:
        self._controller.unit_died(unit)

    def _hook(self, unit: Unit, operation: Operation) -> None:
        hook = operation.hook
        if hook.kind == "leader-elected" and unit.app.leader != unit.name:
            # Juju skips it and counts it as done, also if it has failed before (runhook.go).
            self._controller.resolver.committed(unit, operation)
            return
        self._before(unit, hook)
        context = HookContext(self._controller, unit, hook, None)
        hook_run = self._process(context, f"hooks/{hook.name}", hook.name)
        unit.status_set = unit.status_set or context.status_set
        if hook_run.error:
            self._failed(unit, hook, hook_run)
            return
        word = "ran" if hook_run.handler else "skipped"
        how = f"(via {hook_run.handler})" if hook_run.handler else "(missing)"
        self._controller.log(unit, "INFO", OPERATION, f"{word} {quote(hook.name)} hook {how}")
        self._after(unit, hook)
        self._controller.resolver.committed(unit, operation)
        unit.agent = Status("idle", "", self._controller.now)

    def _before(self, unit: Unit, hook: Hook) -> None:
        """The statuses that Juju itself sets before it runs a hook (operation/runhook.go)."""
        message = {
            "install": "installing charm software",
            "stop": "stopping charm software",
            "remove": "cleaning up prior to charm deletion",
        }.get(hook.kind)
        if message and not (hook.kind == "install" and unit.status_set):
            unit.workload = Status("maintenance", message, self._controller.now)
        unit.agent = Status("executing", f"running {hook.name} hook", self._controller.now)

    def _after(self, unit: Unit, hook: Hook) -> None:
        """The statuses that Juju itself sets after a hook has succeeded."""
        state = {"stop": "maintenance", "remove": "terminated"}.get(hook.kind)
        if hook.kind == "start" and not unit.status_set:
            state = "unknown"
        if state:
            unit.workload = Status(state, "", self._controller.now)

    def _failed(self, unit: Unit, hook: Hook, hook_run: HookRun) -> None:
        now = self._controller.now
        message = f"hook {quote(hook.name)} (via {hook_run.handler}) failed: {hook_run.error}"
        self._controller.log(unit, "ERROR", OPERATION, message)
        last = unit.failed
        delay = min(last.delay * 2, LAST_RETRY) if last else FIRST_RETRY
        unit.failed = Failure(hook, f"hook failed: {quote(hook.name)}", delay, now + delay)
        unit.agent = Status("error", unit.failed.message, now, self._where(hook))

    def _where(self, hook: Hook) -> dict:
        if hook.relation_id is None:
            return {"hook": hook.name}
        data = {"hook": hook.name, "relation-id": hook.relation_id}
        if hook.remote_unit:
            data["remote-unit"] = hook.remote_unit
        return data

    def _action(self, unit: Unit, operation: Operation) -> None:
        action = unit.actions.popleft()
        if action.params.get("workload-context") is not False:
            action.status = "failed"
            action.message = (
                "the action would run in the workload container, which the sandbox does not do;"
                " give it the parameter workload-context with the default false"
            )
            return
        action.status = "running"
        action.started = self._controller.now
        agent_before = unit.agent
        doing = f"running action {action.name}" if action.id else "running commands"
        unit.agent = Status("executing", doing, action.started)
        context = HookContext(self._controller, unit, None, action if action.id else None)
        hook_run = self._process(context, f"actions/{action.name}", action.name, action)
        action.completed = self._controller.now
        missing = hook_run.code is None
        failed = context.action_failed or hook_run.error or missing
        action.status = "failed" if failed else "completed"
        if missing:
            action.message = f"action not implemented on unit {quote(unit.name)}"
        elif hook_run.code:
            action.message = hook_run.error
        elif hook_run.error:
            said = action.results.get("Stderr")
            action.results["Stderr"] = f"{said}\n{hook_run.error}" if said else hook_run.error
            action.results["Code"] = "1"
            action.message = action.message or "committing requested changes failed"
        idle = Status("idle", "", self._controller.now)
        unit.agent = agent_before if unit.failed else idle

    def skip(self, unit: Unit) -> None:
        """Lets the failed hook of a unit count as done."""
        operation = Operation("hook", unit.failed.hook, seen=self._controller.resolver.seen(unit))
        self._controller.resolver.committed(unit, operation)
        unit.agent = Status("idle", "", self._controller.now)

    # -- the process -------------------------------------------------------------------------------

    def _process(
        self, context: HookContext, path: str, name: str, action: Action | None = None
    ) -> HookRun:
        """Runs a file of the charm, or the command of an action, to its end and commits.

        ``error`` of the result is empty if all went well.
        """
        controller, unit = self._controller, context.unit
        controller.operator.install(unit)
        context_id = f"{unit.name}-{name}-{random.getrandbits(63)}"
        environment = self._environment(context, context_id, path)
        hook_run = HookRun(unit.name, name, environment)
        if context.hook:
            hook_run.remote_unit = context.hook.remote_unit
            hook_run.relation_id = context.hook.relation_id
        controller.history.append(hook_run)
        if action and action.command is not None:
            script = controller.operator.write_command(unit, action.command)
            del environment["JUJU_DISPATCH_PATH"]
        else:
            script = controller.operator.script(unit, path)
        if script is None:
            hook_run.committed = True
            return hook_run
        dispatched = script.name == "dispatch"
        hook_run.handler = DISPATCH if dispatched else "explicit, bespoke hook script"
        output = self._run(context, context_id, hook_run, script)
        if action:
            self._action_output(action, hook_run.code, output)
        if not hook_run.error:
            self._commit(context, hook_run, name)
        return hook_run

    def _run(self, context: HookContext, context_id: str, hook_run: HookRun, script) -> dict:
        """Runs a script to its end; returns the lines of its output by stream."""
        controller, unit = self._controller, context.unit
        output: dict[str, list[str]] = {"stdout": [], "stderr": []}

        def on_line(stream: str, line: str) -> None:
            output[stream].append(line)
            hook_run.output.append(line)
            level = "DEBUG" if stream == "stdout" else "WARNING"
            controller.log(unit, level, hook_run.hook, line)

        began = time.monotonic()
        try:
            cwd = controller.operator.charm_dir(unit)
            prefix = controller.cluster.operator_command(unit.app.name)
            process = controller.hook_process(script, cwd, hook_run.environment, on_line, prefix)
        except OSError as error:
            hook_run.error = f"fork/exec {script}: {(error.strerror or '').lower()}"
            return output
        self._running[context_id] = (context, hook_run, process)
        try:
            with controller.unlocked():
                hook_run.code = process.wait(controller.hook_timeout)
        except subprocess.TimeoutExpired:
            hook_run.code = -9
            hook_run.error = f"still running after {controller.hook_timeout:g} s, killed"
        finally:
            del self._running[context_id]
            hook_run.seconds = time.monotonic() - began
        if hook_run.code and not hook_run.error:
            signalled = hook_run.code < 0
            hook_run.error = "terminated" if signalled else f"exit status {hook_run.code}"
        return output

    def _action_output(self, action: Action, code: int | None, output: dict) -> None:
        action.results["Code"] = str(code)
        for stream, key in (("stdout", "Stdout"), ("stderr", "Stderr")):
            if output[stream]:
                action.results[key] = "\n".join(output[stream]) + "\n"

    def _commit(self, context: HookContext, hook_run: HookRun, name: str) -> None:
        meant = [fault for fault in self.faults if fault.meets(hook_run)]
        fault = next((fault for fault in meant if fault.effect in ("commit", "forget")), None)
        if fault:
            fault.hit = True
        try:
            if fault and fault.effect == "commit":
                raise JujuError("cannot apply changes: the controller was told to lose them")
            context.commit(name)
            hook_run.committed = True
        except JujuError as error:
            hook_run.error = str(error)
            self._controller.log(context.unit, "ERROR", "juju.worker.uniter.context", str(error))
            return
        if fault:
            hook_run.error = "the agent ended before it noted that the hook was done"
        self._controller.provision(context.unit.app)

    def _environment(self, context: HookContext, context_id: str, path: str) -> dict[str, str]:
        controller, hook = self._controller, context.hook
        environment = dict(
            controller.operator.environment(context.unit),
            JUJU_CONTEXT_ID=context_id,
            JUJU_HOOK_NAME=hook.name if hook else "",
            JUJU_DISPATCH_PATH=path,
            JUJU_AGENT_SOCKET_ADDRESS=controller.server.address,
            JUJU_AGENT_SOCKET_NETWORK="unix",
            JUJU_MODEL_NAME=controller.model.name,
            JUJU_MODEL_UUID=controller.model.uuid,
            JUJU_VERSION=controller.juju_version,
            JUJU_API_ADDRESSES=API_ADDRESS,
            CLOUD_API_VERSION="1.28.0",
            JUJU_SLA="unsupported",
            JUJU_METER_STATUS="AMBER",
            JUJU_METER_INFO="not set",
        )
        for name in ("MACHINE_ID", "PRINCIPAL_UNIT", "AVAILABILITY_ZONE"):
            environment["JUJU_" + name] = ""
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "FTP_PROXY", "NO_PROXY"):
            environment["JUJU_CHARM_" + name] = controller.model.proxy.get(name, "")
        if context.relation:
            environment["JUJU_RELATION"] = context.relation.name
            environment["JUJU_RELATION_ID"] = context.relation.label
            environment["JUJU_REMOTE_UNIT"] = hook.remote_unit
            environment["JUJU_REMOTE_APP"] = hook.remote_app
        if hook and hook.departing_unit:
            environment["JUJU_DEPARTING_UNIT"] = hook.departing_unit
        if hook and hook.storage_id:
            charm = context.unit.app.charm
            environment["JUJU_STORAGE_ID"] = hook.storage_id
            environment["JUJU_STORAGE_LOCATION"] = charm.storage_location(hook.storage_id)
            environment["JUJU_STORAGE_KIND"] = "filesystem"
        if context.action:
            environment["JUJU_ACTION_NAME"] = context.action.name
            environment["JUJU_ACTION_UUID"] = context.action.id
            environment["JUJU_ACTION_TAG"] = f"action-{context.action.id}"
        return environment

    # -- tool calls --------------------------------------------------------------------------------

    def answer(self, context_id: str, directory: str, argv: list[str], stdin: str | None) -> Reply:
        """What a hook tool prints and returns. NeedsStdin if it must be called again with its
        input.
        """
        if argv[0] == self._controller.runner:
            return self._run_outside(context_id, argv)
        with self._controller.lock:
            refusal = self._refusal(context_id, argv)
            if refusal:
                return Reply(1, "", f"ERROR bad request: {refusal}\n")
            context, hook_run, process = self._running[context_id]
            fault = next((f for f in self.faults if f.strikes(hook_run, argv)), None)
            effect = fault.effect if fault else None
            if callable(effect):
                fault.hit = True
                effect()
            if effect in ("fail", "kill"):
                reply = Reply(1, "", "ERROR the controller was told to fail this call\n")
            else:
                reply = self._reply(context, argv, directory, stdin)
            hook_run.calls.append(
                ToolCall(argv, stdin, reply.code, reply.stdout, reply.stderr, reply.wrote)
            )
            if fault:
                fault.hit = True
            if effect in ("kill", "kill-after"):
                process.kill()
            return reply

    def _run_outside(self, context_id: str, argv: list[str]) -> Reply:
        """What juju-run, or juju-exec, does for a process that no hook waits for.

        It runs shell lines as a hook of a unit (Juju: cmd/jujud/run/run.go).
        """
        name, *words = argv
        try:
            if context_id != NO_CONTEXT:
                within = f"have context {quote(context_id)}"
                raise UsageError(f"{name} cannot be called from within a hook, {within}")
            options, rest = parse_flags(RUNNER_FLAGS, words)
            unit, script = _unit_and_script(options, rest)
            if not options.get("operator"):
                raise JujuError(
                    "without --operator the commands run in the workload container, which the"
                    " sandbox does not do"
                )
            action = self._controller.queue_local_command(unit, script)
        except (UsageError, JujuError) as error:
            return Reply(2 if isinstance(error, UsageError) else 1, "", f"ERROR {error}\n")
        with self._controller.lock:
            while action.status in ("pending", "running") and not self._controller.closing:
                self._controller.changed.wait(0.5)
        results = action.results
        out, err = results.get("Stdout", ""), results.get("Stderr", "")
        return Reply(int(results.get("Code", "1")) & 0xFF, out, err)

    def _reply(
        self, context: HookContext, argv: list[str], directory: str, stdin: str | None
    ) -> Reply:
        try:
            return run(TOOLS[argv[0]], context, argv, directory, stdin)
        except NeedsStdin:
            raise
        except Exception as error:
            return Reply(1, "", f"ERROR {self._controller.log_mistake(error)}\n")

    def _refusal(self, context_id: str, argv: list[str]) -> str:
        if context_id not in self._running:
            return f"wrong context ID; got {quote(context_id)}"
        return "" if argv[0] in TOOLS else f"unknown command {quote(argv[0])}"


def _unit_and_script(options: dict, words: list[str]) -> tuple[str, str]:
    """The unit, which may be given as a tag, and the shell lines that juju-run is called with."""
    words = [options["u"], *words] if "u" in options else words
    if not words:
        raise UsageError("missing unit-name")
    unit, *commands = words
    if not commands:
        raise UsageError("missing commands")
    tag = re.fullmatch("unit-(.+)-([0-9]+)", unit)
    script = commands[0] if len(commands) == 1 else " ".join(map(shlex.quote, commands))
    return "/".join(tag.groups()) if tag else unit, script
