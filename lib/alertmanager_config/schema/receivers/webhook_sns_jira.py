"""What passes alerts on to other programs: Jira, Amazon SNS, webhooks."""

import re
from typing import Any

from ...version import before, since
from ...yaml.nodes import Mapping, shown
from ..containers import Array, ByVersion, Map, Object, Values, added
from ..field_rules import asks_for, inherits, needs, one_of, text_or_file
from ..global_settings import FILE, SECRET_URL
from ..place import Place
from ..value_types import (
    BROKEN,
    FITS_NOTHING,
    Anything,
    Bool,
    Duration,
    GoDuration,
    Integer,
    Secret,
    Template,
    Text,
    Url,
    ValueType,
    fits_nothing,
    refuse_early_template,
)
from .integration import make_integration


class JiraField(ValueType):
    """A text, or since 0.30 a text and whether it is updated."""

    table = Object(
        "the field",
        "notify/jira/config.go JiraFieldConfig",
        {Bool(): "enable_update", Template(): "template"},
    )

    wants = "text"

    def check(self, place: Place) -> Any:
        """Give the text, or the values of the object."""
        if fits_nothing(place.node):
            return self._refuse_type(place)
        return (self.table if isinstance(place.node, Mapping) else Template()).check(place)


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

_SESSION_NAME = re.compile(r"[A-Za-z0-9_+=,.@-]{2,64}\Z")


def _judge_tag(name: str, place: Place) -> None:
    if not 0 < len(name.encode("utf-8", "surrogatepass")) <= 128:
        place.refuse("must have 1 to 128 bytes")


def _session_and_tags(values: Values) -> None:
    name, tags = values.get("session_name"), values.get("tags")
    if name and name is not BROKEN and not _SESSION_NAME.match(name):
        message = "must be 2 to 64 letters, digits or characters of _+=,.@-"
        values.at("session_name").refuse(message)
    for key, text in tags.items() if isinstance(tags, dict) else ():
        if len(text.encode("utf-8", "surrogatepass")) > 256:
            values.at("tags").refuse(f"the tag {shown(key)} has more than 256 bytes")


SIGV4 = Object(
    "sigv4",
    "prometheus/sigv4 sigv4_config.go SigV4Config",
    {
        Secret(): "secret_key",
        Text(): "access_key profile region role_arn",
        added(28, Bool()): "use_fips_sts_endpoint",
        added(30, Text()): "service_name",
        added(31, Text()): "external_id",
        added(35, Map(Text(), _judge_tag)): "tags",
        added(35, Text()): "session_name",
    },
    [
        asks_for("access_key", "secret_key"),
        asks_for("secret_key", "access_key"),
        *(asks_for(key, "role_arn") for key in ("external_id", "session_name", "tags")),
        _session_and_tags,
    ],
)


def _one_target(values: Values) -> None:
    given = [key for key in ("topic_arn", "phone_number", "target_arn") if values.get(key)]
    if len(given) != 1:
        # Alertmanager's own test lets all three pass.
        message = "needs one of topic_arn, phone_number and target_arn"
        values.place.refuse_or_warn(len(given) != 3, message)


SNS = make_integration(
    "an SNS receiver",
    "config/notifiers.go SNSConfig",
    {
        Map(Template()): "attributes",
        SIGV4: "sigv4",
        Template(): "api_url message phone_number subject target_arn topic_arn",
        added(33, Bool()): "use_aws_http_client",
    },
    [_one_target],
)


class TemplatedUrl(Text):
    """A URL, or text with a template in it that Go's own functions are enough for."""

    def _judge(self, text: str, place: Place) -> None:
        if "{{" in text:
            refuse_early_template(text, place)
        elif text not in FITS_NOTHING:  # which are not even looked at
            SECRET_URL.check(place)


WEBHOOK = make_integration(
    "a webhook receiver",
    "notify/webhook/config.go WebhookConfig",
    {
        added(21, Integer(0, 2**64 - 1)): "max_alerts",
        added(32, Anything(templates=True)): "payload",
        added(28, GoDuration()): "timeout",
        ByVersion(
            # 0.26 asks for a scheme even of the word that stands for a secret.
            (before(27), Url()),
            (since(27) & before(31), SECRET_URL),
            (since(31), TemplatedUrl()),
        ): "url",
        added(26, FILE): "url_file",
    },
    [needs("url", "url_file"), *text_or_file("url")],
)
