"""Keep what a release was, for the test that upgrades from it.

    python3 -m tools.keep_release VERSION COMMIT

builds the charm as it is in COMMIT, with that commit's own tools, and packs it into
tests/releases/alertmanager-VERSION.tar.xz: the same bytes whenever and wherever it is done, as long
as the commit has an annotated tag or git abbreviates its hash alike.
"""

import argparse
import io
import lzma
import re
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


def main(arguments=None):
    """Keep the release that the command line names; say in a line what is wrong with it."""
    parser = argparse.ArgumentParser(
        prog="tools.keep_release", description="Keep what a release was, for tests."
    )
    parser.add_argument("version", metavar="VERSION", type=_version)
    parser.add_argument("commit", metavar="COMMIT")
    asked = parser.parse_args(arguments)
    try:
        print(keep(asked.version, asked.commit))
    except subprocess.CalledProcessError as failure:
        sys.exit(f"failed: {' '.join(map(str, failure.cmd))}")


def _version(text):
    if not re.fullmatch(r"[0-9]+(\.[0-9]+)+", text):
        raise argparse.ArgumentTypeError(f"{text!r} is no version: write one like 0.2.0")
    return text


if __name__ == "__main__":
    main()
