"""The side of what is scraped."""

from typing import List, Tuple

from charms.layer.pod_spec import PublishOnlyEndpoint

from . import databag


class PrometheusScrapeProvides(PublishOnlyEndpoint):
    """The endpoint of a charm that has metrics.

    ```python
    endpoint_from_name("self-metrics-endpoint").publish(host="…", jobs=[…], rules={…}, …)
    ```
    """

    databag = databag

    def complaints(self) -> List[Tuple[str, str]]:
        """Return who has what against what we publish: application, one line; asks Juju.

        What is said may change in the hooks of this endpoint only.
        """
        said = ((name, databag.complaint(bag)) for name, bag in self.answers_by_application())
        return [(name, line) for name, line in said if line]
