"""What came of one run of a hook."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class HookRun:
    """One run of a hook or action.

    code: the exit code, negative for a signal, None if there is no such hook. handler: Juju's words
    for what ran. error: why it has failed, "" if it has not. lines: what it has printed, each with
    "stdout" or "stderr".
    """

    unit: str
    hook: str
    environment: dict[str, str]
    handler: str = ""
    code: int | None = None
    error: str = ""
    lines: list[tuple[str, str]] = field(default_factory=list)

    def printed(self, stream: str) -> list[str]:
        """The lines that went to "stdout" or "stderr"."""
        return [line for name, line in self.lines if name == stream]
