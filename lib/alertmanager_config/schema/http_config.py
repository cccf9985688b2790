"""How Alertmanager talks to others: prometheus/common's config package.

Versions of Alertmanager stand for the version of prometheus/common in their go.mod: v0.7.0 in
0.20, v0.10 in 0.21, v0.23 in 0.22, v0.30 in 0.23, v0.32 in 0.24, v0.38 in 0.25, v0.44 in 0.26,
v0.46 in 0.27, v0.61 in 0.28, v0.67 in 0.29 to 0.33, v0.70 in 0.34, v0.72
in 0.35.
"""

import re
from typing import Any

from ..version import before
from .containers import Array, Map, Object, Values, added
from .field_rules import asks_for, excludes, needs, one_at_most, one_source, when
from .file_references import FileName
from .place import Place
from .tls_config import SecretReference, make_tls_config
from .value_types import BROKEN, Anything, Bool, Secret, Text, Url

# What no request may set by itself (config/headers.go, ReservedHeaders).
_RESERVED_HEADERS = (
    "Accept-Encoding Authorization Connection Content-Encoding Content-Length Content-Type Host "
    "Keep-Alive Proxy-Authenticate Proxy-Authorization User-Agent Www-Authenticate "
    "X-Amz-Content-Sha256 X-Amz-Date X-Amz-Security-Token X-Prometheus-Remote-Read-Version "
    "X-Prometheus-Remote-Write-Version X-Prometheus-Scrape-Timeout-Seconds"
)
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+\Z")


def spell_header(name: str) -> str:
    """Give a header's name as Go's textproto.CanonicalMIMEHeaderKey spells it."""
    if not _TOKEN.match(name):
        return name
    return "-".join(part[:1].upper() + part[1:].lower() for part in name.split("-"))


def _make_basic_auth(file: FileName) -> Object:
    return Object(
        "basic_auth",
        "prometheus/common config/http_config.go BasicAuth",
        {
            file: "password_file",
            Secret(): "password",
            Text(): "username",
            added(27, file): "username_file",
            added(28, SecretReference()): "password_ref username_ref",
        },
        one_source("username password"),
    )


def _not_basic(values: Values) -> None:
    if (values.get("type") or "").strip().lower() == "basic":
        values.at("type").refuse("cannot be basic", "use basic_auth instead")


def _make_authorization(file: FileName) -> Object:
    return Object(
        "authorization",
        "prometheus/common config/http_config.go Authorization",
        {
            Secret(): "credentials",
            file: "credentials_file",
            added(28, SecretReference()): "credentials_ref",
            Text(): "type",
        },
        [*one_source("credentials"), _not_basic],
    )


def _judge_header(name: str, place: Place) -> None:
    if spell_header(name) in _RESERVED_HEADERS.split():
        place.refuse("is a header that cannot be set here")


def make_header(file: FileName) -> Object:
    """Make the table of what a header may hold. file: what its files are."""
    return Object(
        "the header",
        "prometheus/common config/headers.go Header",
        {Array(file): "files", Array(Secret()): "secrets", Array(Text()): "values"},
    )


PROXY_URL = Url(any_scheme=True)


_PROXY_FIELDS = {
    added(26, Text()): "no_proxy",
    added(26, Map(Array(Secret()))): "proxy_connect_header",
    added(26, Bool()): "proxy_from_environment",
}
_PROXY_RULES = [
    asks_for("proxy_connect_header", "proxy_url", "proxy_from_environment"),
    excludes("proxy_from_environment", "proxy_url", "no_proxy"),
    # An empty proxy_url is enough.
    when(lambda values: values.get("proxy_url") is None, asks_for("no_proxy", "proxy_url")),
]


def _is_jwt(values: Values) -> bool:
    return values.get("grant_type") == "urn:ietf:params:oauth:grant-type:jwt-bearer"


def _known_algorithm(values: Values) -> None:
    algorithm = values.get("signature_algorithm")
    if algorithm and algorithm not in ("RS256", "RS384", "RS512"):
        values.at("signature_algorithm").refuse("must be RS256, RS384 or RS512")


def _oauth2_reference(values: Values) -> None:
    used = "client_certificate_key_ref" if _is_jwt(values) else "client_secret_ref"
    if values.get(used) and values[used] is not BROKEN:
        SecretReference().check(values.at(used))


def _make_oauth2(file: FileName) -> Object:
    return Object(
        "oauth2",
        "prometheus/common config/http_config.go OAuth2",
        {
            Array(Text()): "scopes",
            file: "client_secret_file",
            Map(Text()): "endpoint_params",
            Secret(): "client_secret",
            Text(): "client_id token_url",
            added(24, make_tls_config(file.beside, at_start=False)): "tls_config",
            added(25, PROXY_URL): "proxy_url",
            added(28, Text()): "client_secret_ref",
            added(30, FileName()): "client_certificate_key_file",
            added(30, Map(Anything())): "claims",
            added(30, Secret()): "client_certificate_key",
            added(30, Text()): "audience client_certificate_key_id client_certificate_key_ref "
            "grant_type iss signature_algorithm",
            **_PROXY_FIELDS,
        },
        [
            needs("client_id"),
            needs("token_url"),
            # Since 0.28, a client may do without a secret.
            needs("client_secret", "client_secret_file", which=before(28)),
            when(lambda values: not _is_jwt(values), *one_source("client_secret")),
            when(_is_jwt, *one_source("client_certificate_key"), _known_algorithm),
            _oauth2_reference,
            *_PROXY_RULES,
        ],
    )


_WAYS = ("basic_auth", "authorization", "oauth2")


def make_http_config(at_start: bool = True, beside: bool = True) -> Object:
    """Make the table of an http_config.

    at_start: whether Alertmanager makes the client when it reads the configuration. beside: as
    FileName has it.
    """
    file = FileName(beside)
    return Object(
        "http_config",
        "prometheus/common config/http_config.go HTTPClientConfig",
        {
            added(22, _make_authorization(file)): "authorization",
            _make_basic_auth(file): "basic_auth",
            Secret(): "bearer_token",
            file: "bearer_token_file",
            added(25, Bool()): "enable_http2",
            added(22, Bool()): "follow_redirects",
            added(28, Map(make_header(file), _judge_header)): "http_headers",
            added(22, _make_oauth2(file)): "oauth2",
            PROXY_URL: "proxy_url",
            make_tls_config(beside, at_start): "tls_config",
            **_PROXY_FIELDS,
        },
        [
            one_at_most("bearer_token", "bearer_token_file"),
            when(
                lambda values: values.has(*_WAYS),
                one_at_most(*_WAYS, "bearer_token", "bearer_token_file"),
            ),
            *_PROXY_RULES,
        ],
    )


HTTP_CONFIG = make_http_config()


def sends_authorization(values: Any) -> bool:
    """Whether an http_config sets the Authorization header by anything but a password."""
    return isinstance(values, Values) and values.has(
        "authorization", "bearer_token", "bearer_token_file"
    )
