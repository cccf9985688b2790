"""The command alertmanager-config: alertmanager-config check FILE prints one problem a line.

So does python -m alertmanager_config check FILE.
"""

import argparse
import sys
from pathlib import Path
from typing import List, Optional

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
    command.add_argument("file", help="alertmanager.yml")
    command.add_argument(
        "--version",
        help="the Alertmanager that is to read it, such as 0.28.1; without, only what every "
        "version from 0.20 on refuses is an error, and the rest are warnings",
    )
    command.add_argument(
        "--files",
        type=Path,
        metavar="FOLDER",
        help="what lies beside it in /etc/alertmanager: templates, and the files that keys ending "
        "in _file name; without, no file is looked for",
    )
    command.add_argument(
        "--features",
        default="",
        metavar="classic-mode,...",
        help="what --enable-feature names on Alertmanager's command line",
    )
    command.add_argument(
        "--no-strict",
        action="store_false",
        dest="strict",
        help="accept keys that no known version has",
    )
    given = parser.parse_args(arguments)
    try:
        return _check(given)
    except OSError as error:
        why = f"{error.filename}: {error.strerror}"
    except ValueError as error:
        why = str(error)
    print(f"alertmanager-config: {why}", file=sys.stderr)
    return 2


def _check(given: argparse.Namespace) -> int:
    """Print the problems of a file; return 1 if Alertmanager would refuse it, else 0.

    Raises OSError if a file cannot be read, and ValueError if the version is not one.
    """
    if not given.file:
        raise ValueError("name a file to check")
    file = Path(given.file)
    files = None
    if given.files is not None:
        files = {path.name: path.read_bytes() for path in given.files.iterdir() if path.is_file()}
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


if __name__ == "__main__":
    sys.exit(main())
