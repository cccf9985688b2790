"""Read YAML that an operator wrote, with the meaning Alertmanager gives it, and without surprises.

PyYAML tells the tokens apart; what they mean follows gopkg.in/yaml.v2, Alertmanager's reader:

* a key given twice is refused, and both lines are named;
* keys are text, whatever they look like; a list or mapping as a key is refused;
* ``<<`` merges at the place where it stands: later keys win over it, and it wins over earlier
  ones; but where Alertmanager has a mapping of free keys, or matchers, both add up;
* tags of YAML's own types count; Alertmanager ignores any other tag, which earns a warning;
* only the first document is read; more of them earn a warning.

Whatever the text, parse_yaml() returns, in time and memory that the bounds below keep small.
"""

import base64
import codecs
import re
from functools import reduce
from itertools import takewhile
from typing import Dict, Iterator, List, NamedTuple, Optional, Tuple, Union

import yaml

from ..problem import Problem
from . import scalars
from .nodes import Document, Items, Mapping, Node, Scalar, is_null, join_path, shorten_path, shown
from .scanner import Loader
from .unquoted_secrets import SECRET_KEY, describe_loss

# The longest text in bytes of UTF-8, aliases written out: what a Kubernetes Secret can hold.
MAX_BYTES = 1024 * 1024
# How deep lists and mappings may lie within one another.
MAX_DEPTH = 100
# How many values there may be, aliases written out.
MAX_NODES = 200_000
# How many errors, and how many warnings, are told of one text.
MAX_PROBLEMS = 100

_TAG = "tag:yaml.org,2002:"
_SCALAR_TAGS = {_TAG + kind: kind for kind, _ in scalars.WORDS.values()}
_SCALAR_TAGS.update({_TAG + kind: kind for kind in (scalars.INT, scalars.TIMESTAMP)})
_TEXT_TAGS = frozenset([_TAG + "str", _TAG + "map", _TAG + "seq", _TAG + "merge"])
_COLLECTION_TAGS = frozenset([None, "!", _TAG + "map", _TAG + "seq"])
_SURROGATE = re.compile("[\ud800-\udfff]")
_UNPRINTABLE = r"[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"
_UNPRINTABLE_ASCII = r"[^\t\n\r\x20-\x7e]"
# The keys whose Go values the YAML reader adds to, when it meets them for the second time: maps,
# structs that no UnmarshalYAML sets to their defaults first, and matchers (config/config.go).
_ADD_UP = (
    "match match_re source_match source_match_re target_match target_match_re matchers "
    "source_matchers target_matchers labels headers details custom_fields attributes fields "
    "tls_config smtp_tls_config threading props priority"
)
# What PyYAML quotes beyond single characters and its own words may be a secret.
_QUOTED = re.compile(r"'(?![<\\])[^']{2,}'")
_ODD = re.compile(
    r"[\t\r?]|(?:^|[\s\[{,])[&*!%@`]|:[,\[\]{}]|\\[/']|[\[{,]\s*-[\s,\]}]", re.MULTILINE
)
_LINE_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")

_HINTS = (
    ("mapping values are not allowed", "put quotes around text that holds a colon and a space"),
    ("could not find expected ':'", "a key needs a colon and a space after it"),
    ("found character '\\t'", "indent with spaces, not tabs"),
    ("found character '%'", "put quotes around text that begins with %"),
    ("found character '@'", "put quotes around text that begins with @"),
    ("found character '`'", "put quotes around text that begins with `"),
    ("expected <block end>", "check that the indentation matches the lines above"),
    ("unknown escape character", "write \\\\ for a backslash, or use single quotes"),
    ("found unexpected end of stream", "a quote or bracket was opened and never closed"),
    ("undefined tag handle", "put quotes around text that begins with !"),
)


def parse_yaml(text: Union[str, bytes], option: str, max_bytes: int = MAX_BYTES) -> Document:
    """Read one YAML document.

    text: what the operator gave. option: the option's name, for the problems. max_bytes: how long
    it may be, aliases written out.
    Returns a Document; never raises for any text.
    """
    try:
        return _Composer(_checked(text, option, max_bytes), option, max_bytes).compose()
    except _Refused as refused:
        return Document(option, None, refused.args)


_UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class _Refused(Exception):
    """The text cannot be read any further; the arguments are the problems with it."""


def _checked(text: Union[str, bytes], option: str, max_bytes: int) -> str:
    """Give the text if it is short enough and made of characters that YAML allows."""
    too_long = f"is longer than {max_bytes} bytes"
    if len(text) > max_bytes:
        raise _Refused(Problem(option, message=too_long, hint="make it shorter"))
    if isinstance(text, bytes):
        try:
            # Python takes this mark away, and a second one is none.
            text = "\ufeff" * text.startswith(_UTF16_MARKS) + decode(text)
        except UnicodeDecodeError as error:
            line = text.count(b"\n", 0, error.start) + 1
            problem = Problem(option, line, message="is not UTF-8 text", hint="save it as UTF-8")
            raise _Refused(problem) from None
    # To compile the longer one takes longer than to read most configurations.
    unprintable = re.search(_UNPRINTABLE_ASCII if text.isascii() else _UNPRINTABLE, text)
    if unprintable:
        line = len(_LINE_BREAK.findall(text, 0, unprintable.start())) + 1
        message = f"has the character U+{ord(unprintable.group()):04X}, which YAML forbids"
        hint = 'write it as an escape such as "\\x1b" in double quotes, or leave it out'
        raise _Refused(Problem(option, line, message=message, hint=hint))
    if len(text.encode("utf-8")) > max_bytes:
        raise _Refused(Problem(option, message=too_long, hint="make it shorter"))
    return text


def decode(text: bytes) -> str:
    """Read bytes as UTF-8, or as UTF-16 where they begin with its mark, as yaml.v2 does.

    Raises UnicodeDecodeError.
    """
    return text.decode("utf-16" if text.startswith(_UTF16_MARKS) else "utf-8")


class _Anchored(NamedTuple):
    """A value that aliases may repeat: how many nodes and characters each time adds."""

    node: Node
    nodes: int
    chars: int


class _Composer:
    """Builds the tree from PyYAML's events.

    anchors: None stands for a value whose end has not been read.
    steps: what leads to the value that is being read: a number in each list, in each mapping the
        key, or None while that is read.
    """

    def __init__(self, text: str, option: str, max_bytes: int = MAX_BYTES, quick: bool = True):
        self.text = text
        self.option = option
        self.max_bytes = max_bytes
        self.loader = _make_loader(text, quick)
        self.problems: List[Problem] = []
        self.told = {True: 0, False: 0}
        self.anchors: Dict[str, Optional[_Anchored]] = {}
        self.steps: List[Union[str, int, None]] = []
        self.nodes = 0
        self.chars = 0

    def compose(self) -> Document:
        """Read the first document of the text. Raises _Refused."""
        root = None
        try:
            for event in self._read_until((yaml.DocumentEndEvent, yaml.StreamEndEvent)):
                if isinstance(event, yaml.NodeEvent):
                    root = self._read_node(event)
            if root is not None:
                self._look_behind()
        except yaml.MarkedYAMLError as error:
            if type(self.loader) is getattr(yaml, "CSafeLoader", None):
                # The other reader knows better what is wrong, or takes it.
                return _Composer(self.text, self.option, self.max_bytes, quick=False).compose()
            raise _Refused(*self.problems, _yaml_problem(self.option, error)) from None
        except (ValueError, OverflowError):
            # PyYAML's own answer to an escape such as "\U99999999".
            message = "has an escape for a character that does not exist"
            line = getattr(self.loader, "line", 0) + 1
            problem = Problem(self.option, line, message=message)
            raise _Refused(*self.problems, problem) from None
        finally:
            self.loader.dispose()
        if is_null(root):
            empty = Problem(self.option, message="is empty", hint="give it a value, or reset it")
            raise _Refused(*self.problems, empty)
        return Document(self.option, root, self.problems)

    def _read_until(self, end) -> Iterator[yaml.Event]:
        events = iter(self.loader.get_event, None)
        return takewhile(lambda event: not isinstance(event, end), events)

    def _look_behind(self) -> None:
        """Warn of text that Alertmanager does not even look at."""
        try:
            event = self.loader.get_event()
            if isinstance(event, yaml.StreamEndEvent):
                return
            line = event.start_mark.line + 1
        except yaml.MarkedYAMLError as error:
            line = error.problem_mark.line + 1
        message = (
            "more text follows the end of the first YAML document, and Alertmanager ignores it"
        )
        self._problem(line, message, "keep everything in one document", warning=True)

    # Values.

    def _read_node(self, event) -> Node:
        line = event.start_mark.line + 1
        if isinstance(event, yaml.ScalarEvent):
            return self._read_scalar(event, line)
        if isinstance(event, yaml.AliasEvent):
            return self._read_alias(event, line)
        nodes, chars = self.nodes, self.chars
        self._count(1, 0, line)
        if event.tag not in _COLLECTION_TAGS:
            self._ignored_tag(line)
        if event.anchor is not None:
            self.anchors[event.anchor] = None
        is_list = isinstance(event, yaml.SequenceStartEvent)
        self.steps.append(0 if is_list else None)
        if len(self.steps) > MAX_DEPTH:
            raise self._refused(line, f"is nested deeper than {MAX_DEPTH} levels")
        node = self._read_items(line) if is_list else self._read_mapping(line)
        self.steps.pop()
        if event.anchor is not None:
            self.anchors[event.anchor] = _Anchored(node, self.nodes - nodes, self.chars - chars)
        return node

    def _read_scalar(self, event, line: int) -> Scalar:
        kind, text = self._understand(event, line)
        self._count(1, len(text), line)
        if _SURROGATE.search(text):
            self._problem(line, "has an escape for half a character")
            text = _SURROGATE.sub("?", text)
        node = Scalar(text, kind, self.option, line)
        if event.anchor is not None:
            self.anchors[event.anchor] = _Anchored(node, 1, len(text))
        key = self.steps[-1] if self.steps else None
        if isinstance(key, str) and SECRET_KEY.search(key):
            loss = describe_loss(event, kind, self.text)
            if loss:
                self._problem(line, loss, "put the secret into single quotes", warning=True)
        return node

    def _read_alias(self, event, line: int) -> Node:
        if event.anchor not in self.anchors:
            # The word is not told: it may be a password that begins with *.
            message = "there is no anchor for an alias, which is what * begins"
            raise self._refused(line, message, "put quotes around text that begins with *")
        anchored = self.anchors[event.anchor]
        if anchored is None:
            raise self._refused(line, "an alias is inside what it repeats")
        self._count(anchored.nodes, anchored.chars, line)
        return anchored.node

    def _read_items(self, line: int) -> Items:
        items = Items(self.option, line, [])
        for event in self._read_until(yaml.SequenceEndEvent):
            items.items.append(self._read_node(event))
            self.steps[-1] = len(items.items)
        return items

    def _read_mapping(self, line: int) -> Mapping:
        mapping = Mapping(self.option, line)
        for event in self._read_until(yaml.MappingEndEvent):
            line = event.start_mark.line + 1
            node = self._read_node(event)
            merges = getattr(event, "value", "") == "<<" and (
                event.implicit[0] or event.tag == f"{_TAG}merge"
            )
            # Alertmanager reads a null as empty text where it wants text.
            text = "" if is_null(node) or not isinstance(node, Scalar) else node.text
            usable = not merges and self._is_usable(node, text, mapping, line)
            self.steps[-1] = text
            after = self.loader.get_event()
            value = self._read_node(after)
            self.steps[-1] = None
            if merges:
                self._merge(mapping, value, isinstance(after, yaml.AliasEvent), line)
            elif usable:
                self._put(mapping, Scalar(text, scalars.STR, self.option, line), value)
        return mapping

    def _is_usable(self, node: Node, text: str, mapping: Mapping, line: int) -> bool:
        """Whether this is a key that the mapping has not yet."""
        if not isinstance(node, Scalar):
            self._problem(line, "a key must be text, not a list or a mapping")
            return False
        if text in mapping.written:
            # It may be part of a secret, such as a password that begins with {.
            hides = any(isinstance(step, str) and SECRET_KEY.search(step) for step in self.steps)
            named = "a key" if hides else f"the key {shown(text)}"
            message = f"{named} is given twice; the first is on line {mapping.written[text]}"
            self._problem(line, message, "keep one of them")
            return False
        mapping.written[text] = line
        return True

    def _merge(self, mapping: Mapping, value: Node, alias: bool, line: int) -> None:
        """Do what the key ``<<`` asks for."""
        sources = [value]
        if isinstance(value, Items) and not alias:
            # The first in the list is to win, so it comes last.
            sources = list(reversed(value.items))
        if not all(isinstance(source, Mapping) for source in sources):
            self._problem(line, "the key << needs a mapping, or a list of mappings")
            return
        for source in sources:
            for key, node in source.items():
                self._put(mapping, key, node)

    def _put(self, mapping: Mapping, key: Scalar, node: Node) -> None:
        """Set a key that may have a value already, which takes ``<<`` to happen."""
        before = mapping.get(key.text)
        if before is None:
            mapping.put(key, node)
            return
        mapping.doubled.add(key.text)
        mapping.put(key, self._added_up(before, node, key) if key.text in _ADD_UP.split() else node)

    def _added_up(self, before: Node, after: Node, key: Scalar) -> Node:
        """Do what Alertmanager's reader does with two values for what it does not start anew."""
        if isinstance(before, Mapping) and isinstance(after, Mapping):
            total: Node = Mapping(after.option, after.line)
            for part in (before, after):
                for name, value in part.items():
                    self._put(total, name, value)
        elif isinstance(before, Items) and isinstance(after, Items) and "matchers" in key.text:
            total = Items(after.option, after.line, [*before.items, *after.items])
        else:
            return after
        message = (
            f"Alertmanager adds {shown(key.text)} to the one that << merges, and replaces nothing"
        )
        self._problem(key.line, message, "write it out instead of merging it", warning=True)
        return total

    # Scalars.

    def _understand(self, event, line: int) -> Tuple[str, str]:
        """Give kind and text of a scalar."""
        text, tag = event.value, event.tag
        if event.implicit[0]:
            return scalars.resolve(text)[0], text
        if event.implicit[1] or tag in _TEXT_TAGS:
            return scalars.STR, text
        if tag == f"{_TAG}binary":
            return scalars.STR, self._binary(text, line)
        wanted = _SCALAR_TAGS.get(tag)
        if wanted is None:
            self._ignored_tag(line)
            return scalars.STR, text
        kind, _ = scalars.resolve(text)
        if kind != wanted and (wanted, kind) != (scalars.FLOAT, scalars.INT):
            self._problem(line, f"the tag !!{wanted} does not fit the value")
            return scalars.STR, text
        return kind, text

    def _binary(self, text: str, line: int) -> str:
        try:
            data = base64.b64decode(re.sub("[\r\n]", "", text), validate=True)
            return data.decode("utf-8")
        except ValueError:
            self._problem(line, "the value tagged !!binary is not base64 of UTF-8 text")
            return text

    # Bounds and problems.

    def _count(self, nodes: int, chars: int, line: int) -> None:
        self.nodes += nodes
        self.chars += chars
        if self.nodes > MAX_NODES:
            raise self._refused(line, f"has more than {MAX_NODES} values, aliases written out")
        if self.chars > self.max_bytes:
            message = f"is longer than {self.max_bytes} bytes, aliases written out"
            raise self._refused(line, message)

    def _ignored_tag(self, line: int) -> None:
        message = "Alertmanager ignores this tag and takes the value as it stands"
        self._problem(line, message, "put quotes around text that begins with !", warning=True)

    def _refused(self, line: int, message: str, hint: str = "") -> _Refused:
        return _Refused(*self.problems, Problem(self.option, line, self._path(), message, hint))

    def _problem(self, line: int, message: str, hint: str = "", warning: bool = False) -> None:
        # Each kind for itself, so that no number of warnings can hide an error.
        if self.told[warning] < MAX_PROBLEMS:
            self.told[warning] += 1
            self.problems.append(Problem(self.option, line, self._path(), message, hint, warning))

    def _path(self) -> str:
        """Say where in the tree the reader is."""
        steps = [step for step in self.steps if step is not None]
        return shorten_path(reduce(join_path, steps, ""))


def _make_loader(text: str, quick: bool):
    """Return what tells the tokens of a text apart.

    libyaml, where PyYAML has it, is many times faster, and reads as Alertmanager does what has no
    tabs, tags, anchors, directives, nor the few signs that its versions read differently.
    """
    quick = quick and text.isascii() and not _ODD.search(text)
    if quick and hasattr(yaml, "CSafeLoader"):
        return yaml.CSafeLoader(text)
    return Loader(text)


def _yaml_problem(option: str, error) -> Problem:
    mark = error.problem_mark or error.context_mark
    message = " ".join((error.problem or error.context or "cannot be read").split())
    message = _QUOTED.sub("a word", message)
    hint = next((hint for part, hint in _HINTS if part in message), "")
    return Problem(option, mark.line + 1, message=f"is not YAML: {message}", hint=hint)
