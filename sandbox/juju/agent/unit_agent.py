"""Carries out one operation of one unit: runs the hook, answers its tools, commits or discards
what it wrote.
"""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any, Tuple

from sandbox.juju.agent.hook_environment import hook_environment
from sandbox.juju.agent.hook_order import HookOrder, Operation
from sandbox.juju.agent.hook_process import HookProcess, HookRun, end_left_processes
from sandbox.juju.agent.local_commands import run_commands
from sandbox.juju.go_values import quote
from sandbox.juju.hooktools import NOT_MODELLED, TOOLS, NeedsStdin, Reply, run
from sandbox.juju.hooktools.hook_context import HookContext
from sandbox.juju.hooktools.tool_server import ToolServer
from sandbox.juju.juju_errors import JujuError
from sandbox.juju.model.applications import Applications
from sandbox.juju.model.entities import Action, Failure, Hook, Status, Unit

FIRST_RETRY, LAST_RETRY = 5.0, 300.0
DISPATCH = "hook dispatching script: dispatch"
OPERATION = "juju.worker.uniter.operation"
Running = Tuple[HookContext, HookRun, HookProcess]


class Agent:
    """Runs the operations of all units. The model's lock is held except while a hook runs."""

    def __init__(self, state: Applications) -> None:
        self._state = state
        self._running: dict[str, Running] = {}
        self.order = HookOrder(state)
        self.server = ToolServer(self.answer)
        state.operator.link_tools([*TOOLS, *NOT_MODELLED])
        state.operator.link_runner(state.runner, self.server.address)

    def close(self) -> None:
        """Kills the hooks that run and stops answering tools."""
        self.stop()
        self.server.close()

    def execute(self, unit: Unit, operation: Operation) -> None:
        """Does it, and records what came of it.

        The controller's lock must be held, and once only: while a hook runs, others need it.
        """
        getattr(self, "_" + operation.kind.replace("-", "_"))(unit, operation)

    def stop(self, app: str = "") -> None:
        """Kills the hooks that run and what they left, of one application only if it is named."""
        for context, _, process in list(self._running.values()):
            if app in ("", context.unit.app.name):
                process.kill()
        self._end_left_processes(app)

    def _end_left_processes(self, app: str) -> None:
        end_left_processes(self.server.address, app)

    # -- operations --------------------------------------------------------------------------------

    def _accept_leadership(self, unit: Unit, operation: Operation) -> None:
        unit.leader = True
        unit.queued = Hook("leader-elected", "leader-elected")

    def _resign_leadership(self, unit: Unit, operation: Operation) -> None:
        unit.leader = False

    def _upgrade(self, unit: Unit, operation: Operation) -> None:
        self._state.operator.upgrade(unit)
        unit.modified_seen = unit.app.modified_version
        unit.queued = Hook("upgrade-charm", "upgrade-charm")

    def _die(self, unit: Unit, operation: Operation) -> None:
        self._state.unit_died(unit)
        if not unit.app.units:
            self._end_left_processes(unit.app.name)

    def _hook(self, unit: Unit, operation: Operation) -> None:
        hook = operation.hook
        if hook.kind == "leader-elected" and unit.app.leader != unit.name:
            # Juju skips it and counts it as done, also if it has failed before (runhook.go).
            self.order.commit(unit, operation)
            return
        self._before(unit, hook)
        context = HookContext(self._state, unit, hook, None)
        hook_run = self._process(context, f"hooks/{hook.name}", hook.name)
        unit.status_set = unit.status_set or context.status_set
        if hook_run.error:
            self._record_failure(unit, hook, hook_run)
            return
        word = "ran" if hook_run.handler else "skipped"
        how = f"(via {hook_run.handler})" if hook_run.handler else "(missing)"
        self._state.log(unit, "INFO", OPERATION, f"{word} {quote(hook.name)} hook {how}")
        self._after(unit, hook)
        self.order.commit(unit, operation)
        unit.agent = Status("idle", "", self._state.now)

    def _before(self, unit: Unit, hook: Hook) -> None:
        """The statuses that Juju itself sets before it runs a hook (operation/runhook.go)."""
        message = {
            "install": "installing charm software",
            "stop": "stopping charm software",
            "remove": "cleaning up prior to charm deletion",
        }.get(hook.kind)
        if message and not (hook.kind == "install" and unit.status_set):
            unit.workload = Status("maintenance", message, self._state.now)
        unit.agent = Status("executing", f"running {hook.name} hook", self._state.now)

    def _after(self, unit: Unit, hook: Hook) -> None:
        """The statuses that Juju itself sets after a hook has succeeded."""
        state = {"stop": "maintenance", "remove": "terminated"}.get(hook.kind)
        if hook.kind == "start" and not unit.status_set:
            state = "unknown"
        if state:
            unit.workload = Status(state, "", self._state.now)

    def _record_failure(self, unit: Unit, hook: Hook, hook_run: HookRun) -> None:
        now = self._state.now
        message = f"hook {quote(hook.name)} (via {hook_run.handler}) failed: {hook_run.error}"
        self._state.log(unit, "ERROR", OPERATION, message)
        last = unit.failed
        delay = min(last.delay * 2, LAST_RETRY) if last else FIRST_RETRY
        unit.failed = Failure(hook, f"hook failed: {quote(hook.name)}", delay, now + delay)
        unit.agent = Status("error", unit.failed.message, now)

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
        action.started = self._state.now
        agent_before = unit.agent
        # What a process in the operator has run is no action, and so has no id.
        doing = f"running action {action.name}" if action.id else "running commands"
        unit.agent = Status("executing", doing, action.started)
        context = HookContext(
            self._state, unit, None, None if action.command is not None else action
        )
        hook_run = self._process(context, f"actions/{action.name}", action.name, action)
        action.completed = self._state.now
        missing = hook_run.code is None
        if action.command is not None and hook_run.code:
            hook_run.error = ""  # for Juju a command that has run has succeeded
        failed = context.action_failed or hook_run.error or missing
        action.status = "failed" if failed else "completed"
        if missing:
            action.message = f"action not implemented on unit {quote(unit.name)}"
        elif hook_run.code and hook_run.error:
            action.message = hook_run.error
        elif hook_run.error:
            said = action.results.get("Stderr")
            action.results["Stderr"] = f"{said}\n{hook_run.error}" if said else hook_run.error
            action.results["Code"] = "1"
            action.message = action.message or "committing requested changes failed"
        idle = Status("idle", "", self._state.now)
        unit.agent = agent_before if unit.failed else idle

    def skip(self, unit: Unit) -> None:
        """Lets the failed hook of a unit count as done."""
        operation = Operation("hook", unit.failed.hook, seen=self.order.observe(unit))
        self.order.commit(unit, operation)
        unit.agent = Status("idle", "", self._state.now)

    # -- the process -------------------------------------------------------------------------------

    def _process(
        self, context: HookContext, path: str, name: str, action: Action | None = None
    ) -> HookRun:
        """Runs a file of the charm, or the command of an action, to its end and commits.

        ``error`` of the result is empty if all went well.
        """
        operator, unit = self._state.operator, context.unit
        operator.install(unit)
        environment = hook_environment(self._state, context, path)
        environment["JUJU_CONTEXT_ID"] = f"{unit.name}-{name}-{random.getrandbits(63)}"
        environment["JUJU_AGENT_SOCKET_ADDRESS"] = self.server.address
        hook_run = self._begin(context, name, environment)
        if action and action.command is not None:
            script = operator.write_command(unit, action.command)
            del environment["JUJU_DISPATCH_PATH"]
        else:
            script = operator.script(unit, path)
        if script is None:
            return hook_run
        dispatched = script.name == "dispatch"
        hook_run.handler = DISPATCH if dispatched else "explicit, bespoke hook script"
        self._run(context, hook_run, script)
        if action:
            self._action_output(action, hook_run)
        if not hook_run.error:
            self._commit(context, hook_run)
        return hook_run

    def _begin(self, context: HookContext, name: str, environment: dict[str, str]) -> HookRun:
        return HookRun(name, environment)

    def _start(self, *arguments: Any) -> HookProcess:
        return HookProcess(*arguments)

    def _run(self, context: HookContext, hook_run: HookRun, script: Path) -> None:
        """Runs a script to its end."""
        state, unit = self._state, context.unit

        def on_line(stream: str, line: str) -> None:
            hook_run.lines.append((stream, line))
            level = "DEBUG" if stream == "stdout" else "WARNING"
            state.log(unit, level, hook_run.hook, line)

        try:
            cwd = state.operator.charm_dir(unit)
            prefix = state.cluster.operator_command(unit.app.name)
            process = self._start(script, cwd, hook_run.environment, on_line, prefix)
        except OSError as error:
            hook_run.error = f"fork/exec {script}: {(error.strerror or '').lower()}"
            return
        context_id = hook_run.environment["JUJU_CONTEXT_ID"]
        self._running[context_id] = (context, hook_run, process)
        try:
            with state.unlocked():
                hook_run.code = process.wait()
        finally:
            del self._running[context_id]
        if hook_run.code:
            signalled = hook_run.code < 0
            hook_run.error = "terminated" if signalled else f"exit status {hook_run.code}"

    def _action_output(self, action: Action, hook_run: HookRun) -> None:
        action.results["Code"] = str(hook_run.code)
        for stream, key in (("stdout", "Stdout"), ("stderr", "Stderr")):
            lines = hook_run.printed(stream)
            if lines:
                action.results[key] = "\n".join(lines) + "\n"

    def _commit(self, context: HookContext, hook_run: HookRun) -> None:
        try:
            context.commit(hook_run.hook)
        except JujuError as error:
            hook_run.error = str(error)
            self._state.log(context.unit, "ERROR", "juju.worker.uniter.context", str(error))

    # -- tool calls --------------------------------------------------------------------------------

    def answer(self, context_id: str, directory: str, argv: list[str], stdin: str | None) -> Reply:
        """What a hook tool prints and returns. NeedsStdin if it must be called again with its
        input.
        """
        if argv[0] == self._state.runner:
            return run_commands(self._state, context_id, argv)
        with self._state.lock:
            refusal = self._refusal(context_id, argv)
            if refusal:
                return Reply(1, "", f"ERROR bad request: {refusal}\n")
            return self._reply(self._running[context_id], argv, directory, stdin)

    def _reply(self, running: Running, argv: list[str], directory: str, stdin: str | None) -> Reply:
        try:
            return run(running[0], argv, directory, stdin)
        except NeedsStdin:
            raise
        except Exception as error:
            return Reply(1, "", f"ERROR {self._state.log_mistake(error)}\n")

    def _refusal(self, context_id: str, argv: list[str]) -> str:
        if context_id not in self._running:
            return f"wrong context ID; got {quote(context_id)}"
        return "" if argv[0] in (*TOOLS, *NOT_MODELLED) else f"unknown command {quote(argv[0])}"
