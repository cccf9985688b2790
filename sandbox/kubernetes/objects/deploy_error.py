"""Why a pod spec that was taken cannot be deployed."""


class DeployError(Exception):
    """Juju or the API server refuses an object; ``str()`` is Juju's message.

    Juju shows it as the application's error status. For some refusals of the Kubernetes API server
    Juju drops the reason: ``reason`` keeps it, else it is empty.
    """

    def __init__(self, message, reason=""):
        super().__init__(message)
        self.reason = reason
