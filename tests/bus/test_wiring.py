"""Which handler runs when."""

import ast
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
HANDLERS = ROOT / "reactive" / "alertmanager.py"
CHARM = ROOT / "lib" / "charms" / "layer" / "alertmanager"

DYING = "layer.pod-spec.dying"
WIRING = {
    "make_plan": {"when_none": ["alertmanager.options.checked", DYING]},
    "apply_pod_spec": {
        "when_all": [
            "alertmanager.options.checked",
            "alertmanager.options.valid",
            "layer.pod-spec.image.alertmanager-image.available",
            "leadership.is_leader",
        ],
        "when_none": ["alertmanager.spec.applied", DYING],
    },
    "verify": {
        "when_all": ["alertmanager.spec.applied", "leadership.is_leader"],
        "when_none": [DYING],
    },
    "publish_addresses": {
        "when_all": ["alertmanager.options.checked"],
        "when_none": ["alertmanager.addresses.published", DYING],
    },
}

CONCLUSIONS = [
    "alertmanager.addresses.published",
    "alertmanager.options.checked",
    "alertmanager.spec.applied",
]
INVALIDATES = {
    "config.changed": CONCLUSIONS,
    "layer.pod-spec.image.alertmanager-image.available": CONCLUSIONS,
    "layer.pod-spec.refreshed": CONCLUSIONS,
    "leadership.is_leader": CONCLUSIONS,
    "layer.pod-spec.repeated.relations": ["alertmanager.addresses.published"],
    "layer.pod-spec.repeated.spec": ["alertmanager.spec.applied"],
    "endpoint.prometheus.awaiting": ["alertmanager.addresses.published"],
    "endpoint.prometheus.joined": ["alertmanager.addresses.published"],
}

IMPORT = """
import json, sys
sys.path[:0] = [{charm!r} + "/lib", {charm!r} + "/hooks", {charm!r}]
sys.path.append({charm!r} + "/lib/removed_from_python")
import sandbox.juju.agent.charmhelpers_shim.sitecustomize
from charms.reactive import bus
import reactive.alertmanager
wiring = {{}}
for handler in bus.Handler.get_handlers():
    rules = wiring.setdefault(handler._action.__name__, {{}})
    for predicate in handler._predicates:
        kind = predicate.func.__name__.lstrip("_").replace("when_not", "when_none")
        rules.setdefault(kind, []).extend(predicate.args[0])
from charmhelpers.core import unitdata
cleared = [
    {{
        when: sorted(trigger["clear_flag"])
        for when, trigger in unitdata.kv().getrange(prefix, strip=True).items()
    }}
    for prefix in ("reactive.flag_set_triggers.", "reactive.flag_clear_triggers.")
]
print(json.dumps([wiring, *cleared]))
"""


@pytest.fixture(scope="module")
def imported(charm):
    """Import the handlers as a hook does, but with no hook tool, no Juju and no environment.

    Returns the handlers' flags, and which flag's setting and clearing clears which others.
    """
    done = subprocess.run(
        [sys.executable, "-c", IMPORT.format(charm=str(charm))],
        env={"PYTHONPATH": str(ROOT), "UNIT_STATE_DB": ":memory:"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_each_handler_runs_when_the_table_says_and_importing_does_nothing(imported):
    wiring = {
        name: {kind: sorted(flags) for kind, flags in rules.items()}
        for name, rules in imported[0].items()
    }
    assert {name: wiring.get(name) for name in WIRING} == WIRING


def test_every_input_invalidates_every_conclusion(imported):
    assert imported[1] == INVALIDATES
    assert imported[2] == {"leadership.is_leader": ["alertmanager.addresses.published"]}


def test_no_handler_is_missing_in_the_table():
    tree = ast.parse(HANDLERS.read_text())
    decorated = {
        node.name
        for node in tree.body
        if isinstance(node, ast.FunctionDef)
        and any("when" in ast.dump(decorator) for decorator in node.decorator_list)
    }
    assert decorated == set(WIRING)


def test_the_flag_table_has_the_flags_of_the_code_and_no_other():
    source = HANDLERS.read_text()
    docstring = ast.get_docstring(ast.parse(source))
    table = set(re.findall(r"^(alertmanager\.[a-z.]+)", docstring, re.MULTILINE))
    code = source[source.index('"""', 3) :]
    used = set(re.findall(r"\"(alertmanager\.(?:options|spec|addresses)\.[a-z]+)\"", code))
    assert used == table


def test_handlers_are_short():
    assert len(HANDLERS.read_text().splitlines()) <= 120
    tree = ast.parse(HANDLERS.read_text())
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            assert node.end_lineno - node.lineno < 20, node.name


def imports_of(path):
    """Return what a file imports, as dotted names."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_handlers_know_the_steps_of_a_hook_and_nothing_below_them():
    charms_own = "charms.layer.alertmanager."
    used = {
        name[len(charms_own) :].partition(".")[0]
        for name in imports_of(HANDLERS)
        if name.startswith(charms_own)
    }
    steps = {
        "changed_inputs",
        "inputs",
        "publish",
        "rollout",
        "state",
        "unit_status",
        "watched_pods",
    }
    assert used == steps


def test_what_is_worked_out_without_juju_knows_no_framework():
    # import-linter holds the rest, and cannot name a part of somebody else's package.
    for path in (*(CHARM / "domain").rglob("*.py"), CHARM / "plan.py"):
        assert not any(name.startswith("charms.reactive") for name in imports_of(path)), path
