"""What all hook tools have in common: how they are declared, called, and print.

Written after github.com/juju/cmd v3 (cmd.go, output.go, filevar.go) and Juju 2.9's
worker/uniter/runner/jujuc.
"""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Callable, NamedTuple, TextIO

from sandbox.go_yaml import YamlError, read_strings, write_yaml
from sandbox.juju.gnuflag import (
    Declaration,
    HelpWanted,
    key_values,
    no_more,
    parse_flags,
    read_declarations,
)
from sandbox.juju.go_values import quote
from sandbox.juju.hooktools.hook_context import HookContext, RelationContext
from sandbox.juju.juju_errors import JujuError, UsageError

TEXT = Path(__file__).with_name("hook-tools.txt")
DECLARED = {declared.names[0]: declared for declared in read_declarations(TEXT)}


class NeedsStdin(Exception):
    """The tool reads its standard input, which the client has not sent yet."""


class Reply(NamedTuple):
    """What a tool printed and returned; ``wrote`` tells whether it changed anything."""

    code: int
    stdout: str = ""
    stderr: str = ""
    wrote: bool = False


class Tool(NamedTuple):
    """A hook tool. ``writes``: whether a successful call changes something."""

    declared: Declaration
    run: Callable[[ToolCall], None]
    writes: bool
    default_format: str


TOOLS: dict[str, Tool] = {}
"""Every tool by the name that a charm calls."""
NOT_MODELLED = (
    *("add-metric", "credential-get", "juju-reboot", "k8s-raw-get", "k8s-raw-set"),
    *("close-port", "open-port", "opened-ports"),
    *("payload-register", "payload-status-set", "payload-unregister"),
    *("secret-add", "secret-get", "secret-grant", "secret-ids", "secret-info-get", "secret-remove"),
    *("secret-revoke", "secret-set", "state-delete", "state-get", "state-set"),
    *("storage-add", "storage-get", "storage-list"),
)
"""The tools that do nothing but say that they are not modelled."""


def tool(name: str, writes: bool = False, default_format: str = "smart") -> Callable:
    """Makes a function the hook tool that hook-tools.txt declares by this first name.

    It raises UsageError for wrong arguments, JujuError else.
    """

    def register(function: Callable[[ToolCall], None]) -> Callable[[ToolCall], None]:
        declared = DECLARED[name]
        for spelled in declared.names:
            TOOLS[spelled] = Tool(declared, function, writes, default_format)
        return function

    return register


@dataclass
class ToolCall:
    """One call of a tool. ``directory`` is the hook's; ``stdin`` None if it has not been sent."""

    context: HookContext
    name: str
    directory: str
    stdin: str | None
    args: list[str] = field(default_factory=list)
    options: dict[str, Any] = field(default_factory=dict)
    stdout: str = ""
    stderr: str = ""

    def required(self, missing: str) -> str:
        """The only argument; UsageError with the text ``missing`` if there is none."""
        if not self.args:
            raise UsageError(missing)
        no_more(self.args[1:])
        return self.args[0]

    def relation(self) -> RelationContext:
        """The relation meant: the one of -r, else the hook's; UsageError if there is neither."""
        relation = self.options.get("r") or self.context.relation
        if relation is None:
            raise UsageError("no relation id specified")
        return relation

    def read_file(self, path: str) -> str:
        """A file named on the command line, ``-`` for standard input."""
        if path != "-":
            return self.read_named_file(path)
        if self.stdin is None:
            raise NeedsStdin
        return self.stdin

    def read_named_file(self, path: str) -> str:
        """A file, also one that is called ``-``."""
        with self._open(path, "r") as source:
            return source.read()

    def read_pairs(self) -> dict[str, str]:
        """The arguments ``key=value`` over those of --file."""
        pairs = key_values(self.args)
        if not self.options.get("file"):
            return pairs
        try:
            return {**read_strings(self.read_file(self.options["file"])), **pairs}
        except YamlError as error:
            raise JujuError(f"yaml: {error}") from None

    def write(self, value: Any, sort: bool = True) -> None:
        """Prints a value in the format that was asked for, to the file that was asked for.

        sort: whether Go holds it in maps, whose keys it sorts, and not in structs.
        """
        text = FORMATS[self.format](value, sort)
        if "o" not in self.options:
            self.stdout += text
            return
        with self._open(self.options["o"], "w") as target:
            target.write(text)

    @property
    def format(self) -> str:
        """The format to print in."""
        return self.options.get("format", TOOLS[self.name].default_format)

    def warn_of_format(self) -> None:
        """Says that --format means nothing to this tool."""
        if self.options.get("format"):
            self.stderr += f'--format flag deprecated for command "{self.name}"'

    def _open(self, path: str, mode: str) -> TextIO:
        """A file as seen from the hook. What is no UTF-8 in it passes through as it is."""
        path = os.path.normpath(os.path.join(self.directory, path))
        try:
            return open(path, mode, encoding="utf-8", errors="surrogateescape", newline="")
        except OSError as error:
            doing = "read" if mode == "r" and isinstance(error, IsADirectoryError) else "open"
            raise JujuError(f"{doing} {path}: {(error.strerror or '').lower()}") from None


def run(context: HookContext, argv: list[str], directory: str, stdin: str | None) -> Reply:
    """One call: ``argv`` begins with the tool's name. NeedsStdin if it must be repeated with
    standard input.
    """
    name, *words = argv
    if name in NOT_MODELLED:
        return Reply(2, "", f"ERROR the sandbox does not model {name}\n")
    called = TOOLS[name]
    call = ToolCall(context, name, directory, stdin)
    try:
        call.options, call.args = parse_flags(called.declared.flags, words)
        if "r" in call.options:
            call.options["r"] = _find_relation(context, call.options["r"], words)
        called.run(call)
    except HelpWanted:
        return Reply(0, f"Usage: {called.declared.text}\n")
    except UsageError as error:
        return Reply(2, "", f"ERROR {error}\n")
    except JujuError as error:
        return Reply(1, call.stdout, f"{call.stderr}ERROR {error}\n")
    return Reply(0, call.stdout, call.stderr, called.writes)


def _find_relation(context: HookContext, value: str, words: list[str]) -> RelationContext:
    """The relation with this id; the part before the colon means nothing to Juju."""
    number = value.rpartition(":")[2]
    is_number = re.fullmatch("[-+]?[0-9]{1,18}", number)
    if is_number and int(number) in context.relations:
        return context.relations[int(number)]
    problem = "relation not found" if is_number else "invalid relation id"
    dashed = "--relation" if any(word.startswith("--rel") for word in words) else "-r"
    raise UsageError(f"invalid value {quote(value)} for option {dashed}: {problem}")


def _to_json(value: Any, sort: bool) -> str:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=sort)
    for character, escape in (("<", "\\u003c"), (">", "\\u003e"), ("&", "\\u0026")):
        text = text.replace(character, escape)
    return text + "\n"


def _to_yaml(value: Any, sort: bool) -> str:
    return "" if value is None else write_yaml(value, sort)


def _to_smart(value: Any, sort: bool) -> str:
    if isinstance(value, bool):
        return "True\n" if value else "False\n"
    if isinstance(value, tuple):  # of text; a list may hold anything
        value = "\n".join(value)
    if isinstance(value, str):
        return value + "\n" if value else ""
    return _to_yaml(value, sort)


FORMATS = {"json": _to_json, "smart": _to_smart, "yaml": _to_yaml}
