"""Who wakes people up: incident.io, OpsGenie, PagerDuty, Pushover, VictorOps."""

from ...version import before, since
from ..containers import Array, ByVersion, Map, Object, Values, added
from ..field_rules import excludes, inherits, inherits_secret, needs, one_at_most, text_or_file
from ..file_references import FileName
from ..global_settings import FILE, OPSGENIE_FILE
from ..http_config import make_http_config, sends_authorization
from ..place import Place
from ..value_types import (
    Anything,
    Bool,
    GoDuration,
    Integer,
    Secret,
    Template,
    Text,
    TextDuration,
    Url,
    refuse_early_template,
)
from .integration import make_integration


def _incidentio_token(values: Values) -> None:
    """Ask for one token; without an http_config, Alertmanager asks for none."""
    client = values.get("http_config")
    if not isinstance(client, Values):
        return
    if sends_authorization(client):
        excludes("http_config", "alert_source_token", "alert_source_token_file")(values)
    else:
        needs("alert_source_token", "alert_source_token_file")(values)


INCIDENTIO = make_integration(
    "an incident.io receiver",
    "notify/incidentio/config.go IncidentioConfig",
    {
        Secret(): "alert_source_token",
        FileName(at_start=True): "alert_source_token_file",
        Integer(0, 2**64 - 1): "max_alerts",
        added(35, Map(Template())): "metadata",
        GoDuration(): "timeout",
        Url(): "url",
        FILE: "url_file",
        # config.resolveFilepaths has every integration that speaks HTTP but this one.
        make_http_config(beside=False): "http_config",
    },
    [needs("url", "url_file"), *text_or_file("url alert_source_token"), _incidentio_token],
)


def _responder_type(values: Values) -> None:
    kind = values.get("type") or ""
    place = values.at("type")
    if "{{" in kind:
        place.refuse("cannot be a template", which=before(25))
        refuse_early_template(kind, place, since(25))
    elif kind.lower() == "teams":
        place.refuse("cannot be teams", "use team", before(24))
    elif kind.lower() not in ("team", "user", "escalation", "schedule"):
        place.refuse("type must be team, teams, user, escalation or schedule")


_RESPONDER = Object(
    "a responder",
    "notify/opsgenie/config.go OpsGenieConfigResponder",
    {Template(): "id name username", Text(): "type"},
    [needs("id", "username", "name"), _responder_type],
)

OPSGENIE = make_integration(
    "an OpsGenie receiver",
    "notify/opsgenie/config.go OpsGenieConfig",
    {
        Array(_RESPONDER, "crash"): "responders",
        Map(Template()): "details",
        Secret(): "api_key",
        Template(): "description message note priority source tags",
        Url(): "api_url",
        added(24, Bool()): "update_alerts",
        added(24, OPSGENIE_FILE): "api_key_file",
        added(24, Template()): "actions entity",
    },
    [
        *text_or_file("api_key", which=since(25)),
        # What 0.24 looked at was the URL instead of the key.
        one_at_most("api_url", "api_key_file", which=since(24) & before(25)),
        inherits_secret("api_key", "opsgenie_api_key"),
        inherits("api_url", from_global=("opsgenie_api_url",), preset=True),
    ],
)

_IMAGE = Object(
    "an image", "notify/pagerduty/config.go PagerdutyImage", {Template(): "alt href src"}
)
_LINK = Object("a link", "notify/pagerduty/config.go PagerdutyLink", {Template(): "href text"})
_DETAILS = ByVersion((before(30), Map(Template())), (since(30), Map(Anything(templates=True))))

PAGERDUTY = make_integration(
    "a PagerDuty receiver",
    "notify/pagerduty/config.go PagerdutyConfig",
    {
        Array(_IMAGE, "empty"): "images",
        Array(_LINK, "empty"): "links",
        Secret(): "routing_key service_key",
        Template(): "class client client_url component description group severity",
        Url(): "url",
        _DETAILS: "details",
        added(25, FILE): "routing_key_file service_key_file",
        added(25, Template()): "source",
        added(30, GoDuration()): "timeout",
    },
    [
        needs("routing_key", "routing_key_file", "service_key", "service_key_file"),
        *text_or_file("routing_key service_key"),
        inherits("url", from_global=("pagerduty_url",), preset=True),
    ],
)

PUSHOVER = make_integration(
    "a Pushover receiver",
    "config/notifiers.go PushoverConfig",
    {
        Bool(): "html",
        Secret(): "token user_key",
        Template(): "message priority sound title url url_title",
        TextDuration(): "expire retry",
        added(26, FileName(untrimmed=before(35))): "token_file user_key_file",
        added(26, Template()): "device",
        added(27, TextDuration()): "ttl",
        added(29, Bool()): "monospace",
    },
    [
        needs("user_key", "user_key_file"),
        needs("token", "token_file"),
        *text_or_file("user_key token"),
        one_at_most("html", "monospace"),
    ],
)

_VICTOROPS_OWN = (
    "routing_key message_type state_message entity_display_name monitoring_tool entity_id "
    "entity_state"
)


def _judge_custom_field(name: str, place: Place) -> None:
    if name in _VICTOROPS_OWN.split():
        place.refuse("is a field of VictorOps' own", "use another name")


VICTOROPS = make_integration(
    "a VictorOps receiver",
    "config/notifiers.go VictorOpsConfig",
    {
        Map(Template(), _judge_custom_field): "custom_fields",
        Secret(): "api_key",
        Template(): "entity_display_name message_type monitoring_tool routing_key state_message",
        Url(): "api_url",
        added(22, FILE): "api_key_file",
    },
    [
        needs("routing_key"),
        *text_or_file("api_key", which=since(25)),
        # 0.22 to 0.24 had the file, but asked for the key all the same.
        inherits("api_key", from_global=("victorops_api_key",), which=before(25)),
        inherits_secret("api_key", "victorops_api_key", which=since(25)),
        inherits("api_url", from_global=("victorops_api_url",), preset=True),
    ],
)
