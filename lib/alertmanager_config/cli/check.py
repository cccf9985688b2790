"""alertmanager-config check FILE: one problem a line."""

import argparse
from pathlib import Path
from typing import Dict

from ..check import check_text
from ..problem import Problem


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe what the command takes."""
    parser.add_argument("file", help="alertmanager.yml")
    parser.add_argument(
        "--version",
        help="the Alertmanager that is to read it, such as 0.28.1; without, only what every "
        "version from 0.20 on refuses is an error, and the rest are warnings",
    )
    parser.add_argument(
        "--files",
        type=Path,
        metavar="FOLDER",
        help="what lies beside it in /etc/alertmanager: templates, and the files that keys ending "
        "in _file name; without, no file is looked for",
    )
    parser.add_argument(
        "--features",
        default="",
        metavar="classic-mode,...",
        help="what --enable-feature names on Alertmanager's command line",
    )
    parser.add_argument(
        "--no-strict",
        action="store_false",
        dest="strict",
        help="accept keys that no known version has",
    )


def run(given: argparse.Namespace) -> int:
    """Print the problems of a file; return 1 if Alertmanager would refuse it, else 0.

    Raises OSError if a file cannot be read, and ValueError if the version is not one.
    """
    if not given.file:
        raise ValueError("name a file to check")
    file = Path(given.file)
    files = None if given.files is None else _read_folder(given.files)
    problems = check_text(
        file.read_bytes(),
        file.name,
        given.version,
        given.strict,
        files,
        features=given.features.split(","),
    )
    for problem in problems:
        print(f"{'warning: ' if problem.warning else ''}{_to_line(problem)}")
    return int(any(not problem.warning for problem in problems))


def _read_folder(folder: Path) -> Dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def _to_line(problem: Problem) -> str:
    if problem.option != "templates":
        return str(problem)
    # The problem names the charm's option, which is a file of its own here.
    place = f"{problem.path} line {problem.line}"
    return f"{place}: {problem.message}" + (f"; {problem.hint}" if problem.hint else "")
