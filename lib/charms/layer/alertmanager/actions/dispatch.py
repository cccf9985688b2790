"""Run an action by the name that actions.yaml has for it.

Each is a function of one of this package's modules: it takes Inputs and the parameters, and returns
the results, which may nest, or raises pod_spec.ActionFailed.
"""

from charmhelpers.core import hookenv
from charms.layer import pod_spec
from charms.layer.alertmanager.actions import alerts, configuration, silences
from charms.layer.alertmanager.domain.action_parameters import BadParameter
from charms.layer.alertmanager.inputs import Inputs
from charms.layer.alertmanager.state import State
from charms.layer.pod_spec.pod_http import PodError

TIME_LIMIT = 120
"""Seconds that an action may take."""

ACTIONS = {
    "show-config": configuration.show_config,
    "check-config": configuration.check_config,
    "reload": configuration.reload,
    "list-alerts": alerts.list_alerts,
    "send-test-alert": alerts.send_test_alert,
    "list-silences": silences.list_silences,
    "silence": silences.silence,
    "expire-silence": silences.expire_silence,
}


def run(name: str) -> None:
    """Run the action of that name, with the parameters and for the results that Juju holds."""

    def act():
        try:
            return ACTIONS[name](Inputs(State()), hookenv.action_get())
        except (BadParameter, PodError) as failure:
            raise pod_spec.ActionFailed(str(failure)) from None

    pod_spec.run_action(act, TIME_LIMIT)
