"""The side of the data source."""

from charms.layer.pod_spec import Outlet

from . import wire


class GrafanaDatasourceProvides(Outlet):
    """The endpoint of a charm that Grafana can ask.

    ```python
    endpoint_from_name("grafana-source").publish(kind="alertmanager", url="http://…", …)
    ```
    """

    wire = wire
