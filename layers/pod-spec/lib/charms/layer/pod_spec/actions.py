"""Run an action, and hand its results to Juju."""

import signal
from typing import Any, Callable, Dict, Iterable, Mapping, Optional, Sequence

from charms.layer.pod_spec.hook_tools import run_tool

# Linux takes no argument longer than 128 KiB, and no more than some 2 MiB together.
_LONGEST_VALUE = 100000
_LONGEST_CALL = 500000
_LONGEST_REASON = 2000


class ActionFailed(Exception):
    """The action has failed.

    message: a line for the operator. results: what is told all the same.
    """

    def __init__(self, message: str, results: Optional[Mapping[str, Any]] = None):
        super().__init__(message)
        self.results = results or {}


def count_others(items: Sequence[Any]) -> str:
    """Say that there are more than the first one, which stands before."""
    return f" (and {len(items) - 1} more, see the results)" if len(items) > 1 else ""


def number(items: Iterable[Any]) -> Dict[str, Any]:
    """Number items so that their keys sort as they do: 01, 02, … 10."""
    known = list(items)
    width = len(str(len(known)))
    return {str(number).zfill(width): item for number, item in enumerate(known, start=1)}


def run_action(action: Callable[[], Dict[str, Any]], time_limit: int) -> None:
    """Run an action.

    action: returns its results: texts, numbers, and such dicts; or raises ActionFailed.
    time_limit: the seconds that it may take. While it runs, no hook of any unit does.
    """
    before = signal.signal(signal.SIGALRM, _give_up(time_limit))
    signal.alarm(time_limit)
    try:
        set_results(action())
    except ActionFailed as failure:
        set_results(failure.results)
        fail(str(failure))
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def _give_up(time_limit: int) -> Callable[..., None]:
    def give_up(*_):
        raise ActionFailed(f"gave up after {time_limit} seconds")

    return give_up


def set_results(results: Mapping[str, Any]) -> None:
    """Set an action's results; what is None or empty is left out."""
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


def fail(message: str) -> None:
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
