#!/usr/bin/env python3
"""Make the tables of README.md from the files that they describe.

usage: tools/readme_tables.py [--write]

Without --write, exits with 1 and says so if a table is out of date. Needs PyYAML.
"""

import argparse
import re
import sys
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "lib"))

from charms.layer.alertmanager.unit_status import RULES  # noqa: E402 - found through the path above


def options() -> str:
    """One row an option of config.yaml."""
    declared = yaml.safe_load((ROOT / "config.yaml").read_text(encoding="utf-8"))["options"]
    rows = ["| option | default | meaning |", "|---|---|---|"]
    for name, option in declared.items():
        default = option["default"]
        shown = str(default).lower() if isinstance(default, bool) else default
        meaning = _cell(" ".join(option["description"].split()))
        rows.append(f"| `{name}` | {f'`{shown}`' if shown else ''} | {meaning} |")
    return "\n".join(rows)


def statuses() -> str:
    """One row a rule, in their order."""
    rows = ["| state | message | what to do |", "|---|---|---|"]
    rows += [f"| {rule.state} | `{_cell(rule.says)}` | {_cell(rule.remedy)} |" for rule in RULES]
    return "\n".join(rows)


EXAMPLES = {
    "show-config": "",
    "check-config": 'alertmanager-config="$(base64 -w0 alertmanager.yml)"',
    "reload": "",
    "list-alerts": "matchers='severity=page'",
    "send-test-alert": "labels='severity=page, team=web' dry-run=true",
    "list-silences": "",
    "silence": "matchers='alertname=DiskFull, host=~\"db.*\"' duration=2d comment='new disks'",
    "expire-silence": "id=6e9d5a3c-0f5b-4f6c-8a53-3e0c4f6f1c11",
}


def actions() -> str:
    """One row an action of actions.yaml."""
    declared = yaml.safe_load((ROOT / "actions.yaml").read_text(encoding="utf-8"))
    rows = ["| action | what it does, and its parameters | example |", "|---|---|---|"]
    for name, action in declared.items():
        lines = [" ".join(action["description"].split())]
        for parameter, schema in action["params"].items():
            if parameter != "workload-context":
                lines.append(_parameter(parameter, schema, action.get("required", [])))
        example = f"`{_cell(f'{name} {EXAMPLES[name]}'.strip())}`"
        rows.append(f"| `{name}` | {_cell('<br>'.join(lines))} | {example} |")
    return "\n".join(rows)


def _parameter(name: str, schema: dict, required: list) -> str:
    default = schema.get("default", "")
    shown = str(default).lower() if isinstance(default, bool) else default
    notes = "must be given" if name in required else f"`{shown}`" if shown != "" else ""
    meaning = " ".join(schema["description"].split())
    return f"`{name}`{f' ({notes})' if notes else ''}: {meaning}"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


TABLES = {"actions": actions, "options": options, "statuses": statuses}


def with_tables(readme: str) -> str:
    """Return the text with every table in it made anew."""
    for name, table in TABLES.items():
        pattern = rf"<!-- {name} -->.*?<!-- end of {name} -->"
        made = f"<!-- {name} -->\n{table()}\n<!-- end of {name} -->"
        readme, found = re.subn(pattern, lambda _, made=made: made, readme, flags=re.DOTALL)
        if found != 1:
            sys.exit(f"README.md: the place of the table {name} is there {found} times, not once")
    return readme


def main(arguments=None) -> None:
    """Check the tables, or write them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--write", action="store_true", help="write them, rather than check")
    given = parser.parse_args(arguments)
    path = ROOT / "README.md"
    now = path.read_text(encoding="utf-8")
    made = with_tables(now)
    if given.write:
        path.write_text(made, encoding="utf-8")
    elif made != now:
        sys.exit("README.md: tables are out of date; run tools/readme_tables.py --write")


if __name__ == "__main__":
    main()
