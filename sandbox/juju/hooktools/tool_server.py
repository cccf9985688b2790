"""Answers the hook tools that a hook calls."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Callable, List, Optional

from sandbox.juju.hooktools.hook_tool import NeedsStdin, Reply
from sandbox.program_server import Conversation, ProgramServer

Answer = Callable[[str, str, List[str], Optional[str]], Reply]


class ToolServer(ProgramServer):
    """Calls ``answer(context id, folder, argv, standard input or None)`` for each tool call."""

    def __init__(self, answer: Answer) -> None:
        self._answer_call = answer
        # A charm may connect by itself, so the path must be a short one.
        self._directory = Path(tempfile.mkdtemp(prefix="juju-"))
        self.address = str(self._directory / "agent.socket")
        super().__init__(self._directory, "agent.socket", self._reply)

    def close(self) -> None:
        """Stops answering."""
        super().close()
        shutil.rmtree(str(self._directory), ignore_errors=True)

    def _reply(self, call: Conversation) -> None:
        reply = self.answer(call.caller, call.directory, call.argv, call.read)
        call.out(reply.stdout)
        call.err(reply.stderr)
        call.exit(reply.code)

    def answer(
        self, context: str, directory: str, argv: list[str], read_stdin: Callable[[], str]
    ) -> Reply:
        """Answers one call; read_stdin: called for the standard input if the tool wants it."""
        try:
            return self._answer_call(context, directory, argv, None)
        except NeedsStdin:
            return self._answer_call(context, directory, argv, read_stdin())
