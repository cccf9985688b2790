"""manifest.yaml of charms that tests write by hand: it says on which base they run."""

from pathlib import Path

import yaml


def write(charm: Path, *versions: str) -> None:
    """Say in a charm's folder that it runs on these versions of Ubuntu, by default 20.04."""
    bases = [
        {"name": "ubuntu", "channel": f"{version}/stable", "architectures": ["amd64"]}
        for version in versions or ("20.04",)
    ]
    (charm / "manifest.yaml").write_text(yaml.safe_dump({"bases": bases}))
