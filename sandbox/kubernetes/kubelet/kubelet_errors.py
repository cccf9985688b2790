"""Errors of the cluster half; each is one line that says what helps."""


class ClusterError(Exception):
    """The cluster cannot do what was asked."""


class NotYet(Exception):
    """A container or volume cannot be made now; the pod shows ``reason`` and ``str()`` and waits.

    ``reason`` is a word of the kubelet's, such as ErrImagePull or CreateContainerConfigError.
    """

    def __init__(self, reason, message):
        super().__init__(message)
        self.reason = reason
