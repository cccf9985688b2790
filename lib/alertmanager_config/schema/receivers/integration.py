"""What integrations have in common."""

from typing import Sequence

from ...version import VersionSet
from ..containers import Object, Rule, Table
from ..http_config import HTTP_CONFIG
from ..value_types import Bool, Template
from .inherited_from_global import needs_client


def make_field(name: str, source: str, rules: Sequence[Rule] = ()) -> Object:
    """Make the table of a title and a value, which may stand side by side, as Object does."""
    return Object(name, source, {Bool(): "short", Template(): "title value"}, rules)


def make_integration(
    name: str,
    source: str,
    table: Table,
    rules: Sequence[Rule] = (),
    *,
    copied: VersionSet = 0,
    beside: VersionSet = 0,
) -> Object:
    """Make the table of an integration that speaks HTTP, as Object does.

    copied, beside: the versions that do with the http_config under global what needs_client says.
    """
    table = {HTTP_CONFIG: "http_config", Bool(): "send_resolved", **table}
    return Object(name, source, table, [*rules, needs_client(copied, beside)])
