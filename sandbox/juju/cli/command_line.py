"""How the commands of ``juju`` are declared, found and run."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from typing import Any, Callable, NamedTuple

import yaml

from sandbox.juju.controller import Controller
from sandbox.juju.gnuflag import Flag, HelpWanted, no_more, parse_flags, usage
from sandbox.juju.go_values import quote
from sandbox.juju.juju_errors import JujuError, UsageError

FORMAT = Flag(("format",), "Specify output format", choices=("yaml", "json"))
ANSWERS_TO = {
    "add-relation": "integrate",
    "attach": "attach-resource",
    "integrate": "relate",
    "run-action": "run",
    "show-action-output": "show-task",
    "show-operation": "show-action-output",
    "show-task": "show-action-output",
    "upgrade-charm": "refresh",
}
"""What the other version of Juju calls a command that one of the two does not have."""
STANDARD = (
    Flag(("m", "model"), "The model; there is one"),
    Flag(("debug",), "Accepted for compatibility", switch=True),
    Flag(("quiet",), "Accepted for compatibility", switch=True),
    Flag(("verbose",), "Accepted for compatibility", switch=True),
)


@dataclass
class Terminal:
    """Where a command was typed: its working directory and ways to print and to read.

    read: returns what is on the standard input, or its next line only if called with True.
    tty: whether the output is a terminal. gone: tells whether whoever typed it has left.
    """

    cwd: str
    out: Callable[[str], None]
    err: Callable[[str], None]
    read: Callable[..., str]
    tty: bool = False
    gone: Callable[[], bool] = lambda: False


@dataclass
class Call:
    """One call of a command. ``end`` ends the sandbox."""

    juju: Controller
    terminal: Terminal
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
        return os.path.join(self.terminal.cwd, os.path.expanduser(spelled))

    def read_file(self, spelled: str) -> str:
        """The text of a file, ``-`` for standard input. What is no UTF-8 in it is surrogates."""
        if spelled == "-":
            return self.terminal.read()
        try:
            with open(self.path(spelled), "rb") as source:
                return source.read().decode("utf-8", "surrogateescape")
        except OSError as error:
            raise JujuError(f"open {spelled}: {(error.strerror or '').lower()}") from None

    def say(self, line: str) -> None:
        """Prints a line."""
        self.terminal.out(line + "\n")

    def confirm(self, question: str, answers: tuple, what: str) -> None:
        """Asks, unless --no-prompt or -y was given; JujuError if the answer is another one.

        Juju takes the first line of the standard input (cmd/helpers.go, UserConfirmYes).
        """
        if "y" in self.options and self.juju.juju_version.since(3):
            raise UsageError("option provided but not defined: -y")
        if self.options.get("no-prompt") or self.options.get("y"):
            return
        self.terminal.err(question)
        if self.terminal.read(True).strip().lower() not in answers:
            raise JujuError(f"{what}: aborted")

    def note(self, line: str) -> None:
        """Prints a remark, out of the way of the output."""
        self.terminal.err(line + "\n")

    def write(self, value: Any, default: str = "yaml") -> None:
        """Prints a value as YAML or JSON."""
        if self.options.get("format", default) == "json":
            self.say(json.dumps(value, separators=(",", ":"), ensure_ascii=False))
            return
        text = yaml.safe_dump(value, sort_keys=False, allow_unicode=True, width=1 << 20)
        self.terminal.out(text)


class Command(NamedTuple):
    """A command of a program. ``major`` is the version of Juju that has it, 0 for all."""

    names: tuple
    args: str
    purpose: str
    flags: tuple
    run: Callable[[Call], None]
    major: int

    def fits(self, juju: Controller) -> bool:
        """Whether the Juju that the sandbox behaves like has it."""
        return self.major in (0, 3 if juju.juju_version.since(3) else 2)


class Program:
    """A program with commands: ``juju`` or ``kubectl``.

    standard: the flags that every command has, which may come before the command too.
    mistake: what its error messages begin with.
    """

    def __init__(self, name: str, standard: tuple, mistake: str) -> None:
        self.name = name
        self.commands: dict[str, list[Command]] = {}
        self._standard = standard
        self._mistake = mistake

    def command(self, *names: str, args: str = "", flags: tuple = (), major: int = 0) -> Callable:
        """Makes a function a command; the first line of its docstring is the purpose."""

        def register(function: Callable[[Call], None]) -> Callable[[Call], None]:
            purpose = (function.__doc__ or "").splitlines()[0]
            declared = Command(names, args, purpose, (*flags, *self._standard), function, major)
            for name in names:
                self.commands.setdefault(name, []).append(declared)
            return function

        return register

    def run(
        self, controller: Controller, terminal: Terminal, argv: list[str], end: Callable[[], None]
    ) -> int:
        """Runs one command line, without the program's name; returns its exit code."""
        try:
            self._run(controller, terminal, argv, end)
        except UsageError as error:
            terminal.err(f"{self._mistake} {error}\n")
            return 2
        except JujuError as error:
            terminal.err(f"{self._mistake} {error}\n")
            return 1
        return 0

    def _run(
        self, controller: Controller, terminal: Terminal, argv: list[str], end: Callable[[], None]
    ) -> None:
        name, *rest = self._command_first(argv) or ["help"]
        if name in ("help", "--help", "-h"):
            terminal.out(self._overview(controller))
            return
        found = self._find(controller, name)
        try:
            options, args = parse_flags(found.flags, rest)
        except HelpWanted:
            terminal.out(usage(f"{self.name} {name}", found.args, found.purpose, found.flags))
            return
        given, mine = options.get("m", controller.model.name), controller.model.name
        if given.rpartition(":")[2].rpartition("/")[2] != mine:
            only = f"the sandbox has one model, {quote(mine)}"
            raise JujuError(f"model {quote(given)} not found: {only}")
        found.run(Call(controller, terminal, args, end, options))

    def _find(self, controller: Controller, name: str) -> Command:
        known = self.commands.get(name, [])
        for found in known:
            if found.fits(controller):
                return found
        if known:
            other = ANSWERS_TO.get(name)
            hint = f", which has {quote(other)}" if other else ""
            version = controller.juju_version
            raise UsageError(f"{quote(name)} is not a command of Juju {version}{hint}")
        hint = f'See "{self.name} help"'
        raise UsageError(f"{quote(name)} is not a command of the sandbox. {hint}")

    def _command_first(self, argv: list[str]) -> list[str]:
        """The words with the command before the flags that were typed before it."""
        valued = [name for flag in self._standard if not flag.switch for name in flag.names]
        takes_value = [("-" if len(name) == 1 else "--") + name for name in valued]
        position = 0
        while position < len(argv) and argv[position].startswith("-"):
            if argv[position] in ("-h", "--help", "--version"):
                break
            position += 2 if argv[position] in takes_value else 1
        return argv[position : position + 1] + argv[:position] + argv[position + 1 :]

    def _overview(self, controller: Controller) -> str:
        every = [found for known in self.commands.values() for found in known]
        commands = sorted({found.names: found for found in every if found.fits(controller)}.items())
        width = max(len(names[0]) for names, _ in commands)
        lines = [f"  {names[0]:<{width}}  {found.purpose}" for names, found in commands]
        heading = f"The sandbox understands these commands of {self.name}:"
        return "\n".join([heading, "", *lines]) + "\n"


JUJU = Program("juju", STANDARD, "ERROR")
command = JUJU.command
