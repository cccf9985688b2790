"""The charm as it was released; tests/releases/README.md says how its files were made."""

import re
import tarfile
from pathlib import Path
from typing import Any, Dict

FOLDER = Path(__file__).parents[1] / "releases"

VERSIONS = [
    re.fullmatch(r"alertmanager-([\d.]+)\.tar\.xz", file.name).group(1)
    for file in sorted(FOLDER.glob("*.tar.xz"))
]
"""Those that there are files of."""


def unpacked(version: str, folder: Path) -> Path:
    """Unpack a release into a folder; return the charm's own folder."""
    with tarfile.open(FOLDER / f"alertmanager-{version}.tar.xz") as archive:
        archive.extractall(folder)
    return folder / "alertmanager"


def asked(charm: Path) -> Dict[str, Any]:
    """What Juju 2.9.52 has to be asked for so that it deploys a charm: further arguments.

    A release without manifest.yaml needs it (docs/reference/juju-versions.md).
    """
    return {} if (charm / "manifest.yaml").exists() else {"series": "focal", "force": True}
