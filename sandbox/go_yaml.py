"""YAML as Juju writes it and reads it, by the reader that Alertmanager's configurations have.

Both programs use gopkg.in/yaml.v2. What that reader refuses and Juju takes, or the other way round,
is Doubtful.
"""

from __future__ import annotations

import base64
import copy
import re
from functools import lru_cache
from typing import Any

import yaml
from alertmanager_config import Document, parse_yaml

_MAX_BYTES = 1 << 24
_EMPTY = re.compile(r"(\s|#.*|---|~|null)*")
_NO_SIGN = re.compile("[eE][0-9]")
_NUMBER = r"[-+]?[0-9]*\.?[0-9]+([eE][-+]?[0-9]+)?"
_TIME = r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([Tt][0-9:.]+(Z|[-+][0-9]{2}:[0-9]{2})| [0-9:.]+)?"
_OTHERWISE_READ = re.compile(f"[yYnN]|{_NUMBER}|{_TIME}")
_TEXT, _NULL = "tag:yaml.org,2002:str", "tag:yaml.org,2002:null"
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


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
    taken as they are written, null is "". Raises YamlError.
    """
    root = _compose(text)
    if root is None or root.tag == _NULL:
        return {}
    if not isinstance(root, yaml.MappingNode):
        raise _wrong_type(root, "map[string]string")
    return {_string(key): _string(node) for key, node in root.value}


def _string(node: yaml.Node) -> str:
    if not isinstance(node, yaml.ScalarNode):
        raise _wrong_type(node, "string")
    if node.tag == "tag:yaml.org,2002:binary":
        return base64.b64decode(node.value).decode("utf-8", "surrogateescape")
    return "" if node.tag == _NULL else node.value


def _wrong_type(node: yaml.Node, wanted: str) -> YamlError:
    shown = f" `{node.value[:10]}`" if isinstance(node, yaml.ScalarNode) else ""
    found = node.tag.replace("tag:yaml.org,2002:", "!!")
    line = node.start_mark.line + 1
    return YamlError(
        f"unmarshal errors:\n  line {line}: cannot unmarshal {found}{shown} into {wanted}"
    )


def _read(text: str) -> Document | None:
    if _EMPTY.fullmatch(text):
        return None
    document = parse_yaml(text.encode("utf-8", "surrogateescape"), "", _MAX_BYTES)
    for problem in document.problems:
        if not problem.warning:
            told = f"line {problem.line}: {problem.message}" if problem.line else problem.message
            # Where it is YAML all the same, the reader is only stricter than Juju's.
            if document.root is None:
                _compose(text)
            raise Doubtful(f"YAML in which {told}")
    return document


def line_of(text: str, key: str = "") -> int:
    """The line of the value of a key at the top, or of the top itself."""
    root = _compose(text)
    pairs = root.value if isinstance(root, yaml.MappingNode) else ()
    nodes = [node for name, node in pairs if name.value == key]
    return (nodes or [root])[0].start_mark.line + 1


def _compose(text: str) -> yaml.Node | None:
    """The first document; YamlError with libyaml's words, of which yaml.v2 is a translation."""
    try:
        return next(yaml.compose_all(text.encode("utf-8", "surrogateescape"), _LOADER), None)
    except yaml.YAMLError as error:
        raise YamlError(_words_of(error, text)) from None


def _words_of(error: yaml.YAMLError, text: str) -> str:
    if not isinstance(error, yaml.MarkedYAMLError):
        return getattr(error, "reason", str(error))
    if isinstance(error, yaml.composer.ComposerError):
        mark = error.problem_mark
        name = re.match(r"\*[-\w]*", text.splitlines()[mark.line][mark.column :])
        return f"unknown anchor '{name[0][1:]}' referenced"
    line = error.problem_mark.line if error.problem_mark else 0
    if line and isinstance(error, yaml.scanner.ScannerError):
        line += 1
    elif not line and error.context_mark:
        line = error.context_mark.line
    return f"line {line}: {error.problem}" if line else str(error.problem)


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
# Go takes fewer texts for times; they are in _OTHERWISE_READ.
_Dumper.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in found if not tag.endswith(":timestamp")]
    for first, found in yaml.SafeDumper.yaml_implicit_resolvers.items()
}
