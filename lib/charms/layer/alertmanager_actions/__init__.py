"""What the charm's actions do (actions.yaml says what they take).

Each action is a function of one of this package's modules: it takes the parameters and returns the
results, which may nest, or raises Failed. ``run`` is the way in, and the only code that tells Juju
anything. Nothing is imported before it is needed: hooks import this package, too.
"""

LONGEST = 120
"""Seconds that an action may take. While it runs, no hook of any unit does."""

_MODULES = {
    "show-config": "configuration",
    "check-config": "configuration",
    "reload": "configuration",
    "list-alerts": "alerts",
    "send-test-alert": "alerts",
    "list-silences": "silences",
    "silence": "silences",
    "expire-silence": "silences",
}


class Failed(Exception):
    """The action has failed.

    message: one line for the operator. results: what is told all the same.
    """

    def __init__(self, message, results=None):
        super().__init__(message)
        self.results = results or {}


def more(items):
    """Say that there are more than the first one, which stands before."""
    return f" (and {len(items) - 1} more, see the results)" if len(items) > 1 else ""


def run(name):
    """Run the action of that name, with the parameters and for the results that Juju holds."""
    import signal
    from importlib import import_module

    from charmhelpers.core import hookenv
    from charms.layer.alertmanager.parameters import BadParameter
    from charms.layer.alertmanager_actions import results
    from charms.layer.alertmanager_api import Refused, Unreachable

    action = getattr(import_module(f"{__name__}.{_MODULES[name]}"), name.replace("-", "_"))
    before = signal.signal(signal.SIGALRM, _out_of_time)
    signal.alarm(LONGEST)
    try:
        results.tell(action(hookenv.action_get()))
    except Failed as failure:
        results.tell(failure.results)
        results.fail(str(failure))
    except (BadParameter, Refused, Unreachable) as failure:
        results.fail(str(failure))
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def _out_of_time(*_):
    raise Failed(f"gave up after {LONGEST} seconds")
