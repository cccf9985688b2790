"""The command alertmanager-config: alertmanager-config check FILE prints one problem a line.

So does python -m alertmanager_config check FILE.
"""

import argparse
import sys
from pathlib import Path
from typing import Dict, List, Optional

from .check import check_text


def main(arguments: Optional[List[str]] = None) -> int:
    """Do what a command line asks for.

    Returns 0 if all is well, 1 if a configuration is not, 2 if a file or argument cannot be used.
    """
    name = "alertmanager-config"
    parser = argparse.ArgumentParser(
        prog=name, description="Work with configurations of Alertmanager."
    )
    # Told again, argparse need not load what it would work the name out with, for 4 ms.
    commands = parser.add_subparsers(metavar="COMMAND", required=True, prog=name)
    command = commands.add_parser(
        "check", help="say what Alertmanager would refuse, one problem a line"
    )
    _add_arguments(command)
    given = parser.parse_args(arguments)
    try:
        return _check(given)
    except OSError as error:
        why = f"{error.filename}: {error.strerror}"
    except ValueError as error:
        why = str(error)
    print(f"alertmanager-config: {why}", file=sys.stderr)
    return 2


def _add_arguments(parser: argparse.ArgumentParser) -> None:
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


def _check(given: argparse.Namespace) -> int:
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
        # This is how the charm calls what is a file of its own here.
        is_file = problem.option == "templates"
        said = problem._replace(option=problem.path, path="") if is_file else problem
        print(f"{'warning: ' if problem.warning else ''}{said}")
    return int(any(not problem.warning for problem in problems))


def _read_folder(folder: Path) -> Dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


if __name__ == "__main__":
    sys.exit(main())
