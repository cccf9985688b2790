"""Let charms.reactive say what it does without starting a process for every line.

It logs the name of the hook and of every handler by ``juju-log``, which is a process and a request
to Juju's agent each time. Juju logs what a hook prints as well: such lines are printed here. They
have the level DEBUG then (``juju model-config logging-config='<root>=INFO;unit=DEBUG'`` shows
them). Warnings and errors, and whatever the charm itself logs, go the usual way.
"""

import sys

import charms.reactive
from charmhelpers.core import hookenv
from charms.layer.pod_spec import removal
from charms.reactive import bus


class _Hookenv:
    """charmhelpers' hookenv as the framework sees it."""

    def __getattr__(self, name):
        return getattr(hookenv, name)

    @staticmethod
    def log(message, level=None):
        """Print a message that is no more than information; log any other.

        The traceback of what a removal explains is no more than that.
        """
        if level in (hookenv.DEBUG, hookenv.INFO) or removal.explains(sys.exc_info()[1]):
            print(message, flush=True)
        else:
            hookenv.log(message, level)


def print_it():
    """Have it printed from now on; to be called before the framework's ``main``."""
    charms.reactive.hookenv = bus.hookenv = _Hookenv()
