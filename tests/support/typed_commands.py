"""A terminal that commands of the sandbox are typed in, without the program that types them."""

from dataclasses import dataclass
from pathlib import Path
from typing import Callable


def _load(path: str) -> str:
    return Path(path).read_bytes().decode("utf-8", "surrogateescape")


@dataclass
class Terminal:
    """Takes the place of a Conversation: a folder, and ways to print and to read.

    read: returns what is on the standard input. load: returns the text of a file, or raises
    OSError. is_gone: tells whether whoever typed the command has left.
    """

    directory: str
    out: Callable[[str], None]
    err: Callable[[str], None]
    read: Callable[[], str]
    load: Callable[[str], str] = _load
    is_gone: Callable[[], bool] = lambda: False
    caller: str = ""
