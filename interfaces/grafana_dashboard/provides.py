"""The side that has the dashboards."""

from charms.layer.pod_spec import Outlet

from . import wire


class GrafanaDashboardProvides(Outlet):
    """The endpoint of a charm that brings dashboards.

    ```python
    endpoint_from_name("grafana-dashboard").publish(dashboards={"overview": {…}}, …)
    ```
    """

    wire = wire
