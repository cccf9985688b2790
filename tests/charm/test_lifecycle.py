"""The built charm through a whole life: what the bus tests prove of the sources, of the artefact.

Needs the fixture built_charm. tests/bus has the many stories; here the hooks are processes of
their own, with nothing but what the charm brings along.
"""

import os
import subprocess
import sys
from pathlib import Path

import yaml
from support.charm_stories import (
    APP,
    BAD,
    GOOD,
    UNIT,
    configure,
    deploy,
    files,
    idle,
    prometheus,
    shown,
    spec_text,
    without_files,
)
from support.pod_spec_check import checked_spec

OTHER = "alertmanager/1"
SHIM = Path(__file__).resolve().parents[2] / "sandbox" / "juju" / "agent" / "charmhelpers_shim"


def test_from_deployment_to_removal(juju, built_charm):
    deploy(juju, built_charm, units=2)
    spec = checked_spec(spec_text(juju))
    assert [shown(juju, unit)[0] for unit in (UNIT, OTHER)] == ["active", "active"]

    relation = prometheus(juju)
    urls = [juju.databag(relation, unit)["url"] for unit in (UNIT, OTHER)]
    assert len(set(urls)) == 2

    configure(juju, alertmanager_config=GOOD, external_labels='{"region": "eu"}')
    assert files(juju)["alertmanager.yml"] == GOOD.encode()
    assert without_files(juju.pod_spec(APP)) == without_files(spec)
    assert "eu" in juju.databag(relation, OTHER)["external_labels"]

    configure(juju, alertmanager_config=BAD)
    assert shown(juju)[0] == "blocked"
    assert files(juju)["alertmanager.yml"] == GOOD.encode()

    assert juju.restart_operator(APP)
    configure(juju, alertmanager_secrets="global: {resolve_timeout: 1m}", alertmanager_config=GOOD)
    assert yaml.safe_load(files(juju)["alertmanager.yml"])["global"] == {"resolve_timeout": "1m"}

    juju.attach_resource(APP, "alertmanager-image", "prom/alertmanager:v0.28.1")
    juju.refresh(APP, built_charm)
    juju.set_leader(APP, OTHER)
    juju.settle()
    (container,) = checked_spec(spec_text(juju))["containers"]
    assert container["imageDetails"] == {"imagePath": "prom/alertmanager:v0.28.1"}

    assert idle(juju)

    command = juju.operator.charm_dir(juju.unit(UNIT)) / "bin" / "charms.reactive"
    environment = {**os.environ, "PYTHONPATH": str(SHIM)}
    flags = subprocess.check_output([sys.executable, command, "get_flags"], env=environment)
    assert b"alertmanager.options.valid" in flags
    assert b"get_flags" in subprocess.check_output([sys.executable, command], env=environment)

    juju.remove_application(APP)
    juju.settle()
    assert APP not in juju.model.applications
