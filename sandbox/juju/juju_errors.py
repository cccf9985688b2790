"""What can go wrong, each said in one line."""


class JujuError(Exception):
    """A request that Juju would refuse; ``str()`` is the text that follows ``ERROR``."""


class UsageError(JujuError):
    """A wrong flag or argument, or something that is not modelled: exit code 2 instead of 1."""
