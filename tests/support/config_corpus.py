"""Configurations, and which versions of Alertmanager accept each.

CASES has right ones of every integration and block, and for every rule some that break it. Who
accepts what was read from the source of each release (0.20 to 0.35), and is held against servers.
They are in tests/data/corpus, a file for each block; its README says what the keys mean.
"""

from pathlib import Path
from typing import Dict, Iterator, List, NamedTuple

import yaml
from alertmanager_config.version import EVERY, VersionSet, before, since

DATA = Path(__file__).parents[1] / "data"

MINIMAL = "route: {receiver: a}\nreceivers: [{name: a}]\n"
RECEIVER = "route: {receiver: a}\nreceivers:\n- name: a\n  TEXT\n"
CLIENT = "webhook_configs: [{url: 'http://x', http_config: {TEXT}}]"
INTERVAL = "mute_time_intervals: [{name: x, time_intervals: [{TEXT}]}]"

PLACES = {
    "whole": "TEXT",
    "beside": f"{MINIMAL}TEXT\n",
    "route": "route: {receiver: a, TEXT}\nreceivers: [{name: a}]\n",
    "child": "route: {receiver: a, routes: [{receiver: a, TEXT}]}\nreceivers: [{name: a}]\n",
    "receiver": RECEIVER,
    "webhook": RECEIVER.replace("TEXT", "webhook_configs: [{url: 'http://x', TEXT}]"),
    "pushover": RECEIVER.replace("TEXT", "pushover_configs: [{token: a, user_key: b, TEXT}]"),
    "rocketchat": RECEIVER.replace("TEXT", "rocketchat_configs: [{TEXT}]"),
    "client": RECEIVER.replace("TEXT", CLIENT),
    "interval": f"{MINIMAL}{INTERVAL}\n",
    "template": f"{MINIMAL}templates: ['*.tmpl']\n",
}
"""What is around the text of a case, by where it says that it belongs."""


class Case(NamedTuple):
    """A configuration.

    name: which of which file it is. accepting: the versions that take it. says: words of the
    problem that the others have with it. files: the files beside it.
    """

    name: str
    text: str
    accepting: VersionSet
    says: str
    files: Dict[str, bytes]


def _read() -> Iterator[Case]:
    for path in sorted((DATA / "corpus").glob("*.yml")):
        entries = yaml.safe_load(path.read_text(encoding="utf-8"))
        cases = (case for entry in entries for case in _separate(entry))
        for number, written in enumerate(cases, 1):
            yield _case(f"{path.stem}-{number}", written)


def _separate(entry: dict) -> Iterator[dict]:
    """Yield what an entry says of each of its texts."""
    (place,) = PLACES.keys() & entry.keys()
    texts = entry[place]
    for text in [texts] if isinstance(texts, str) else texts:
        yield {**entry, place: text}


def _case(name: str, written: dict) -> Case:
    """Make a case of what a file says of a text."""
    accepting, says = str(written.pop("accepted")), written.pop("says", "")
    top = written.pop("global", "")
    files = {each: (DATA / "beside" / each).read_bytes() for each in written.pop("beside_it", ())}
    files.update((each, text.encode()) for each, text in written.pop("files", {}).items())
    ((place, text),) = written.items()
    if place == "template":
        files["x.tmpl"] = text.encode()
    around = PLACES[place] if text or place != "child" else PLACES["child"].replace(", TEXT", "")
    whole = around.replace("TEXT", text)
    whole = f"global: {{{top}}}\n{whole}" if top else whole
    return Case(name, whole, _versions(accepting), says, files)


def _versions(text: str) -> VersionSet:
    """Read ``all``, ``none``, ``26`` for since 0.26, ``<21`` for before, ``24-25, 35`` for some."""
    if text in ("all", "none"):
        return EVERY if text == "all" else 0
    found = 0
    for part in text.split(", "):
        first, _, last = part.partition("-")
        if part.startswith("<"):
            found |= before(int(part[1:]))
        else:
            found |= since(int(first)) & (before(int(last) + 1) if last else EVERY)
    return found


CASES: List[Case] = list(_read())


def is_readable(document):
    """Whether a text could be read in full: no problem but warnings."""
    return document.root is not None and all(problem.warning for problem in document.problems)
