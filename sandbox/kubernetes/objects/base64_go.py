"""Go's ``base64.StdEncoding``: padding required, line ends ignored, errors by position."""

import re

_SYMBOL = re.compile("[A-Za-z0-9+/]")
_PLAIN = re.compile(r"([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?")


def check(text):
    """Raise ValueError with Go's text if ``text`` is not standard base64."""
    position = None if _PLAIN.fullmatch(text) else _first_bad(text)
    if position is not None:
        raise ValueError(f"illegal base64 data at input byte {position}")


def _first_bad(text):
    """Return the byte that Go names, or None. Source: Go ``encoding/base64`` ``decodeQuantum``."""
    data = [(at, char) for at, char in enumerate(text) if char not in "\r\n"]
    for start in range(0, len(data), 4):
        quantum = data[start : start + 4]
        for index, (at, char) in enumerate(quantum):
            if char == "=" and index >= 2:
                return _bad_padding(quantum, index, data[start + 4 :], len(text))
            if not _SYMBOL.match(char):
                return at
        if len(quantum) < 4:
            return len(text) - len(quantum)
    return None


def _bad_padding(quantum, index, rest, length):
    if index == 2 and len(quantum) < 4:
        return length
    if index == 2 and quantum[3][1] != "=":
        return quantum[3][0]
    return rest[0][0] if rest else None
