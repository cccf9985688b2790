"""Whether a text is a rule file, as far as all versions of Prometheus agree.

Expressions are left to promtool, which checks them in the pod (templates/reloader.sh), and so are
keys that only some versions know.
"""

from typing import Any, Iterator, List, Sequence

import yaml

# What PyYAML lets through from Python at a text like `!!int ""`, or at ten thousand brackets.
_UNREADABLE = (AttributeError, LookupError, OverflowError, RecursionError, TypeError, ValueError)


def problems(text: str) -> List[str]:
    """Return everything that is wrong with a rule file; an empty text has no problem."""
    try:
        document = yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f"line {mark.line + 1}: " if mark else ""
        return [f"{place}{getattr(error, 'problem', None) or 'not YAML'}"]
    except _UNREADABLE:
        return ["not YAML that can be read: something is nested too deeply, or not of its type"]
    if document is None:
        return []
    if not isinstance(document, dict) or not isinstance(document.get("groups") or [], list):
        return ["needs a list called groups at the top"]
    return of_groups(document.get("groups") or [])


def of_groups(groups: Sequence[Any]) -> List[str]:
    """Return everything that is wrong with the groups of a rule file."""
    return list(_groups(groups))


def _groups(groups: Sequence[Any]) -> Iterator[str]:
    names = set()
    for number, group in enumerate(groups):
        place = f"groups[{number}]"
        if not isinstance(group, dict) or not _is_text(group.get("name")):
            yield f"{place}: needs a name"
            continue
        if group["name"] in names:
            yield f"{place}: the name {group['name']!r:.60} is taken"
        names.add(group["name"])
        if not isinstance(group.get("rules") or [], list):
            yield f"{place}.rules: not a list"
            continue
        for count, rule in enumerate(group.get("rules") or []):
            yield from _rule(f"{place}.rules[{count}]", rule)


def _rule(place: str, rule: Any) -> Iterator[str]:
    if not isinstance(rule, dict):
        yield f"{place}: not a rule"
        return
    kinds = [kind for kind in ("alert", "record") if kind in rule]
    if len(kinds) != 1:
        yield f"{place}: needs either alert or record"
    elif not _is_text(rule[kinds[0]]):
        yield f"{place}.{kinds[0]}: not a name"
    if not _is_text(rule.get("expr")):
        yield f"{place}: needs an expr"
    for key in ("labels", "annotations"):
        texts = rule.get(key) or {}
        if not isinstance(texts, dict) or any(
            isinstance(value, (dict, list)) for value in texts.values()
        ):
            yield f"{place}.{key}: not a mapping of names to texts"


def _is_text(value: Any) -> bool:
    return isinstance(value, (str, int, float)) and value != ""
