"""A YAML document as a tree whose every node knows which option and line it came from."""

import json
import re
from typing import Dict, Iterator, List, NamedTuple, Optional, Sequence, Set, Tuple, Union

from ..problem import Problem
from . import scalars

Node = Union["Scalar", "Mapping", "Items"]

_SIMPLE = re.compile(r"[A-Za-z_][A-Za-z0-9_./-]*\Z")
_LONGEST_SHOWN = 60
_LONGEST_PATH = 200


class Scalar(NamedTuple):
    """One value.

    text: the value as text, exactly as Alertmanager reads it into a text field.
    kind: a type from scalars; STR if the value was quoted.
    option, line: where it stands; lines count from 1.
    """

    text: str
    kind: str
    option: str
    line: int

    def plain(self) -> object:
        """Give the value as str, int, float, bool or None."""
        if self.kind in (scalars.STR, scalars.TIMESTAMP):
            return self.text
        return scalars.resolve(self.text)[1]


class Mapping:
    """Keys and values, in the order written; keys are text.

    keys: each key's own node, for its line. values: each key's value.
    written: the line of each key that stands in this very mapping, not merged into it by ``<<``.
    doubled: the keys that ``<<`` gave a value besides the one they had or got.
    """

    __slots__ = ("doubled", "keys", "line", "option", "values", "written")

    def __init__(self, option: str, line: int):
        self.keys: Dict[str, Scalar] = {}
        self.values: Dict[str, Node] = {}
        self.written: Dict[str, int] = {}
        self.doubled: Set[str] = set()
        self.option = option
        self.line = line

    def put(self, key: Scalar, value: Node) -> None:
        """Set a key, keeping its place if it is there already."""
        self.keys[key.text] = key
        self.values[key.text] = value

    def get(self, key: str) -> Optional[Node]:
        """Give a key's value, or None if it is not there."""
        return self.values.get(key)

    def items(self) -> Iterator[Tuple[Scalar, Node]]:
        """Give (key node, value node) pairs."""
        return zip(self.keys.values(), self.values.values())

    def plain(self) -> Dict[str, object]:
        """Give the value as a dict of plain values."""
        return {text: value.plain() for text, value in self.values.items()}


class Items(NamedTuple):
    """A list of values."""

    option: str
    line: int
    items: List[Node]

    def plain(self) -> List[object]:
        """Give the value as a list of plain values."""
        return [item.plain() for item in self.items]


class Document:
    """What parse_yaml() makes of an option's value.

    root: the tree, or None if there is none to speak of; then problems say why.
    problems: what was wrong with the text itself.
    """

    def __init__(self, option: str, root: Optional[Node], problems: Sequence[Problem] = ()):
        self.option = option
        self.root = root
        self.problems: Tuple[Problem, ...] = tuple(problems)

    def plain(self) -> object:
        """Give the whole as plain Python values; None if there is no tree."""
        return None if self.root is None else self.root.plain()


def join_path(path: str, step: Union[str, int]) -> str:
    """Give the place of a key of the mapping, or an item of the list, that stands at a place.

    Places are in the document's own words, such as ``route.routes[2].receiver``; "" is its root.
    """
    if isinstance(step, int):
        return f"{path}[{step}]"
    return f"{path}.{shown(step)}" if path else shown(step)


def shorten_path(path: str) -> str:
    """Give a place as it may stand in a message."""
    half = _LONGEST_PATH // 2
    return path if len(path) <= _LONGEST_PATH else f"{path[:half]}...{path[-half:]}"


def shown(text: str) -> str:
    """Give a key or name as it may stand in a message: on one line, and not too long."""
    if len(text) > _LONGEST_SHOWN:
        text = text[:_LONGEST_SHOWN] + "..."
    return text if _SIMPLE.match(text) else json.dumps(text)


def is_null(node: Optional[Node]) -> bool:
    """Whether there is nothing here, or an explicit null."""
    return node is None or (isinstance(node, Scalar) and node.kind == scalars.NULL)


def get_value(node: Optional[Node], key: str) -> Optional[Node]:
    """Give the value of a mapping's key; None if there is none, or no mapping."""
    return node.get(key) if isinstance(node, Mapping) else None


def text_of(node: Optional[Node]) -> str:
    """Give the text of a value; "" if it is a null, a list or a mapping, or there is none."""
    return node.text if isinstance(node, Scalar) and not is_null(node) else ""


def get_text(node: Optional[Node], key: str) -> str:
    """Give the text of a mapping's key; "" if there is none, or no mapping."""
    return text_of(get_value(node, key))


def get_items(node: Optional[Node], key: str) -> List[Node]:
    """Give the items of a mapping's key; [] if it has no list, or there is no mapping."""
    value = get_value(node, key)
    return value.items if isinstance(value, Items) else []


def is_true(node: Optional[Node], key: str) -> bool:
    """Whether a mapping's key is true."""
    value = get_value(node, key)
    return isinstance(value, Scalar) and value.plain() is True
