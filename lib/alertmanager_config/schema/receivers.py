"""The receivers and the global block: config/notifiers.go, notify/*/config.go, config/config.go.

Each table gives the fields of Alertmanager 0.20 to 0.35. ``added(28, ...)`` is a field that 0.28
was the first to have. The rules behind the fields are those of the type's UnmarshalYAML, and
those of Config.UnmarshalYAML that fill in what the global block says.
"""

import re
from typing import Dict

from ..version import EVERY, VersionSet, before, since
from ..yaml import scalars
from ..yaml.nodes import Items, Mapping, Node, Path, Scalar, is_null, shown
from . import http
from .check_context import Context
from .field_rules import asks_for, chosen, excludes, inherits, is_set_globally, needs, one_at_most
from .http import HTTP_CONFIG
from .value_types import (
    BROKEN,
    FITS_NOTHING,
    Anything,
    Block,
    Bool,
    Choice,
    Duration,
    Field,
    FileName,
    GoDuration,
    HostPort,
    Integer,
    Kind,
    Listed,
    Mapped,
    Secret,
    SecretPointer,
    Template,
    Text,
    TextDuration,
    Url,
    Values,
    Varying,
    added,
    dropped,
    fields_of,
    is_nothing,
    is_set,
)

_FILE = FileName()
_FILE_AT_START = FileName(at_start=True)
# The line break that most editors leave at a file's end: some versions send it along.
_SLACK_FILE = FileName(untrimmed=before(25))
_MAIL_FILE = FileName(untrimmed=before(27))
_OPSGENIE_FILE = FileName(untrimmed=before(28))
_PUSHOVER_FILE = FileName(untrimmed=before(35))
_MAIL_SECRET_FILE = FileName(untrimmed=EVERY)
_SECRET_URL = Url(placeholder=True)
_MAIL_TLS = http.tls_config(beside=False, at_start=False)

_SLACK_POST_MESSAGE = "https://slack.com/api/chat.postMessage"


def _one_slack(values: Values, context: Context) -> None:
    """Ask for a token or a webhook, unless the webhook is where tokens are used."""
    url = values.get("slack_api_url")
    token = values.get("slack_app_token") or values.get("slack_app_token_file")
    app_url = values.get("slack_app_url") or _SLACK_POST_MESSAGE
    if not token or not (url or values.get("slack_api_url_file")) or url == app_url:
        return
    key = "slack_api_url" if url else "slack_api_url_file"
    node, path = values.place(key)
    message = "cannot be given together with slack_app_token or slack_app_token_file"
    context.report.refuse(node, path, message, "take one of them out")


GLOBAL = Block(
    "global",
    "config/config.go GlobalConfig",
    {
        "hipchat_api_url": dropped(21, Url()),
        "hipchat_auth_token": dropped(21, Secret()),
        "http_config": HTTP_CONFIG,
        "jira_api_url": added(28, Url()),
        "mattermost_webhook_url": added(32, _SECRET_URL),
        "mattermost_webhook_url_file": added(32, _FILE),
        "opsgenie_api_key": Secret(),
        "opsgenie_api_key_file": added(24, _OPSGENIE_FILE),
        "opsgenie_api_url": Url(),
        "pagerduty_url": Url(),
        "resolve_timeout": Duration(),
        "rocketchat_api_url": added(28, Url()),
        "rocketchat_token": added(28, SecretPointer()),
        "rocketchat_token_file": added(28, _FILE),
        "rocketchat_token_id": added(28, SecretPointer()),
        "rocketchat_token_id_file": added(28, _FILE),
        "slack_api_url": _SECRET_URL,
        "slack_api_url_file": added(22, _SLACK_FILE),
        "slack_app_token": added(30, Secret()),
        "slack_app_token_file": added(30, _FILE),
        "slack_app_url": added(30, Url()),
        "smtp_auth_identity": Text(),
        "smtp_auth_password": Secret(),
        "smtp_auth_password_file": added(25, _MAIL_FILE),
        "smtp_auth_secret": Secret(),
        "smtp_auth_secret_file": added(31, _MAIL_SECRET_FILE),
        "smtp_auth_username": Text(),
        "smtp_force_implicit_tls": added(31, Bool()),
        "smtp_from": Template(),
        "smtp_hello": Text(),
        "smtp_require_tls": Bool(),
        "smtp_smarthost": HostPort(),
        "smtp_tls_config": added(28, _MAIL_TLS),
        "telegram_api_url": added(24, Url()),
        "telegram_bot_token": added(31, Secret()),
        "telegram_bot_token_file": added(31, _FILE),
        "victorops_api_key": Secret(),
        "victorops_api_key_file": added(25, _FILE),
        "victorops_api_url": Url(),
        "webex_api_url": added(25, Url()),
        "wechat_api_corp_id": Text(),
        "wechat_api_secret": Secret(),
        "wechat_api_secret_file": added(31, _FILE),
        "wechat_api_url": Url(),
    },
    [
        one_at_most("mattermost_webhook_url", "mattermost_webhook_url_file"),
        one_at_most("opsgenie_api_key", "opsgenie_api_key_file"),
        one_at_most("rocketchat_token", "rocketchat_token_file"),
        one_at_most("rocketchat_token_id", "rocketchat_token_id_file"),
        one_at_most("slack_api_url", "slack_api_url_file"),
        one_at_most("slack_app_token", "slack_app_token_file"),
        one_at_most("smtp_auth_password", "smtp_auth_password_file"),
        one_at_most("smtp_auth_secret", "smtp_auth_secret_file"),
        one_at_most("telegram_bot_token", "telegram_bot_token_file"),
        one_at_most("victorops_api_key", "victorops_api_key_file"),
        one_at_most("wechat_api_secret", "wechat_api_secret_file"),
        _one_slack,
    ],
)


def _is_nil(context: Context, key: str) -> bool:
    """Whether what Alertmanager presets in the global block has been set to nothing."""
    block = context.globals
    if not isinstance(block, Values):
        return False
    # A block that is read from one of the other nulls loses every preset.
    return is_null(block.node) or (key in block and is_nothing(block.node.get(key)))


def _crashes(
    values: Values, key: str, context: Context, which: VersionSet = EVERY, always: VersionSet = 0
) -> None:
    """Say that a receiver takes from the global block what is null there.

    which: the versions in which it does. always: those that crash even if no route leads to it.
    """
    message = f"takes {key} from global, where it is null, and Alertmanager crashes"
    hint = f"take {key} out of global, or give it a value"
    if context.in_use:
        context.report.refuse(values.node, values.path, message, hint, which)
        return
    context.report.refuse(values.node, values.path, message, hint, which & always)
    context.report.warn(values.node, values.path, message, hint, which & ~always)


class _NeedsClient:
    """The rule that a receiver without an http_config of its own finds one in global.

    copied: the versions that copy the global one while they read the configuration.
    beside: those that look at it even beside an own one which has no proxy_url.
    """

    def __init__(self, copied: VersionSet, beside: VersionSet):
        self.copied = copied
        self.beside = beside

    def __call__(self, values: Values, context: Context) -> None:
        own = values.get("http_config")
        if isinstance(own, Values) and isinstance(context.globals, Values):
            self._warn_of_lost_proxy(own, values, context)
        if not _is_nil(context, "http_config"):
            return
        if own is None:
            _crashes(values, "http_config", context, always=self.copied)
        elif self.beside and isinstance(own, Values) and own.get("proxy_url") is None:
            _crashes(values, "http_config", context, which=self.beside, always=self.copied)

    def _warn_of_lost_proxy(self, own: Values, values: Values, context: Context) -> None:
        inherited = context.globals.get("http_config")
        if not isinstance(inherited, Values):
            return
        keys = ("proxy_url", "proxy_from_environment")
        if not any(own.get(key) for key in keys) and any(inherited.get(key) for key in keys):
            message = "does without the proxy of the http_config under global"
            hint = "an http_config of its own replaces the global one; repeat the proxy in it"
            context.report.warn(*values.place("http_config"), message, hint, EVERY & ~self.beside)


def _integration(
    name: str,
    source: str,
    fields: Dict[str, object],
    rules=(),
    *,
    copied: VersionSet = 0,
    beside: VersionSet = 0,
) -> Block:
    common = {"http_config": HTTP_CONFIG, "send_resolved": Bool()}
    return Block(name, source, {**common, **fields}, [*rules, _NeedsClient(copied, beside)])


_WEBHOOK_URL_FILE = [
    needs("webhook_url", "webhook_url_file"),
    one_at_most("webhook_url", "webhook_url_file"),
]

DISCORD = _integration(
    "a Discord receiver",
    "notify/discord/config.go DiscordConfig",
    {
        "avatar_url": added(28, Text()),
        "content": added(28, Template()),
        "message": Template(),
        "title": Template(),
        "username": added(28, Text()),
        "webhook_url": _SECRET_URL,
        "webhook_url_file": added(27, _FILE),
    },
    _WEBHOOK_URL_FILE,
)


def _no_double_headers(values: Values, context: Context) -> None:
    """Ask for each header once, however it is spelt."""
    headers = values.get("headers")
    if not isinstance(headers, dict):
        return
    # Until 0.24, Go's strings.Title made the names alike, which leaves capitals alone.
    for spell, which in ((_titled, before(25)), (http.canonical_header, since(25))):
        seen: Dict[str, str] = {}
        for name in headers:
            first = seen.setdefault(spell(name), name)
            if first != name:
                node, path = values.place("headers")
                message = f"the header {shown(spell(name))} is here twice, in different spellings"
                context.report.refuse(node, path, message, "keep one of them", which)


def _titled(name: str) -> str:
    """Do what Go's strings.Title does, which changes a letter only into one other."""
    titled = []
    starts = True
    for char in name:
        capital = char.title()
        titled.append(capital if starts and len(capital) == 1 else char)
        starts = not (char.isalnum() or char == "_") if char < "\x80" else char.isspace()
    return "".join(titled)


def _threading(values: Values, context: Context) -> None:
    threading = values.get("threading")
    if not isinstance(threading, Values) or not threading.get("enabled"):
        return
    headers = values.get("headers")
    for name in headers if isinstance(headers, dict) else ():
        if http.canonical_header(name) in ("References", "In-Reply-To"):
            node, path = values.place("headers")
            message = f"the header {shown(name)} cannot be given while threading is enabled"
            context.report.refuse(node, path, message)
    words = ("none", "daily")
    chosen("thread_by_date", *words, which=since(31), default=False)(threading, context)


def _mail_tls(values: Values, context: Context) -> None:
    """Ask for a TLS client where the server is spoken to with TLS; 0.28 made it a pointer."""
    if values.get("tls_config") is not None or not _is_nil(context, "smtp_tls_config"):
        return
    implicit = _own_or_global(values, "force_implicit_tls", "smtp_force_implicit_tls", context)
    if implicit is None:
        address = values.get("smarthost") or context.globals.get("smtp_smarthost") or ""
        implicit = address.rpartition(":")[2] == "465"
    required = _own_or_global(values, "require_tls", "smtp_require_tls", context)
    if required is None:
        required = not is_null(context.globals.node)
    if implicit or required:
        _crashes(values, "smtp_tls_config", context, which=since(28))


def _own_or_global(values: Values, own: str, key: str, context: Context):
    given = values.get(own)
    return context.globals.get(key) if given is None else given


EMAIL = Block(
    "an e-mail receiver",
    "config/notifiers.go EmailConfig",
    {
        "auth_identity": Text(),
        "auth_password": Secret(),
        "auth_password_file": added(25, _MAIL_FILE),
        "auth_secret": Secret(),
        "auth_secret_file": added(31, _MAIL_SECRET_FILE),
        "auth_username": Text(),
        "force_implicit_tls": added(31, Bool()),
        "from": Template(),
        "headers": Mapped(Template()),
        "hello": Text(),
        "html": Template(),
        "require_tls": Bool(),
        "send_resolved": Bool(),
        "smarthost": HostPort(),
        "text": Template(),
        "threading": added(
            30,
            Block(
                "threading",
                "config/notifiers.go ThreadingConfig",
                {"enabled": Bool(), "thread_by_date": Text()},
            ),
        ),
        "tls_config": _MAIL_TLS,
        "to": Template(),
    },
    [
        needs("to"),
        _no_double_headers,
        _threading,
        _mail_tls,
        inherits("smarthost", from_global=("smtp_smarthost",)),
        inherits("from", from_global=("smtp_from",)),
    ],
)

HIPCHAT = _integration(
    "a HipChat receiver",
    "config/notifiers.go HipchatConfig of 0.20",
    {
        "api_url": Url(),
        "auth_token": Secret(),
        "color": Template(),
        "from": Template(),
        "message": Template(),
        "message_format": Text(),
        "notify": Bool(),
        "room_id": Template(),
    },
    [needs("room_id"), inherits("auth_token", from_global=("hipchat_auth_token",))],
)


def _incidentio_token(values: Values, context: Context) -> None:
    """Ask for one token; without an http_config, Alertmanager asks for none."""
    client = values.get("http_config")
    if not isinstance(client, Values):
        return
    if http.sends_authorization(client):
        excludes("http_config", "alert_source_token", "alert_source_token_file")(values, context)
    else:
        needs("alert_source_token", "alert_source_token_file")(values, context)


INCIDENTIO = _integration(
    "an incident.io receiver",
    "notify/incidentio/config.go IncidentioConfig",
    {
        "alert_source_token": Secret(),
        "alert_source_token_file": _FILE_AT_START,
        "max_alerts": Integer(0, 2**64 - 1),
        "metadata": added(35, Mapped(Template())),
        "timeout": GoDuration(),
        "url": Url(),
        "url_file": _FILE,
    },
    [
        needs("url", "url_file"),
        one_at_most("url", "url_file"),
        one_at_most("alert_source_token", "alert_source_token_file"),
        _incidentio_token,
    ],
)


class _JiraField(Kind):
    """A text, or since 0.30 a text and whether it is updated."""

    _full = Block(
        "the field",
        "notify/jira/config.go JiraFieldConfig",
        {"enable_update": Bool(), "template": Template()},
    )

    wants = "text"

    def check(self, node: Node, path: Path, context: Context):
        """Give the text, or the values of the block."""
        if isinstance(node, Scalar) and node.kind == scalars.STR and node.text in FITS_NOTHING:
            return self._wrong_type(node, path, context)
        kind = self._full if isinstance(node, Mapping) else Template()
        return kind.check(node, path, context)


_JIRA_TEXT = Varying((before(30), Template()), (since(30), _JiraField()))

JIRA = _integration(
    "a Jira receiver",
    "notify/jira/config.go JiraConfig",
    {
        "api_type": added(29, Text()),
        "api_url": Url(),
        "description": _JIRA_TEXT,
        "fields": Mapped(Anything(templates=True)),
        "issue_type": Template(),
        "labels": Listed(Template()),
        "priority": Template(),
        "project": Template(),
        "reopen_duration": Duration(),
        "reopen_transition": Text(),
        "resolve_transition": Text(),
        "summary": _JIRA_TEXT,
        "wont_fix_resolution": Text(),
    },
    [
        needs("project"),
        needs("issue_type"),
        chosen("api_type", "auto", "cloud", "datacenter", which=since(29)),
        inherits("api_url", from_global=("jira_api_url",)),
    ],
)

_MATTERMOST_FIELD = Block(
    "a Mattermost field",
    "notify/mattermost/config.go MattermostField",
    {"short": Bool(), "title": Template(), "value": Template()},
    [needs("title"), needs("value")],
)
_MATTERMOST_ATTACHMENT = {
    **{
        key: Template()
        for key in (
            *("author_icon", "author_link", "author_name", "color", "fallback", "footer"),
            *("footer_icon", "image_url", "pretext", "text", "thumb_url", "title", "title_link"),
        )
    },
    "fields": Listed(_MATTERMOST_FIELD, "late"),
}

MATTERMOST = _integration(
    "a Mattermost receiver",
    "notify/mattermost/config.go MattermostConfig",
    {
        # What an attachment has, a message has itself since 0.32; it always had a text.
        **{key: added(32, kind) for key, kind in _MATTERMOST_ATTACHMENT.items()},
        "attachments": Listed(
            Block(
                "a Mattermost attachment",
                "notify/mattermost/config.go MattermostAttachment",
                _MATTERMOST_ATTACHMENT,
            ),
            "late",
        ),
        "channel": Template(),
        "icon_emoji": Template(),
        "icon_url": Template(),
        "priority": Block(
            "priority",
            "notify/mattermost/config.go MattermostPriority",
            {"persistent_notifications": Bool(), "priority": Template(), "requested_ack": Bool()},
        ),
        "props": Block(
            "props", "notify/mattermost/config.go MattermostProps", {"card": Template()}
        ),
        "text": Template(),
        "type": Template(),
        "username": Template(),
        "webhook_url": _SECRET_URL,
        "webhook_url_file": _FILE,
    },
    [
        needs("webhook_url", "webhook_url_file", which=before(32)),
        one_at_most("webhook_url", "webhook_url_file"),
        inherits(
            "webhook_url",
            "webhook_url_file",
            from_global=("mattermost_webhook_url", "mattermost_webhook_url_file"),
            which=since(32),
        ),
    ],
)

MSTEAMS = _integration(
    "a Microsoft Teams receiver",
    "notify/msteams/config.go MSTeamsConfig",
    {
        "summary": added(27, Template()),
        "text": Template(),
        "title": Template(),
        "webhook_url": _SECRET_URL,
        "webhook_url_file": added(27, _FILE),
    },
    _WEBHOOK_URL_FILE,
)

MSTEAMSV2 = _integration(
    "a Microsoft Teams v2 receiver",
    "notify/msteamsv2/config.go MSTeamsV2Config",
    {
        "text": Template(),
        "title": Template(),
        "webhook_url": _SECRET_URL,
        "webhook_url_file": _FILE,
    },
    _WEBHOOK_URL_FILE,
    copied=since(34),
    beside=since(34),
)

_RESPONDERS = ("team", "user", "escalation", "schedule")


def _responder_type(values: Values, context: Context) -> None:
    from .notification_templates import judge_early

    kind = values.get("type") or ""
    node, path = values.place("type")
    if "{{" in kind:
        context.report.refuse(node, path, "cannot be a template", which=before(25))
        judge_early(kind, node, path, context.report, since(25))
    elif kind.lower() == "teams":
        context.report.refuse(node, path, "cannot be teams", "use team", before(24))
    elif kind.lower() not in _RESPONDERS:
        context.report.refuse(node, path, "type must be team, teams, user, escalation or schedule")


def _responders(values: Values, context: Context) -> None:
    for responder in fields_of(values.get("responders")):
        if isinstance(responder, Values):
            needs("id", "username", "name")(responder, context)
            _responder_type(responder, context)


OPSGENIE = _integration(
    "an OpsGenie receiver",
    "notify/opsgenie/config.go OpsGenieConfig",
    {
        "actions": added(24, Template()),
        "api_key": Secret(),
        "api_key_file": added(24, _OPSGENIE_FILE),
        "api_url": Url(),
        "description": Template(),
        "details": Mapped(Template()),
        "entity": added(24, Template()),
        "message": Template(),
        "note": Template(),
        "priority": Template(),
        "responders": Listed(
            Block(
                "a responder",
                "notify/opsgenie/config.go OpsGenieConfigResponder",
                {"id": Template(), "name": Template(), "type": Text(), "username": Template()},
            ),
            "crash",
        ),
        "source": Template(),
        "tags": Template(),
        "update_alerts": added(24, Bool()),
    },
    [
        one_at_most("api_key", "api_key_file", which=since(25)),
        # What 0.24 looked at was the URL instead of the key.
        one_at_most("api_url", "api_key_file", which=since(24) & before(25)),
        inherits(
            "api_key", "api_key_file", from_global=("opsgenie_api_key", "opsgenie_api_key_file")
        ),
        inherits("api_url", from_global=("opsgenie_api_url",), preset=True),
        _responders,
    ],
)


_PAGERDUTY_DETAILS = Varying(
    (before(30), Mapped(Template())), (since(30), Mapped(Anything(templates=True)))
)

PAGERDUTY = _integration(
    "a PagerDuty receiver",
    "notify/pagerduty/config.go PagerdutyConfig",
    {
        "class": Template(),
        "client": Template(),
        "client_url": Template(),
        "component": Template(),
        "description": Template(),
        "details": _PAGERDUTY_DETAILS,
        "group": Template(),
        "images": Listed(
            Block(
                "an image",
                "notify/pagerduty/config.go PagerdutyImage",
                {"alt": Template(), "href": Template(), "src": Template()},
            ),
            "empty",
        ),
        "links": Listed(
            Block(
                "a link",
                "notify/pagerduty/config.go PagerdutyLink",
                {"href": Template(), "text": Template()},
            ),
            "empty",
        ),
        "routing_key": Secret(),
        "routing_key_file": added(25, _FILE),
        "service_key": Secret(),
        "service_key_file": added(25, _FILE),
        "severity": Template(),
        "source": added(25, Template()),
        "timeout": added(30, GoDuration()),
        "url": Url(),
    },
    [
        needs("routing_key", "routing_key_file", "service_key", "service_key_file"),
        one_at_most("routing_key", "routing_key_file"),
        one_at_most("service_key", "service_key_file"),
        inherits("url", from_global=("pagerduty_url",), preset=True),
    ],
)

PUSHOVER = _integration(
    "a Pushover receiver",
    "config/notifiers.go PushoverConfig",
    {
        "device": added(26, Template()),
        "expire": TextDuration(),
        "html": Bool(),
        "message": Template(),
        "monospace": added(29, Bool()),
        "priority": Template(),
        "retry": TextDuration(),
        "sound": Template(),
        "title": Template(),
        "token": Secret(),
        "token_file": added(26, _PUSHOVER_FILE),
        "ttl": added(27, TextDuration()),
        "url": Template(),
        "url_title": Template(),
        "user_key": Secret(),
        "user_key_file": added(26, _PUSHOVER_FILE),
    },
    [
        needs("user_key", "user_key_file"),
        one_at_most("user_key", "user_key_file"),
        needs("token", "token_file"),
        one_at_most("token", "token_file"),
        one_at_most("html", "monospace"),
    ],
)

# These two have no yaml tags in Go, so that yaml.v2 makes the keys from the names of the fields.
_ROCKETCHAT_FIELD = Block(
    "a Rocket.Chat field",
    "config/notifiers.go RocketchatAttachmentField",
    {"short": Bool(), "title": Template(), "value": Template()},
)
_ROCKETCHAT_ACTION = Block(
    "a Rocket.Chat action",
    "config/notifiers.go RocketchatAttachmentAction",
    {
        "imageurl": Text(),
        "iswebview": Bool(),
        "msg": Template(),
        "msginchatwindow": Bool(),
        "msgprocessingtype": Text(),
        "text": Template(),
        "type": Text(),
        "url": Template(),
        "webviewheightratio": Text(),
    },
)


def _rocketchat_global(values: Values, context: Context) -> None:
    """Look at what a Rocket.Chat receiver takes from global, and cannot do without."""
    if values.get("api_url") is None and _is_nil(context, "rocketchat_api_url"):
        _crashes(values, "rocketchat_api_url", context)
    if not isinstance(context.globals, Values) or not context.in_use:
        return
    for own in ("token", "token_id"):
        key = f"rocketchat_{own}_file"
        name = context.globals.get(key)
        if name and name is not BROKEN and not is_set(values, own, f"{own}_file"):
            _FILE_AT_START.judge(name, *context.globals.place(key), context)


ROCKETCHAT = _integration(
    "a Rocket.Chat receiver",
    "config/notifiers.go RocketchatConfig",
    {
        "actions": Listed(_ROCKETCHAT_ACTION, "late"),
        "api_url": Url(),
        "channel": Template(),
        "color": Template(),
        "emoji": Template(),
        "fields": Listed(_ROCKETCHAT_FIELD, "late"),
        "icon_url": Template(),
        "image_url": Template(),
        "link_names": Bool(),
        "message_text": added(35, Template()),
        "short_fields": Bool(),
        "text": Template(),
        "thumb_url": Template(),
        "title": Template(),
        "title_link": Template(),
        "token": SecretPointer(),
        "token_file": _FILE_AT_START,
        "token_id": SecretPointer(),
        "token_id_file": _FILE_AT_START,
    },
    [
        _rocketchat_global,
        one_at_most("token", "token_file"),
        one_at_most("token_id", "token_id_file"),
        inherits("token", "token_file", from_global=("rocketchat_token", "rocketchat_token_file")),
        inherits(
            "token_id",
            "token_id_file",
            from_global=("rocketchat_token_id", "rocketchat_token_id_file"),
        ),
    ],
)

_SLACK_CONFIRM = Block(
    "confirm",
    "config/notifiers.go SlackConfirmationField",
    {
        "dismiss_text": Template(),
        "ok_text": Template(),
        "text": Template(),
        "title": Template(),
    },
    [needs("text")],
)
_SLACK_ACTION = Block(
    "a Slack action",
    "config/notifiers.go SlackAction",
    {
        "confirm": _SLACK_CONFIRM,
        "name": Template(),
        "style": Template(),
        "text": Template(),
        "type": Template(),
        "url": Template(),
        "value": Template(),
    },
    [needs("type"), needs("text"), needs("name", "url")],
)
_SLACK_FIELD = Block(
    "a Slack field",
    "config/notifiers.go SlackField",
    {"short": Bool(), "title": Template(), "value": Template()},
    [needs("title"), needs("value")],
)


def _slack_token(values: Values, context: Context) -> None:
    """Ask for a webhook or a token, and no other Authorization beside a token (0.30 on)."""
    client = values.get("http_config")
    own_client = isinstance(client, Values)
    token = is_set(values, "app_token", "app_token_file")
    # The global token is for those who bring nothing of their own.
    if not token and not values.get("api_url") and not http.sends_authorization(client):
        token = is_set_globally(context, "slack_app_token", "slack_app_token_file")
    if not token:
        inherits(
            *("api_url", "api_url_file", "app_token", "app_token_file"),
            from_global=("slack_api_url", "slack_api_url_file"),
        )(values, context)
        return
    if not own_client and isinstance(context.globals, Values):
        client = context.globals.get("http_config")
    if http.sends_authorization(client):
        node, path = values.place("app_token" if own_client else "http_config")
        message = "an Authorization header in http_config cannot be given beside an app token"
        context.report.refuse(node, path, message, "take one of them out", since(30))


def _slack_update(values: Values, context: Context) -> None:
    """Ask for the address where a bot's token is used; until 0.34, in the receiver itself."""
    hint = f"it needs api_url: {_SLACK_POST_MESSAGE} and a bot's token"
    for key, which in (("update_message", EVERY), ("post_updates_to_thread", since(35))):
        if values.get(key) is not True:
            continue
        place = values.place(key)
        if values.get("api_url") != _SLACK_POST_MESSAGE:
            context.report.refuse(*place, "cannot be used with a webhook", hint, which & before(35))
        if not _posts_messages(values, context):
            context.report.refuse(*place, "cannot be used with a webhook", hint, since(35))


def _posts_messages(values: Values, context: Context) -> bool:
    """Whether all addresses that a Slack receiver is asked about are where tokens are used."""
    block = context.globals if isinstance(context.globals, Values) else {}
    addresses = [values.get("api_url")]
    client = values.get("http_config")
    inherits_token = values.get("api_url") is None and not (
        isinstance(client, Values) and client.get("authorization")
    )
    tokens = ("slack_app_token", "slack_app_token_file")
    if is_set(values, "app_token", "app_token_file") or (
        inherits_token and any(block.get(key) for key in tokens)
    ):
        addresses.append(values.get("app_url") or block.get("slack_app_url"))
    elif values.get("api_url") is None:
        if values.get("api_url_file") or block.get("slack_api_url_file"):
            return False
        addresses.append(block.get("slack_api_url"))
    if values.get("api_url_file"):
        return False
    return all(address in (None, BROKEN, _SLACK_POST_MESSAGE) for address in addresses)


SLACK = _integration(
    "a Slack receiver",
    "config/notifiers.go SlackConfig",
    {
        "actions": Listed(_SLACK_ACTION, "late"),
        "api_url": _SECRET_URL,
        "api_url_file": added(22, _SLACK_FILE),
        "app_token": added(30, Secret()),
        "app_token_file": added(30, _FILE),
        "app_url": added(30, Url()),
        "callback_id": Template(),
        "channel": Template(),
        "color": Template(),
        "fallback": Template(),
        "fields": Listed(_SLACK_FIELD, "late"),
        "footer": Template(),
        "icon_emoji": Template(),
        "icon_url": Template(),
        "image_url": Template(),
        "link_names": Bool(),
        "message_text": added(31, Template()),
        "mrkdwn_in": Listed(Text()),
        "post_updates_to_thread": added(35, Bool()),
        "pretext": Template(),
        "short_fields": Bool(),
        "text": Template(),
        "thumb_url": Template(),
        "timeout": added(30, GoDuration()),
        "title": Template(),
        "title_link": Template(),
        "update_message": added(32, Bool()),
        "username": Template(),
    },
    [
        one_at_most("api_url", "api_url_file"),
        one_at_most("app_token", "app_token_file"),
        excludes("app_token", "api_url", "api_url_file"),
        excludes("app_token_file", "api_url", "api_url_file"),
        inherits("app_url", from_global=("slack_app_url",), which=since(30), preset=True),
        _slack_token,
        _slack_update,
    ],
    copied=since(30),
)


def _judge_tag(name: str, node: Node, path: Path, context: Context) -> None:
    if not 0 < len(name.encode("utf-8", "surrogatepass")) <= 128:
        context.report.refuse(node, path, "must have 1 to 128 bytes")


def _session_and_tags(values: Values, context: Context) -> None:
    name, tags = values.get("session_name"), values.get("tags")
    if name and name is not BROKEN and not _SESSION_NAME.match(name):
        message = "must be 2 to 64 letters, digits or characters of _+=,.@-"
        context.report.refuse(*values.place("session_name"), message)
    for key, text in tags.items() if isinstance(tags, dict) else ():
        if len(text.encode("utf-8", "surrogatepass")) > 256:
            message = f"the tag {shown(key)} has more than 256 bytes"
            context.report.refuse(*values.place("tags"), message)


_SESSION_NAME = re.compile(r"[A-Za-z0-9_+=,.@-]{2,64}\Z")

SIGV4 = Block(
    "sigv4",
    "prometheus/sigv4 sigv4_config.go SigV4Config",
    {
        "access_key": Text(),
        "external_id": added(31, Text()),
        "profile": Text(),
        "region": Text(),
        "role_arn": Text(),
        "secret_key": Secret(),
        "service_name": added(30, Text()),
        "session_name": added(35, Text()),
        "tags": added(35, Mapped(Text(), _judge_tag)),
        "use_fips_sts_endpoint": added(28, Bool()),
    },
    [
        asks_for("access_key", "secret_key"),
        asks_for("secret_key", "access_key"),
        asks_for("external_id", "role_arn"),
        asks_for("session_name", "role_arn"),
        asks_for("tags", "role_arn"),
        _session_and_tags,
    ],
)


def _one_sns_target(values: Values, context: Context) -> None:
    given = [key for key in ("topic_arn", "phone_number", "target_arn") if values.get(key)]
    if len(given) == 1:
        return
    message = "needs one of topic_arn, phone_number and target_arn"
    # Alertmanager's own test lets all three pass.
    say = context.report.warn if len(given) == 3 else context.report.refuse
    say(values.node, values.path, message)


SNS = _integration(
    "an SNS receiver",
    "config/notifiers.go SNSConfig",
    {
        "api_url": Template(),
        "attributes": Mapped(Template()),
        "message": Template(),
        "phone_number": Template(),
        "sigv4": SIGV4,
        "subject": Template(),
        "target_arn": Template(),
        "topic_arn": Template(),
        "use_aws_http_client": added(33, Bool()),
    },
    [_one_sns_target],
)


def _telegram_url(values: Values, context: Context) -> None:
    if values.get("api_url") is None and _is_nil(context, "telegram_api_url"):
        _crashes(values, "telegram_api_url", context, which=since(25))


TELEGRAM = _integration(
    "a Telegram receiver",
    "notify/telegram/config.go TelegramConfig",
    {
        "api_url": Url(),
        "bot_token": Secret(),
        "bot_token_file": added(26, _FILE),
        "chat_id": Integer(),
        "chat_id_file": added(31, _FILE),
        "disable_notifications": Bool(),
        "message": Template(),
        "message_thread_id": added(28, Integer()),
        "parse_mode": Choice("Markdown", "MarkdownV2", "HTML"),
        "timeout": added(35, GoDuration()),
    },
    [
        _telegram_url,
        # Only from 0.25 on does the global URL, or the preset one, count.
        needs("api_url", which=before(25)),
        needs("bot_token", "bot_token_file", which=before(31)),
        one_at_most("bot_token", "bot_token_file"),
        inherits(
            "bot_token",
            "bot_token_file",
            from_global=("telegram_bot_token", "telegram_bot_token_file"),
            which=since(31),
        ),
        needs("chat_id", "chat_id_file"),
        one_at_most("chat_id", "chat_id_file"),
    ],
)

_VICTOROPS_FIXED = (
    *("routing_key", "message_type", "state_message", "entity_display_name", "monitoring_tool"),
    *("entity_id", "entity_state"),
)


def _judge_custom_field(name: str, node: Node, path: Path, context: Context) -> None:
    if name in _VICTOROPS_FIXED:
        context.report.refuse(node, path, "is a field of VictorOps' own", "use another name")


VICTOROPS = _integration(
    "a VictorOps receiver",
    "config/notifiers.go VictorOpsConfig",
    {
        "api_key": Secret(),
        "api_key_file": added(22, _FILE),
        "api_url": Url(),
        "custom_fields": Mapped(Template(), _judge_custom_field),
        "entity_display_name": Template(),
        "message_type": Template(),
        "monitoring_tool": Template(),
        "routing_key": Template(),
        "state_message": Template(),
    },
    [
        needs("routing_key"),
        one_at_most("api_key", "api_key_file", which=since(25)),
        # 0.22 to 0.24 had the file, but asked for the key all the same.
        inherits("api_key", from_global=("victorops_api_key",), which=before(25)),
        inherits(
            "api_key",
            "api_key_file",
            from_global=("victorops_api_key", "victorops_api_key_file"),
            which=since(25),
        ),
        inherits("api_url", from_global=("victorops_api_url",), preset=True),
    ],
)


def _webex_authorization(values: Values, context: Context) -> None:
    client = values.get("http_config")
    if client is not BROKEN and not http.sends_authorization(client):
        message = "needs http_config with authorization"
        context.report.refuse(values.node, values.path, message, "give the bot's token there")


WEBEX = _integration(
    "a Webex receiver",
    "config/notifiers.go WebexConfig",
    {"api_url": Url(), "message": Template(), "room_id": Template()},
    [
        needs("room_id"),
        _webex_authorization,
        inherits("api_url", from_global=("webex_api_url",), preset=True),
    ],
)


class _TemplatedUrl(Text):
    """A URL, or text with a template in it that Go's own functions are enough for."""

    def judge(self, text: str, node: Node, path: Path, context: Context) -> None:
        from .notification_templates import judge_early

        if "{{" in text:
            judge_early(text, node, path, context.report)
        elif text not in ("~", "null"):  # which are not even looked at
            _SECRET_URL.check(node, path, context)


WEBHOOK = _integration(
    "a webhook receiver",
    "notify/webhook/config.go WebhookConfig",
    {
        "max_alerts": added(21, Integer(0, 2**64 - 1)),
        "payload": added(32, Anything(templates=True)),
        "timeout": added(28, GoDuration()),
        "url": Varying(
            # 0.26 asks for a scheme even of the word that stands for a secret.
            (before(27), Url()),
            (since(27) & before(31), _SECRET_URL),
            (since(31), _TemplatedUrl()),
        ),
        "url_file": added(26, _FILE),
    },
    [needs("url", "url_file"), one_at_most("url", "url_file")],
)

WECHAT = _integration(
    "a WeChat receiver",
    "config/notifiers.go WechatConfig",
    {
        "agent_id": Template(),
        "api_secret": Secret(),
        "api_secret_file": added(31, _FILE),
        "api_url": Url(),
        "corp_id": Template(),
        "message": Template(),
        "message_type": added(22, Choice("text", "markdown")),
        "to_party": Template(),
        "to_tag": Template(),
        "to_user": Template(),
    },
    [
        one_at_most("api_secret", "api_secret_file"),
        inherits(
            "api_secret",
            "api_secret_file",
            from_global=("wechat_api_secret", "wechat_api_secret_file"),
        ),
        inherits("corp_id", from_global=("wechat_api_corp_id",)),
        inherits("api_url", from_global=("wechat_api_url",), preset=True),
    ],
)

# Each integration's key in a receiver, its table, and the versions that have it.
INTEGRATIONS: Dict[str, Field] = {
    "discord_configs": added(25, DISCORD),
    "email_configs": Field(EMAIL),
    "hipchat_configs": dropped(21, HIPCHAT),
    "incidentio_configs": added(29, INCIDENTIO),
    "jira_configs": added(28, JIRA),
    "mattermost_configs": added(30, MATTERMOST),
    "msteams_configs": added(26, MSTEAMS),
    "msteamsv2_configs": added(28, MSTEAMSV2),
    "opsgenie_configs": Field(OPSGENIE),
    "pagerduty_configs": Field(PAGERDUTY),
    "pushover_configs": Field(PUSHOVER),
    "rocketchat_configs": added(28, ROCKETCHAT),
    "slack_configs": Field(SLACK),
    "sns_configs": added(23, SNS),
    "telegram_configs": added(24, TELEGRAM),
    "victorops_configs": Field(VICTOROPS),
    "webex_configs": added(25, WEBEX),
    "webhook_configs": Field(WEBHOOK),
    "wechat_configs": Field(WECHAT),
}


def _label_is_name(values: Values, context: Context) -> None:
    labels = values.get("labels")
    if isinstance(labels, dict) and labels.get("name", values.get("name")) != values.get("name"):
        node, path = values.place("labels")
        message = "the label name must be the receiver's name"
        context.report.refuse(node, path, message, "take it out")


RECEIVER = Block(
    "a receiver",
    "config/config.go Receiver",
    {
        "labels": added(33, Mapped(Text())),
        "name": Text(),
        **{
            # Whatever the integration, a version or another cannot do without a value.
            key: Field(Listed(field.kind, "crash"), field.which)
            for key, field in INTEGRATIONS.items()
        },
    },
    [needs("name"), _label_is_name],
)


class Receivers(Kind):
    """The list of receivers."""

    wants = "a list"

    def check(self, node: Node, path: Path, context: Context):
        """Give the list of values; None for a receiver that is null."""
        if is_null(node):
            return []
        if not isinstance(node, Items):
            return self._wrong_type(node, path, context)
        values = []
        for index, item in enumerate(node.items):
            if context.report.full:
                break
            context.in_use = receiver_name(item) in context.routed
            values.append(self._receiver(item, path.item(index), context))
        return values

    @staticmethod
    def _receiver(node: Node, path: Path, context: Context):
        if not is_nothing(node):
            return RECEIVER.check(node, path, context)
        message, hint = "is empty", "fill it in, or take it out"
        # Since 0.26, it is a receiver without a name, and nobody minds.
        context.report.refuse(node, path, message, hint, before(26))
        context.report.warn(node, path, message, hint, since(26))
        return None


def receiver_name(node: Node) -> str:
    """Give a receiver's name, or empty text."""
    name = node.get("name") if isinstance(node, Mapping) else None
    return name.text if isinstance(name, Scalar) and not is_null(name) else ""


def uses_global_client(receiver: Node) -> bool:
    """Whether a receiver has an integration without an http_config of its own."""
    for key, configs in receiver.items() if isinstance(receiver, Mapping) else ():
        if key.text in INTEGRATIONS and key.text != "email_configs" and isinstance(configs, Items):
            for config in configs.items:
                if isinstance(config, Mapping) and is_nothing(config.get("http_config")):
                    return True
    return False
