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
    return "".join(f"{line}\n" for line in _write(root, ""))


def _write(node: Node, indent: str) -> List[str]:
    """Give the lines of a node, with an indentation before each but the first."""
    if isinstance(node, Scalar):
        # An empty null has to be seen as one wherever it stands.
        return [_text(node.text) if node.kind == scalars.STR else node.text or "null"]
    lines: List[str] = []
    if isinstance(node, Items):
        for item in node.items:
            lines += _write_behind(indent * bool(lines) + "-", item, indent)
        return lines or ["[]"]
    for key, value in node.items():
        text = _text(key.text)
        if len(text) > _LONGEST_KEY:
            lines.append(f"{indent * bool(lines)}? {text}")
            text = ""
        lines += _write_behind(f"{indent * bool(lines)}{text}:", value, indent)
    return lines or ["{}"]


def _write_behind(lead: str, node: Node, indent: str) -> List[str]:
    """Give the lines of a node behind a dash or a key.

    The first key of a mapping in a list stands on the line of its dash.
    """
    first, *others = _write(node, indent + "  ")
    is_short = isinstance(node, Scalar) or first in ("[]", "{}")
    if is_short or (lead.endswith("-") and isinstance(node, Mapping)):
        return [f"{lead} {first}", *others]
    return [lead, f"{indent}  {first}", *others]


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
