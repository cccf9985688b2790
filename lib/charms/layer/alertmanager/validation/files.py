"""Whether the files that a configuration names are there.

Alertmanager reads its configuration from one folder, in which all files lie flat. Where a relative
name leads was read from its source: config.resolveFilepaths and prometheus/common's SetDirectory
join names in http_config, templates and event_recorder to that folder; every other name is left
to the operating system, which starts from the working directory (WORKDIR of the image's
Dockerfile).
"""

import posixpath
from typing import TYPE_CHECKING, List, NamedTuple, Optional, Tuple

from ..yaml_nodes import Node, Path, shown
from .context import Context
from .versions import before

if TYPE_CHECKING:
    from .kinds import FileName

DIRECTORY = "/etc/alertmanager"
WORKING_DIRECTORY = "/alertmanager"

# Until 0.21, names in http_config, too, started from the working directory.
_NEVER_BESIDE = before(22)


def judge_name(name: str, kind: "FileName", node: Node, path: Path, context: Context) -> None:
    """Look for a file among those that are there."""
    if context.files is None:
        return
    if not name.startswith("/"):
        known = context.report.version is not None
        if not kind.beside or (known and context.report.covers(_NEVER_BESIDE)):
            context.report.warn(
                node,
                path,
                f"is looked for in {WORKING_DIRECTORY}, not beside the configuration",
                f"write the whole name, {DIRECTORY}/...",
            )
            return
    place = posixpath.normpath(posixpath.join(DIRECTORY, name))
    if not place.startswith(DIRECTORY + "/"):
        return
    flat = place[len(DIRECTORY) + 1 :]
    if flat in context.files:
        return
    message = f"there is no file {shown(flat)} in {DIRECTORY}"
    hint = "give it in secret-files"
    if kind.at_start and context.in_use:
        context.report.refuse(node, path, message + ", and Alertmanager does not run without", hint)
    else:
        context.report.warn(node, path, message, hint)


def matching(pattern: str, context: Context) -> Optional[List[str]]:
    """Give the names of the files that a glob of ``templates`` matches.

    None if the pattern is none, or leads elsewhere, or if nobody knows which files there are.
    """
    place = posixpath.normpath(posixpath.join(DIRECTORY, pattern))
    if context.files is None or not is_glob(pattern) or not place.startswith(DIRECTORY + "/"):
        return None
    parts = _glob(place[len(DIRECTORY) + 1 :]) or []
    return sorted(name for name in context.files if _matches(parts, name))


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
