"""Processes on this machine."""

import os
from pathlib import Path
from typing import List


def marked(word: str) -> List[Path]:
    """Return the folders in /proc of all other processes that know a word.

    They have it on their command line or among their variables.
    """
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            text = (folder / "cmdline").read_bytes() + (folder / "environ").read_bytes()
        except OSError:
            continue
        if word.encode() in text and folder.name != str(os.getpid()):
            found.append(folder)
    return found


def listens_here(process: Path) -> bool:
    """Whether a process, given as its folder in /proc, listens on a TCP port of this machine.

    What it opened in a network namespace of its own does not count.
    """
    listening = set()
    for family in ("tcp", "tcp6"):
        rows = [row.split() for row in Path("/proc/net", family).read_text().splitlines()[1:]]
        listening |= {f"socket:[{row[9]}]" for row in rows if row[3] == "0A"}
    return any(_target(file) in listening for file in (process / "fd").iterdir())


def _target(link: Path) -> str:
    try:
        return os.readlink(str(link))
    except FileNotFoundError:  # closed meanwhile
        return ""
