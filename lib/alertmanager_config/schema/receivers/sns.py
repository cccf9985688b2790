"""Amazon SNS."""

import re

from ...yaml.nodes import shown
from ..containers import Map, Object, Values, added
from ..field_rules import asks_for
from ..place import Place
from ..value_types import Bool, Secret, Template, Text, is_known
from .integration import make_integration

_SESSION_NAME = re.compile(r"[A-Za-z0-9_+=,.@-]{2,64}\Z")


def _judge_tag(name: str, place: Place) -> None:
    if not 0 < len(name.encode("utf-8", "surrogatepass")) <= 128:
        place.refuse("must have 1 to 128 bytes")


def _session_and_tags(values: Values) -> None:
    name, tags = values.get("session_name"), values.get("tags")
    if name and is_known(name) and not _SESSION_NAME.match(name):
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
