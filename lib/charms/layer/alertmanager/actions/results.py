"""Hand an action's results to Juju."""

from charms.layer.pod_spec import run_tool

# Linux takes no argument longer than 128 KiB, and no more than some 2 MiB together.
_LONGEST_VALUE = 100000
_LONGEST_CALL = 500000
_LONGEST_REASON = 2000


def tell(results):
    """Set results: a dict of texts, numbers and such dicts; what is None or empty is left out."""
    pairs, length = [], 0
    for path, text in _flat(results, ""):
        for pair in _arguments(path, text):
            size = len(pair.encode())
            if pairs and length + size > _LONGEST_CALL:
                run_tool("action-set", *pairs)
                pairs, length = [], 0
            pairs.append(pair)
            length += size
    if pairs:
        run_tool("action-set", *pairs)


def fail(message):
    """Let the action have failed, for a reason of one line."""
    run_tool("action-fail", _printable(" ".join(message.split()))[:_LONGEST_REASON])


def _flat(results, above):
    for key, value in results.items():
        path = f"{above}.{key}" if above else key
        if isinstance(value, dict):
            yield from _flat(value, path)
        elif value not in (None, ""):
            yield path, _printable(str(value))


def _arguments(path, text):
    """Write a result as arguments: one, or several with keys of their own if it is too long."""
    if len(text.encode()) <= _LONGEST_VALUE:
        return [f"{path}={text}"]
    size = _LONGEST_VALUE // 4  # a character may take four bytes
    pieces = [text[start : start + size] for start in range(0, len(text), size)]
    return [f"{path}.part-{number:03}={piece}" for number, piece in enumerate(pieces, start=1)]


def _printable(text):
    """Return the text with what no argument may hold as an escape."""
    return text.encode("utf-8", "backslashreplace").decode().replace("\0", "\\x00")
