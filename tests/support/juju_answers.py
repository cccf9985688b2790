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
    answers, context, fields = [], "", None
    for line in (FOLDER / "hook-tools.txt").read_text().splitlines():
        if line.startswith("#") or not line:
            continue
        if line.startswith("["):
            context = line[1:-1]
        elif line.startswith("$ "):
            fields = {"stdin": None, "code": 0, "out": "", "err": "", "effects": []}
            words = [_spell_out(word) for word in shlex.split(_unescape(line[2:]))]
            answers.append((context, words, fields))
        elif line.startswith("exit "):
            fields["code"] = int(line[5:])
        elif line.startswith("="):
            fields["effects"].append(_spell_out(line[2:]))
        else:
            field = {"<": "stdin", "|": "out", "!": "err"}[line[0]]
            fields[field] = (fields[field] or "") + _line(line)
    return [Answer(context, words, **fields) for context, words, fields in answers]


def _line(line):
    """Return the text of a line; the mark of an empty input stands alone."""
    if line == "<":
        return ""
    mark, _, text = line.partition(" ")
    return _spell_out(text) + ("" if mark.endswith(".") else "\n")


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
