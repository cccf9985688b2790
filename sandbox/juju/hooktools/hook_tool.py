"""What all hook tools have in common: flags, help, output formats, errors and exit codes.

Written after github.com/juju/cmd v3 (cmd.go, output.go, filevar.go), github.com/juju/gnuflag and
Juju 2.9's worker/uniter/runner/jujuc.
"""

from __future__ import annotations

import abc
import json
import os
import re
from typing import TYPE_CHECKING, Any, NamedTuple, TextIO

import yaml

from sandbox.juju.gnuflag import Flag, HelpWanted, key_values, no_more, parse_flags, usage
from sandbox.juju.go_values import quote
from sandbox.juju.juju_errors import JujuError, UsageError
from sandbox.kubernetes.podspec import yaml_v2

if TYPE_CHECKING:
    from sandbox.juju.hooktools.hook_context import HookContext, RelationContext


class NeedsStdin(Exception):
    """The tool reads its standard input, which the client has not sent yet."""


class Reply(NamedTuple):
    """What a tool printed and returned; ``wrote`` tells whether it changed anything."""

    code: int
    stdout: str = ""
    stderr: str = ""
    wrote: bool = False


RELATION = Flag(("r", "relation"), "specify a relation by id")
APP = Flag(("app",), "the data of the application, not of a unit", switch=True)
FILE = Flag(("file",), "file containing key-value pairs")
OUTPUT = (
    Flag(("format",), "Specify output format", choices=("json", "smart", "yaml")),
    Flag(("o", "output"), "Specify an output file"),
)


class Tool(abc.ABC):
    """One call of a hook tool.

    names: what it is called. flags: what it understands. writes: whether a successful call changes
    something.
    """

    names: tuple[str, ...] = ()
    args = ""
    purpose = ""
    flags: tuple[Flag, ...] = ()
    writes = False
    default_format = "smart"

    def __init__(self, context: HookContext, name: str, directory: str, stdin: str | None) -> None:
        self.context = context
        self.name = name
        self.directory = directory
        self._stdin = stdin
        self.options: dict[str, Any] = {}
        self.stdout = ""
        self.stderr = ""

    # -- for the tools -----------------------------------------------------------------------------

    def init(self, args: list[str]) -> None:
        """Takes the arguments; UsageError if they are wrong."""
        no_more(args)

    @abc.abstractmethod
    def run(self) -> None:
        """Does the work; JujuError if it cannot."""

    def read_file(self, path: str) -> str:
        """A file named on the command line, ``-`` for standard input."""
        if path == "-":
            if self._stdin is None:
                raise NeedsStdin
            return self._stdin
        with self._open(path, "r") as source:
            return source.read()

    def _open(self, path: str, mode: str) -> TextIO:
        """A file as seen from the hook. What is no UTF-8 in it passes through as it is."""
        path = os.path.normpath(os.path.join(self.directory, path))
        try:
            return open(path, mode, encoding="utf-8", errors="surrogateescape", newline="")
        except OSError as error:
            raise JujuError(f"open {path}: {(error.strerror or '').lower()}") from None

    def write(self, value: Any) -> None:
        """Prints a value in the format that was asked for, to the file that was asked for."""
        text = FORMATS[self.options.get("format", self.default_format)](value)
        path = self.options.get("o")
        if not path:
            self.stdout += text
            return
        with self._open(path, "w") as target:
            target.write(text)

    def relation(self):
        """The relation meant: the one of -r, else the hook's; UsageError if there is neither."""
        relation = self.options.get("r") or self.context.relation
        if relation is None:
            raise UsageError("no relation id specified")
        return relation

    def read_pairs(self, args: list[str]) -> dict[str, str]:
        """``key=value`` arguments over those of --file."""
        pairs = {}
        if self.options.get("file"):
            pairs = _yaml_pairs(self.read_file(self.options["file"]))
        pairs.update(key_values(args))
        return pairs

    # -- the command line --------------------------------------------------------------------------

    def parse(self, argv: list[str]) -> list[str]:
        """Takes the flags out of ``argv`` and returns the rest."""
        self.options, rest = parse_flags(self.flags, argv)
        if "r" in self.options:
            self.options["r"] = self._find(self.options["r"], argv)
        return rest

    def _find(self, value: str, argv: list[str]) -> RelationContext:
        """The relation with this id; the part before the colon means nothing to Juju."""
        number = value.rpartition(":")[2]
        known = re.fullmatch("[-+]?[0-9]{1,18}", number)
        if known and int(number) in self.context.relations:
            return self.context.relations[int(number)]
        problem = "relation not found" if known else "invalid relation id"
        dashed = "--relation" if any(arg.startswith("--rel") for arg in argv) else "-r"
        raise UsageError(f"invalid value {quote(value)} for option {dashed}: {problem}")

    def help(self) -> str:
        """What --help prints."""
        return usage(self.name, self.args, self.purpose, self.flags)


def run(
    tool: type[Tool],
    context: HookContext,
    argv: list[str],
    directory: str,
    stdin: str | None,
) -> Reply:
    """One call: ``argv`` begins with the tool's name. NeedsStdin if it must be repeated with
    standard input.
    """
    call = tool(context, argv[0], directory, stdin)
    try:
        call.init(call.parse(argv[1:]))
    except HelpWanted:
        return Reply(0, call.help())
    except UsageError as error:
        return Reply(2, "", f"ERROR {error}\n")
    try:
        call.run()
    except UsageError as error:
        return Reply(2, "", f"ERROR {error}\n")
    except JujuError as error:
        return Reply(1, call.stdout, f"{call.stderr}ERROR {error}\n")
    return Reply(0, call.stdout, call.stderr, tool.writes)


def _yaml_pairs(text: str) -> dict[str, str]:
    try:
        return yaml_v2.string_map(text)
    except yaml.YAMLError as error:
        raise JujuError(f"yaml: {yaml_v2.problem(error)}") from None


def _to_json(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    for character, escape in (("<", "\\u003c"), (">", "\\u003e"), ("&", "\\u0026")):
        text = text.replace(character, escape)
    return text + "\n"


def _to_yaml(value: Any) -> str:
    if value is None:
        return ""
    text = yaml.safe_dump(value, default_flow_style=False, allow_unicode=True)
    return text.replace("\n...\n", "\n").rstrip("\n") + "\n"


def _to_smart(value: Any) -> str:
    if isinstance(value, bool):
        return "True\n" if value else "False\n"
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        value = "\n".join(value)
    if isinstance(value, str):
        return value + "\n" if value else ""
    return _to_yaml(value)


FORMATS = {"json": _to_json, "smart": _to_smart, "yaml": _to_yaml}
