"""How the commands of ``juju`` are declared, found and run."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Callable, NamedTuple

from sandbox.go_yaml import write_yaml
from sandbox.juju.controller import Controller
from sandbox.juju.gnuflag import no_more, parse_flags, read_declarations
from sandbox.juju.go_values import quote
from sandbox.juju.juju_errors import JujuError, UsageError
from sandbox.program_server import Conversation


class CommandExit(Exception):
    """A command ends with this code, and has said all that is to be said."""


@dataclass
class Call:
    """One call of a command by its ``name``. ``terminal`` is where it was typed; ``end`` ends the
    sandbox.
    """

    juju: Controller
    terminal: Conversation
    name: str
    args: list[str]
    end: Callable[[], None]
    options: dict[str, Any] = field(default_factory=dict)

    def take(self, *names: str) -> list[str]:
        """Exactly these positional arguments; UsageError names the first that is missing."""
        if len(self.args) < len(names):
            raise UsageError(f"no {names[len(self.args)]} specified")
        no_more(self.args[len(names) :])
        return self.args

    def path(self, spelled: str) -> str:
        """A path on the command line, as seen from where it was typed."""
        return os.path.join(self.terminal.directory, os.path.expanduser(spelled))

    def read_file(self, spelled: str) -> str:
        """The text of a file, ``-`` for standard input. What is no UTF-8 in it is surrogates."""
        if spelled == "-":
            return self.terminal.read()
        try:
            return self.terminal.load(spelled)
        except OSError as error:
            raise JujuError(f"open {spelled}: {(error.strerror or '').lower()}") from None

    def is_over(self) -> bool:
        """Whether whoever typed the command has left, or the sandbox ends."""
        return self.terminal.is_gone() or self.juju.closing

    def say(self, line: str) -> None:
        """Prints a line."""
        self.terminal.out(line + "\n")

    def require_no_prompt(self) -> None:
        """Refuses a command that Juju would ask about first, unless it was told not to ask."""
        if "y" in self.options and self.juju.juju_version.since(3):
            raise UsageError("option provided but not defined: -y")
        if not self.options.get("no-prompt") and not self.options.get("y"):
            raise UsageError("Juju would ask first, which the sandbox does not: give --no-prompt")

    def note(self, line: str) -> None:
        """Prints a remark, out of the way of the output."""
        self.terminal.err(line + "\n")

    def write(self, value: Any, default: str = "yaml", sort: bool = False) -> None:
        """Prints a value as YAML or JSON; sort: whether Go holds it in maps."""
        if self.options.get("format", default) == "json":
            text = json.dumps(value, separators=(",", ":"), ensure_ascii=False, sort_keys=sort)
            self.say(text)
        else:
            self.terminal.out(write_yaml(value, sort))


class Command(NamedTuple):
    """A command of a program, as its text declares it. ``major`` is the version of Juju that has
    it, 0 for all.
    """

    names: list[str]
    flags: tuple
    major: int
    run: Callable[[Call], None]

    def fits(self, juju: Controller) -> bool:
        """Whether the Juju that the sandbox behaves like has it."""
        return self.major in (0, 3 if juju.juju_version.since(3) else 2)


class Program:
    """A program with commands: ``juju`` or ``kubectl``.

    text: the file that declares them, which its client prints for help. mistake: what its error
    messages begin with.
    """

    def __init__(self, name: str, text: Path, mistake: str) -> None:
        self.name = name
        self.commands: dict[str, list[Command]] = {}
        self._mistake = mistake
        every, *self._declared = read_declarations(text)
        self._standard = every.flags

    def command(self, *names: str, major: int = 0) -> Callable:
        """Makes a function what runs the commands that the text declares by these first names."""

        def register(function: Callable[[Call], None]) -> Callable[[Call], None]:
            for declared in self._declared:
                if declared.names[0] in names and major in (0, declared.major):
                    flags = declared.flags + self._standard
                    found = Command(declared.names, flags, declared.major, function)
                    for name in declared.names:
                        self.commands.setdefault(name, []).append(found)
            return function

        return register

    def run(
        self,
        controller: Controller,
        terminal: Conversation,
        argv: list[str],
        end: Callable[[], None],
    ) -> int:
        """Runs one command line, without the program's name; returns its exit code."""
        try:
            name, *rest = self._command_first(argv)
            found = self._find(controller, name)
            options, args = parse_flags(found.flags, rest)
            self._check_model(options, controller.model.name)
            found.run(Call(controller, terminal, name, args, end, options))
        except JujuError as error:
            terminal.err(f"{self._mistake} {error}\n")
            return 2 if isinstance(error, UsageError) else 1
        except CommandExit as error:
            return error.args[0]
        return 0

    def _check_model(self, options: dict[str, Any], mine: str) -> None:
        given = options.get("m", mine)
        if given.rpartition(":")[2].rpartition("/")[2] != mine:
            only = f"the sandbox has one model, {quote(mine)}"
            raise JujuError(f"model {quote(given)} not found: {only}")

    def _find(self, controller: Controller, name: str) -> Command:
        known = self.commands.get(name, [])
        for found in known:
            if found.fits(controller):
                return found
        whose = f"Juju {controller.juju_version}" if known else "the sandbox"
        hint = f'See "{self.name} help"'
        raise UsageError(f"{quote(name)} is not a command of {whose}. {hint}")

    def _command_first(self, argv: list[str]) -> list[str]:
        """The words with the command before the flags that were typed before it."""
        valued = [name for flag in self._standard if not flag.switch for name in flag.names]
        takes_value = [("-" if len(name) == 1 else "--") + name for name in valued]
        position = 0
        while position < len(argv) and argv[position].startswith("-"):
            if argv[position] == "--version":
                break
            position += 2 if argv[position] in takes_value else 1
        return argv[position : position + 1] + argv[:position] + argv[position + 1 :]


JUJU = Program("juju", Path(__file__).with_name("juju.txt"), "ERROR")
command = JUJU.command
