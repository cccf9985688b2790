"""Run a program and note what it took.

    python -I -S launcher.py FILE PROGRAM ARGUMENT...

writes to FILE, as JSON, the seconds that passed, those of CPU, and the memory of the largest
process in bytes, the program's children included; then exits as the program did. It is a small
process of its own because Linux counts the memory of whoever starts a program as the program's.
"""

import json
import os
import resource
import subprocess
import sys
import time


def main() -> int:
    """Return the program's exit code."""
    began = time.monotonic()
    code = subprocess.call(sys.argv[2:])
    wall = time.monotonic() - began
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    with open(sys.argv[1], "w", encoding="utf-8") as file:
        json.dump([wall, used.ru_utime + used.ru_stime, used.ru_maxrss * 1024], file)
    return code


if __name__ == "__main__":
    os._exit(main() & 0xFF)
