"""The side of Alertmanager."""

from charms.layer.pod_spec import PublishOnlyEndpoint

from . import databag


class AlertmanagerDispatchProvides(PublishOnlyEndpoint):
    """The endpoint of a charm that runs Alertmanager.

    ```python
    endpoint_from_name("alerting").publish(url="http://am-0.am-endpoints.lma.svc:9093")
    ```
    """

    databag = databag
