"""The files that a configuration names, and whether they are there.

Alertmanager reads its configuration from one folder, in which all files lie flat. Where a relative
name leads was read from its source: config.resolveFilepaths and prometheus/common's SetDirectory
join names in http_config, templates and event_recorder to that folder; every other name is left
to the operating system, which starts from the working directory (WORKDIR of the image's
Dockerfile).
"""

import posixpath
from typing import Dict, Iterable, List, NamedTuple, Optional, Tuple

from ..go.file_patterns import parse_pattern
from ..version import VersionSet, before
from ..yaml.nodes import shown
from .place import Context, Place
from .value_types import Text, is_packed

DIRECTORY = "/etc/alertmanager"
WORKING_DIRECTORY = "/alertmanager"
# What the configuration itself is called among the files.
CONFIG_FILE = "alertmanager.yml"

# Until 0.21, names in http_config, too, started from the working directory.
_NEVER_BESIDE = before(22)


class FileName(Text):
    """The name of a file.

    beside: whether a relative name is looked for beside the configuration (since 0.22), or in
        Alertmanager's working directory.
    at_start: whether Alertmanager reads it when it builds its receivers, and refuses to run
        without it; other files it reads when it sends a notification.
    untrimmed: the versions that take a line break at its end for a part of the secret.
    """

    def __init__(self, beside: bool = False, at_start: bool = False, untrimmed: VersionSet = 0):
        self.beside = beside
        self.at_start = at_start
        self.untrimmed = untrimmed

    def _judge(self, text: str, place: Place) -> None:
        found = look_up(text, self.beside, place.context)
        self._judge_content(found.content or b"", place)
        if found.fault and self.at_start and place.context.in_use:
            place.refuse(f"{found.fault}, and Alertmanager does not run without", found.hint)
        elif found.fault:
            place.warn(found.fault, found.hint)

    def _judge_content(self, content: bytes, place: Place) -> None:
        """Warn of a secret in a file that is not the one which was meant."""
        if content.endswith((b"\n", b"\r")) and content.strip():
            message = "names a file that ends with a line break, which becomes a part of the secret"
            place.warn(message, "write the file without it", self.untrimmed)
        if is_packed(content[:4096].decode("ascii", "replace")):
            message = "names a file that holds base64, which Alertmanager does not decode"
            place.warn(message, "put the text itself there, unless the secret looks like that")


class FoundFile(NamedTuple):
    """What a name leads to.

    content: of a file whose contents are known. fault, hint: why there is no such file, if so.
    """

    content: Optional[bytes] = None
    fault: str = ""
    hint: str = ""


def look_up(name: str, beside: bool, context: Context) -> FoundFile:
    """Look for a file that a key names. beside: as FileName has it."""
    if context.files is None:
        return FoundFile()
    is_beside = _is_beside(name, beside, context)
    path = posixpath.normpath(posixpath.join(DIRECTORY if is_beside else WORKING_DIRECTORY, name))
    if path in _FOLDERS:
        return FoundFile(None, f"{shown(name)} is a folder", "name a file")
    parent, _, flat = path.rpartition("/")
    is_mounted = parent in (DIRECTORY, f"{DIRECTORY}/{_DATA}")
    is_folder = name.startswith("/") and name.endswith("/")
    if is_mounted and flat in context.files and not is_folder:
        return FoundFile(context.files[flat])
    if not is_beside:
        fault = f"is looked for in {WORKING_DIRECTORY}, not beside the configuration"
        return FoundFile(None, fault, f"write the whole name, {DIRECTORY}/...")
    if parent == WORKING_DIRECTORY:
        missing = ""
    elif path.startswith(f"{DIRECTORY}/"):
        missing = flat if is_mounted else path[len(DIRECTORY) + 1 :]
    else:
        return FoundFile()
    return FoundFile(
        None, f"file {shown(missing)} is not in {DIRECTORY}", "give it in secret-files"
    )


def _is_beside(name: str, beside: bool, context: Context) -> bool:
    """Whether a relative name starts from the configuration's folder in every version meant."""
    if name.startswith("/"):
        return True
    known = context.report.version is not None
    return beside and not (known and context.report.covers(_NEVER_BESIDE))


class MatchingFiles(NamedTuple):
    """What a pattern matches: names in DIRECTORY, in order, and the first folder, or empty text."""

    names: Tuple[str, ...] = ()
    folder: str = ""


def find_matching_files(pattern: str, context: Context) -> Optional[MatchingFiles]:
    """Find what a glob of ``templates`` matches in the pod, as Go's filepath.Glob does.

    A mounted Secret has folders of its own, which the names of the files lead into. None if the
    pattern is none, or leads elsewhere, or if nobody knows which files there are.
    """
    path = posixpath.normpath(posixpath.join(DIRECTORY, pattern))
    if context.files is None:
        return None
    folders = _list_folders(context.files)
    reached = [""]
    for step in filter(None, path.split("/")):
        parsed = parse_pattern(step)
        if parsed is None:
            return None
        reached = [
            f"{folder}/{name}"
            for folder in reached
            for name in folders.get(folder or "/", [])
            if parsed.fullmatch(name)
        ]
    reached = [each or "/" for each in reached]
    if not reached and not path.startswith((DIRECTORY + "/", WORKING_DIRECTORY + "/")):
        return None
    folder = next((each for each in reached if each in _FOLDERS), "")
    names = {each.rpartition("/")[2] for each in reached if each not in _FOLDERS}
    return MatchingFiles(tuple(sorted(names)), folder)


# How the kubelet mounts a Secret: its files lie in a folder that bears the time of the last change,
# to which ..data leads. All digits stand for all times.
_DATA = "..data"
_SECRET_FOLDERS = (_DATA, "..2024_11_11_11_11_11.1345678901", "..2026_02_02_20_20_20.234567890")


def _list_folders(files: Iterable[str]) -> Dict[str, List[str]]:
    """Say of each folder what is known to be in it."""
    listed = list(files)
    return {
        "/": ["alertmanager", "etc"],
        "/etc": ["alertmanager"],
        WORKING_DIRECTORY: [],
        DIRECTORY: [*listed, *_SECRET_FOLDERS],
        **{f"{DIRECTORY}/{name}": listed for name in _SECRET_FOLDERS},
    }


_FOLDERS = frozenset(_list_folders([]))
