"""The side of Alertmanager."""

from charms.layer.pod_spec import Outlet

from . import wire


class PrometheusAlertingConfigProvides(Outlet):
    """The endpoint of a charm that runs Alertmanager.

    ```python
    endpoint_from_name("alerting-config").publish(alerting={"alertmanagers": [...]})
    ```
    """

    wire = wire
