"""Verdicts of real servers that were recorded, so that every version can be held against them.

    make verdicts VERSION=0.35.0

asks the server of a version (see config_judge.py) about every file of data/configurations, with
those of data/beside in its folder, and enters what came of it into data/verdicts.txt. Do so for
every version that there is when a configuration is added.
"""

import sys
import textwrap
from pathlib import Path
from typing import Dict

from alertmanager_config import version as versions
from support import config_judge

DATA = Path(__file__).parents[1] / "data"
FILES: Dict[str, bytes] = {
    path.name: path.read_bytes() for path in sorted((DATA / "beside").iterdir())
}
"""What lies beside each configuration."""
CONFIGURATIONS: Dict[str, bytes] = {
    path.stem: path.read_bytes() for path in sorted((DATA / "configurations").iterdir())
}
TABLE = DATA / "verdicts.txt"
HEAD = """\
# What the servers of these versions do with each file of configurations. The first verdict of a row
# holds from the oldest version on, each up to the next one; "unknown" is what was not asked.
# make verdicts writes this file.
"""
UNKNOWN = "unknown"

Verdicts = Dict[str, Dict[str, str]]
"""By version, oldest first, and configuration: what config_judge.Verdict.how was."""


def parse_table(text: str) -> Verdicts:
    """Return what the text of a table says."""
    _, versions_asked, rows = text.split("\n\n")
    verdicts: Verdicts = {version: {} for version in versions_asked.split()}
    for row in rows.splitlines():
        name, changes = row.split(None, 1)
        parts = [change.partition(" from ") for change in changes.split(", ")]
        since = {version: how for how, _, version in parts}
        how = since[""]
        for version in verdicts:
            how = since.get(version, how)
            if how != UNKNOWN:
                verdicts[version][name] = how
    return verdicts


def format_table(verdicts: Verdicts) -> str:
    """Return the text of a table with these verdicts, of the configurations that there are."""
    ordered = sorted(verdicts, key=versions.parse_version)
    rows = []
    for name in CONFIGURATIONS:
        changes, before = [], ""
        for version in ordered:
            how = verdicts[version].get(name, UNKNOWN)
            if how != before:
                changes.append(f"{how} from {version}" if changes else how)
            before = how
        rows.append(f"{name:39} {', '.join(changes)}")
    return "\n".join([HEAD, textwrap.fill(" ".join(ordered), 100), "", *rows, ""])


VERDICTS = parse_table(TABLE.read_text("utf-8"))


def ask(server: config_judge.Judge) -> Dict[str, str]:
    """Return what a server does with each configuration, by a fresh start and by a reload."""
    return {
        name: server.judge(text, FILES, fresh=True).how for name, text in CONFIGURATIONS.items()
    }


def main(arguments=None) -> int:
    """Record the verdicts of the version that is named; return the exit code."""
    words = sys.argv[1:] if arguments is None else arguments
    if len(words) != 1 or versions.parse_version(words[0]) is None:
        print("verdicts: name a version, such as VERSION=0.35.0", file=sys.stderr)
        return 2
    (version,) = words
    try:
        with config_judge.Judge(version) as server:
            verdicts = ask(server)
    except config_judge.JudgeError as error:
        print(f"verdicts: {error}", file=sys.stderr)
        return 2
    TABLE.write_text(format_table({**VERDICTS, version: verdicts}), encoding="utf-8")
    print(TABLE)
    return 0


if __name__ == "__main__":
    sys.exit(main())
