"""Tables as ``juju status`` prints them (Juju 2.9: cmd/juju/status/output_tabular.go)."""

from __future__ import annotations

import re
from typing import Any

VERSION_WIDTH = 30
MESSAGE_WIDTH = 120

_GREEN, _YELLOW, _RED, _BLUE = "\033[32m", "\033[33m", "\033[31m", "\033[94m"
_COLOURS = {
    "active": _GREEN,
    "idle": _GREEN,
    "executing": _BLUE,
    "maintenance": _YELLOW,
    "waiting": _YELLOW,
    "allocating": _YELLOW,
    "unknown": _YELLOW,
    "blocked": _RED,
    "error": _RED,
    "terminated": _RED,
}


def table(rows: list[list[str]], right: tuple = (), colour: bool = False) -> str:
    """Columns two spaces apart; the columns ``right`` are right-aligned; ``colour`` for states."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = []
    for row in rows:
        cells = [
            cell.rjust(width) if column in right else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths))
        ]
        line = "  ".join(cells).rstrip()
        lines.append(_coloured(line, row) if colour else line)
    return "\n".join(lines) + "\n"


def _coloured(line: str, row: list[str]) -> str:
    for state in {cell for cell in row if cell in _COLOURS}:
        line = re.sub(rf"(?<=  ){state}(?=  |$)", f"{_COLOURS[state]}{state}\033[0m", line)
    return line


def status(report: dict[str, Any], relations: list[dict[str, str]], colour: bool = False) -> str:
    """The whole of ``juju status``. ``relations`` are shown if there are any."""
    model = report["model"]
    head = {
        "Model": model["name"],
        "Controller": model["controller"],
        "Cloud/Region": f"{model['cloud']}/{model['region']}",
        "Version": model["version"],
        "SLA": model["sla"],
        "Timestamp": report["controller"]["timestamp"],
    }
    if model["model-status"].get("message"):
        head["Notes"] = _message(model["model-status"]["message"])
    parts = [table([list(head), list(head.values())])]
    applications = report["applications"]
    if applications:
        parts.append(table(_applications(applications), right=(3, 6), colour=colour))
    units = _units(applications)
    if len(units) > 1:
        parts.append(table(units, colour=colour))
    if relations:
        keys = ["provider", "requirer", "interface", "type", "status"]
        rows = [["Relation provider", "Requirer", "Interface", "Type", "Message"]]
        parts.append(table(rows + [[relation[key] for key in keys] for relation in relations]))
    return "\n".join(parts)


def _applications(applications: dict[str, Any]) -> list[list[str]]:
    rows = [
        [
            "App",
            "Version",
            "Status",
            "Scale",
            "Charm",
            "Channel",
            "Rev",
            "Address",
            "Exposed",
            "Message",
        ]
    ]
    for name, app in applications.items():
        shown = app["application-status"]
        rows.append(
            [
                name,
                _version(app.get("version", "")),
                shown["current"],
                _scale(app),
                app["charm-name"],
                "",
                str(app["charm-rev"]),
                app.get("address", ""),
                "yes" if app["exposed"] else "no",
                _message(shown.get("message", "")),
            ]
        )
    return rows


def _units(applications: dict[str, Any]) -> list[list[str]]:
    rows = [["Unit", "Workload", "Agent", "Address", "Ports", "Message"]]
    for app in applications.values():
        for name, unit in app.get("units", {}).items():
            workload, agent = unit["workload-status"], unit["juju-status"]
            message = workload.get("message", "")
            doing = re.match(r"running (\S+) hook|running action (\S+)", agent.get("message", ""))
            if agent["current"] == "executing" and doing:
                message = f"({doing.group(1) or doing.group(2)}) {message}"
            rows.append(
                [
                    name + ("*" if unit.get("leader") else ""),
                    workload["current"],
                    agent["current"],
                    unit.get("address", ""),
                    ",".join(unit.get("open-ports", ())),
                    _message(message),
                ]
            )
    return rows


def _scale(app: dict[str, Any]) -> str:
    """How many units are up; of how many, if that is not the same."""
    up = sum(
        unit["juju-status"]["current"] in ("idle", "executing")
        and unit["workload-status"]["current"] != "terminated"
        for unit in app.get("units", {}).values()
    )
    wanted = app.get("scale", 0)
    return str(up) if up == wanted else f"{up}/{wanted}"


def _version(version: str) -> str:
    lines = version.splitlines()
    first = lines[0] if lines else ""
    return first if len(first) <= VERSION_WIDTH else first[: VERSION_WIDTH - 3] + "..."


def _message(message: str) -> str:
    """A message on one line, cut where Juju cuts it."""
    message = message.replace("\n", " ")
    return message if len(message) <= MESSAGE_WIDTH else message[: MESSAGE_WIDTH - 3] + "..."
