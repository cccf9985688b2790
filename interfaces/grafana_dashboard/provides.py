"""The side that has the dashboards."""

from typing import List, Tuple

from charms.layer.pod_spec import PublishOnlyEndpoint

from . import databag


class GrafanaDashboardProvides(PublishOnlyEndpoint):
    """The endpoint of a charm that brings dashboards.

    ```python
    endpoint_from_name("grafana-dashboard").publish(dashboards={"overview": {…}}, …)
    ```
    """

    databag = databag

    def complaints(self) -> List[Tuple[str, str]]:
        """Return who has what against our dashboards: application, one line; asks Juju.

        What is said may change in the hooks of this endpoint only.
        """
        said = ((name, databag.complaint(bag)) for name, bag in self.answers_by_application())
        return [(name, line) for name, line in said if line]
