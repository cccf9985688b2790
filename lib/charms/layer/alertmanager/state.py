"""What outlives a hook, all of it: no other module writes to unitdata or to leader settings.

Nothing here is needed for the right outcome. A unit loses its database with the operator's disk,
and a hook that fails changes nothing in it; what is lost is found out again, or compared with what
Juju holds. Nothing here is secret: the database lies on the operator's disk, and Juju shows leader
settings to whoever may run commands on a unit.

UnitRecord, in the unit's database:

===================  ====================  ======================  ===============================
field                written by            read by                 if it is lost
===================  ====================  ======================  ===============================
problems             changed_inputs        inputs, unit_status     the plan is made again
ingress_url          changed_inputs        inputs, changed_inputs  the ingress is asked again
ingress_is_silent    changed_inputs        inputs, changed_inputs  a health check is offered again
complaints           changed_inputs        inputs, unit_status,    the others are asked again
                                           changed_inputs
certificate          changed_inputs,       inputs, unit_status,    the relation, or the pod spec,
                     rollout               changed_inputs          is read again
announced            rollout               rollout                 the other units look once more
given                rollout               rollout, unit_status,   a refusal is doubted for three
                                           watched_pods            minutes
pods                 rollout               rollout, unit_status,   the pods are asked again
                                           watched_pods
watched              changed_inputs        changed_inputs,         a pod that comes and goes is
                                           watched_pods            asked more often
replacing            rollout               unit_status, rollout,   the status does not show how
                                           watched_pods            far a refresh has come
replacing_until      rollout               rollout                 likewise
digests              changed_inputs,       changed_inputs,         all is compared with what Juju
                     rollout, publish      rollout, publish        holds
===================  ====================  ======================  ===============================

LeaderSettings, which Juju keeps for all units, and of which each change wakes the other units:

===================  ====================  ======================  ===============================
proven               rollout               rollout                 the pods prove it once more
refused, sentence    rollout               rollout                 it is tried once more
certificate          rollout               nobody                  nothing: it only wakes units
===================  ====================  ======================  ===============================

The names of leader settings are those of release 0.1.0, whose settings are read on. What that
release kept in the database under other names is removed.
"""

import hashlib
import json
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any, Dict, Mapping, Optional, Tuple

from charmhelpers.core import hookenv, unitdata
from charms.layer.alertmanager.domain.certificate_requests import CertificateRecord
from charms.layer.alertmanager.domain.configuration_choice import GivenConfiguration
from charms.layer.alertmanager.domain.pod_metrics import PodsSummary

_KEY = "alertmanager"


@dataclass(frozen=True)
class UnitRecord:
    """What this unit remembers of earlier hooks; None stands for what nobody has looked for yet.

    problems: why the options cannot be used, complaints: what related applications have against
    what they are told, a line each. ingress_url: where an ingress lets people in.
    ingress_is_silent: whether it has given no URL for minutes. announced: the digest of the
    certificate that the other units were woken for. replacing: when the processes started that Juju
    is to replace, replacing_until: when that is given up, in seconds since 1970. watched: how many
    hooks on end a watcher had run. digests: of what was last acted on, by name.
    """

    problems: Optional[Tuple[str, ...]] = None
    ingress_url: Optional[str] = None
    ingress_is_silent: bool = False
    complaints: Optional[Tuple[str, ...]] = None
    certificate: CertificateRecord = field(default_factory=CertificateRecord)
    announced: str = ""
    given: GivenConfiguration = field(default_factory=GivenConfiguration)
    pods: PodsSummary = field(default_factory=PodsSummary)
    watched: int = 0
    replacing: Tuple[float, ...] = ()
    replacing_until: float = 0
    digests: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class LeaderSettings:
    """What all units remember.

    proven, refused: fingerprints of configurations. sentence: why one was refused. certificate: the
    digest of the one in force.
    """

    proven: str = ""
    refused: str = ""
    sentence: str = ""
    certificate: str = ""


class State:
    """The two records as they are in this hook: read when first needed, changed by verbs alone."""

    def __init__(self):
        self._unit: Optional[UnitRecord] = None
        self._leader: Optional[LeaderSettings] = None

    @property
    def unit(self) -> UnitRecord:
        """What this unit remembers."""
        if self._unit is None:
            self._unit = _read(UnitRecord, unitdata.kv().get(_KEY) or {})
        return self._unit

    @property
    def leader(self) -> LeaderSettings:
        """What all units remember; asks Juju once."""
        if self._leader is None:
            self._leader = _read(LeaderSettings, hookenv.leader_get() or {})
        return self._leader

    def remember(self, **changes: Any) -> None:
        """Change fields of UnitRecord; a hook that fails forgets it."""
        news = replace(self.unit, **changes)
        if news != self._unit:
            if unitdata.kv().get(_KEY) is None:  # release 0.1.0 kept such things under other names
                unitdata.kv().unsetrange(prefix=f"{_KEY}.")
            unitdata.kv().set(_KEY, asdict(news))
            self._unit = news

    def remember_certificate(self, record: CertificateRecord) -> None:
        """Remember what came of the relation certificates, and log a fault that is new."""
        if record.fault and record.fault != self.unit.certificate.fault:
            hookenv.log(record.fault, hookenv.WARNING)
        self.remember(certificate=record)

    def remember_digests(self, **digests: str) -> None:
        """Remember by their digests that values, by name, have been acted on."""
        self.remember(digests={**self.unit.digests, **digests})

    def differs(self, name: str, found: str) -> bool:
        """Tell whether a digest is another than that of what was last acted on by this name."""
        return self.unit.digests.get(name) != found

    def tell_units(self, **changes: str) -> None:
        """Change fields of LeaderSettings, at once; only the leader may."""
        hookenv.leader_set(**changes)
        self._leader = replace(self.leader, **changes)


def digest(value: Any) -> str:
    """Return what tells plain values, named tuples and dataclasses from others of their kind."""
    text = json.dumps(value, sort_keys=True, default=vars)
    return hashlib.sha256(text.encode()).hexdigest()


def _read(record: Any, kept: Mapping[str, Any]) -> Any:
    """Make a record of what was kept, perhaps by another release, whose other fields are left."""
    values: Dict[str, Any] = {}
    for each in fields(record):
        value = kept.get(each.name)
        if each.default_factory in (CertificateRecord, GivenConfiguration, PodsSummary):
            value = _read(each.default_factory, value or {})
        elif isinstance(value, list):
            value = tuple(value)
        if value is not None:
            values[each.name] = value
    return record(**values)
