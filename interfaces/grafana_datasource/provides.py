"""The side of the data source."""

from charms.layer.pod_spec import PublishOnlyEndpoint

from . import databag


class GrafanaDatasourceProvides(PublishOnlyEndpoint):
    """The endpoint of a charm that Grafana can ask.

    ```python
    endpoint_from_name("grafana-source").publish(kind="alertmanager", url="http://…", …)
    ```
    """

    databag = databag
