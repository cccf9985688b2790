"""Run an action: the way in, and the only code of actions that tells Juju anything.

Each action is a function of one of this package's modules: it takes Inputs and the parameters of
actions.yaml, and returns the results, which may nest, or raises Failed.
"""

import signal

from charmhelpers.core import hookenv
from charms.layer.alertmanager.actions import alerts, configuration, results, silences
from charms.layer.alertmanager.actions.failure import Failed
from charms.layer.alertmanager.domain.action_parameters import BadParameter
from charms.layer.alertmanager.inputs import Inputs
from charms.layer.alertmanager.juju.alertmanager_api import Refused, Unreachable
from charms.layer.alertmanager.state import State

LONGEST = 120
"""Seconds that an action may take. While it runs, no hook of any unit does."""

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
    before = signal.signal(signal.SIGALRM, _run_out_of_time)
    signal.alarm(LONGEST)
    try:
        results.tell(ACTIONS[name](Inputs(State()), hookenv.action_get()))
    except Failed as failure:
        results.tell(failure.results)
        results.fail(str(failure))
    except (BadParameter, Refused, Unreachable) as failure:
        results.fail(str(failure))
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def _run_out_of_time(*_):
    raise Failed(f"gave up after {LONGEST} seconds")
