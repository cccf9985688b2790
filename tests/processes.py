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
