"""A receiver, and the list of them."""

from typing import Any, Collection, Dict

from ...version import before, since
from ...yaml.nodes import Mapping, Node, get_items, get_text
from ..containers import Array, Field, Map, Object, Values, added, dropped
from ..field_rules import needs
from ..place import Place
from ..value_types import Text, is_nothing
from . import chat, paging, webhook_sns_jira
from .email import EMAIL
from .slack import SLACK

# Each integration's key in a receiver, its table, and the versions that have it.
INTEGRATIONS: Dict[str, Field] = {
    "discord_configs": added(25, chat.DISCORD),
    "email_configs": Field(EMAIL),
    "hipchat_configs": dropped(21, chat.HIPCHAT),
    "incidentio_configs": added(29, paging.INCIDENTIO),
    "jira_configs": added(28, webhook_sns_jira.JIRA),
    "mattermost_configs": added(30, chat.MATTERMOST),
    "msteams_configs": added(26, chat.MSTEAMS),
    "msteamsv2_configs": added(28, chat.MSTEAMSV2),
    "opsgenie_configs": Field(paging.OPSGENIE),
    "pagerduty_configs": Field(paging.PAGERDUTY),
    "pushover_configs": Field(paging.PUSHOVER),
    "rocketchat_configs": added(28, chat.ROCKETCHAT),
    "slack_configs": Field(SLACK),
    "sns_configs": added(23, webhook_sns_jira.SNS),
    "telegram_configs": added(24, chat.TELEGRAM),
    "victorops_configs": Field(paging.VICTOROPS),
    "webex_configs": added(25, chat.WEBEX),
    "webhook_configs": Field(webhook_sns_jira.WEBHOOK),
    "wechat_configs": Field(chat.WECHAT),
}


def _label_is_name(values: Values) -> None:
    labels = values.get("labels")
    if isinstance(labels, dict) and labels.get("name", values.get("name")) != values.get("name"):
        values.at("labels").refuse("the label name must be the receiver's name", "take it out")


RECEIVER = Object(
    "a receiver",
    "config/config.go Receiver",
    {
        added(33, Map(Text())): "labels",
        Text(): "name",
        **{
            # Whatever the integration, a version or another cannot do without a value.
            Field(Array(field.kind, "crash"), field.which): key
            for key, field in INTEGRATIONS.items()
        },
    },
    [needs("name"), _label_is_name],
)


class Receivers(Array):
    """The list of receivers."""

    def __init__(self) -> None:
        super().__init__(RECEIVER)

    def check_item(self, place: Place) -> Any:
        """Give the values of a receiver; None for one that is null."""
        place.context.in_use = get_text(place.node, "name") in place.context.used_receivers
        if not is_nothing(place.node):
            return RECEIVER.check(place)
        message, hint = "is empty", "fill it in, or take it out"
        # Since 0.26, it is a receiver without a name, and nobody minds.
        place.refuse(message, hint, before(26))
        place.warn(message, hint, since(26))
        return None


def use_global_client(root: Node, used: Collection[str]) -> bool:
    """Whether any of the receivers of these names has no http_config of its own where it could."""
    return any(
        isinstance(config, Mapping) and is_nothing(config.get("http_config"))
        for receiver in get_items(root, "receivers")
        if get_text(receiver, "name") in used
        for key in INTEGRATIONS
        if key != "email_configs"
        for config in get_items(receiver, key)
    )
