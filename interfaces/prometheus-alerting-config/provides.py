"""The side of Alertmanager."""

from charms.layer.pod_spec import PublishOnlyEndpoint

from . import databag


class PrometheusAlertingConfigProvides(PublishOnlyEndpoint):
    """The endpoint of a charm that runs Alertmanager.

    ```python
    endpoint_from_name("alerting-config").publish(alerting={"alertmanagers": [...]})
    ```
    """

    databag = databag
