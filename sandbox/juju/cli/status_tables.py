"""Tables as ``juju status`` prints them (Juju 2.9: cmd/juju/status/output_tabular.go)."""

from __future__ import annotations

import re
from typing import Any

VERSION_WIDTH = 30
MESSAGE_WIDTH = 120
APPLICATION_HEAD = (
    *("App", "Version", "Status", "Scale", "Charm", "Channel", "Rev", "Address", "Exposed"),
    "Message",
)


def table(rows: list[list[str]], right: tuple = ()) -> str:
    """Columns two spaces apart; the columns ``right`` are right-aligned."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = []
    for row in rows:
        cells = [
            cell.rjust(width) if column in right else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths))
        ]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines) + "\n"


def status(report: dict[str, Any], relations: list[list[str]]) -> str:
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
        head["Notes"] = _cut(model["model-status"]["message"], MESSAGE_WIDTH)
    parts = [table([list(head), list(head.values())])]
    applications = report["applications"]
    if applications:
        rows = [_application(name, app) for name, app in applications.items()]
        parts.append(table([list(APPLICATION_HEAD), *rows], right=(3, 6)))
    units = [
        _unit(name, unit)
        for app in applications.values()
        for name, unit in app.get("units", {}).items()
    ]
    if units:
        parts.append(table([["Unit", "Workload", "Agent", "Address", "Ports", "Message"], *units]))
    if relations:
        head = ["Relation provider", "Requirer", "Interface", "Type", "Message"]
        parts.append(table([head, *relations]))
    return "\n".join(parts)


def _application(name: str, app: dict[str, Any]) -> list[str]:
    shown, scale = app["application-status"], app.get("scale", 0)
    up = sum(
        unit["juju-status"]["current"] in ("idle", "executing")
        and unit["workload-status"]["current"] != "terminated"
        for unit in app.get("units", {}).values()
    )
    return [
        name,
        _cut(app.get("version", "").partition("\n")[0], VERSION_WIDTH),
        shown["current"],
        str(up) if up == scale else f"{up}/{scale}",
        app["charm-name"],
        "",
        str(app["charm-rev"]),
        app.get("address", ""),
        "yes" if app["exposed"] else "no",
        _cut(shown.get("message", ""), MESSAGE_WIDTH),
    ]


def _unit(name: str, unit: dict[str, Any]) -> list[str]:
    workload, agent = unit["workload-status"], unit["juju-status"]
    message = workload.get("message", "")
    doing = re.match(r"running (\S+) hook|running action (\S+)", agent.get("message", ""))
    if agent["current"] == "executing" and doing:
        message = f"({doing.group(1) or doing.group(2)}) {message}"
    return [
        name + ("*" if unit.get("leader") else ""),
        workload["current"],
        agent["current"],
        unit.get("address", ""),
        ",".join(unit.get("open-ports", ())),
        _cut(message, MESSAGE_WIDTH),
    ]


def _cut(text: str, width: int) -> str:
    """A text on one line, cut where Juju cuts it."""
    text = text.replace("\n", " ")
    return text if len(text) <= width else text[: width - 3] + "..."
