"""The command alertmanager-config, one module for each subcommand."""

import argparse
import sys
from typing import List, Optional

from . import check


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
    check.add_arguments(command)
    command.set_defaults(run=check.run)
    given = parser.parse_args(arguments)
    try:
        return given.run(given)
    except OSError as error:
        return _fail(f"{error.filename}: {error.strerror}")
    except ValueError as error:
        return _fail(str(error))


def _fail(why: str) -> int:
    print(f"alertmanager-config: {why}", file=sys.stderr)
    return 2
