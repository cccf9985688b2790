"""What amtool says of many configurations, asked in few runs."""

import re
import subprocess
import tempfile
from pathlib import Path
from typing import Dict, Iterable, List, NamedTuple, Sequence

# A run takes as many files as one command line comfortably holds.
_BATCH = 200
_FAILED = re.compile(r"^.{0,400}?  FAILED: (.*)", re.MULTILINE)


class Case(NamedTuple):
    """A configuration, and the files beside it by name."""

    text: str
    files: Dict[str, bytes] = {}


class Verdict(NamedTuple):
    """Whether amtool refused a configuration, and the first line of why.

    crashed: amtool itself came to grief, as Alertmanager would.
    """

    refused: bool
    why: str = ""
    crashed: bool = False


def check(amtool: Path, cases: Sequence[Case]) -> List[Verdict]:
    """Give amtool's verdict on each case, in their order."""
    with tempfile.TemporaryDirectory(prefix="amtool-") as folder:
        paths = [_write(Path(folder) / str(number), case) for number, case in enumerate(cases)]
        verdicts: List[Verdict] = []
        while len(verdicts) < len(paths):
            verdicts += _run(amtool, paths[len(verdicts) : len(verdicts) + _BATCH])
        return verdicts


def _write(folder: Path, case: Case) -> Path:
    folder.mkdir()
    for name, content in case.files.items():
        (folder / name).write_bytes(content)
    path = folder / "alertmanager.yml"
    path.write_bytes(case.text.encode("utf-8", "surrogatepass"))
    return path


def _run(amtool: Path, paths: List[Path]) -> Iterable[Verdict]:
    """Give the verdicts up to the first crash, or all of them."""
    run = subprocess.run(
        [str(amtool), "check-config", *map(str, paths)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=300,
        check=False,
    )
    output = run.stdout.decode("utf-8", "replace")
    heads = [output.find(f"Checking '{path}'") for path in paths]
    verdicts = []
    for head, following in zip(heads, [*heads[1:], -1]):
        if head < 0:
            break
        said = output[head:] if following < 0 else output[head:following]
        failed = _FAILED.search(said)
        if failed:
            verdicts.append(Verdict(True, failed.group(1)))
        elif following < 0 and "SUCCESS" not in said:
            words = run.stderr.decode("utf-8", "replace").split("\n")
            why = next((line for line in words if "panic" in line or "fatal" in line), "no words")
            verdicts.append(Verdict(True, why, crashed=True))
        else:
            verdicts.append(Verdict(False))
    if not verdicts:
        raise AssertionError(f"amtool said nothing: {run.stderr[:500]!r}")
    return verdicts
