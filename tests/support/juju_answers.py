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
    found = []
    for answer in known["answers"]:
        text = answer.get("text")
        if text is None:
            changed = _change(copy.deepcopy(known["golden"]), answer["golden"])
            text = json.dumps(changed, ensure_ascii=False)
        refusal = _spell_out(answer["refused"]) if "refused" in answer else None
        found.append((answer.get("golden", text), _spell_out(text), refusal))
    return found


def _change(spec, change):
    if change == "as it is":
        return spec
    path, equals, value = change.partition(" = ")
    *above, last = [int(k) if k.isdigit() else k for k in path.split()[-1].split(".")]
    place = spec
    for key in above:
        place = place[key]
    if equals:
        place[last] = json.loads(value)
    else:
        del place[last]
    return spec
