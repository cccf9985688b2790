"""The harness gives each hook what a process of its own would have."""

import gc
import sys
import textwrap

import pytest
import yaml
from support import bus_harness
from support.charm_stories import configure
from support.charm_stories import deploy as deploy_story

METADATA = {
    "name": "tiny",
    "series": ["kubernetes"],
    "deployment": {"type": "stateful", "service": "cluster"},
    "provides": {"web": {"interface": "http"}},
}


@pytest.fixture
def deploy(juju, tmp_path):
    """Deploy a charm whose handlers and other modules are given as texts."""

    def deploy(handlers, **modules):
        source = tmp_path / "source"
        (source / "reactive").mkdir(parents=True)
        (source / "layer.yaml").write_text("includes: ['layer:layers/pod-spec']\n")
        (source / "metadata.yaml").write_text(yaml.safe_dump(METADATA))
        (source / "reactive" / "tiny.py").write_text(textwrap.dedent(handlers))
        shared = source / "lib" / "charms" / "layer" / "tiny"
        for name, text in modules.items():
            shared.mkdir(parents=True, exist_ok=True)
            (shared / f"{name}.py").write_text(textwrap.dedent(text))
        return juju.deploy(bus_harness.assemble(source, tmp_path / "charm"))

    return deploy


COUNTS = """
    from charmhelpers.core import hookenv, unitdata
    from charms.layer.pod_spec import run_tool
    from charms.reactive import set_flag, when, when_not

    count = 0

    @when_not("tiny.never")
    def tick():
        global count
        count += 1
        unitdata.kv().set("ticks", unitdata.kv().get("ticks", 0) + 1)
        set_flag("tiny.ticked")
        hookenv.log(f"count {count}, ticks {unitdata.kv().get('ticks')}")
        run_tool("status-set", "active", hookenv.local_unit())
"""


def counts(juju):
    return [line[5:] for line in juju.log_lines() if line.startswith("INFO count")]


def test_modules_are_new_in_each_hook_and_the_database_is_not(juju, deploy):
    deploy(COUNTS)
    juju.settle()
    assert counts(juju) == [f"count 1, ticks {number}" for number in range(1, 5)]
    assert "tiny.ticked" in bus_harness.flags_of(juju, "tiny/0")
    bus_harness.lose_database(juju, "tiny/0")
    juju.update_status("tiny")
    juju.settle()
    assert counts(juju)[-1] == "count 1, ticks 1"


RECORDS = """
    calls = 0
    names = []
"""
RECORDING = """
    from charmhelpers.core import hookenv
    from charms.layer.tiny import records
    from charms.reactive import when_not

    @when_not("tiny.never")
    def record():
        records.calls += 1
        records.names.append(hookenv.hook_name())
        hookenv.log(f"recorded {records.calls} {len(records.names)}")
"""


def test_modules_that_hooks_share_are_as_new_in_each_hook(juju, deploy):
    deploy(RECORDING, records=RECORDS)
    juju.settle()
    said = [line for line in juju.log_lines() if line.startswith("INFO recorded")]
    assert said == ["INFO recorded 1 1"] * len(juju.runs())


def test_each_unit_is_itself(juju, deploy):
    deploy(COUNTS)
    juju.scale("tiny", 2)
    juju.settle()
    assert {juju.charm_status(f"tiny/{k}").message for k in (0, 1)} == {"tiny/0", "tiny/1"}


KINSHIP = """
    from charmhelpers.core import hookenv
    from charms.layer.tiny import kind
    from charms.reactive import when_not

    @when_not("tiny.never")
    def compare():
        if hookenv.local_unit() == "tiny/0":
            from charms.layer.tiny import maker

            hookenv.log(f"akin {isinstance(maker.made(), kind.Kind)}")
"""
KIND = """
    class Kind:
        pass
"""
MAKER = """
    from charms.layer.tiny.kind import Kind

    def made():
        return Kind()
"""


def test_modules_stay_akin_when_the_unit_goes_that_some_were_loaded_from(juju, deploy):
    deploy(KINSHIP, kind=KIND, maker=MAKER)
    juju.scale("tiny", 2)
    first, second = juju.unit("tiny/0"), juju.unit("tiny/1")
    while juju.step(second):
        pass
    while juju.step(first):
        pass
    juju.operator.forget(second)
    juju.update_status("tiny")
    while juju.step(first):
        pass
    said = {line for line in juju.log_lines() if line.startswith("INFO akin")}
    assert said == {"INFO akin True"}


@pytest.mark.parametrize("effect", ["fail", "kill", "kill-after"])
def test_a_hook_that_ends_badly_saves_nothing(juju, deploy, effect):
    deploy(COUNTS)
    juju.inject("tiny/0", effect, hook="install", tool="status-set")
    juju.settle(expect_errors=True)
    assert juju.runs("install")[0].error
    assert bus_harness.flags_of(juju, "tiny/0") == set()
    juju.advance(5)
    juju.settle()
    assert counts(juju)[:2] == ["count 1, ticks 1"] * 2


def test_an_exception_fails_the_hook_and_is_told(juju, deploy):
    deploy("raise ValueError('no')\n")
    juju.settle(expect_errors=True)
    (run,) = juju.runs()
    assert run.code == 1
    assert run.output[-1] == "ValueError: no"


def test_nothing_of_a_charm_stays_behind(juju, deploy):
    before = set(sys.modules), list(sys.path)
    deploy(COUNTS)
    juju.settle()
    new = set(sys.modules) - before[0]
    assert not [name for name in new if name.startswith(bus_harness.CHARMS_OWN)]
    assert sys.path == before[1]
    assert gc.isenabled()
    assert not gc.get_freeze_count()


def test_a_copy_of_a_deployment_is_what_its_hooks_would_have_made(charm, tmp_path):
    """The third time that something is deployed, it is a copy of the second."""
    seen = []
    for number in range(3):
        with bus_harness.controller(tmp_path / str(number)) as juju:
            deploy_story(juju, charm, units=2, log_level="debug", data_retention="7h")
            seen.append([_state(juju)])
            configure(juju, log_level="info")
            seen[-1].append(_state(juju))
    assert seen[1] == seen[2]
    assert seen[1][0] != seen[1][1]


def _state(juju):
    """What there is of a controller, less where it lies."""
    shown = repr((vars(juju.model), vars(juju.cluster))).replace(str(juju.folder), "")
    databases = [bus_harness.database_of(juju, unit.name) for unit in juju.units()]
    disk = {path.relative_to(juju.folder) for path in (juju.folder / "agents").rglob("*")}
    return shown, databases, disk, [run.hook for run in juju.history]
