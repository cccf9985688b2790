"""Alerts and silences, from the JSON of Alertmanager's API to what an action shows of them.

The JSON comes from outside: whatever is missing in it, or of another kind, is left out.
"""

import json
import re
from datetime import datetime, timezone
from typing import Any, Dict, Iterable, List, Mapping, Sequence

_TIME = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.\d+)?(Z|[-+]\d\d:\d\d)")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def show_alert(alert: Mapping[str, Any]) -> Dict[str, str]:
    """Show one alert; silenced-by and inhibited-by where it is."""
    status = _mapping(alert.get("status"))
    receivers = [_text(_mapping(each).get("name")) for each in _list(alert.get("receivers"))]
    shown = {
        "labels": write_labels(_mapping(alert.get("labels"))),
        "annotations": write_labels(_mapping(alert.get("annotations"))),
        "state": _text(status.get("state")),
        "since": write_api_time(alert.get("startsAt")),
        "until": write_api_time(alert.get("endsAt")),
        "receivers": ", ".join(receivers),
        "source": _text(alert.get("generatorURL")),
        "silenced-by": _words(status.get("silencedBy")),
        "inhibited-by": _words(status.get("inhibitedBy")),
        "muted-by": _words(status.get("mutedBy")),
    }
    return {key: value for key, value in shown.items() if value}


def show_silence(silence: Mapping[str, Any]) -> Dict[str, str]:
    """Show one silence."""
    shown = {
        "id": _text(silence.get("id")),
        "state": _text(_mapping(silence.get("status")).get("state")),
        "matchers": ", ".join(_matcher(_mapping(one)) for one in _list(silence.get("matchers"))),
        "starts": write_api_time(silence.get("startsAt")),
        "ends": write_api_time(silence.get("endsAt")),
        "author": _text(silence.get("createdBy")),
        "comment": _text(silence.get("comment")),
    }
    return {key: value for key, value in shown.items() if value}


def write_labels(known: Mapping[str, Any]) -> str:
    """Write labels in the syntax of matchers, alertname first."""
    names = sorted(known, key=lambda name: (name != "alertname", name))
    return ", ".join(write_matcher(name, "=", _text(known[name])) for name in names)


def write_matcher(name: str, operator: str, value: str) -> str:
    """Write a matcher so that every version reads it, if it knows such a name at all."""
    return f"{name if _NAME.fullmatch(name) else _quoted(name)}{operator}{_quoted(value)}"


def write_matchers(matchers: Iterable[Sequence[str]]) -> List[str]:
    """Write matchers, each a name, an operator and a value, for the API to filter by."""
    return [write_matcher(*one) for one in matchers]


def write_api_time(value: Any) -> str:
    """Write a time of the API's in UTC, to the second: 2026-01-31T12:00:00Z."""
    found = _TIME.fullmatch(value) if isinstance(value, str) else None
    if not found:
        return ""
    offset = found.group(2).replace("Z", "+00:00")
    try:
        return write_time(datetime.fromisoformat(found.group(1) + offset))
    except (ValueError, OverflowError):
        return ""


def write_time(moment: datetime) -> str:
    """Write a moment as RFC 3339 in UTC, to the second."""
    return moment.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def _matcher(matcher: Mapping[str, Any]) -> str:
    # Up to 0.21, there were no negative ones.
    equal = matcher.get("isEqual", True) is not False
    operator = {True: "=~", False: "!~"} if matcher.get("isRegex") else {True: "=", False: "!="}
    return write_matcher(_text(matcher.get("name")), operator[equal], _text(matcher.get("value")))


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def _words(value: Any) -> str:
    return ", ".join(map(_text, _list(value)))


def _text(value: Any) -> str:
    return value if isinstance(value, str) else "" if value is None else json.dumps(value)


def _list(value: Any) -> List[Any]:
    return value if isinstance(value, list) else []


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
