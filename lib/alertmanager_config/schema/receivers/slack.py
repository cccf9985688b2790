"""Slack."""

from typing import Optional

from ...go.urls import write_as_go
from ...version import EVERY, before, since
from ..containers import Array, Object, Values, added
from ..field_rules import excludes, inherits, is_set_globally, needs, text_or_file
from ..global_settings import FILE, SECRET_URL, SLACK_FILE, SLACK_POST_MESSAGE
from ..http_config import sends_authorization
from ..value_types import BROKEN, Bool, GoDuration, Secret, Template, Text, Url
from .integration import make_field, make_integration

CONFIRM = Object(
    "confirm",
    "config/notifiers.go SlackConfirmationField",
    {Template(): "dismiss_text ok_text text title"},
    [needs("text")],
)
ACTION = Object(
    "a Slack action",
    "config/notifiers.go SlackAction",
    {CONFIRM: "confirm", Template(): "name style text type url value"},
    [needs("type"), needs("text"), needs("name", "url")],
)
SLACK_FIELD = make_field(
    "a Slack field", "config/notifiers.go SlackField", [needs("title"), needs("value")]
)


def _token(values: Values) -> None:
    """Ask for a webhook or a token, and no other Authorization beside a token (0.30 on)."""
    context = values.place.context
    client = values.get("http_config")
    own_client = isinstance(client, Values)
    token = values.has("app_token", "app_token_file")
    # The global token is for those who bring nothing of their own.
    if not token and not values.get("api_url") and not sends_authorization(client):
        token = is_set_globally(context, "slack_app_token", "slack_app_token_file")
    if not token:
        inherits(
            *("api_url", "api_url_file", "app_token", "app_token_file"),
            from_global=("slack_api_url", "slack_api_url_file"),
        )(values)
        return
    if not own_client and isinstance(context.globals, Values):
        client = context.globals.get("http_config")
    if sends_authorization(client):
        message = "an Authorization header in http_config cannot be given beside an app token"
        place = values.at("app_token" if own_client else "http_config")
        place.refuse(message, "take one of them out", since(30))


def _update(values: Values) -> None:
    """Ask for the address where a bot's token is used; until 0.34, in the receiver itself."""
    message = "cannot be used with a webhook"
    hint = f"it needs api_url: {SLACK_POST_MESSAGE} and a bot's token"
    for key, which in (("update_message", EVERY), ("post_updates_to_thread", since(35))):
        if values.get(key) is not True:
            continue
        if not _is_post_message(values.get("api_url")):
            values.at(key).refuse(message, hint, which & before(35))
        if not _posts_messages(values):
            values.at(key).refuse(message, hint, since(35))


def _posts_messages(values: Values) -> bool:
    """Whether all addresses that a Slack receiver is asked about are where tokens are used."""
    context = values.place.context
    block = context.globals if isinstance(context.globals, Values) else {}
    if values.get("api_url_file"):
        return False
    addresses = [values.get("api_url")]
    client = values.get("http_config")
    inherits_token = values.get("api_url") is None and not (
        isinstance(client, Values) and client.get("authorization")
    )
    tokens = ("slack_app_token", "slack_app_token_file")
    if values.has("app_token", "app_token_file") or (
        inherits_token and any(block.get(key) for key in tokens)
    ):
        addresses.append(values.get("app_url") or block.get("slack_app_url"))
    elif values.get("api_url") is None:
        if block.get("slack_api_url_file"):
            return False
        addresses.append(block.get("slack_api_url"))
    return all(address in (None, BROKEN) or _is_post_message(address) for address in addresses)


def _is_post_message(address: Optional[str]) -> bool:
    return write_as_go(address or "") == SLACK_POST_MESSAGE


SLACK = make_integration(
    "a Slack receiver",
    "config/notifiers.go SlackConfig",
    {
        Array(ACTION, "late"): "actions",
        Array(SLACK_FIELD, "late"): "fields",
        Array(Text()): "mrkdwn_in",
        Bool(): "link_names short_fields",
        SECRET_URL: "api_url",
        Template(): "callback_id channel color fallback footer icon_emoji icon_url image_url "
        "pretext text thumb_url title title_link username",
        added(22, SLACK_FILE): "api_url_file",
        added(30, FILE): "app_token_file",
        added(30, GoDuration()): "timeout",
        added(30, Secret()): "app_token",
        added(30, Url()): "app_url",
        added(31, Template()): "message_text",
        added(32, Bool()): "update_message",
        added(35, Bool()): "post_updates_to_thread",
    },
    [
        *text_or_file("api_url app_token"),
        excludes("app_token", "api_url", "api_url_file"),
        excludes("app_token_file", "api_url", "api_url_file"),
        inherits("app_url", from_global=("slack_app_url",), which=since(30), preset=True),
        _token,
        _update,
    ],
    copied=since(30),
)
