"""Keep what a release was, for the test that upgrades from it.

    python3 -m tools.keep_release VERSION COMMIT

builds the charm as it is in COMMIT, with that commit's own tools, and packs it into
tests/releases/alertmanager-VERSION.tar.xz: the same bytes whenever and wherever it is done.
"""

import io
import lzma
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
RELEASES = ROOT / "tests" / "releases"


def keep(version, commit):
    """Build a commit and return the file that it was packed into.

    version: as in CHANGELOG.md. commit: whatever git takes for one. Raises CalledProcessError.
    """
    with tempfile.TemporaryDirectory() as folder:
        tree, built = Path(folder, "tree"), Path(folder, "built")
        git = ["git", "-C", str(ROOT), "worktree"]
        subprocess.run([*git, "add", "--quiet", "--detach", str(tree), commit], check=True)
        try:
            build = [sys.executable, "-m", "tools.build_charm", ".", str(built)]
            subprocess.run(build, cwd=tree, check=True)
        finally:
            subprocess.run([*git, "remove", "--force", str(tree)], check=True)
        (charm,) = built.iterdir()
        archive = RELEASES / f"{charm.name}-{version}.tar.xz"
        archive.parent.mkdir(exist_ok=True)
        archive.write_bytes(lzma.compress(packed(charm), preset=9 | lzma.PRESET_EXTREME))
    return archive


def packed(charm):
    """Return a folder as a tar archive in which nothing depends on when or by whom it was made."""
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for path in sorted(charm.rglob("*")):
            archive.add(path, path.relative_to(charm.parent), recursive=False, filter=_anonymous)
    return file.getvalue()


def _anonymous(member):
    member.uid = member.gid = member.mtime = 0
    member.uname = member.gname = ""
    return member


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("usage: python3 -m tools.keep_release VERSION COMMIT")
    try:
        print(keep(*sys.argv[1:]))
    except subprocess.CalledProcessError as failure:
        sys.exit(f"failed: {' '.join(map(str, failure.cmd))}")
