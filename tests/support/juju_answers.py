"""Reads what Juju's own code has answered: tests/data/juju, whose files explain themselves."""

import copy
import json
import re
import shlex
from pathlib import Path
from typing import NamedTuple

import yaml

FOLDER = Path(__file__).resolve().parents[1] / "data" / "juju"


class Answer(NamedTuple):
    """A call of a hook tool with what came of it; ``stdin`` is None where it is not read."""

    context: str
    argv: list
    stdin: str
    code: int
    out: str
    err: str
    effects: list


def hook_tool_answers():
    """Return every Answer of hook-tools.txt, in order."""
    answers, context, fields, previous = [], "", {}, ""
    for line in (FOLDER / "hook-tools.txt").read_text().splitlines():
        if line.startswith("#") or not line:
            continue
        if line.startswith("["):
            context = line[1:-1]
        elif line.startswith("$ "):
            if not previous.startswith("$ "):
                fields = {"stdin": None, "code": 0, "out": "", "err": "", "effects": []}
            for call in line[2:].split("; "):
                answers.append((context, shlex.split(_unescape(call)), fields))
        else:
            _enter(line, fields)
        previous = line
    return [Answer(context, words, **fields) for context, words, fields in answers]


def _enter(line, fields):
    """Enter what a line of an answer says into the fields of the answer."""
    marks, _, text = line.partition(" ")
    mark, code, dot = re.fullmatch(r"([<|!=-])(\d?)(\.?)", marks).groups()
    if code:
        fields["code"] = int(code)
    if mark == "=":
        fields["effects"].append(text)
    elif mark != "-":
        field = {"<": "stdin", "|": "out", "!": "err"}[mark]
        fields[field] = (fields[field] or "") + text + ("" if dot else "\n")


def _unescape(line):
    """Write $'...' as the shell's other quotes do."""

    def replace(match):
        text = re.sub(r"\\(.)", lambda m: {"n": "\n", "t": "\t"}.get(m[1], m[1]), match[1])
        return shlex.quote(text)

    return re.sub(r"\$'((?:[^'\\]|\\.)*)'", replace, line)


def _spell_out(text):
    return re.sub(r"\{(\d+) (.)\}", lambda match: match[2] * int(match[1]), text)


def pod_spec_answers():
    """Return [(name, text of a pod spec, the refusal or None)] of pod-specs.yaml, in order."""
    known = yaml.safe_load((FOLDER / "pod-specs.yaml").read_text())
    found = [(text, text, said) for text, said in known["texts"].items()]
    for section, place in ("versions", "version"), ("names", "name"), ("additions", "more"):
        for given, said in known[section].items():
            differing = {place: f"{given}\n" if place == "more" else given}
            text = known["plain"].format(**{"version": 3, "name": "a", "more": "", **differing})
            found.append((text, text, said))
    for change, said in [*known["changes"].items(), *_wrong_types(known["wrong-types"])]:
        changed = _change(copy.deepcopy(known["golden"]), change)
        found.append((change, json.dumps(changed, ensure_ascii=False), said))
    return [
        (name, _spell_out(text), None if said == "taken" else _spell_out(said))
        for name, text, said in found
    ]


def _wrong_types(paths):
    """Yield (change of the golden spec, refusal) for each value of a wrong type."""
    for path, kinds in paths.items():
        names = [kinds.pop("struct"), *(name for name in path.split(".") if not name.isdigit())]
        place = f"Go struct field {'.'.join(names)} of type {kinds.pop('type')}"
        for kind, value in kinds.items():
            change = f"{path} = {json.dumps(value)}"
            yield change, f"json: cannot unmarshal {kind} into {place}"


def _change(spec, change):
    """Return the spec with a change, which the head of pod-specs.yaml explains."""
    if change == "as it is":
        return spec
    verb, path, value = re.fullmatch(r"(drop |rename )?(\S+)(?: = (.*))?", change).groups()
    *above, last = [int(key) if key.isdigit() else key for key in path.split(".")]
    place = spec
    for key in above:
        place = place[key]
    if verb == "drop ":
        del place[last]
    elif verb == "rename ":
        place[value] = place.pop(last)
    elif isinstance(place, list):
        place[last : last + 1] = [json.loads(value)]
    else:
        place[last] = json.loads(value)
    return spec
