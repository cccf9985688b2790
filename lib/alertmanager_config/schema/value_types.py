"""The values that a configuration has, and what each may look like.

They mirror the Go types that Alertmanager decodes YAML into, with gopkg.in/yaml.v2's rules (its
decode.go) for what fits into which. Two of these rules surprise: a null is accepted everywhere
and means "not there", skipping all checks; and a number or boolean is fine where text is wanted.

check() gives the value as the rules between fields need it: text as str, lists as list, mappings
as dict, None for what is not there; what could not be read is BROKEN, which counts as there.
"""

import base64
import difflib
import re
from functools import partial
from typing import Any, Callable, Iterable, List, Optional, Sequence, Tuple

from ..go import durations, text_template, urls
from ..problem import Fault
from ..version import EVERY, VersionSet
from ..yaml import scalars
from ..yaml.nodes import Mapping, Node, Scalar, is_null, shown
from .place import Place


class _Broken(str):
    """Stands for a value that could not be read."""


BROKEN = _Broken("?")

FITS_NOTHING = frozenset(["~", "null"])
"""Texts that yaml.v2, even in quotes, does not hand to a type's own code."""


def fits_nothing(node: Node) -> bool:
    """Whether a value is one of these texts: yaml.v2 takes it for a null, and not for a text."""
    return isinstance(node, Scalar) and node.kind == scalars.STR and node.text in FITS_NOTHING


def is_nothing(node: Optional[Node]) -> bool:
    """Whether a value is one of the nulls that yaml.v2 sees before it asks what is wanted.

    The spellings Null and NULL become null only after a type's own code was called.
    """
    return is_null(node) and (node is None or node.text in ("", "~", "null"))


class ValueType:
    """What a value may be.

    wants: what it must be, for a message. unquoted: what YAML makes of a value that fits.
    """

    wants = "something else"
    unquoted: Tuple[str, ...] = ()

    def check(self, place: Place) -> Any:
        """Say what is wrong with a value, and give it; None for a null."""
        node = place.node
        if isinstance(node, Scalar) and node.kind in self.unquoted:
            return node.plain()
        return None if is_null(node) else self._refuse_type(place)

    def _refuse_type(self, place: Place) -> _Broken:
        node = place.node
        quoted = isinstance(node, Scalar) and node.kind == scalars.STR
        unquoted = quoted and scalars.resolve(node.text)[0] in self.unquoted
        place.refuse(f"must be {self.wants}", "take the quotes away" if unquoted else "")
        return BROKEN


class Text(ValueType):
    """Any text, which may be empty."""

    wants = "text"

    def check(self, place: Place) -> Any:
        """Give the text; a null is empty text."""
        node = place.node
        if not isinstance(node, Scalar):
            return self._refuse_type(place)
        text = "" if node.kind == scalars.NULL else node.text
        if text:
            self._judge(text, place)
        return text

    def _judge(self, text: str, place: Place) -> None:
        """Say what is wrong with a text that is not empty."""


_PLACEHOLDER = re.compile(r"\$\{[^{}]*\}|\$\([^()]*\)|\$[A-Z][A-Z0-9_]+\Z")


def warn_of_placeholder(text: str, place: Place) -> None:
    """Warn of what was to be replaced by a secret before Alertmanager reads it."""
    # A regular expression would look for the end again after every beginning.
    if _PLACEHOLDER.search(text) or "}}" in text.partition("{{")[2]:
        message = "has a placeholder, which Alertmanager does not replace"
        place.warn(message, "put the secret itself here")


class Secret(Text):
    """Text that must not be shown."""

    def _judge(self, text: str, place: Place) -> None:
        warn_of_placeholder(text, place)
        if is_packed(text):
            message = "is base64, which Alertmanager does not decode"
            place.warn(message, "put the text itself here, unless the secret looks like that")
        if text == "<secret>":
            message = "is the word that Alertmanager shows instead of the secret"
            place.warn(message, "put the secret itself here")


def is_packed(text: str) -> bool:
    """Whether a secret is likely to be base64 of the real one."""
    text = text.strip()
    if len(text) < 12 or len(text) % 4 or not text.isascii():
        return False
    try:
        unpacked = base64.b64decode(text, validate=True)
    except ValueError:
        return False
    # Chance makes no text of printable characters that long.
    return all(byte in b"\n\r" or 0x20 <= byte < 0x7F for byte in unpacked)


class SecretPointer(Secret):
    """A secret of which even an empty one counts as given."""

    def check(self, place: Place) -> Optional[str]:
        """Give the text, or None for a null."""
        if is_nothing(place.node):
            return None
        if fits_nothing(place.node):
            return self._refuse_type(place)
        return super().check(place) or BROKEN


class Template(Text):
    """Text that Alertmanager expands when it sends a notification."""

    def _judge(self, text: str, place: Place) -> None:
        place.context.templates.add_field(text, place)


def refuse_early_template(text: str, place: Place, which: VersionSet = EVERY) -> None:
    """Refuse a template that Alertmanager parses while it reads the configuration.

    It knows none of Alertmanager's own functions then (config.ContainsTemplating, for a webhook's
    url and an OpsGenie responder's type).
    which: the versions that do so.
    """
    template = text_template.parse(text)
    place.tell(template.faults, which=which)
    for call in template.called:
        message = f"the function {shown(call.name)} cannot be used here, only Go's own can"
        place.refuse(message, which=which)


class Choice(Text):
    """One of a few words, or empty text."""

    def __init__(self, *words: str):
        self.words = words

    def _judge(self, text: str, place: Place) -> None:
        if text not in self.words:
            place.refuse("must be " + join_words(self.words, "or"), suggest(text, self.words))


class Word(Choice):
    """One of a few words; unlike with other choices, empty text is none of them."""

    def check(self, place: Place) -> str:
        """Give the word."""
        text = super().check(place)
        if not text and not is_nothing(place.node):
            place.refuse("must be " + join_words(self.words, "or"))
        return text


class Parsed(ValueType):
    """A value that Alertmanager reads from text with a parser of its own.

    find_faults: gives what that parser refuses of a text.
    """

    find_faults: Callable[[str], List[Fault]]

    def check(self, place: Place) -> Optional[str]:
        """Give the text, BROKEN if it is wrong, or None for a null."""
        node = place.node
        if not isinstance(node, Scalar) or fits_nothing(node):
            return self._refuse_type(place)
        if node.kind == scalars.NULL:
            return None if is_nothing(node) else self._judge("", place) or None
        return self._judge(node.text, place) or node.text

    def _judge(self, text: str, place: Place) -> Optional[_Broken]:
        """Say what is wrong with a text; give BROKEN if it is wrong for every version."""
        faults = self.find_faults(text)
        place.tell(faults)
        return BROKEN if any(fault.versions == EVERY for fault in faults) else None


class Url(Parsed):
    """An http or https URL with a host.

    placeholder: whether ``<secret>`` is taken, too (Alertmanager's SecretURL).
    any_scheme: as urls.find_url_faults() has it.
    """

    wants = "a URL"

    def __init__(self, placeholder: bool = False, any_scheme: bool = False):
        self.placeholder = placeholder
        self.find_faults = partial(urls.find_url_faults, any_scheme=any_scheme)

    def _judge(self, text: str, place: Place) -> Optional[_Broken]:
        if self.placeholder and text == "<secret>":
            Secret().check(place)
            return None
        if self.placeholder:
            warn_of_placeholder(text, place)
        return super()._judge(text, place)


class HostPort(Parsed):
    """A host and a port; empty text counts as not there."""

    wants = "host:port"
    find_faults = staticmethod(urls.find_host_port_faults)


class Duration(Parsed):
    """A length of time in Prometheus' notation.

    nonzero: whether it may not be no time at all.
    """

    wants = "a duration such as 30s"
    find_faults = staticmethod(durations.find_prometheus_faults)

    def __init__(self, nonzero: bool = False):
        self.nonzero = nonzero

    def _judge(self, text: str, place: Place) -> Optional[_Broken]:
        broken = super()._judge(text, place)
        if self.nonzero and durations.parse_prometheus(text) == 0:
            place.refuse("cannot be zero")
        return broken


class TextDuration(Parsed):
    """A length of time in Go's notation that is read from text, whatever it looks like."""

    wants = "a duration such as 30s"
    find_faults = staticmethod(durations.find_go_faults)

    def check(self, place: Place) -> Optional[str]:
        """Give the text; any null is nothing, and no text is taken for one."""
        node = place.node
        if isinstance(node, Scalar) and node.kind != scalars.NULL:
            return self._judge(node.text, place) or node.text
        return None if is_null(node) else self._refuse_type(place)


class Bool(ValueType):
    """True or false."""

    wants = "true or false"
    unquoted = (scalars.BOOL,)


class Integer(ValueType):
    """A whole number of 64 bits."""

    wants = "a whole number"
    unquoted = (scalars.INT,)

    def __init__(self, low: int = -(2**63), high: int = 2**63 - 1):
        self.low = low
        self.high = high

    def check(self, place: Place) -> Any:
        """Give the value, None for a null."""
        node = place.node
        if is_null(node):
            return None
        value = node.plain() if isinstance(node, Scalar) else None
        if type(value) is int and self.low <= value <= self.high:
            return value
        # yaml.v2 cuts off a fraction, and looks at the upper end of the range only.
        if isinstance(value, float) and value <= float(self.high):
            place.warn("has a fraction, which Alertmanager drops", "write a whole number")
            return BROKEN if value == float("-inf") else int(value)
        return self._refuse_type(place)


class GoDuration(Integer):
    """A length of time in Go's notation, or a bare number, which is one of nanoseconds."""

    wants = "a duration such as 30s"
    unquoted = ()

    def check(self, place: Place) -> Any:
        """Give a true value unless it is nothing."""
        if isinstance(place.node, Scalar) and place.node.kind == scalars.STR:
            place.tell(durations.find_go_faults(place.node.text))
            return place.node.text
        value = super().check(place)
        if value and value is not BROKEN:
            place.warn("is a number of nanoseconds", "give it a unit, as in 10s")
        return value


class Float(ValueType):
    """Any number."""

    wants = "a number"
    unquoted = (scalars.INT, scalars.FLOAT)


class Anything(ValueType):
    """Whatever YAML can say; texts in it may be templates."""

    def __init__(self, templates: bool = False):
        self.templates = templates

    def check(self, place: Place) -> Any:
        """Give a true value."""
        if is_null(place.node):
            return None
        if self.templates:
            self._look_for_templates(place)
        return BROKEN

    def _look_for_templates(self, place: Place) -> None:
        node = place.node
        if isinstance(node, Scalar):
            if node.kind == scalars.STR:
                Template().check(place)
        elif isinstance(node, Mapping):
            for key, value in node.items():
                self._look_for_templates(place.step(key.text, value))
        else:
            for index, item in enumerate(node.items):
                self._look_for_templates(place.step(index, item))


def suggest(word: str, words: Iterable[str]) -> str:
    """Give a hint to the word that was meant, or empty text."""
    close = difflib.get_close_matches(word, list(words), n=1, cutoff=0.75) if len(word) < 61 else ""
    return f"did you mean {close[0]}?" if close else ""


def join_words(words: Sequence[str], last: str) -> str:
    """Write a few words with commas between them, and another word before the last."""
    return ", ".join(words[:-1]) + f" {last} {words[-1]}" if len(words) > 1 else words[0]


def items_of(values: Any) -> List[Any]:
    """Give the items of a list value, or none if it could not be read."""
    return values if isinstance(values, list) else []
