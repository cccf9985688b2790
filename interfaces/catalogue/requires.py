"""The side that wants to be listed."""

from charms.layer.pod_spec import Outlet

from . import wire


class CatalogueRequires(Outlet):
    """The endpoint of a charm with a web page.

    ```python
    endpoint_from_name("catalogue").publish(name="…", url="http://…", icon="bell", description="…")
    ```
    """

    wire = wire
