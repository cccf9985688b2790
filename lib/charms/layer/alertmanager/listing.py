"""Alerts and silences, from the JSON of Alertmanager's API to what an action shows of them.

The JSON comes from outside: whatever is missing in it, or of another kind, is left out.
"""

import json
import re
from datetime import datetime, timezone
from typing import Any, Dict, Iterable, List, Mapping, Sequence

_TIME = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.\d+)?(Z|[-+]\d\d:\d\d)")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def alert(told: Mapping[str, Any]) -> Dict[str, str]:
    """Show one alert; silenced-by and inhibited-by where it is."""
    status = _mapping(told.get("status"))
    shown = {
        "labels": labels(_mapping(told.get("labels"))),
        "annotations": labels(_mapping(told.get("annotations"))),
        "state": _text(status.get("state")),
        "since": time(told.get("startsAt")),
        "until": time(told.get("endsAt")),
        "receivers": ", ".join(receivers(told)),
        "source": _text(told.get("generatorURL")),
        "silenced-by": _words(status.get("silencedBy")),
        "inhibited-by": _words(status.get("inhibitedBy")),
        "muted-by": _words(status.get("mutedBy")),
    }
    return {key: value for key, value in shown.items() if value}


def receivers(told: Mapping[str, Any]) -> List[str]:
    """Name the receivers that Alertmanager says an alert goes to."""
    return [_text(_mapping(receiver).get("name")) for receiver in _list(told.get("receivers"))]


def silence(told: Mapping[str, Any]) -> Dict[str, str]:
    """Show one silence."""
    shown = {
        "id": _text(told.get("id")),
        "state": _text(_mapping(told.get("status")).get("state")),
        "matchers": ", ".join(_matcher(_mapping(one)) for one in _list(told.get("matchers"))),
        "starts": time(told.get("startsAt")),
        "ends": time(told.get("endsAt")),
        "author": _text(told.get("createdBy")),
        "comment": _text(told.get("comment")),
    }
    return {key: value for key, value in shown.items() if value}


def numbered(items: Iterable[Any]) -> Dict[str, Any]:
    """Number items so that their keys sort as they do: 01, 02, … 10."""
    known = list(items)
    width = len(str(len(known)))
    return {str(number).zfill(width): item for number, item in enumerate(known, start=1)}


def labels(known: Mapping[str, Any]) -> str:
    """Write labels in the syntax of matchers, alertname first."""
    names = sorted(known, key=lambda name: (name != "alertname", name))
    return ", ".join(matcher(name, "=", _text(known[name])) for name in names)


def matcher(name: str, operator: str, value: str) -> str:
    """Write a matcher so that every version reads it, if it knows such a name at all."""
    return f"{name if _NAME.fullmatch(name) else _quoted(name)}{operator}{_quoted(value)}"


def filters(matchers: Iterable[Sequence[str]]) -> List[str]:
    """Write matchers, each a name, an operator and a value, for the API to filter by."""
    return [matcher(*one) for one in matchers]


def time(told: Any) -> str:
    """Write a time of the API's in UTC, to the second: 2026-01-31T12:00:00Z."""
    found = _TIME.fullmatch(told) if isinstance(told, str) else None
    if not found:
        return ""
    offset = found.group(2).replace("Z", "+00:00")
    try:
        return written(datetime.fromisoformat(found.group(1) + offset))
    except (ValueError, OverflowError):
        return ""


def written(moment: datetime) -> str:
    """Write a moment as RFC 3339 in UTC, to the second."""
    return moment.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def _matcher(told: Mapping[str, Any]) -> str:
    # Up to 0.21, there were no negative ones.
    equal = told.get("isEqual", True) is not False
    operator = {True: "=~", False: "!~"} if told.get("isRegex") else {True: "=", False: "!="}
    return matcher(_text(told.get("name")), operator[equal], _text(told.get("value")))


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def _words(told: Any) -> str:
    return ", ".join(map(_text, _list(told)))


def _text(told: Any) -> str:
    return told if isinstance(told, str) else "" if told is None else json.dumps(told)


def _list(told: Any) -> List[Any]:
    return told if isinstance(told, list) else []


def _mapping(told: Any) -> Mapping[str, Any]:
    return told if isinstance(told, dict) else {}
