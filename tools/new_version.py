"""List what a version of Alertmanager has that the charm's tables lack, and the other way round.

usage: make new-version VERSION=0.36.0

Reads the Go structs of the version's module, and of the modules that its http_config and sigv4 come
from, and compares their keys with the tables of ``alertmanager_config.schema``; likewise flags,
features, and the functions and templates for notifications. Go has to be installed. What the checks
in the structs' UnmarshalYAML and Validate say is for people to read:
docs/how-to/add-an-alertmanager-version.md tells how. Exits with 1 if anything differs, with 2 if
the module cannot be had.
"""

import re
import sys
from pathlib import Path
from typing import Dict, Iterable, Iterator, List, Set, Tuple

from alertmanager_config import command_line_flags as flags
from alertmanager_config import version as versions
from alertmanager_config.schema import (
    configuration,
    containers,
    notification_templates,
    value_types,
)
from alertmanager_config.schema.receivers import receiver

from tools import build_alertmanager

_STRUCT = re.compile(r"^type (\w+) struct \{\n(.*?)^\}", re.MULTILINE | re.DOTALL)
_FIELD = re.compile(r"^\t(\w+)[ \t]+(?:[^`\n]*?)(?:`([^`]*)`)?[ \t]*$", re.MULTILINE)
_EMBEDDED = re.compile(r"^\t\*?(?:\w+\.)?(\w+)[ \t]+`([^`]*)`", re.MULTILINE)
_TAG = re.compile(r'yaml:"([^"]*)"')
# Debian's builds and kingpin itself bring these.
_NOT_OURS = frozenset(["web.config.file", "web.listen-address", "web.systemd-socket"])
_NOT_OURS |= frozenset(["help", "version", "log.level", "log.format"])


def main(arguments=None) -> int:
    """Compare with what the command line names; return the exit code."""
    words = sys.argv[1:] if arguments is None else arguments
    number = versions.parse_version(words[0]) if len(words) == 1 else None
    if number is None:
        print("new-version: name a version, such as VERSION=0.36.0", file=sys.stderr)
        return 2
    (version,) = words
    try:
        folders = list(_modules(version))
    except build_alertmanager.BuildError as error:
        print(f"new-version: {error}", file=sys.stderr)
        return 2
    # Some tables are made more than once, and differ alike.
    found = list(dict.fromkeys(differences(folders, number)))
    print("\n".join(found) or f"the tables have all that Alertmanager {version} has")
    return int(bool(found))


def _modules(version: str) -> Iterator[Path]:
    """Give the folders of Alertmanager's module and of those that it takes blocks from."""
    own = build_alertmanager.module(build_alertmanager.MODULE, version)
    yield own
    wanted = (own / "go.mod").read_text(encoding="utf-8")
    for name in ("github.com/prometheus/common", "github.com/prometheus/sigv4"):
        needed = re.search(rf"^\s*{re.escape(name)} v(\S+)", wanted, re.MULTILINE)
        if needed:
            yield build_alertmanager.module(name, needed.group(1))


def differences(folders: List[Path], number: Tuple[int, ...]) -> Iterator[str]:
    """Give one line for each thing that only one side has."""
    which = versions.only(number)
    if versions.is_future(number):
        # A version that is not known yet is held against the newest that is.
        which = versions.only((0, versions.NEWEST))
        number = (0, versions.NEWEST, 99)
    structs = _structs(folders)
    for block in _blocks(which):
        ours = {key for key, field in block.fields.items() if field.which & which}
        for name in block.source.replace(",", " ").split():
            # Types of several packages may be called the same.
            alike = structs.get(name, [])
            theirs = max(alike, key=lambda keys: len(keys & ours), default=None)
            if theirs and (theirs & ours or not ours):
                yield from _told(f"{block.name} ({name}): key", theirs, ours)
    own = folders[0]
    text = "\n".join(_go(own / "cmd" / "alertmanager")) + "\n".join(_go(own / "app"))
    theirs = set(re.findall(r'kingpin\.Flag\("([^"]+)"', text)) - _NOT_OURS
    ours = {name for name in flags.FLAGS if flags.understands(number, name)} - _NOT_OURS
    yield from _told("flag", theirs, ours)
    text = "\n".join(_go(own / "featurecontrol"))
    theirs = set(re.findall(r'^\s*Feature\w+\s*=\s*"([^"]+)"', text, re.MULTILINE))
    ours = {name for name in flags.KNOWN_FEATURES if not flags.lacks_feature(number, name)}
    yield from _told("feature", theirs, ours)
    text = (own / "template" / "template.go").read_text(encoding="utf-8")
    table = re.search(r"^var DefaultFuncs = FuncMap\{\n(.*?)^\}", text, re.MULTILINE | re.DOTALL)
    theirs = set(re.findall(r'^\t"(\w+)":', table.group(1), re.MULTILINE)) if table else set()
    built_in = {name for name, since in notification_templates.FUNCTIONS.items() if since & which}
    yield from _told("template function", theirs, built_in)
    theirs = set()
    for path in (own / "template").glob("*.tmpl"):
        text = path.read_text(encoding="utf-8")
        theirs |= set(re.findall(r'\{\{-?\s*define "([^"]+)"', text))
    ours = {name for name, since in notification_templates.TEMPLATES.items() if since & which}
    yield from _told("template", theirs, ours)


def _told(what: str, theirs: Set[str], ours: Set[str]) -> Iterator[str]:
    for name in sorted(theirs - ours):
        yield f"new {what} {name}"
    for name in sorted(ours - theirs):
        yield f"gone: {what} {name}"


def _go(folder: Path) -> Iterator[str]:
    """Give the texts of the Go files in a folder, and below it, but for its tests."""
    for path in sorted(folder.rglob("*.go")):
        if not path.name.endswith("_test.go"):
            yield path.read_text(encoding="utf-8")


def _structs(folders: Iterable[Path]) -> Dict[str, List[Set[str]]]:
    """Give the keys of every struct that YAML is read into, by the struct's name."""
    read = [
        (name, *_keys(body))
        for folder in folders
        for text in _go(folder)
        for name, body in _STRUCT.findall(text)
    ]
    plain: Dict[str, Set[str]] = {}
    for name, keys, _ in read:
        plain.setdefault(name, set()).update(keys)
    structs: Dict[str, List[Set[str]]] = {}
    for name, keys, parts in read:
        whole = keys.union(*(plain.get(part, set()) for part in parts))
        structs.setdefault(name, []).append(whole)
    return structs


def _keys(body: str) -> Tuple[Set[str], Set[str]]:
    """Give the keys of a struct's body, and the types whose keys it takes in."""
    body = re.sub(r"//.*", "", body)
    parts = {name for name, tags in _EMBEDDED.findall(body) if "inline" in tags}
    fields = [(name, _TAG.search(tags)) for name, tags in _FIELD.findall(body)]
    keys = {tag.group(1).partition(",")[0] for name, tag in fields if tag and name not in parts}
    if not any(tag for _, tag in fields):
        # Without any tags, the YAML reader makes keys of the names.
        keys = {name.lower() for name, _ in fields if name[0].isupper()}
    return keys - {"-", ""}, parts


def _blocks(which: int) -> List[containers.Object]:
    """Give the tables of every block that a version has."""
    found: List[containers.Object] = []
    waiting: List[value_types.ValueType] = [configuration.CONFIG, receiver.RECEIVER]
    while waiting:
        kind = waiting.pop()
        if kind in found:
            continue
        if isinstance(kind, containers.Object):
            found.append(kind)
            waiting += [field.kind for field in kind.fields.values() if field.which & which]
        waiting += [one for part, one in getattr(kind, "variants", ()) if part & which]
        waiting += [one for one in vars(kind).values() if isinstance(one, value_types.ValueType)]
        waiting += [
            one for one in vars(type(kind)).values() if isinstance(one, value_types.ValueType)
        ]
    return found


if __name__ == "__main__":
    sys.exit(main())
