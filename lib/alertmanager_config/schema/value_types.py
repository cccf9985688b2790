"""The kinds of values that a configuration has, and what each may look like.

They mirror the Go types that Alertmanager decodes YAML into, with gopkg.in/yaml.v2's rules (its
decode.go) for what fits into which. Two of these rules surprise: a null is accepted everywhere
and means "not there", skipping all checks; and a number or boolean is fine where text is wanted.

check() gives the value as the rules between fields need it: text as str, lists as list, mappings
as dict, None for what is not there; what could not be read is BROKEN, which counts as there.
"""

import abc
import base64
import binascii
import re
from typing import Any, Callable, Dict, List, Optional, Sequence, Tuple

from ..version import EVERY, VersionSet, before, since
from ..yaml import scalars
from ..yaml.nodes import Items, Mapping, Node, Path, Scalar, is_null, shown
from .check_context import Context


class _Broken(str):
    """Stands for a value that could not be read."""


BROKEN = _Broken("?")

FITS_NOTHING = frozenset(["~", "null"])
"""Texts that yaml.v2, even in quotes, does not hand to a type's own code."""


def is_nothing(node: Optional[Node]) -> bool:
    """Whether a value is one of the nulls that yaml.v2 sees before it asks what is wanted.

    The spellings Null and NULL become null only after a type's own code was called.
    """
    return is_null(node) and (node is None or node.text in ("", "~", "null"))


class Kind(abc.ABC):
    """What a value may be."""

    wants = "something else"
    # What YAML would make of a value that fits, if it stood there without quotes.
    unquoted: Tuple[str, ...] = ()

    @abc.abstractmethod
    def check(self, node: Node, path: Path, context: Context) -> Any:
        """Say what is wrong with a value, and give it."""

    def _wrong_type(self, node: Node, path: Path, context: Context) -> _Broken:
        quoted = isinstance(node, Scalar) and node.kind == scalars.STR
        unquoted = quoted and scalars.kind_of(node.text) in self.unquoted
        hint = "take the quotes away" if unquoted else ""
        context.report.refuse(node, path, f"must be {self.wants}", hint)
        return BROKEN


class Text(Kind):
    """Any text, which may be empty."""

    wants = "text"

    def check(self, node: Node, path: Path, context: Context) -> str:
        """Give the text; a null is empty text."""
        if not isinstance(node, Scalar):
            return self._wrong_type(node, path, context)
        text = "" if node.kind == scalars.NULL else node.text
        if text:
            self.judge(text, node, path, context)
        return text

    def judge(self, text: str, node: Node, path: Path, context: Context) -> None:
        """Say what is wrong with a text that is not empty."""


_PLACEHOLDER = re.compile(r"\$\{[^{}]*\}|\$\([^()]*\)|\$[A-Z][A-Z0-9_]+\Z")


def warn_of_placeholder(text: str, node: Node, path: Path, context: Context) -> None:
    """Warn of what was to be replaced by a secret before Alertmanager reads it."""
    # A regular expression would look for the end again after every beginning.
    if _PLACEHOLDER.search(text) or "}}" in text.partition("{{")[2]:
        message = "has a placeholder in it, and Alertmanager replaces none"
        context.report.warn(node, path, message, "put the secret itself here")


class Secret(Text):
    """Text that must not be shown."""

    def judge(self, text: str, node: Node, path: Path, context: Context) -> None:
        """Warn of what stands in a secret's place."""
        warn_of_placeholder(text, node, path, context)
        if is_packed(text):
            context.report.warn(
                node, path, "is base64 of a text, and Alertmanager unpacks nothing",
                "put the text itself here, unless the secret looks like that",
            )  # fmt: skip
        if text == "<secret>":
            context.report.warn(
                node, path, "is the word that Alertmanager shows instead of the secret",
                "put the secret itself here",
            )  # fmt: skip


def is_packed(text: str) -> bool:
    """Whether a secret is likely to be base64 of the real one."""
    text = text.strip()
    if len(text) < 12 or len(text) % 4 or not text.isascii():
        return False
    try:
        unpacked = base64.b64decode(text, validate=True)
    except (ValueError, binascii.Error):
        return False
    # Chance makes no text of printable characters that long.
    return all(byte in b"\n\r" or 0x20 <= byte < 0x7F for byte in unpacked)


class SecretPointer(Secret):
    """A secret of which even an empty one counts as given."""

    def check(self, node: Node, path: Path, context: Context) -> Optional[str]:
        """Give the text, or None for a null."""
        if is_nothing(node):
            return None
        # yaml.v2 takes these two for nothing, even in quotes, before it looks what is wanted.
        if isinstance(node, Scalar) and node.text in FITS_NOTHING:
            return self._wrong_type(node, path, context)
        return super().check(node, path, context) or BROKEN


class Template(Text):
    """Text that Alertmanager expands when it sends a notification."""

    def judge(self, text: str, node: Node, path: Path, context: Context) -> None:
        """Warn of what cannot be expanded: the notification would not be sent."""
        context.templates.field(text, node, path)


class FileName(Text):
    """The name of a file.

    beside: whether a relative name is looked for beside the configuration (since 0.22), or in
        Alertmanager's working directory.
    at_start: whether Alertmanager reads it when it builds its receivers, and refuses to run
        without it; other files it reads when it sends a notification.
    untrimmed: the versions that take a line break at its end for a part of the secret.
    """

    def __init__(self, beside: bool = False, at_start: bool = False, untrimmed: VersionSet = 0):
        self.beside = beside
        self.at_start = at_start
        self.untrimmed = untrimmed

    def judge(self, text: str, node: Node, path: Path, context: Context) -> None:
        """Look for the file among those that are mounted."""
        from . import file_references

        file_references.judge_name(text, self, node, path, context)


class Choice(Text):
    """One of a few words, or empty text."""

    def __init__(self, *words: str, which: VersionSet = EVERY):
        self.words = words
        self.which = which

    def judge(self, text: str, node: Node, path: Path, context: Context) -> None:
        """Refuse any other word."""
        if text not in self.words:
            message = "must be " + _either(self.words)
            context.report.refuse(node, path, message, nearest(text, self.words), self.which)


class _Parsed(Kind):
    """A value that Alertmanager reads from text with a parser of its own."""

    def check(self, node: Node, path: Path, context: Context) -> Optional[str]:
        """Give the text, BROKEN if it is wrong, or None for a null."""
        if not isinstance(node, Scalar):
            return self._wrong_type(node, path, context)
        if node.kind == scalars.NULL:
            if is_nothing(node):
                return None
            return self.judge("", node, path, context) or None
        if node.kind == scalars.STR and node.text in FITS_NOTHING:
            return self._wrong_type(node, path, context)
        return self.judge(node.text, node, path, context) or node.text

    @abc.abstractmethod
    def judge(self, text: str, node: Node, path: Path, context: Context) -> Optional[_Broken]:
        """Say what is wrong with a text; give BROKEN if it is wrong for every version."""


class Url(_Parsed):
    """An http or https URL with a host.

    placeholder: whether ``<secret>`` is taken, too (Alertmanager's SecretURL).
    """

    wants = "a URL"

    def __init__(self, placeholder: bool = False, any_scheme: bool = False):
        self.placeholder = placeholder
        self.any_scheme = any_scheme

    def judge(self, text: str, node: Node, path: Path, context: Context) -> Optional[_Broken]:
        """Read it as Go's net/url does."""
        from ..go import urls

        if self.placeholder and text == "<secret>":
            Secret().judge(text, node, path, context)
            return None
        if self.placeholder:
            warn_of_placeholder(text, node, path, context)
        broken = None
        for fault in urls.url_faults(text, self.any_scheme):
            if fault.official:
                context.report.warn_official(node, path, fault.message, fault.versions)
                continue
            context.report.refuse(node, path, fault.message, which=fault.versions)
            broken = BROKEN
        return broken


class HostPort(_Parsed):
    """A host and a port; empty text counts as not there."""

    wants = "host:port"

    def judge(self, text: str, node: Node, path: Path, context: Context) -> Optional[_Broken]:
        """Read it as Go's net.SplitHostPort does."""
        from ..go import urls

        fault = urls.host_port_fault(text)
        if fault:
            context.report.refuse(node, path, fault)
            return BROKEN
        return None


class Duration(_Parsed):
    """A length of time in Prometheus' notation.

    nonzero: whether it may not be no time at all.
    """

    wants = "a length of time such as 30s"

    def __init__(self, nonzero: bool = False):
        self.nonzero = nonzero

    def judge(self, text: str, node: Node, path: Path, context: Context) -> Optional[_Broken]:
        """Read it as model.ParseDuration does."""
        from ..go import durations

        read = durations.prometheus(text)
        if read.refusing:
            context.report.refuse(node, path, read.message, which=read.refusing)
        if read.zero and self.nonzero:
            context.report.refuse(node, path, "cannot be zero")
        return BROKEN if read.refusing == EVERY else None


class TextDuration(_Parsed):
    """A length of time in Go's notation that is read from text, whatever it looks like."""

    wants = "a length of time such as 30s"

    def check(self, node: Node, path: Path, context: Context) -> Optional[str]:
        """Give the text; any null is nothing, and no text is taken for one."""
        if not isinstance(node, Scalar):
            return self._wrong_type(node, path, context)
        if node.kind == scalars.NULL:
            return None
        return self.judge(node.text, node, path, context) or node.text

    def judge(self, text: str, node: Node, path: Path, context: Context) -> Optional[_Broken]:
        """Read it as Go's time.ParseDuration does."""
        from ..go import durations

        fault = durations.go(text)
        if fault:
            context.report.refuse(node, path, fault)
        return BROKEN if fault else None


class Bool(Kind):
    """True or false."""

    wants = "true or false"
    unquoted = (scalars.BOOL,)

    def check(self, node: Node, path: Path, context: Context) -> Any:
        """Give the value, None for a null."""
        if isinstance(node, Scalar) and node.kind == scalars.BOOL:
            return node.plain()
        if is_null(node):
            return None
        return self._wrong_type(node, path, context)


class Integer(Kind):
    """A whole number of 64 bits."""

    wants = "a whole number"
    unquoted = (scalars.INT,)

    def __init__(self, low: int = -(2**63), high: int = 2**63 - 1):
        self.low = low
        self.high = high

    def check(self, node: Node, path: Path, context: Context) -> Any:
        """Give the value, None for a null."""
        if is_null(node):
            return None
        if not isinstance(node, Scalar):
            return self._wrong_type(node, path, context)
        value = node.plain()
        if node.kind == scalars.INT and self.low <= value <= self.high:
            return value
        # yaml.v2 cuts off a fraction, and looks at the upper end of the range only.
        if node.kind == scalars.FLOAT and value <= float(self.high):
            context.report.warn(node, path, "is no whole number", "write one without a point")
            return BROKEN if value in (float("-inf"),) else int(value)
        return self._wrong_type(node, path, context)


class GoDuration(Integer):
    """A length of time in Go's notation, or a bare number, which is one of nanoseconds."""

    wants = "a length of time such as 30s"
    unquoted = ()

    def check(self, node: Node, path: Path, context: Context) -> Any:
        """Give a true value unless it is nothing."""
        from ..go import durations

        if isinstance(node, Scalar) and node.kind == scalars.STR:
            fault = durations.go(node.text)
            if fault:
                context.report.refuse(node, path, fault)
            return node.text
        value = super().check(node, path, context)
        if value and value is not BROKEN:
            message = "is a number of nanoseconds"
            context.report.warn(node, path, message, "give it a unit, as in 10s")
        return value


class Float(Kind):
    """Any number."""

    wants = "a number"
    unquoted = (scalars.INT, scalars.FLOAT)

    def check(self, node: Node, path: Path, context: Context) -> Any:
        """Give the value, None for a null."""
        if is_null(node):
            return None
        if isinstance(node, Scalar) and node.kind in (scalars.INT, scalars.FLOAT):
            return node.plain()
        return self._wrong_type(node, path, context)


class Anything(Kind):
    """Whatever YAML can say; texts in it may be templates."""

    def __init__(self, templates: bool = False):
        self.templates = templates

    def check(self, node: Node, path: Path, context: Context) -> Any:
        """Give a true value."""
        if is_null(node):
            return None
        if self.templates:
            self._look_for_templates(node, path, context)
        return BROKEN

    def _look_for_templates(self, node: Node, path: Path, context: Context) -> None:
        if isinstance(node, Scalar):
            if node.kind == scalars.STR:
                context.templates.field(node.text, node, path)
        elif isinstance(node, Mapping):
            for key, value in node.items():
                self._look_for_templates(value, path.key(key.text), context)
        else:
            for index, item in enumerate(node.items):
                self._look_for_templates(item, path.item(index), context)


class Listed(Kind):
    """A list.

    null_items: what Alertmanager makes of a null in it. "fine" where it is as good as empty
        text, "empty" where it stands for a value without any checks, "crash" where Alertmanager
        cannot do without a value, and "late" where it does until it sends the first notification.
    crash: the versions that cannot do without a value although null_items is "empty".
    """

    wants = "a list"

    def __init__(self, kind: Kind, null_items: str = "fine", crash: VersionSet = 0):
        self.kind = kind
        self.null_items = null_items
        self.crash = EVERY if null_items == "crash" else crash

    def check(self, node: Node, path: Path, context: Context) -> Any:
        """Give the list of values."""
        if is_null(node):
            return []
        if not isinstance(node, Items):
            return self._wrong_type(node, path, context)
        values = []
        for index, item in enumerate(node.items):
            if context.report.full:
                break
            place = path.item(index)
            if is_nothing(item) and self.null_items != "fine":
                self._null(item, place, context)
                values.append(None)
            else:
                values.append(self.kind.check(item, place, context))
        return values

    def _null(self, item: Node, place: Path, context: Context) -> None:
        hint = "fill it in, or take it out"
        if self.null_items == "late":
            message = "is null, and Alertmanager crashes at the first notification"
            # A receiver that is never built never notifies.
            say = context.report.refuse if context.in_use else context.report.warn
            say(item, place, message, hint)
            return
        context.report.refuse(item, place, "is null, which Alertmanager refuses", hint, self.crash)
        message = "is null: Alertmanager takes it as one without any settings"
        context.report.warn(item, place, message, hint, EVERY & ~self.crash)


class Mapped(Kind):
    """A mapping with keys of the operator's choice.

    judge_key: says what is wrong with a key, or None.
    """

    wants = "a mapping"

    def __init__(
        self,
        kind: Kind,
        judge_key: Optional[Callable[[str, Node, Path, Context], None]] = None,
    ):
        self.kind = kind
        self.judge_key = judge_key

    def check(self, node: Node, path: Path, context: Context) -> Any:
        """Give the dict of values."""
        if is_null(node):
            return {}
        if not isinstance(node, Mapping):
            return self._wrong_type(node, path, context)
        values = {}
        for key, value in node.items():
            if context.report.full:
                break
            place = path.key(key.text)
            if self.judge_key:
                self.judge_key(key.text, key, place, context)
            values[key.text] = self.kind.check(value, place, context)
        for name in node.doubled:
            message = f"the key {shown(name)} is here and in what << merges"
            context.report.refuse(node.keys[name], path, message, "keep one of them")
        return values


class Varying(Kind):
    """A value that changed its kind from one version to another.

    variants: (versions, kind) pairs that cover every version.
    """

    def __init__(self, *variants: Tuple[VersionSet, Kind]):
        self.variants = variants

    def check(self, node: Node, path: Path, context: Context) -> Any:
        """Check it as each version would; give the newest one's value."""
        value = None
        for which, kind in self.variants:
            with context.report.narrowed(which) as remains:
                if remains:
                    value = kind.check(node, path, context)
        return value


class Field:
    """A key of a block: what its value is, and which versions know it."""

    __slots__ = ("kind", "which")

    def __init__(self, kind: Kind, which: VersionSet = EVERY):
        self.kind = kind
        self.which = which


def added(minor: int, kind: Kind) -> Field:
    """Give a field that 0.<minor> was the first to know."""
    return Field(kind, since(minor))


def dropped(minor: int, kind: Kind) -> Field:
    """Give a field that 0.<minor> was the first not to know any more."""
    return Field(kind, before(minor))


class Values(Dict[str, Any]):
    """The values of a block by key, where they stand, and the block's table."""

    def __init__(self, node: Node, path: Path, block: "Block"):
        super().__init__()
        self.node = node
        self.path = path
        self.block = block

    def __bool__(self) -> bool:
        # A block that is there counts, even if it is empty.
        return True

    def place(self, key: str) -> Tuple[Node, Path]:
        """Give where a key's value stands, or the block if the key is not there."""
        value = self.node.get(key) if isinstance(self.node, Mapping) else None
        return (self.node, self.path) if value is None else (value, self.path.key(key))


Rule = Callable[[Values, Context], None]


class Block(Kind):
    """A mapping whose keys are Alertmanager's.

    name: what a message calls it.
    fields: its keys. rules: what must hold between them.
    source: where in Alertmanager's source it is written.
    """

    wants = "a mapping"

    def __init__(
        self,
        name: str,
        source: str,
        fields: Dict[str, Any],
        rules: Sequence[Rule] = (),
    ):
        self.name = name
        self.source = source
        self.fields: Dict[str, Field] = {
            key: field if isinstance(field, Field) else Field(field)
            for key, field in fields.items()
        }
        self.rules = tuple(rules)

    def check(self, node: Node, path: Path, context: Context) -> Optional[Values]:
        """Give the values; None for a null."""
        if is_nothing(node):
            return None
        if not isinstance(node, Mapping) and not is_null(node):
            return self._wrong_type(node, path, context)
        values = Values(node, path, self)
        if isinstance(node, Mapping):
            for key, value in node.items():
                if context.report.full:
                    return values
                self.check_field(key, value, values, context)
        for rule in self.rules:
            rule(values, context)
        return values

    def check_field(self, key: Scalar, value: Node, values: Values, context: Context) -> None:
        """Say what is wrong with a key and its value, and put the value among the others."""
        name = key.text
        field = self.fields.get(name)
        if field is None:
            self._unknown(key, values.path, context)
            return
        lacking = EVERY & ~field.which
        if lacking and context.report.covers(lacking):
            self._untimely(key, field, values.path, context)
        with context.report.narrowed(field.which, lacking) as remains:
            if remains:
                values[name] = field.kind.check(value, values.path.key(name), context)

    def _unknown(self, key: Scalar, path: Path, context: Context) -> None:
        hint = ""
        if context.may_suggest():
            hint = nearest(key.text, self.fields) or context.belongs_in(key.text, self)
        message = f"{self.name} has no key {shown(key.text)}"
        say = context.report.refuse if context.strict else context.report.warn
        say(
            key, path, message, hint or "take it out, or look it up in Alertmanager's documentation"
        )

    def _untimely(self, key: Scalar, field: Field, path: Path, context: Context) -> None:
        from .. import version as versions

        has = versions.describe_versions(field.which)
        message = f"{self.name} has the key {shown(key.text)} only in Alertmanager {has}"
        context.report.refuse_untimely(key, path, message, EVERY & ~field.which)


def nearest(word: str, words) -> str:
    """Give a hint to the word that was meant, or empty text."""
    if len(word) > 60:
        return ""
    import difflib

    close = difflib.get_close_matches(word, list(words), n=1, cutoff=0.75)
    return f"did you mean {close[0]}?" if close else ""


def _either(words: Sequence[str]) -> str:
    return ", ".join(words[:-1]) + f" or {words[-1]}" if len(words) > 1 else words[0]


def is_set(values: Values, *keys: str) -> bool:
    """Whether any of these keys has a value that counts."""
    return any(values.get(key) for key in keys)


def fields_of(values: Any) -> List[Any]:
    """Give the items of a list value, or none if it could not be read."""
    return values if isinstance(values, list) else []
