"""Every hook run with every tool call, so that a test can count and order them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Callable, NamedTuple


class ToolCallRecord(NamedTuple):
    """One call of a hook tool. ``wrote`` tells whether it succeeded in changing something,
    buffered or not.
    """

    argv: list[str]
    stdin: str | None
    code: int
    stdout: str
    stderr: str
    wrote: bool

    @property
    def tool(self) -> str:
        """The tool's name."""
        return self.argv[0]


@dataclass
class HookRun:
    """One run of a hook or action.

    code: the exit code, negative for a signal, None if there is no such hook. handler: Juju's words
    for what ran.
    """

    unit: str
    hook: str
    environment: dict
    remote_unit: str = ""
    relation_id: int | None = None
    calls: list[ToolCallRecord] = field(default_factory=list)
    handler: str = ""
    code: int | None = None
    committed: bool = False
    error: str = ""
    output: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def calls_of(self, *tools: str) -> list[ToolCallRecord]:
        """The calls of these tools, in order."""
        return [call for call in self.calls if call.tool in tools]

    @property
    def writes(self) -> list[ToolCallRecord]:
        """The calls that changed something."""
        return [call for call in self.calls if call.wrote]


@dataclass
class Fault:
    """Something to happen in the next hook of ``unit`` (only in ``hook``, if given), once.

    effect: ``fail`` makes the tool call with the index ``call`` (from 0) exit 1 without effect;
    ``kill`` kills the hook's processes instead of that call; ``kill-after`` kills them right after
    it; ``commit`` lets the hook end well and its buffered writes be lost; ``forget`` lets them be
    kept, and the agent end before it has noted that the hook is done: Juju's operation is still
    pending then, and the hook runs again (worker/uniter/resolver.go); a function is called right
    before that call. tool: counts only calls of this tool.
    """

    unit: str
    effect: str | Callable[[], object]
    call: int = 0
    hook: str | None = None
    tool: str | None = None
    hit: bool = False

    def meets(self, run: HookRun) -> bool:
        """Whether it is meant for this run."""
        return not self.hit and self.unit == run.unit and self.hook in (None, run.hook)

    def strikes(self, run: HookRun, argv: list[str]) -> bool:
        """Whether the call that ``run`` is about to make is the one."""
        if (
            self.effect in ("commit", "forget")
            or not self.meets(run)
            or self.tool not in (None, argv[0])
        ):
            return False
        before = len(run.calls_of(self.tool)) if self.tool else len(run.calls)
        return before == self.call
