"""What PEM texts hold, and what their certificates say."""

import base64
import re
from typing import List, Tuple

from alertmanager_config.go.certificates import Certificate, read_certificate

_EDGE = re.compile(r"-----(BEGIN|END) ([A-Z0-9 ]+)-----")


class NoCertificate(ValueError):
    """The text holds no certificate that can be read."""


def read_blocks(text: str) -> List[Tuple[str, str]]:
    """Return the blocks of a PEM text: what stands behind BEGIN, and the block.

    Each ends in a new line; blanks at the edges of lines, and what is between blocks, are left out.
    """
    blocks, begin = [], None
    for edge in _EDGE.finditer(text):
        if edge.group(1) == "BEGIN":
            begin = edge
        elif begin and begin.group(2) == edge.group(2):
            lines = text[begin.start() : edge.end()].splitlines()
            blocks.append((edge.group(2), "".join(f"{line.strip()}\n" for line in lines)))
            begin = None
    return blocks


def find_certificates(*texts: str) -> List[str]:
    """Return the certificates in some PEM texts, in their order, the same one only once."""
    found = {}
    for kind, block in (each for text in texts for each in read_blocks(text)):
        if kind == "CERTIFICATE":
            found.setdefault("".join(block.split()), block)
    return list(found.values())


def read_first(text: str) -> Certificate:
    """Read the first certificate in a PEM text. Raises NoCertificate."""
    found = find_certificates(text)
    if not found:
        raise NoCertificate("holds no PEM certificate")
    packed = "".join(_EDGE.sub("", found[0]).split())
    try:
        return read_certificate(base64.b64decode(packed, validate=True))
    except ValueError:
        raise NoCertificate("holds a certificate that cannot be read") from None
