"""The side of Alertmanager."""

from typing import Optional

from charms.layer.pod_spec import QuietEndpoint

from . import databag


class AlertmanagerRemoteConfigurationRequires(QuietEndpoint):
    """The endpoint of a charm that runs Alertmanager.

    ```python
    configuration = endpoint_from_name("remote-configuration").configuration()
    ```
    """

    def configuration(self) -> Optional[databag.Configuration]:
        """Return the configuration that we have been given, None if none; asks Juju.

        Raises databag.DecodeError.
        """
        given = [databag.decode(bag) for bag in self.answers()]
        return next(filter(None, given), None)
