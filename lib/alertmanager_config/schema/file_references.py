"""Whether the files that a configuration names are there.

Alertmanager reads its configuration from one folder, in which all files lie flat. Where a relative
name leads was read from its source: config.resolveFilepaths and prometheus/common's SetDirectory
join names in http_config, templates and event_recorder to that folder; every other name is left
to the operating system, which starts from the working directory (WORKDIR of the image's
Dockerfile).
"""

import posixpath
from typing import TYPE_CHECKING, Iterable, List, NamedTuple, Optional, Sequence, Tuple

from ..version import before
from ..yaml.nodes import Node, Path, shown
from .check_context import Context

if TYPE_CHECKING:
    from .value_types import FileName

DIRECTORY = "/etc/alertmanager"
WORKING_DIRECTORY = "/alertmanager"
# What the configuration itself is called among the files.
CONFIG_FILE = "alertmanager.yml"

# Until 0.21, names in http_config, too, started from the working directory.
_NEVER_BESIDE = before(22)


class Found(NamedTuple):
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


def is_beside(name: str, beside: bool, context: Context) -> bool:
    """Whether a relative name starts from the configuration's folder in every version meant."""
    if name.startswith("/"):
        return True
    known = context.report.version is not None
    return beside and not (known and context.report.covers(_NEVER_BESIDE))


def look_up(name: str, beside: bool, context: Context) -> Found:
    """Look for a file that a key names.

    beside: as FileName has it.
    """
    if context.files is None:
        return Found(False)
    base = DIRECTORY if is_beside(name, beside, context) else WORKING_DIRECTORY
    whole = posixpath.join(base, name)
    place = posixpath.normpath(whole)
    if place in _FOLDERS:
        return Found(True, is_there=True, is_folder=True)
    parent, _, flat = place.rpartition("/")
    if parent == WORKING_DIRECTORY:
        return Found(True)
    if parent not in (DIRECTORY, f"{DIRECTORY}/{_DATA}"):
        return Found(place.startswith(DIRECTORY + "/"), name=place[len(DIRECTORY) + 1 :])
    if flat not in context.files or (name.startswith("/") and name.endswith("/")):
        return Found(True, name=flat)
    return Found(True, is_there=True, content=context.files[flat], name=flat)


def judge_name(name: str, kind: "FileName", node: Node, path: Path, context: Context) -> None:
    """Look for a file among those that are there."""
    found = look_up(name, kind.beside, context)
    if found.is_there and not found.is_folder:
        _judge_content(found.content or b"", kind, node, path, context)
        return
    if found.is_folder:
        message, hint = f"{shown(name)} is a folder", "name a file"
    elif context.files is not None and not is_beside(name, kind.beside, context):
        message = f"is looked for in {WORKING_DIRECTORY}, not beside the configuration"
        hint = f"write the whole name, {DIRECTORY}/..."
    elif found.is_known:
        message = f"there is no file {shown(found.name)} in {DIRECTORY}"
        hint = "give it in secret-files"
    else:
        return
    if kind.at_start and context.in_use:
        context.report.refuse(node, path, message + ", and Alertmanager does not run without", hint)
    else:
        context.report.warn(node, path, message, hint)


def _judge_content(
    content: bytes, kind: "FileName", node: Node, path: Path, context: Context
) -> None:
    """Warn of a secret in a file that is not the one which was meant."""
    from .value_types import is_packed

    if content.endswith((b"\n", b"\r")) and content.strip():
        message = "names a file that ends with a line break, which becomes a part of the secret"
        hint = "write the file without it"
        context.report.warn(node, path, message, hint, kind.untrimmed)
    if is_packed(content[:4096].decode("ascii", "replace")):
        message = "names a file with base64 of a text, and Alertmanager unpacks nothing"
        hint = "put the text itself there, unless the secret looks like that"
        context.report.warn(node, path, message, hint)


class Matching(NamedTuple):
    """What a pattern matches: names in DIRECTORY, in order, and the first folder, or empty text."""

    names: Tuple[str, ...] = ()
    folder: str = ""


def matching(pattern: str, context: Context) -> Optional[Matching]:
    """Find what a glob of ``templates`` matches in the pod, as Go's filepath.Glob does.

    A mounted Secret has folders of its own, which the names of the files lead into. None if the
    pattern is none, or leads elsewhere, or if nobody knows which files there are.
    """
    place = posixpath.normpath(posixpath.join(DIRECTORY, pattern))
    if context.files is None or not is_glob(pattern):
        return None
    steps = [step for step in place.split("/") if step]
    reached = [""]
    for step in steps:
        parts = _glob(step)
        if parts is None:
            return None
        reached = [
            f"{folder}/{name}"
            for folder in reached
            for name in _inside(folder or "/", context.files)
            if _matches(parts, name)
        ]
    reached = [each or "/" for each in reached]
    if not reached and not place.startswith((DIRECTORY + "/", WORKING_DIRECTORY + "/")):
        return None
    folder = next((each for each in reached if each in _FOLDERS), "")
    names = {each.rpartition("/")[2] for each in reached if each not in _FOLDERS}
    return Matching(tuple(sorted(names)), folder)


# How the kubelet mounts a Secret: its files lie in a folder that bears the time of the last change,
# to which ..data leads. All digits stand for all times.
_DATA = "..data"
_DATED = ("..2024_11_11_11_11_11.1345678901", "..2026_02_02_20_20_20.234567890")
_SECRET_FOLDERS = (_DATA, *_DATED)
_FOLDERS = frozenset(
    [
        "/",
        "/etc",
        DIRECTORY,
        WORKING_DIRECTORY,
        *(f"{DIRECTORY}/{name}" for name in _SECRET_FOLDERS),
    ]
)


def _inside(folder: str, files: Iterable[str]) -> Sequence[str]:
    """Give what is known to be in a folder."""
    if folder == "/":
        return ["alertmanager", "etc"]
    if folder == "/etc":
        return ["alertmanager"]
    if folder == DIRECTORY:
        return [*files, *_SECRET_FOLDERS]
    return list(files) if folder in _FOLDERS and folder != WORKING_DIRECTORY else []


def is_glob(pattern: str) -> bool:
    """Whether Go's filepath.Match takes a pattern."""
    return _glob(pattern) is not None


class _Chars(NamedTuple):
    """What one part of a pattern matches: one character; STAR stands for any number of them."""

    ranges: Tuple[Tuple[str, str], ...]
    negated: bool = False

    def match(self, char: str) -> bool:
        return self.negated != any(low <= char <= high for low, high in self.ranges)


_STAR = _Chars(())
_ANY = _Chars((), negated=True)


def _glob(pattern: str) -> Optional[List[_Chars]]:
    """Read a pattern; None if it is malformed."""
    parts: List[_Chars] = []
    place = 0
    while place < len(pattern):
        char = pattern[place]
        place += 1
        if char == "*":
            parts.append(_STAR)
        elif char == "?":
            parts.append(_ANY)
        elif char == "[":
            chars, place = _char_class(pattern, place)
            if chars is None:
                return None
            parts.append(chars)
        else:
            if char == "\\":
                char = pattern[place : place + 1]
                place += 1
            if not char:
                return None
            parts.append(_Chars(((char, char),)))
    return parts


def _char_class(pattern: str, place: int) -> Tuple[Optional[_Chars], int]:
    """Read what follows a [; give it, or None, and the place behind the ]."""
    negated = pattern.startswith("^", place)
    place += negated
    ranges: List[Tuple[str, str]] = []
    while not (ranges and pattern.startswith("]", place)):
        low, place = _class_char(pattern, place)
        high = low
        if low and pattern.startswith("-", place):
            high, place = _class_char(pattern, place + 1)
        if not low or not high:
            return None, place
        ranges.append((low, high))
    return _Chars(tuple(ranges), negated), place + 1


def _class_char(pattern: str, place: int) -> Tuple[str, int]:
    char = pattern[place : place + 1]
    if char == "\\":
        place += 1
        char = pattern[place : place + 1]
    elif char in ("-", "]"):
        return "", place
    # Something has to follow, be it only the ].
    return (char, place + 1) if place + 1 < len(pattern) else ("", place)


def _matches(parts: List[_Chars], name: str) -> bool:
    """Match a name; a star takes as little as it can, and more only if the rest does not fit."""
    part = char = 0
    star, taken = -1, 0
    while char < len(name):
        if part < len(parts) and parts[part] is _STAR:
            star, taken = part, char
            part += 1
        elif part < len(parts) and parts[part].match(name[char]):
            part += 1
            char += 1
        elif star >= 0:
            taken += 1
            part, char = star + 1, taken
        else:
            return False
    return all(one is _STAR for one in parts[part:])
