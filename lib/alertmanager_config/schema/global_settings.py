"""The global block: config/config.go, GlobalConfig."""

from ..go.urls import write_as_go
from ..version import EVERY, before
from .containers import Object, Values, added, dropped
from .field_rules import text_or_file
from .file_references import FileName
from .http_config import HTTP_CONFIG
from .tls_config import make_tls_config
from .value_types import Bool, Duration, HostPort, Secret, SecretPointer, Template, Text, Url

FILE = FileName()
# The line break that most editors leave at a file's end: some versions send it along.
SLACK_FILE = FileName(untrimmed=before(25))
MAIL_FILE = FileName(untrimmed=before(27))
OPSGENIE_FILE = FileName(untrimmed=before(28))
MAIL_SECRET_FILE = FileName(untrimmed=EVERY)
SECRET_URL = Url(placeholder=True)
MAIL_TLS = make_tls_config(beside=False, at_start=False)

SLACK_POST_MESSAGE = "https://slack.com/api/chat.postMessage"


def _one_slack(values: Values) -> None:
    """Ask for a token or a webhook, unless the webhook is where tokens are used."""
    url = values.get("slack_api_url")
    app_url = values.get("slack_app_url") or SLACK_POST_MESSAGE
    has_token = values.has("slack_app_token", "slack_app_token_file")
    if not has_token or not (url or values.get("slack_api_url_file")):
        return
    if url and write_as_go(url) == write_as_go(app_url):
        return
    message = "cannot be given together with slack_app_token or slack_app_token_file"
    place = values.at("slack_api_url" if url else "slack_api_url_file")
    place.refuse(message, "take one of them out")


GLOBAL = Object(
    "global",
    "config/config.go GlobalConfig",
    {
        Bool(): "smtp_require_tls",
        Duration(): "resolve_timeout",
        HTTP_CONFIG: "http_config",
        HostPort(): "smtp_smarthost",
        SECRET_URL: "slack_api_url",
        Secret(): "opsgenie_api_key smtp_auth_password smtp_auth_secret victorops_api_key "
        "wechat_api_secret",
        Template(): "smtp_from",
        Text(): "smtp_auth_identity smtp_auth_username smtp_hello wechat_api_corp_id",
        Url(): "opsgenie_api_url pagerduty_url victorops_api_url wechat_api_url",
        dropped(21, Secret()): "hipchat_auth_token",
        dropped(21, Url()): "hipchat_api_url",
        added(22, SLACK_FILE): "slack_api_url_file",
        added(24, OPSGENIE_FILE): "opsgenie_api_key_file",
        added(24, Url()): "telegram_api_url",
        added(25, FILE): "victorops_api_key_file",
        added(25, MAIL_FILE): "smtp_auth_password_file",
        added(25, Url()): "webex_api_url",
        added(28, FILE): "rocketchat_token_file rocketchat_token_id_file",
        added(28, MAIL_TLS): "smtp_tls_config",
        added(28, SecretPointer()): "rocketchat_token rocketchat_token_id",
        added(28, Url()): "jira_api_url rocketchat_api_url",
        added(30, FILE): "slack_app_token_file",
        added(30, Secret()): "slack_app_token",
        added(30, Url()): "slack_app_url",
        added(31, Bool()): "smtp_force_implicit_tls",
        added(31, FILE): "telegram_bot_token_file wechat_api_secret_file",
        added(31, MAIL_SECRET_FILE): "smtp_auth_secret_file",
        added(31, Secret()): "telegram_bot_token",
        added(32, FILE): "mattermost_webhook_url_file",
        added(32, SECRET_URL): "mattermost_webhook_url",
    },
    [
        *text_or_file(
            "mattermost_webhook_url opsgenie_api_key rocketchat_token rocketchat_token_id "
            "slack_api_url slack_app_token smtp_auth_password smtp_auth_secret "
            "telegram_bot_token victorops_api_key wechat_api_secret"
        ),
        _one_slack,
    ],
)
