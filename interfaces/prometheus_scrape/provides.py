"""The side of what is scraped."""

from charms.layer.pod_spec import Outlet

from . import wire


class PrometheusScrapeProvides(Outlet):
    """The endpoint of a charm that has metrics.

    ```python
    endpoint_from_name("self-metrics-endpoint").publish(host="…", jobs=[…], rules={…}, …)
    ```
    """

    wire = wire
