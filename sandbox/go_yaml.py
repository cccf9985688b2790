"""YAML as Juju writes it and reads it, by the reader that Alertmanager's configurations have.

Both programs use gopkg.in/yaml.v2. What that reader refuses and Juju takes, or the other way round,
is Doubtful.
"""

from __future__ import annotations

import copy
import re
from functools import lru_cache
from typing import Any

import yaml
from alertmanager_config import Document, parse_yaml

_MAX_BYTES = 1 << 24
_EMPTY = re.compile(r"(\s|#.*|---|~|null)*")
_NO_SIGN = re.compile("[eE][0-9]")
_OTHERWISE_READ = re.compile(r"[yYnN]|[-+]?[0-9]*\.?[0-9]+([eE][-+]?[0-9]+)?")
_TEXT = "tag:yaml.org,2002:str"


class YamlError(Exception):
    """The text is not YAML; ``str()`` says where and why."""


class Doubtful(Exception):
    """Whether Juju takes the text is not known; ``str()`` names what is in it."""


def read_yaml(text: str) -> Any:
    """The value of the first document; mapping keys are text. Raises YamlError or Doubtful."""
    return copy.deepcopy(_first_value(text))


@lru_cache(maxsize=64)  # a charm's files are read at every deployment of it
def _first_value(text: str) -> Any:
    document = _read(text)
    try:
        return None if document is None else _value(document.root)
    except RecursionError:
        raise Doubtful("aliases that are nested so deeply") from None


def read_strings(text: str) -> dict[str, str]:
    """A mapping of text to text, as Go's ``map[string]string`` takes it: scalars of every kind are
    taken as they are written, null is "". Raises YamlError or Doubtful.
    """
    document = _read(text)
    if document is None:
        return {}
    pairs = getattr(document.root, "values", None)
    if pairs is None:
        raise YamlError("cannot unmarshal it into map[string]string")
    for key, node in pairs.items():
        if not hasattr(node, "text"):
            raise YamlError(f"line {node.line}: cannot unmarshal the value of {key} into string")
    return {key: "" if node.kind == "null" else node.text for key, node in pairs.items()}


def _read(text: str) -> Document | None:
    if _EMPTY.fullmatch(text):
        return None
    document = parse_yaml(text.encode("utf-8", "surrogateescape"), "", _MAX_BYTES)
    for problem in document.problems:
        if not problem.warning:
            told = f"line {problem.line}: {problem.message}" if problem.line else problem.message
            # Where there is a tree, the text is YAML, and the reader only stricter than Juju's.
            raise YamlError(told) if document.root is None else Doubtful(f"YAML in which {told}")
    return document


def _value(node: Any) -> Any:
    if hasattr(node, "values"):
        if "" in node.values:
            raise Doubtful("a key without a name")
        return {key: _value(below) for key, below in node.values.items()}
    if hasattr(node, "items"):
        return [_value(below) for below in node.items]
    if node.kind == "float" and _NO_SIGN.search(node.text):
        raise Doubtful(f"the number {node.text}: write it without an exponent")
    return node.plain()


def write_yaml(value: Any, sort: bool = False) -> str:
    """``value`` as gopkg.in/yaml.v2 writes it. Go sorts the keys of maps, and not those of structs.

    Text of several lines is a block; text that would be read as something else has quotes.
    """
    text = yaml.dump(value, Dumper=_Dumper, sort_keys=sort, allow_unicode=True, width=1 << 20)
    return text[: -len("...\n")] if text.endswith("\n...\n") else text


class _Dumper(yaml.SafeDumper):
    def ignore_aliases(self, data: Any) -> bool:
        return True


def _represent_text(dumper: _Dumper, text: str) -> yaml.ScalarNode:
    read = dumper.resolve(yaml.ScalarNode, text, (True, False))
    quoted = read != _TEXT or _OTHERWISE_READ.fullmatch(text)
    style = "|" if "\n" in text else '"' if quoted else None
    return dumper.represent_scalar(_TEXT, text, style)


_Dumper.add_representer(str, _represent_text)
