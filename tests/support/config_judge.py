"""A judge of configurations: the real Alertmanager, in whose pod a configuration lies.

    python -m support.config_judge VERSION FILE [--files FOLDER] [FLAG ...]

says what the Alertmanager of a version does with a configuration: whether it starts with it and
stays, takes it by a reload, and lives on after an alert has gone through every receiver that a
route leads to. VERSION is one that Debian has (0.28.1, or a suite such as sid), or one that
``make oracle VERSION=0.35.0`` has built. It exits with 0 if the configuration was accepted.
"""

import argparse
import base64
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from types import MappingProxyType
from typing import Any, List, Mapping, NamedTuple, Sequence, Tuple

from alertmanager_config.routing.tree import find_used_receivers
from alertmanager_config.yaml import reader, writer
from alertmanager_config.yaml.nodes import Items, Scalar, is_null
from alertmanager_config.yaml.nodes import Mapping as MappingNode

import tools.build_alertmanager
from sandbox import debian_programs

AT_ONCE = b'"route": {"receiver": "r", "group_by": ["judge"], "group_wait": "0s"}'
"""A route that need not be rewritten for every alert to be sent at once."""

NO_FILES: Mapping[str, bytes] = MappingProxyType({})


class Verdict(NamedTuple):
    """What a server did.

    how: ``accepts``; ``refuses`` a start or a reload; ``dies`` at one, or ``dies later``, when an
    alert is to be sent; ``hangs``. why: what it said of it.
    tried: through how many integrations the alert went.
    untried: why the alert did not go through every integration of what is accepted; the verdict is
        then no proof that the server survives it.
    """

    how: str
    why: str = ""
    tried: int = 0
    untried: str = ""

    @property
    def accepted(self) -> bool:
        """Whether an operator can live with the configuration."""
        return self.how == "accepts"


class JudgeError(Exception):
    """There can be no judge here; one line that says why."""


def binary_of(version: str) -> Path:
    """Return the Alertmanager of a version or suite; JudgeError if there is none."""
    built = tools.build_alertmanager.folder(version) / "alertmanager"
    if built.exists():
        return built
    try:
        return debian_programs.get("alertmanager", version) / "alertmanager"
    except debian_programs.ProgramsError as error:
        raise JudgeError(str(error)) from None


class Judge:
    """A server of one version, which judges one configuration after the other.

    version: see binary_of(). flags: further ones of its command line. patience: for how many
    seconds to wait until an alert has gone through every integration. A context manager.
    """

    def __init__(self, version: str, flags: Sequence[str] = (), patience: float = 10):
        if not shutil.which("bwrap"):
            raise JudgeError("bwrap is not installed (package bubblewrap)")
        self._binary = binary_of(version).resolve()
        self._flags = flags
        self._patience = patience
        self._process = None
        self._alerts = 0

    def __enter__(self) -> "Judge":
        self._folder = tempfile.TemporaryDirectory(prefix="judge-")
        etc = Path(self._folder.name)
        (etc / "resolv.conf").write_text("nameserver 127.0.0.1\n")
        (etc / "hosts").write_text("127.0.0.1 localhost\n")
        python = os.path.realpath(sys.executable)
        inside = str(Path(__file__).with_name("config_judge_inside.py"))
        self._process = subprocess.Popen(
            [*_box(etc, self._binary), python, "-I", inside, str(self._binary), *self._flags],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        return self

    def __exit__(self, *_exception) -> None:
        self._process.stdin.close()
        self._process.wait(60)
        self._process.stdout.close()
        self._folder.cleanup()

    def judge(
        self, text: bytes, files: Mapping[str, bytes] = NO_FILES, fresh: bool = False
    ) -> Verdict:
        """Say what becomes of a configuration.

        files: what lies beside it. fresh: whether by a fresh start, too; else by a reload alone.
        JudgeError if the server cannot be asked.
        """
        ways = ("start", "reload") if fresh else ("reload",)
        for way in ways:
            verdict = Verdict(*self._ask(way, text, files))
            if not verdict.accepted:
                return verdict
        return self._notify(text, files)

    def _notify(self, text: bytes, files: Mapping[str, bytes]) -> Verdict:
        """Say what becomes of an accepted configuration when an alert goes through all of it."""
        number = str(self._alerts)
        self._alerts += 1
        paging, integrations = _paging(text, number)
        if not integrations:
            return Verdict("accepts")
        if AT_ONCE not in text:
            verdict = Verdict(*self._ask("reload", paging, files))
            if verdict.how == "refuses":
                # A fault of the rewriting, which says nothing about the original.
                return Verdict("accepts", untried=f"refused when rewritten: {verdict.why}")
            if not verdict.accepted:
                return verdict
        how, why, tried = self._ask(
            "notify", labels={"judge": number}, wanted=integrations, seconds=self._patience
        )
        if how == "accepts" and tried < integrations:
            untried = f"{integrations - tried} of {integrations} integrations not tried in time"
            return Verdict(how, why, tried, untried)
        return Verdict(how, why, tried)

    def groups(self, text: bytes, alerts: List[Mapping[str, Any]]) -> Any:
        """Return what the API of a server that starts anew tells of the groups of some alerts.

        JudgeError if it does not start.
        """
        return self._ask("groups", text, alerts=alerts)

    def _ask(self, way: str, text: bytes = b"", files=NO_FILES, **more) -> Any:
        question = {
            "way": way,
            "text": base64.b64encode(text).decode(),
            "files": {name: base64.b64encode(data).decode() for name, data in files.items()},
            **more,
        }
        self._process.stdin.write(json.dumps(question) + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        if not answer:
            raise JudgeError(f"the judge ended with {self._process.wait(60)}")
        told = json.loads(answer)
        if isinstance(told, dict):
            raise JudgeError(told["error"])
        return told


def _box(etc: Path, binary: Path) -> List[str]:
    """Return the start of a command that runs another one in the pod's place."""
    words = ["bwrap", "--die-with-parent", "--unshare-net", "--unshare-pid"]
    words += ["--uid", "0", "--gid", "0", "--unshare-user", "--cap-add", "CAP_NET_BIND_SERVICE"]
    for entry in sorted(Path("/").iterdir()):
        if entry.is_symlink():
            words += ["--symlink", os.readlink(str(entry)), str(entry)]
        elif entry.name not in ("alertmanager", "dev", "etc", "proc", "sys"):
            words += ["--ro-bind", str(entry), str(entry)]
    share = binary.parents[1] / "share" / "prometheus"
    if share.is_dir() and share.parent != Path("/usr/share"):
        # Debian's build finds its default templates there.
        words += ["--tmpfs", "/usr/share", "--ro-bind", str(share), "/usr/share/prometheus"]
        words += ["--ro-bind-try", "/usr/share/zoneinfo", "/usr/share/zoneinfo"]
    words += ["--proc", "/proc", "--dev", "/dev", "--tmpfs", "/alertmanager"]
    words += ["--dir", "/etc", "--tmpfs", "/etc/alertmanager"]
    for name in ("resolv.conf", "hosts"):
        words += ["--ro-bind", str(etc / name), f"/etc/{name}"]
    return [*words, "--"]


def _paging(text: bytes, number: str) -> Tuple[bytes, int]:
    """Rewrite a configuration so that one alert goes to every receiver that a route leads to.

    The alert has the label judge=number, and nothing else goes anywhere. Returns the text, and
    how many integrations that comes to; none if the text is nothing that can be rewritten.
    """
    root = reader.parse_yaml(text, "").root
    listed = root.get("receivers") if isinstance(root, MappingNode) else None
    if not isinstance(listed, Items):
        return b"", 0
    routed = find_used_receivers(root.get("route"))
    count = 0
    routes = Items("", 0, [])
    for receiver in listed.items:
        name = receiver.get("name") if isinstance(receiver, MappingNode) else None
        if not isinstance(name, Scalar) or is_null(name) or name.text not in routed:
            continue
        count += sum(len(value.items) for _, value in receiver.items() if isinstance(value, Items))
        routes.items.append(
            _mapping(receiver=name.text, match={"judge": number}, **{"continue": True})
        )
    nobody = _mapping(name="judge's nobody")
    receivers = Items("", 0, [*listed.items, nobody])
    route = _mapping(receiver="judge's nobody", group_by=["judge"], group_wait="0s")
    route.put(_scalar("routes"), routes)
    rewritten = MappingNode("", 0)
    for key, value in root.items():
        new = {"route": route, "receivers": receivers}.get(key.text, value)
        rewritten.put(key, new)
    return writer.write_yaml(rewritten).encode("utf-8", "surrogatepass"), count


def _scalar(text: str) -> Scalar:
    return Scalar(text, "str", "", 0)


def _mapping(**values: Any) -> MappingNode:
    return reader.parse_yaml(json.dumps(values), "").root


def main(arguments=None) -> int:
    """Judge what the command line names; return the exit code."""
    parser = argparse.ArgumentParser(prog="judge", description=__doc__.split("\n")[0])
    parser.add_argument("version")
    parser.add_argument("file", type=Path)
    parser.add_argument("--files", type=Path)
    given, flags = parser.parse_known_args(arguments)
    files = {}
    if given.files:
        files = {path.name: path.read_bytes() for path in given.files.iterdir() if path.is_file()}
        files.pop(given.file.name, None)
    try:
        with Judge(given.version, flags) as judge:
            verdict = judge.judge(given.file.read_bytes(), files, fresh=True)
    except JudgeError as error:
        print(f"judge: {error}", file=sys.stderr)
        return 2
    print(f"{verdict.how} {verdict.why}".strip())
    if verdict.untried:
        print(f"no alert went through all of it: {verdict.untried}")
    return int(not verdict.accepted)


if __name__ == "__main__":
    sys.exit(main())
