"""Verdicts of real servers that were recorded, so that every version can be held against them.

    make verdicts VERSION=0.35.0

asks the server of a version (see config_judge.py) about every file of data/configurations, with
those of data/beside in its folder, and writes what came of it to data/verdicts/VERSION.json. Do so
for every version that there is when a configuration is added.
"""

import json
import sys
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
VERDICTS: Dict[str, Dict[str, str]] = {
    path.stem: json.loads(path.read_text(encoding="utf-8"))
    for path in sorted((DATA / "verdicts").iterdir())
}
"""By version and configuration: what config_judge.Verdict.how was."""


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
    path = DATA / "verdicts" / f"{version}.json"
    path.write_text(json.dumps(verdicts, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    print(path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
