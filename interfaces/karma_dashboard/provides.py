"""The side of Alertmanager."""

from charms.layer.pod_spec import PublishOnlyEndpoint

from . import databag


class KarmaDashboardProvides(PublishOnlyEndpoint):
    """The endpoint of a charm that runs Alertmanager.

    ```python
    endpoint_from_name("karma-dashboard").publish(name="am/0", uri="http://…", …)
    ```
    """

    databag = databag
