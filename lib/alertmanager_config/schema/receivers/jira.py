"""Jira."""

from typing import Any

from ...version import before, since
from ...yaml.nodes import Mapping, Scalar
from ...yaml.scalars import STR
from ..containers import Array, ByVersion, Map, Object, added
from ..field_rules import inherits, needs, one_of
from ..place import Place
from ..value_types import (
    FITS_NOTHING,
    Anything,
    Bool,
    Duration,
    Template,
    Text,
    Url,
    ValueType,
)
from .integration import make_integration


class JiraField(ValueType):
    """A text, or since 0.30 a text and whether it is updated."""

    table = Object(
        "the field",
        "notify/jira/config.go JiraFieldConfig",
        {
            Bool(): "enable_update",
            Template(): "template",
        },
    )

    wants = "text"

    def check(self, place: Place) -> Any:
        """Give the text, or the values of the object."""
        node = place.node
        if isinstance(node, Scalar) and node.kind == STR and node.text in FITS_NOTHING:
            return self._refuse_type(place)
        return (self.table if isinstance(node, Mapping) else Template()).check(place)


JIRA = make_integration(
    "a Jira receiver",
    "notify/jira/config.go JiraConfig",
    {
        Array(Template()): "labels",
        ByVersion((before(30), Template()), (since(30), JiraField())): "description summary",
        Duration(): "reopen_duration",
        Map(Anything(templates=True)): "fields",
        Template(): "issue_type priority project",
        Text(): "reopen_transition resolve_transition wont_fix_resolution",
        Url(): "api_url",
        added(29, Text()): "api_type",
    },
    [
        needs("project"),
        needs("issue_type"),
        one_of("api_type", "auto", "cloud", "datacenter", which=since(29)),
        inherits("api_url", from_global=("jira_api_url",)),
    ],
)
