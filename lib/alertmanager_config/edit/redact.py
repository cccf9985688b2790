"""A configuration without its secrets.

Which values are secret is written in one place, the tables of ``schema``: the types Secret,
SecretPointer and Url(placeholder=True). Beyond that, this module hides whatever those tables do
not know, since it may be a newer Alertmanager's secret, what stands under a name that speaks of a
secret, the user in whatever looks like a URL, and the query of what is one.
"""

import json
import re
from typing import FrozenSet, Iterable, List, Optional, Set

from ..problem import to_one_line
from ..schema import containers, value_types
from ..schema.configuration import CONFIG
from ..schema.file_references import FileName
from ..yaml import writer
from ..yaml.nodes import Document, Items, Mapping, Node, Scalar, is_null
from ..yaml.scalars import BOOL, STR

HIDDEN = "<secret>"

# Of a name without its dashes and the like. Rather hide what is no secret than show one.
_SECRET_NAME = re.compile(
    r"passw|passphrase|passcode|pass$|pwd|secret|token|credential|creds?$|assertion|^x?auth$"
    r"|authori[sz]ation|authentication|cookie|session|signature|sig$|hmac|bearer|jwt|otp$"
    r"|pin(code)?$|dsn$|key(id|s|base64)?$|hook(ur[il])?$|honeycombteam$"
)
_BETWEEN = re.compile(r"[^a-z0-9]+")


def is_secret_name(name: str) -> bool:
    """Whether a name speaks of a secret, however it is spelt: api_key, X-Api-Key, privateKey."""
    return bool(_SECRET_NAME.search(_BETWEEN.sub("", name.lower())))


_USER = re.compile(r"(?<=://)[^/?#@\s]+(?=@)")

# None stands for what the tables do not know.
ValueTypes = List[Optional[value_types.ValueType]]


def redact(document: Document) -> str:
    """Write a configuration as YAML, with <secret> in the place of every secret."""
    if document.root is None:
        return ""
    return writer.write_yaml(_copy(document.root, [CONFIG], set()))


def find_secrets(document: Document) -> FrozenSet[str]:
    """Return every text that redact() hides, also as Go would quote it."""
    hidden: Set[str] = set()
    if document.root is not None:
        _copy(document.root, [CONFIG], hidden)
    quoted = {json.dumps(text, ensure_ascii=False)[1:-1] for text in hidden}
    return frozenset(hidden | quoted)


def redact_sentence(sentence: str, secrets: Iterable[str]) -> str:
    """Take secrets, and whatever is in back quotes, out of Alertmanager's own words, in one line.

    In these, Go's YAML reader quotes the beginnings of values.
    """
    sentence = re.sub(r"`[^`]*`", "<value>", sentence)
    for secret in sorted(secrets, key=len, reverse=True):
        if len(secret) > 3:
            sentence = sentence.replace(secret, HIDDEN)
    return to_one_line(" ".join(sentence.split()))


def _copy(node: Node, types: ValueTypes, hidden: Set[str], has_secret_name: bool = False) -> Node:
    """Copy a node without its secrets, and put these among the hidden.

    types: what it may be. has_secret_name: whether a name above it is_secret_name of a secret.
    """
    if isinstance(node, Scalar):
        return _copy_scalar(node, types, hidden, has_secret_name)
    if isinstance(node, Items):
        inner = _find_inside(types)
        return node._replace(
            items=[_copy(item, inner, hidden, has_secret_name) for item in node.items]
        )
    mapping = Mapping(node.option, node.line)
    for key, value in node.items():
        secret = has_secret_name or is_secret_name(key.text)
        mapping.put(key, _copy(value, _find_inside(types, key.text), hidden, secret))
    return mapping


def _copy_scalar(
    node: Scalar, types: ValueTypes, hidden: Set[str], has_secret_name: bool
) -> Scalar:
    if is_null(node) or not node.text:
        return node
    types = _list_variants(types)
    secret = any(_is_secret(kind) for kind in types)
    if secret or (has_secret_name and not _is_harmless(node, types)):
        hidden.add(node.text)
        return node._replace(text=HIDDEN, kind=STR)
    hidden.update(_USER.findall(node.text))
    text = _USER.sub(HIDDEN, node.text)
    if "?" in text and any(isinstance(kind, value_types.Url) for kind in types):
        address, _, query = text.partition("?")
        hidden.add(query)
        text = f"{address}?{HIDDEN}"
    return node._replace(text=text)


def _find_inside(types: ValueTypes, key: Optional[str] = None) -> ValueTypes:
    """Return what the items of a list are, or the value of a mapping's key."""
    inside: ValueTypes = []
    for kind in _list_variants(types):
        if isinstance(kind, containers.Object) and key is not None:
            inside.append(kind.fields[key].kind if key in kind.fields else None)
        elif isinstance(kind, containers.Array if key is None else containers.Map):
            inside.append(kind.kind)
        else:
            inside.append(kind if isinstance(kind, value_types.Anything) else None)
    return inside


def _list_variants(types: ValueTypes) -> ValueTypes:
    found: ValueTypes = []
    for kind in types:
        if isinstance(kind, containers.ByVersion):
            found += _list_variants([variant for _, variant in kind.variants])
        else:
            found.append(kind)
    return found


def _is_secret(kind: Optional[value_types.ValueType]) -> bool:
    if isinstance(kind, value_types.Url):
        return kind.placeholder
    # Text where there should be more than a text is nothing that is known, either.
    more = (containers.Object, containers.Array, containers.Map)
    return kind is None or isinstance(kind, (value_types.Secret, *more))


def _is_harmless(node: Scalar, types: ValueTypes) -> bool:
    """Tell whether a value is none that could be a secret, whatever its name."""
    names = (FileName, value_types.Choice, value_types.Bool, value_types.Duration, value_types.Url)
    return node.kind == BOOL or all(isinstance(kind, names) for kind in types)
