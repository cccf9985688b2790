"""Write a tree of nodes as YAML that Alertmanager reads back as exactly the same tree.

The same tree always gives the same text. Text is written bare only where no YAML reader could
take it for anything else, and in double quotes with escapes everywhere else, so that neither
indentation nor line folding can alter it.
"""

import re
from typing import List

from . import scalars
from .nodes import Items, Mapping, Node, Scalar

_BARE = re.compile(r"[A-Za-z_/][A-Za-z0-9_./-]*\Z")
_LONGEST_BARE = 120
# YAML looks no further than 1024 characters for the colon of a simple key.
_LONGEST_KEY = 1000
# All but the printable characters that YAML allows as they are; U+0085, U+2028 and U+2029 are
# line breaks to it, and U+FEFF may be dropped as a byte order mark.
_ESCAPED = re.compile(
    r"[^\x20\x21\x23-\x5b\x5d-\x7e\xa1-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd"
    r"\U00010000-\U0010ffff]"
)
_SHORT_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}


def write_yaml(root: Node) -> str:
    """Give the YAML text of a tree, with a line break at the end."""
    lines: List[str] = []
    _write(root, "", "", lines)
    return "\n".join(lines) + "\n"


def _write(node: Node, lead: str, indent: str, lines: List[str]) -> None:
    """Add a node's lines.

    lead: what stands before it on its first line, such as ``"  key:"`` or ``"  -"``.
    indent: what its further lines begin with.
    """
    if isinstance(node, Scalar):
        # An empty null has to be seen as one wherever it stands.
        text = _text(node.text) if node.kind == scalars.STR else node.text or "null"
        lines.append(_join(lead, text))
    elif isinstance(node, Mapping):
        _write_mapping(node, lead, indent, lines)
    else:
        _write_items(node, lead, indent, lines)


def _write_mapping(node: Mapping, lead: str, indent: str, lines: List[str]) -> None:
    if not node.keys:
        lines.append(_join(lead, "{}"))
        return
    # The first key of a mapping in a list stands on the line of its dash.
    start = lead + " " if lead.endswith("-") else None
    if lead and start is None:
        lines.append(lead)
    for key, value in node.items():
        head = indent if start is None else start
        start = None
        text = _text(key.text)
        if len(text) > _LONGEST_KEY:
            lines.append(f"{head}? {text}")
            head, text = indent, ""
        _write(value, f"{head}{text}:", indent + "  ", lines)


def _write_items(node: Items, lead: str, indent: str, lines: List[str]) -> None:
    if not node.items:
        lines.append(_join(lead, "[]"))
        return
    if lead:
        lines.append(lead)
    for item in node.items:
        _write(item, indent + "-", indent + "  ", lines)


def _join(lead: str, text: str) -> str:
    return f"{lead} {text}" if lead else text


def _text(text: str) -> str:
    # YAML 1.1 readers other than Alertmanager's, too, take these words for something else.
    if _BARE.match(text) and text not in scalars.WORDS and len(text) <= _LONGEST_BARE:
        return text
    return '"' + _ESCAPED.sub(_escape, text) + '"'


def _escape(match) -> str:
    char = match.group()
    if char in _SHORT_ESCAPES:
        return _SHORT_ESCAPES[char]
    code = ord(char)
    if code < 0x100:
        return f"\\x{code:02X}"
    return f"\\u{code:04X}" if code < 0x10000 else f"\\U{code:08X}"
