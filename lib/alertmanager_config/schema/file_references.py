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
from .check_context import Context
from .place import Place
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

    def judge(self, text: str, place: Place) -> None:
        """Look for the file among those that are mounted."""
        found = look_up(text, self.beside, place.context)
        if found.is_there and not found.is_folder:
            self._judge_content(found.content or b"", place)
            return
        if found.is_folder:
            message, hint = f"{shown(text)} is a folder", "name a file"
        elif place.context.files is not None and not _is_beside(text, self.beside, place.context):
            message = f"is looked for in {WORKING_DIRECTORY}, not beside the configuration"
            hint = f"write the whole name, {DIRECTORY}/..."
        elif found.is_known:
            message = f"file {shown(found.name)} is not in {DIRECTORY}"
            hint = "give it in secret-files"
        else:
            return
        if self.at_start and place.context.in_use:
            place.refuse(message + ", and Alertmanager does not run without", hint)
        else:
            place.warn(message, hint)

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

    is_known: whether that can be said at all. is_folder: whether it is a folder. content: of a file
    whose contents are known. name: its name in DIRECTORY, "" if it would lie elsewhere. A file that
    is not there is known, and has neither content nor is it a folder.
    """

    is_known: bool
    is_there: bool = False
    is_folder: bool = False
    content: Optional[bytes] = None
    name: str = ""


def look_up(name: str, beside: bool, context: Context) -> FoundFile:
    """Look for a file that a key names. beside: as FileName has it."""
    if context.files is None:
        return FoundFile(False)
    base = DIRECTORY if _is_beside(name, beside, context) else WORKING_DIRECTORY
    path = posixpath.normpath(posixpath.join(base, name))
    if path in _FOLDERS:
        return FoundFile(True, is_there=True, is_folder=True)
    parent, _, flat = path.rpartition("/")
    if parent == WORKING_DIRECTORY:
        return FoundFile(True)
    if parent not in (DIRECTORY, f"{DIRECTORY}/{_DATA}"):
        return FoundFile(path.startswith(DIRECTORY + "/"), name=path[len(DIRECTORY) + 1 :])
    if flat not in context.files or (name.startswith("/") and name.endswith("/")):
        return FoundFile(True, name=flat)
    return FoundFile(True, is_there=True, content=context.files[flat], name=flat)


def _is_beside(name: str, beside: bool, context: Context) -> bool:
    """Whether a relative name starts from the configuration's folder in every version meant."""
    if name.startswith("/"):
        return True
    known = context.report.version is not None
    return beside and context.joins_names and not (known and context.report.covers(_NEVER_BESIDE))


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
_DATED = ("..2024_11_11_11_11_11.1345678901", "..2026_02_02_20_20_20.234567890")
_SECRET_FOLDERS = (_DATA, *_DATED)


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
