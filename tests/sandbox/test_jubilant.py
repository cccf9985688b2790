"""jubilant and jubilant-backports drive the sandbox as they drive a controller."""

from pathlib import Path

import jubilant
import jubilant_backports
import pytest
import yaml
from support import charm_manifest
from support.manual_controller import daemon_without_cluster

import sandbox

JUJU = Path(sandbox.__file__).parent / "bin" / "juju"
PATIENCE = 60
ACTIONS = {"greet": {"params": {"workload-context": {"type": "boolean", "default": False}}}}
DISPATCH = """#!/bin/sh
case "$JUJU_DISPATCH_PATH" in
*/greet) action-log hello; action-set name="$(config-get name)"; echo said;;
*) status-set active "$(config-get name)";;
esac
"""


def write_charm(folder, name, **endpoints):
    """Write a charm whose status is an option; return its folder."""
    charm = folder / name
    charm.mkdir()
    storage = {"data": {"type": "filesystem", "location": "/data"}}
    metadata = dict({"name": name, "series": ["kubernetes"], "storage": storage}, **endpoints)
    (charm / "metadata.yaml").write_text(yaml.safe_dump(metadata))
    (charm / "config.yaml").write_text("options: {name: {type: string, default: joe}}")
    (charm / "actions.yaml").write_text(yaml.safe_dump(ACTIONS))
    (charm / "version").write_text("1.2.3\n")
    (charm / "dispatch").write_text(DISPATCH)
    (charm / "dispatch").chmod(0o755)
    charm_manifest.write(charm)
    return charm


@pytest.fixture(params=[("2.9", jubilant_backports), ("3.6", jubilant)], ids=["2.9", "3.6"])
def library(request, tmp_path, monkeypatch):
    """The library for a version of Juju, and a sandbox of that version."""
    version, found = request.param
    daemon = daemon_without_cluster(tmp_path / "sandbox", juju=version)
    daemon.start()
    monkeypatch.setenv("JUJU_SANDBOX", str(tmp_path / "sandbox"))
    yield found
    daemon.stop()


@pytest.fixture
def juju(library):
    """A Juju of the library."""
    return library.Juju(cli_binary=str(JUJU), wait_timeout=PATIENCE)


def test_an_applications_life(library, juju, tmp_path):
    alone = write_charm(tmp_path, "tiny", requires={"db": {"interface": "pgsql"}})
    other = write_charm(tmp_path, "pg", provides={"server": {"interface": "pgsql"}})
    juju.add_model("jubilant-0a1b2c3d", config={"update-status-hook-interval": "1m"})
    assert juju.model_config()["update-status-hook-interval"] == "1m"
    juju.deploy(alone, config={"name": "ann"}, num_units=2)
    juju.deploy(other)
    juju.integrate("tiny:db", "pg")
    status = juju.wait(
        lambda told: library.all_active(told) and library.all_agents_idle(told), delay=0.1
    )
    app = status.apps["tiny"]
    assert (app.app_status.message, app.charm_version, app.charm_rev) == ("ann", "1.2.3", 0)
    assert [unit.leader for unit in app.units.values()].count(True) == 1
    assert list(app.relations) == ["db"]
    assert status.model.name == "jubilant-0a1b2c3d"
    juju.config("tiny", {"name": "bob"})
    juju.wait(lambda told: told.apps["tiny"].app_status.message == "bob", delay=0.1)
    assert juju.config("tiny")["name"] == "bob"

    task = juju.run("tiny/0", "greet")
    assert (task.status, task.results["name"], task.stdout) == ("completed", "bob", "said\n")
    assert juju.exec("config-get name; exit 0", unit="tiny/1").stdout == "bob\n"
    with pytest.raises(library.TaskError):
        juju.exec("exit 3", unit="tiny/1")
    assert "bob" in juju.cli("config", "tiny", "name")
    assert "ran" in juju.debug_log()

    juju.remove_unit("tiny", num_units=1)
    juju.remove_relation("tiny", "pg")
    juju.remove_application("pg")
    juju.wait(
        lambda told: set(told.apps) == {"tiny"} and len(told.apps["tiny"].units) == 1, delay=0.1
    )
    juju.destroy_model("jubilant-0a1b2c3d", destroy_storage=True)
    assert juju.model is None
    if hasattr(juju, "version"):
        assert str(juju.version()).startswith("3.6.0-sandbox-")


def test_commands_that_take_too_long_are_timeouts(library, juju, tmp_path):
    charm = write_charm(tmp_path, "tiny")
    (charm / "dispatch").write_text("#!/bin/sh\nexec sleep 1000\n")
    juju.add_model("jubilant-0a1b2c3e")
    juju.deploy(charm)
    juju.wait(lambda told: told.apps["tiny"].units["tiny/0"].juju_status.current == "executing")
    with pytest.raises(TimeoutError):
        juju.exec("true", unit="tiny/0", wait=1)
