"""Chats: Discord, HipChat, Mattermost, Microsoft Teams, Rocket.Chat, Telegram, Webex, WeChat."""

from ...version import EVERY, before, since
from ..containers import Array, Object, Values, added
from ..field_rules import inherits, inherits_secret, needs, text_or_file
from ..file_references import FileName
from ..global_settings import FILE, SECRET_URL
from ..http_config import sends_authorization
from ..value_types import (
    BROKEN,
    Bool,
    Choice,
    GoDuration,
    Integer,
    Secret,
    SecretPointer,
    Template,
    Text,
    Url,
)
from .inherited_from_global import needs_preset
from .integration import make_field, make_integration

_WEBHOOK_URL = [needs("webhook_url", "webhook_url_file"), *text_or_file("webhook_url")]

DISCORD = make_integration(
    "a Discord receiver",
    "notify/discord/config.go DiscordConfig",
    {
        SECRET_URL: "webhook_url",
        Template(): "message title",
        added(27, FILE): "webhook_url_file",
        added(28, Template()): "content",
        added(28, Text()): "avatar_url username",
    },
    _WEBHOOK_URL,
)

HIPCHAT = make_integration(
    "a HipChat receiver",
    "config/notifiers.go HipchatConfig of 0.20",
    {
        Bool(): "notify",
        Secret(): "auth_token",
        Template(): "color from message room_id",
        Text(): "message_format",
        Url(): "api_url",
    },
    [needs("room_id"), inherits("auth_token", from_global=("hipchat_auth_token",))],
)

MATTERMOST_FIELD = make_field(
    "a Mattermost field",
    "notify/mattermost/config.go MattermostField",
    [needs("title"), needs("value")],
)
_ATTACHMENT = {
    Array(MATTERMOST_FIELD, "late"): "fields",
    Template(): "author_icon author_link author_name color fallback footer footer_icon image_url "
    "pretext text thumb_url title title_link",
}
_MATTERMOST_ATTACHMENT = Object(
    "a Mattermost attachment", "notify/mattermost/config.go MattermostAttachment", _ATTACHMENT
)
_MATTERMOST_PRIORITY = Object(
    "priority",
    "notify/mattermost/config.go MattermostPriority",
    {Bool(): "persistent_notifications requested_ack", Template(): "priority"},
)
_MATTERMOST_PROPS = Object(
    "props", "notify/mattermost/config.go MattermostProps", {Template(): "card"}
)

MATTERMOST = make_integration(
    "a Mattermost receiver",
    "notify/mattermost/config.go MattermostConfig",
    {
        # What an attachment has, a message has itself since 0.32; it always had a text.
        **{added(32, kind): names for kind, names in _ATTACHMENT.items()},
        Array(_MATTERMOST_ATTACHMENT, "late"): "attachments",
        FILE: "webhook_url_file",
        SECRET_URL: "webhook_url",
        Template(): "channel icon_emoji icon_url text type username",
        _MATTERMOST_PRIORITY: "priority",
        _MATTERMOST_PROPS: "props",
    },
    [*text_or_file("webhook_url"), inherits_secret("webhook_url", "mattermost_webhook_url")],
)

MSTEAMS = make_integration(
    "a Microsoft Teams receiver",
    "notify/msteams/config.go MSTeamsConfig",
    {
        added(27, Template()): "summary",
        Template(): "text title",
        SECRET_URL: "webhook_url",
        added(27, FILE): "webhook_url_file",
    },
    _WEBHOOK_URL,
)

MSTEAMSV2 = make_integration(
    "a Microsoft Teams v2 receiver",
    "notify/msteamsv2/config.go MSTeamsV2Config",
    {FILE: "webhook_url_file", SECRET_URL: "webhook_url", Template(): "text title"},
    _WEBHOOK_URL,
    copied=since(34),
    beside=since(34),
)

# These two have no yaml tags in Go, so that yaml.v2 makes the keys from the names of the fields.
_ROCKETCHAT_FIELD = make_field(
    "a Rocket.Chat field", "config/notifiers.go RocketchatAttachmentField"
)
_ROCKETCHAT_ACTION = Object(
    "a Rocket.Chat action",
    "config/notifiers.go RocketchatAttachmentAction",
    {
        Bool(): "iswebview msginchatwindow",
        Template(): "msg text url",
        Text(): "imageurl msgprocessingtype type webviewheightratio",
    },
)
_TOKEN_FILE = FileName(at_start=True)


def _rocketchat_files(values: Values) -> None:
    """Look at the files that a Rocket.Chat receiver takes from global, and cannot do without."""
    context = values.place.context
    if not isinstance(context.globals, Values) or not context.in_use:
        return
    for own in ("token", "token_id"):
        key = f"rocketchat_{own}_file"
        name = context.globals.get(key)
        if not name or name is BROKEN or values.get(f"{own}_file"):
            continue
        # Some read it, too, where the receiver has a token of its own.
        reading = since(31) & before(35) if values.get(own) else EVERY
        with context.report.narrowed(reading) as remains:
            if remains:
                _TOKEN_FILE.check(context.globals.at(key))


ROCKETCHAT = make_integration(
    "a Rocket.Chat receiver",
    "config/notifiers.go RocketchatConfig",
    {
        Array(_ROCKETCHAT_ACTION, "late"): "actions",
        Array(_ROCKETCHAT_FIELD, "late"): "fields",
        Bool(): "link_names short_fields",
        SecretPointer(): "token token_id",
        Template(): "channel color emoji icon_url image_url text thumb_url title title_link",
        Url(): "api_url",
        _TOKEN_FILE: "token_file token_id_file",
        added(35, Template()): "message_text",
    },
    [
        needs_preset("api_url", "rocketchat_api_url"),
        _rocketchat_files,
        *text_or_file("token token_id"),
        inherits_secret("token", "rocketchat_token"),
        inherits_secret("token_id", "rocketchat_token_id"),
    ],
)


TELEGRAM = make_integration(
    "a Telegram receiver",
    "notify/telegram/config.go TelegramConfig",
    {
        Bool(): "disable_notifications",
        Choice("Markdown", "MarkdownV2", "HTML"): "parse_mode",
        Integer(): "chat_id",
        Secret(): "bot_token",
        Template(): "message",
        Url(): "api_url",
        added(26, FILE): "bot_token_file",
        added(28, Integer()): "message_thread_id",
        added(31, FILE): "chat_id_file",
        added(35, GoDuration()): "timeout",
    },
    [
        needs_preset("api_url", "telegram_api_url", which=since(25)),
        # Only from 0.25 on does the global URL, or the preset one, count.
        needs("api_url", which=before(25)),
        *text_or_file("bot_token chat_id"),
        inherits_secret("bot_token", "telegram_bot_token"),
        needs("chat_id", "chat_id_file"),
    ],
)


def _webex_authorization(values: Values) -> None:
    client = values.get("http_config")
    if client is not BROKEN and not sends_authorization(client):
        values.place.refuse("needs http_config with authorization", "give the bot's token there")


WEBEX = make_integration(
    "a Webex receiver",
    "config/notifiers.go WebexConfig",
    {Url(): "api_url", Template(): "message room_id"},
    [
        needs("room_id"),
        _webex_authorization,
        inherits("api_url", from_global=("webex_api_url",), preset=True),
    ],
)

WECHAT = make_integration(
    "a WeChat receiver",
    "config/notifiers.go WechatConfig",
    {
        Secret(): "api_secret",
        Template(): "agent_id corp_id message to_party to_tag to_user",
        Url(): "api_url",
        added(22, Choice("text", "markdown")): "message_type",
        added(31, FILE): "api_secret_file",
    },
    [
        *text_or_file("api_secret"),
        inherits_secret("api_secret", "wechat_api_secret"),
        inherits("corp_id", from_global=("wechat_api_corp_id",)),
        inherits("api_url", from_global=("wechat_api_url",), preset=True),
    ],
)
