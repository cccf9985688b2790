"""The side of the HTTP service."""

from charms.layer.pod_spec import PublishOnlyEndpoint

from . import databag


class HttpProvides(PublishOnlyEndpoint):
    """The endpoint of a charm that serves HTTP.

    ```python
    endpoint_from_name("website").publish(hostname="am-0.am-endpoints.lma.svc", port=9093)
    ```
    """

    databag = databag
