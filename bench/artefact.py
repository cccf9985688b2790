"""How large the built charm is."""

from pathlib import Path
from typing import List

from . import table


def rows(charm: Path) -> List[table.Row]:
    """Return the size of what is deployed, and how much of it are libraries."""
    sizes = {path: path.stat().st_size for path in charm.rglob("*") if path.is_file()}
    libraries = [path for path in sizes if _is_library(path.relative_to(charm).parts)]
    return [
        table.Row("files", f"{len(sizes)}, {sum(sizes.values()) / 2**20:.2f} MB"),
        table.Row(
            "  of them libraries, from wheelhouse.txt",
            f"{len(libraries)}, {sum(sizes[path] for path in libraries) / 2**20:.2f} MB",
        ),
    ]


def _is_library(parts) -> bool:
    ours = parts[1:3] == ("charms", "layer") or parts[1:2] == ("alertmanager_config",)
    return parts[0] == "lib" and not ours
