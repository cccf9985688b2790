"""The side of Prometheus, or of anything else that sends alerts to Alertmanager.

Flags, for an endpoint called ``{endpoint_name}`` in metadata.yaml:

==============================================  ========================  ========================
flag                                            set                       cleared
==============================================  ========================  ========================
endpoint.{endpoint_name}.joined                 a related application     the last of them left
                                                has units
endpoint.{endpoint_name}.ready                  an Alertmanager is known  there is none any more
endpoint.{endpoint_name}.alertmanagers.changed  alertmanagers() returns   by the charm, once it
                                                something else than in    has acted on the new
                                                the hook before           list
==============================================  ========================  ========================

No other flag is public. In particular ``changed`` and ``departed``, which the framework sets, are
cleared here: they miss fields that are removed. ``alertmanagers.changed`` is cleared and set again
at each change, so that a trigger on it fires each time even if the charm never clears it.
"""

import hashlib
from typing import Any, Dict, Mapping, NamedTuple, Optional, Sequence, Tuple

from charmhelpers.core import hookenv, unitdata
from charms.reactive import Endpoint, clear_flag, get_flags, set_flag, toggle_flag

from . import alerting_config, databag


class Problem(NamedTuple):
    """What a unit published and nobody can use."""

    unit: str
    message: str

    def __str__(self) -> str:
        return f"{self.unit}: {self.message}"


class AlertmanagerRequires(Endpoint):
    """The endpoint of a charm that sends alerts to Alertmanager.

    ```python
    @when("endpoint.alertmanager.alertmanagers.changed")
    def configure_alerting():
        endpoint = endpoint_from_name("alertmanager")
        write_configuration(alerting=endpoint.alerting_config())
        clear_flag("endpoint.alertmanager.alertmanagers.changed")
    ```
    """

    def register_triggers(self):
        """See to it that a refreshed charm looks at old relations with new eyes."""
        if hookenv.hook_name() == "upgrade-charm":
            # otherwise the framework calls manage_flags only in this endpoint's own hooks
            self.manage_flags()

    def manage_flags(self):
        """Work out the flags from what the relations hold now."""
        self.all_departed_units.clear()
        clear_flag(self.expand_name("departed"))
        for flag in get_flags():
            if f"{flag}.".startswith(self.expand_name("changed.")):
                clear_flag(flag)
        alertmanagers = self.alertmanagers()
        toggle_flag(self.expand_name("ready"), bool(alertmanagers))
        key = self.expand_name("alertmanagers")
        # repr, because a digest of it that is lost or outdated costs no more than one flag
        digest = hashlib.sha256(repr(alertmanagers).encode()).hexdigest() if alertmanagers else None
        if digest != unitdata.kv().get(key):
            unitdata.kv().set(key, digest)
            clear_flag(self.expand_name("alertmanagers.changed"))
            set_flag(self.expand_name("alertmanagers.changed"))

    def alertmanagers(self) -> Tuple[databag.Alertmanager, ...]:
        """Return the Alertmanagers of all relations, sorted by application and unit.

        A unit that has published nothing yet is left out (see waiting), and so is one whose data
        cannot be understood (see problems).
        """
        return self._received()[0]

    def waiting(self) -> Tuple[str, ...]:
        """Return the names of related units that have not published an Alertmanager yet."""
        return self._received()[1]

    def problems(self) -> Tuple[Problem, ...]:
        """Return what related units published that cannot be understood."""
        return self._received()[2]

    def alerting_config(
        self,
        ca_file: str = "",
        basic_auth: Optional[Mapping[str, str]] = None,
        prometheus: Sequence[int] = (),
    ) -> Dict[str, Any]:
        """Return the ``alerting:`` section of prometheus.yml; empty while there is nobody.

        ca_file: the path at which Prometheus will find the text of ca_bundle(). Without it,
            Prometheus trusts only the certificates that its image trusts.
        basic_auth: what Prometheus logs in with, as prometheus.yml has it: ``username`` with
            ``password`` or ``password_file``. It is sent to every related Alertmanager.
        prometheus: the version of Prometheus, for example (3, 7, 1), if the charm knows it: it
            decides what happens when applications ask for different external labels.
        """
        return alerting_config.make_alerting_config(
            self.alertmanagers(), ca_file, basic_auth, prometheus
        )

    def ca_bundle(self) -> str:
        """Return the certificates, PEM, that Prometheus has to trust; empty if there are none."""
        return alerting_config.make_ca_bundle(self.alertmanagers())

    def conflicting_labels(self) -> Tuple[str, ...]:
        """Return the names of external labels that applications want to differ."""
        return alerting_config.find_conflicting_labels(self.alertmanagers())

    def _received(self):
        alertmanagers, waiting, problems = [], [], []
        for relation in self.relations:
            for unit in relation.joined_units:
                bag = {key: unit.received_raw.get(key) for key in databag.KEYS}
                try:
                    alertmanager = databag.decode(unit.unit_name, bag)
                except databag.DecodeError as error:
                    problems.append(Problem(unit.unit_name, str(error)))
                    continue
                if alertmanager:
                    alertmanagers.append(alertmanager)
                else:
                    waiting.append(unit.unit_name)
        return (
            tuple(sorted(alertmanagers, key=databag.by_unit)),
            tuple(sorted(waiting)),
            tuple(sorted(problems)),
        )
