"""YAML as Juju's Go library (gopkg.in/yaml.v2) resolves it, which is not quite as PyYAML does.

Dates and ``1:30`` stay text, ``1e3`` is a number, ``0o17`` is octal, ``y`` and ``n`` are booleans.
What refers to itself, expands without measure or is nested too deeply is refused.
Sources: resolve.go, decode.go, readerc.go and parserc.go of yaml.v2.
"""

import re

import yaml

MAX_DEPTH = 100  # yaml.v2 goes to 10,000, which Python's stack does not; no pod spec has twenty

_BOOL = re.compile(
    "^(?:y|Y|yes|Yes|YES|true|True|TRUE|on|On|ON|n|N|no|No|NO|false|False|FALSE|off|Off|OFF)$"
)
_INT = re.compile(
    r"^[-+]?(?:0[bB]_*[01][01_]*|0[xX]_*[0-9a-fA-F][0-9a-fA-F_]*|0[oO]?_*[0-7][0-7_]*|0_*"
    r"|[1-9][0-9_]*)$"
)
_FLOAT = re.compile(
    r"^(?:[-+]?(?:\.[0-9]+|[0-9][0-9_]*(?:\.[0-9_]*)?)(?:[eE][-+]?[0-9]+)?"
    r"|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$"
)
_NULL = re.compile("^(?:~|null|Null|NULL|)$")
_BASES = {"0b": 2, "0o": 8, "0x": 16}
_PREFIX = "tag:yaml.org,2002:"


class _Loader(yaml.SafeLoader):
    """SafeLoader with the resolution table and the limits of yaml.v2."""

    yaml_implicit_resolvers = {}
    yaml_constructors = {}

    def __init__(self, text):
        super().__init__(text)
        self._open = []  # the anchors, or None, of the nodes around the next one
        self._composed = 0

    def compose_node(self, parent, index):
        event = self.peek_event()
        if isinstance(event, yaml.AliasEvent):
            if event.anchor in self._open:
                raise _refusal(f"anchor '{event.anchor}' value contains itself")
            return super().compose_node(parent, index)
        self._open.append(event.anchor)
        node = super().compose_node(parent, index) if len(self._open) <= MAX_DEPTH else None
        self._open.pop()
        self._composed += 1
        if node is not None:
            self._measure(node)
        if node is None or len(self._open) + node.height > MAX_DEPTH:
            raise _refusal(f"exceeded max depth of {MAX_DEPTH}", event.start_mark)
        return node

    def _measure(self, node):
        """How high and how large the node is with its aliases expanded."""
        children = node.value if isinstance(node, yaml.CollectionNode) else ()
        if isinstance(node, yaml.MappingNode):
            children = [item for pair in children for item in pair]
        node.height = 1 + max((child.height for child in children), default=0)
        node.size = 1 + sum(child.size for child in children)
        aliased = node.size - self._composed
        tolerance = 0.99 - 0.89 * min(max((node.size - 400_000) / 3_600_000, 0), 1)
        if aliased > 100 and node.size > 1000 and aliased / node.size > tolerance:
            raise _refusal("document contains excessive aliasing")


for _tag, _pattern, _first in (
    ("bool", _BOOL, "yYnNtTfFoO"),
    ("int", _INT, "-+0123456789"),
    ("float", _FLOAT, "-+.0123456789"),
    ("null", _NULL, ["~", "n", "N", ""]),
    ("merge", re.compile("^<<$"), "<"),
):
    _Loader.add_implicit_resolver(_PREFIX + _tag, _pattern, list(_first))


def _refusal(problem, mark=None):
    return yaml.constructor.ConstructorError(None, None, problem, mark)


def _plain(loader, node, *kinds):
    """The text of a scalar, which must read as one of ``kinds``, also where a tag says what it is.

    Raise yaml.YAMLError.
    """
    text = loader.construct_scalar(node)
    found = loader.resolve(yaml.ScalarNode, text, (True, False))[len(_PREFIX) :]
    if found not in kinds:
        raise _refusal(f"cannot decode !!{found} `{text}` as a !!{kinds[0]}")
    return text


def _null(loader, node):
    _plain(loader, node, "null")


def _bool(loader, node):
    return _plain(loader, node, "bool").lower() in ("y", "yes", "true", "on")


def _int(loader, node):
    return _number(_plain(loader, node, "int"))


def _float(loader, node):
    return float(_number(_plain(loader, node, "float", "int")))


def _number(text):
    plain = text.replace("_", "").lower()
    if not _INT.match(text):
        return float(plain.replace(".inf", "inf").replace(".nan", "nan"))
    digits = plain.lstrip("-+")
    base = _BASES.get(digits[:2]) or (8 if digits[0] == "0" else 10)
    if len(digits) > 66:  # more than 64 bits in any base
        return float(plain) if base == 10 else text
    number = int(digits[2:] if digits[:2] in _BASES else digits, base)
    return -number if plain[0] == "-" else number


def _binary(loader, node):
    return loader.construct_yaml_binary(node).decode("utf-8", "surrogateescape")


def _other(loader, node):
    """A tag that means nothing to Juju: yaml.v2 takes the value as if there were none."""
    if isinstance(node, yaml.MappingNode):
        return loader.construct_mapping(node, deep=True)
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    return node.value


for _tag, _constructor in (
    ("null", _null),
    ("bool", _bool),
    ("int", _int),
    ("float", _float),
    ("binary", _binary),
    ("str", yaml.SafeLoader.construct_scalar),
    ("seq", yaml.SafeLoader.construct_yaml_seq),
    ("map", yaml.SafeLoader.construct_yaml_map),
):
    _Loader.add_constructor(_PREFIX + _tag, _constructor)
_Loader.add_constructor(None, _other)


def first_document(text):
    """Return the value of the first document in ``text``; later ones are ignored, as Juju does.

    Mapping keys become text as they do on Juju's way to JSON (``1`` is "1", ``true`` is "true").
    Raise ``yaml.YAMLError``.
    """
    loader = _Loader(text)
    try:
        return _json_like(loader.get_data()) if loader.check_data() else None
    finally:
        loader.dispose()


def string_map(text):
    """Return the mapping of text to text in ``text``, as Go's ``map[string]string`` takes it.

    Scalars of every kind are taken as they are written, null is "". Raise ``yaml.YAMLError``.
    """
    loader = _Loader(text)
    try:
        node = loader.get_node() if loader.check_node() else None
        if node is None or (isinstance(node, yaml.ScalarNode) and node.tag == _PREFIX + "null"):
            return {}
        if not isinstance(node, yaml.MappingNode):
            raise _no_string(node, "map[string]string")
        loader.flatten_mapping(node)
        return {_string(loader, key): _string(loader, value) for key, value in node.value}
    finally:
        loader.dispose()


def _string(loader, node):
    if not isinstance(node, yaml.ScalarNode):
        raise _no_string(node, "string")
    return "" if loader.construct_object(node) is None else node.value


def _no_string(node, wanted):
    kind = {yaml.MappingNode: "map", yaml.SequenceNode: "seq"}.get(type(node))
    what = f"!!{kind}" if kind else f"!!{node.tag[len(_PREFIX) :]} `{node.value}`"
    line = node.start_mark.line + 1
    return _refusal(f"unmarshal errors:\n  line {line}: cannot unmarshal {what} into {wanted}")


def problem(error):
    """Return what a ``yaml.YAMLError`` says, in the manner of yaml.v2 where it has no own words."""
    if isinstance(error, yaml.reader.ReaderError):
        undecoded = 0xD800 <= error.character < 0xE000
        return "invalid leading UTF-8 octet" if undecoded else "control characters are not allowed"
    mark = getattr(error, "problem_mark", None)
    told = getattr(error, "problem", None) or str(error)
    return f"line {mark.line + 1}: {told}" if mark else told


def _json_like(value):
    if isinstance(value, dict):
        return {_key(key): _json_like(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_json_like(item) for item in value]
    return value


def _key(key):
    if isinstance(key, bool):
        return "true" if key else "false"
    return "null" if key is None else str(key)
