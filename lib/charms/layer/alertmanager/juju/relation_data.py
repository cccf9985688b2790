"""Read what related applications say, where charms.reactive sets no flag for it."""

from typing import Iterable, NamedTuple, Tuple

from alertmanager_config.problem import Problem, to_one_line
from charms.layer.alertmanager.domain.option_parsers import BadOption, parse_external_url
from charms.reactive import endpoint_from_name

HINT = "see juju show-unit, and the charm on the other side"
"""What to do about an answer that cannot be used."""


class IngressAnswer(NamedTuple):
    """url: where an ingress lets people in, "" if none does. fault: why its answer cannot be used,
    "" if nothing is wrong with it.
    """

    url: str
    fault: str = ""


class RemoteConfiguration(NamedTuple):
    """What a relation brings that is to bring a configuration.

    is_related: whether there is one. config: alertmanager.yml, "" if it brings none. templates: the
    text of a template file, or "". problems: why it cannot be read.
    """

    is_related: bool = False
    config: str = ""
    templates: str = ""
    problems: Tuple[Problem, ...] = ()

    def __repr__(self) -> str:
        return "RemoteConfiguration(...)"  # receivers hold passwords


def read_ingress_url(endpoint) -> IngressAnswer:
    """Return what an ingress answers. endpoint: that of the interface ingress."""
    try:
        answer = endpoint.url()
        return IngressAnswer(parse_external_url(answer) if answer else "")
    except (ValueError, BadOption) as error:
        return IngressAnswer("", f"the ingress gives a URL that cannot be used: {error}")


def read_configuration(endpoint) -> RemoteConfiguration:
    """Return what another application brings.

    endpoint: that of the interface alertmanager_remote_configuration.
    """
    if not endpoint.relations:
        return RemoteConfiguration()
    try:
        found = endpoint.configuration()
    except ValueError as error:
        problem = Problem(endpoint.endpoint_name, message=str(error), hint=HINT)
        return RemoteConfiguration(problems=(problem,))
    return RemoteConfiguration(True, *(found or ()))


def read_complaints(endpoints: Iterable[str]) -> Tuple[str, ...]:
    """Return what applications have against what these endpoints tell them, a line each."""
    return tuple(
        to_one_line(f"{application} says of {endpoint}: {line}")
        for endpoint in endpoints
        for application, line in endpoint_from_name(endpoint).complaints()
    )
