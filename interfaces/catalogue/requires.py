"""The side that wants to be listed."""

from charms.layer.pod_spec import PublishOnlyEndpoint

from . import databag


class CatalogueRequires(PublishOnlyEndpoint):
    """The endpoint of a charm with a web page.

    ```python
    endpoint_from_name("catalogue").publish(name="…", url="http://…", icon="bell", description="…")
    ```
    """

    databag = databag
