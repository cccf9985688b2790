#!/usr/bin/env python3
"""Say what Alertmanager would not like about a configuration, one problem a line.

usage: tools/check_config.py FILE [--version 0.28.1] [--files FOLDER] [--no-strict]
                             [--features classic-mode,...]

--version: the Alertmanager that is to read it; without, only what every version from 0.20 on
refuses is refused, and the rest are warnings.
--files: what lies beside it in /etc/alertmanager: templates, and the files that keys ending in
_file name. Without, no file is looked for.
--features: what --enable-feature names on Alertmanager's command line.
--no-strict: take keys that no known version has, as the charm's option strict-config=false does.

Exits with 0 if Alertmanager would run with it, with 1 if not, with 2 if it cannot be read.
Needs PyYAML.
"""

import argparse
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "lib"))

from alertmanager_config import check  # noqa: E402 - found through the path above


def main(arguments=None) -> int:
    """Check what the command line names; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", help="alertmanager.yml")
    parser.add_argument("--version")
    parser.add_argument("--files", type=Path)
    parser.add_argument("--features", default="")
    parser.add_argument("--no-strict", action="store_false", dest="strict")
    given = parser.parse_args(arguments)
    if not given.file:
        return _fail("no file is named; with make, FILE=alertmanager.yml names one")
    file = Path(given.file)
    try:
        files = None if given.files is None else _contents(given.files)
        problems = check.check_text(
            file.read_bytes(),
            file.name,
            given.version,
            given.strict,
            files,
            features=given.features.split(","),
        )
    except OSError as error:
        return _fail(f"{error.filename}: {error.strerror}")
    except ValueError as error:
        return _fail(str(error))
    for problem in problems:
        print(f"{'warning: ' if problem.warning else ''}{_line(problem)}")
    return int(any(not problem.warning for problem in problems))


def _fail(why: str) -> int:
    print(f"check-config: {why}", file=sys.stderr)
    return 2


def _contents(folder: Path):
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def _line(problem) -> str:
    if problem.option != "templates":
        return str(problem)
    # What the charm has in an option is a file of its own here.
    place = f"{problem.path} line {problem.line}"
    return f"{place}: {problem.message}" + (f"; {problem.hint}" if problem.hint else "")


if __name__ == "__main__":
    sys.exit(main())
