"""How large the built charm is, and its sources."""

import subprocess
from pathlib import Path
from typing import List, Sequence

from . import table

ROOT = Path(__file__).parents[1]
SOURCES = (
    ("the charm without the language", ("reactive", "lib/charms/layer/alertmanager"), 4000),
    ("the language", ("lib/alertmanager_config",), 7000),
    ("the sandbox", ("sandbox",), 9500),
)


def rows(charm: Path) -> List[table.Row]:
    """Return the size of what is deployed, and how much of it are libraries."""
    sizes = {path: path.stat().st_size for path in charm.rglob("*") if path.is_file()}
    libraries = [path for path in sizes if _is_library(path.relative_to(charm).parts)]
    return [
        table.at_most("size", sum(sizes.values()) // 1024, 2048, "KiB", f" in {len(sizes)} files"),
        table.Row(
            "  of them libraries, from wheelhouse.txt",
            f"{len(libraries)}, {sum(sizes[path] for path in libraries) / 2**20:.2f} MB",
        ),
        *(_lines(what, paths, limit) for what, paths, limit in SOURCES),
    ]


def _lines(what: str, paths: Sequence[str], limit: int) -> table.Row:
    """Return how many lines of Python there are in some folders of this repository."""
    command = ["git", "ls-files", *(f"{path}/*.py" for path in paths)]
    files = subprocess.check_output(command, cwd=ROOT, text=True).split()
    count = sum(len((ROOT / file).read_text().splitlines()) for file in files)
    return table.Row(f"lines of {what}", f"{count:,}", f"at most {limit:,}", count <= limit)


def _is_library(parts) -> bool:
    ours = parts[1:3] == ("charms", "layer") or parts[1:2] == ("alertmanager_config",)
    return parts[0] == "lib" and not ours
