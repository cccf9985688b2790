"""A charm that only notes what it reads over its relations: the other side, without a framework."""

import json
import stat

import yaml
from support import charm_manifest

HOOK = """#!/usr/bin/env python3
import json, subprocess

def tool(*words):
    return json.loads(subprocess.check_output([*words, "--format=json"]).decode())

received = {{}}
for relation in tool("relation-ids", "{endpoint}"):
    units = tool("relation-list", "-r", relation)
    app = tool("relation-list", "--app", "-r", relation)
    received[relation] = {{
        "application": tool("relation-get", "-r", relation, "--app", "-", app),
        "units": {{unit: tool("relation-get", "-r", relation, "-", unit) for unit in units}},
    }}
with open("received.json", "w") as file:
    json.dump(received, file)
"""
# what Juju itself puts into every unit's databag
JUJUS = ("egress-subnets", "ingress-address", "private-address")


class Reader:
    """An application that reads one endpoint; `endpoint` is its own name for it."""

    def __init__(self, juju, folder, interface, *, name="reader", role="requires", units=1):
        self.juju, self.name, self.endpoint = juju, name, "reads"
        charm = folder / f"{name}-charm" / name
        hooks = charm / "hooks"
        hooks.mkdir(parents=True)
        metadata = {
            "name": name,
            "summary": "Reads",
            "description": "Reads",
            "series": ["kubernetes"],
            role: {self.endpoint: {"interface": interface}},
        }
        (charm / "metadata.yaml").write_text(yaml.safe_dump(metadata))
        charm_manifest.write(charm)
        for event in ("joined", "changed", "departed"):
            hook = hooks / f"{self.endpoint}-relation-{event}"
            hook.write_text(HOOK.format(endpoint=self.endpoint))
            hook.chmod(hook.stat().st_mode | stat.S_IXUSR)
        juju.deploy(charm, name, units=units)
        juju.settle()

    def relate(self, application, endpoint):
        """Relate and wait; return the relation."""
        relation = self.juju.relate(f"{application}:{endpoint}", f"{self.name}:{self.endpoint}")
        self.juju.settle()
        return relation

    def received(self):
        """Return what the one relation held when the reader last looked: application, units.

        Less what Juju itself writes.
        """
        path = self.juju.operator.charm_dir(self.juju.unit(f"{self.name}/0")) / "received.json"
        if not path.exists():
            return {}, {}
        ((_, bags),) = json.loads(path.read_text()).items()
        return bags["application"], {unit: less(bag) for unit, bag in bags["units"].items()}


def less(bag):
    """Return a unit's databag without Juju's own keys."""
    return {key: value for key, value in bag.items() if key not in JUJUS}
