"""The side that wants to be reached."""

from charms.layer.pod_spec import PublishOnlyEndpoint

from . import databag


class IngressRequires(PublishOnlyEndpoint):
    """The endpoint of a charm that serves HTTP.

    ```python
    ingress = endpoint_from_name("ingress")
    ingress.publish(host="am-0.am-endpoints.lma.svc", port=9093, ...)
    url = ingress.url()
    ```

    The answer is in the databag of the other application, whose changes charms.reactive does not
    announce: a charm calls ``url`` in the hooks of this endpoint.
    """

    databag = databag

    def url(self) -> str:
        """Return the URL that we have been given, "" if none; asks Juju.

        Raises databag.DecodeError if the answer cannot be understood.
        """
        urls = [databag.decode(bag) for bag in self.answers()]
        return next(filter(None, urls), "")
