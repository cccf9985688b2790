"""A story for faults: an authority is related, signs what it is asked to, and is trusted."""

import base64
import json
import ssl
import tempfile
from pathlib import Path

from support import bus_harness
from support.certificate_authority import Authority, Current
from support.charm_stories import APP, files
from support.fault_injection import Story
from support.fault_stories import relate, related

AUTHORITY = "their-certificates"


class Signing:
    """The authority, and what it has signed for whom. ``story`` is the Story, of that name."""

    def __init__(self, folder, name):
        self._authority = Authority(folder)
        self._signed = {}
        self.story = Story(
            name,
            related("prometheus", units=2),
            [lambda world: relate(world, "certificates")],
            self._answer,
            self._outcome,
        )

    def _at(self, world):
        relations = world.juju.model.relations_of(AUTHORITY)
        juju, ours, name = world.juju, APP, AUTHORITY
        return Current(juju, relations[0], self._authority, ours, name) if relations else None

    def _answer(self, world):
        """Sign every request that there is, each once; tell whether that was news."""
        place = self._at(world) if AUTHORITY in world.juju.model.applications else None
        if place is None:
            return False
        for request in place.requests():
            if request not in self._signed:
                self._signed[request] = self._authority.sign(request)
        entries = [place.entry(one, self._signed[one]) for one in place.requests()]
        said = {"certificates": json.dumps(entries)}
        if world.juju.databag(place.relation, AUTHORITY) == said:
            return False
        world.juju.write(place.relation, AUTHORITY, said)
        return True

    def _outcome(self, world):
        """Return what is the same in every life, whatever the keys."""
        juju, held = world.juju, files(world.juju)
        (asked,) = self._at(world).requests()
        secrets = juju.pod_spec(APP)["kubernetesResources"]["secrets"]
        (kept,) = [one["data"] for one in secrets if one["name"].endswith("-certificate-request")]
        kept = [base64.b64decode(text).decode().strip() for text in kept.values()]
        certificate = self._signed[asked] + self._authority.certificate
        (relation,) = [
            one for one in juju.model.relations_of(APP) if one.label(APP).startswith("prometheus")
        ]
        return {
            "leader": juju.application(APP).leader,
            "what is asked for is kept": asked.strip() in kept,
            "what was signed is served": held["tls.crt"].decode() == certificate,
            "with its key": _fit(held["tls.crt"], held["tls.key"]),
            "units": {
                name: {
                    "state": unit.workload.state,
                    "version": unit.version,
                    "flags": _flags(juju, unit),
                    "told": juju.databag(relation, name),
                }
                for name, unit in juju.application(APP).units.items()
            },
            "idle hooks write": world.written_at_last(),
        }


def _flags(juju, unit):
    """Return a unit's flags, less what only the leader's means anything of."""
    flags = bus_harness.flags_of(juju, unit.name)
    if unit.name != unit.app.leader:
        flags.discard("alertmanager.spec.applied")
    return dict.fromkeys(flags, True)


def _fit(certificate, key):
    with tempfile.TemporaryDirectory() as folder:
        pair = [Path(folder, name) for name in ("crt", "key")]
        for path, content in zip(pair, (certificate, key)):
            path.write_bytes(content)
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(*pair)
    return True
