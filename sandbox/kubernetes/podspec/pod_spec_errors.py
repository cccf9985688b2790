"""Why a pod spec is not taken."""


class PodSpecError(Exception):
    """Juju refuses the text; ``str()`` is the message that ``pod-spec-set`` prints."""


class NotModelled(Exception):
    """Juju may take the text, but the sandbox cannot run it; ``str()`` names the key."""

    def __init__(self, what):
        super().__init__(f"the sandbox does not model {what}")
