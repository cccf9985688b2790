"""How Alertmanager talks to others: prometheus/common's config package.

Versions of Alertmanager stand for the version of prometheus/common in their go.mod: v0.7.0 in
0.20, v0.10 in 0.21, v0.23 in 0.22, v0.30 in 0.23, v0.32 in 0.24, v0.38 in 0.25, v0.44 in 0.26,
v0.46 in 0.27, v0.61 in 0.28, v0.67 in 0.29 to 0.33, v0.70 in 0.34, v0.72
in 0.35.
"""

from typing import Callable, Optional, Tuple

from ..version import EVERY, before, since
from ..yaml.nodes import Node, Path
from . import file_references
from .check_context import Context
from .field_rules import asks_for, excludes, needs, one_at_most, when
from .value_types import (
    BROKEN,
    Anything,
    Block,
    Bool,
    Choice,
    Field,
    FileName,
    Kind,
    Listed,
    Mapped,
    Secret,
    Text,
    Url,
    Values,
    added,
    is_nothing,
)

TLS_VERSION = Choice("TLS10", "TLS11", "TLS12", "TLS13")

# What no request may set by itself (config/headers.go, ReservedHeaders).
_RESERVED_HEADERS = frozenset(
    [
        *("Accept-Encoding", "Authorization", "Connection", "Content-Encoding", "Content-Length"),
        *("Content-Type", "Host", "Keep-Alive", "Proxy-Authenticate", "Proxy-Authorization"),
        *("User-Agent", "Www-Authenticate", "X-Amz-Content-Sha256", "X-Amz-Date"),
        *("X-Amz-Security-Token", "X-Prometheus-Remote-Read-Version"),
        *("X-Prometheus-Remote-Write-Version", "X-Prometheus-Scrape-Timeout-Seconds"),
    ]
)
_TOKEN_CHARS = frozenset(
    "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
)


class SecretReference(Text):
    """The name of a secret in a secret manager, which Alertmanager does not have.

    at_start: whether it is looked up when the client is made.
    """

    def __init__(self, at_start: bool = True):
        self.at_start = at_start

    def judge(self, text: str, node: Node, path: Path, context: Context) -> None:
        """Refuse it where a client is made of it; else no connection can be made later."""
        message = "refers to a secret manager, which Alertmanager does not have"
        at_start = self.at_start and context.in_use
        say = context.report.refuse if at_start else context.report.warn
        say(node, path, message, "use a file instead")


def canonical_header(name: str) -> str:
    """Give a header's name as Go's textproto.CanonicalMIMEHeaderKey spells it."""
    if not name or not set(name) <= _TOKEN_CHARS:
        return name
    return "-".join(part[:1].upper() + part[1:].lower() for part in name.split("-"))


class _TlsVersion(Kind):
    """A TLS version; unlike other choices, empty text is none."""

    def check(self, node: Node, path: Path, context: Context):
        text = TLS_VERSION.check(node, path, context)
        if not text and not is_nothing(node):
            context.report.refuse(node, path, "must be " + ", ".join(TLS_VERSION.words))
        return text


def tls_config(beside: bool, at_start: bool) -> Block:
    """Make the table of a tls_config.

    beside, at_start: what is done with the files that it names; see value_types.FileName.
    """
    name = FileName(beside, at_start)
    reference = SecretReference(at_start)
    return Block(
        "tls_config",
        "prometheus/common config/http_config.go TLSConfig",
        {
            "ca": added(26, Text()),
            "ca_file": name,
            "ca_ref": added(28, reference),
            "cert": added(26, Text()),
            "cert_file": name,
            "cert_ref": added(28, reference),
            "insecure_skip_verify": Bool(),
            "key": added(26, Secret()),
            "key_file": name,
            "key_ref": added(28, reference),
            "max_version": added(25, _TlsVersion()),
            "min_version": added(25, _TlsVersion()),
            "server_name": Text(),
        },
        [
            one_at_most("ca", "ca_file", "ca_ref"),
            one_at_most("cert", "cert_file", "cert_ref"),
            one_at_most("key", "key_file", "key_ref"),
            _certificate_needs_key,
            _Material(beside, at_start),
        ],
    )


# Checked when the configuration is read since 0.26; before, when the client is made.
_TLS_CHECKED = since(26)


def _certificate_needs_key(values: Values, context: Context) -> None:
    for one, other in (("cert", "key"), ("key", "cert")):
        asks_for(f"{one}_file", f"{other}_file", f"{other}", f"{other}_ref", which=_TLS_CHECKED)(
            values, context
        )
        for spelling in (one, f"{one}_ref"):
            asks_for(spelling, other, f"{other}_file", f"{other}_ref")(values, context)


class _Material:
    """The rule that a TLS client can be made of a tls_config.

    beside, at_start: as FileName has them. Where the client is not made at the start, no connection
    can be made later, which Alertmanager only logs.
    """

    def __init__(self, beside: bool, at_start: bool):
        self.beside = beside
        self.at_start = at_start

    def __call__(self, values: Values, context: Context) -> None:
        say = context.report.refuse if self.at_start and context.in_use else context.report.warn
        low, high = values.get("min_version"), values.get("max_version")
        if low in TLS_VERSION.words and high in TLS_VERSION.words and low > high:
            say(*values.place("max_version"), "is lower than min_version")
        for one, other in (("cert_file", "key_file"), ("key_file", "cert_file")):
            if values.get(one) and not values.get(other):
                say(*values.place(one), f"needs {other} as well", which=EVERY & ~_TLS_CHECKED)
        self._judge_texts(values, context, say)

    def _judge_texts(self, values: Values, context: Context, say: Callable) -> None:
        from ..go import certificates

        key, authority = self._content("ca", values, context)
        fault = None if authority is None else certificates.authority_fault(authority)
        if fault:
            say(*values.place(key), fault, "give PEM text with BEGIN CERTIFICATE")
        keys, texts = zip(*(self._content(name, values, context) for name in ("cert", "key")))
        if None in texts:
            return
        found = certificates.pair_fault(*texts)
        if found:
            place = keys[0] if found[0] == "certificate" else keys[1]
            say(*values.place(place), found[1], "give the PEM text of a certificate, and its key")

    def _content(self, name: str, values: Values, context: Context) -> Tuple[str, Optional[bytes]]:
        """Give the key that brings a certificate or key, and its text, None if not known."""
        text, file = values.get(name), values.get(f"{name}_file")
        if text and text is not BROKEN:
            return name, text.encode("utf-8", "surrogatepass")
        if not file or file is BROKEN:
            return name, None
        return f"{name}_file", file_references.look_up(file, self.beside, context).content


BASIC_AUTH = Block(
    "basic_auth",
    "prometheus/common config/http_config.go BasicAuth",
    {
        "password": Secret(),
        "password_file": FileName(beside=True),
        "password_ref": added(28, SecretReference()),
        "username": Text(),
        "username_file": added(27, FileName(beside=True)),
        "username_ref": added(28, SecretReference()),
    },
    [
        one_at_most("username", "username_file", "username_ref"),
        one_at_most("password", "password_file", "password_ref"),
    ],
)


def _not_basic(values: Values, context: Context) -> None:
    if (values.get("type") or "").strip().lower() == "basic":
        node, path = values.place("type")
        context.report.refuse(node, path, "cannot be basic", "use basic_auth instead")


AUTHORIZATION = Block(
    "authorization",
    "prometheus/common config/http_config.go Authorization",
    {
        "credentials": Secret(),
        "credentials_file": FileName(beside=True),
        "credentials_ref": added(28, SecretReference()),
        "type": Text(),
    },
    [one_at_most("credentials", "credentials_file", "credentials_ref"), _not_basic],
)


def _judge_header(name: str, node: Node, path: Path, context: Context) -> None:
    if canonical_header(name) in _RESERVED_HEADERS:
        context.report.refuse(node, path, "is a header that may not be set here")


_HEADER = Block(
    "the header",
    "prometheus/common config/headers.go Header",
    {
        "files": Listed(FileName(beside=True)),
        "secrets": Listed(Secret()),
        "values": Listed(Text()),
    },
)
HTTP_HEADERS = Mapped(_HEADER, _judge_header)
# The tracing block has the same headers, but its code does not look at their names.
TRACING_HEADERS = Mapped(_HEADER)

PROXY_URL = Url(any_scheme=True)


def _no_proxy_needs_proxy(values: Values, context: Context) -> None:
    # An empty proxy_url is enough.
    if values.get("no_proxy") and values.get("proxy_url") is None:
        asks_for("no_proxy", "proxy_url")(values, context)


_PROXY_FIELDS = {
    "no_proxy": added(26, Text()),
    "proxy_connect_header": added(26, Mapped(Listed(Secret()))),
    "proxy_from_environment": added(26, Bool()),
}
_PROXY_RULES = [
    asks_for("proxy_connect_header", "proxy_url", "proxy_from_environment"),
    excludes("proxy_from_environment", "proxy_url", "no_proxy"),
    _no_proxy_needs_proxy,
]

_JWT = "urn:ietf:params:oauth:grant-type:jwt-bearer"


def _is_jwt(values: Values) -> bool:
    return values.get("grant_type") == _JWT


def _known_algorithm(values: Values, context: Context) -> None:
    algorithm = values.get("signature_algorithm")
    if algorithm and algorithm not in ("RS256", "RS384", "RS512"):
        node, path = values.place("signature_algorithm")
        context.report.refuse(node, path, "must be RS256, RS384 or RS512")


def _oauth2_reference(values: Values, context: Context) -> None:
    used = "client_certificate_key_ref" if _is_jwt(values) else "client_secret_ref"
    if values.get(used) and values[used] is not BROKEN:
        SecretReference().judge(values[used], *values.place(used), context)


OAUTH2 = Block(
    "oauth2",
    "prometheus/common config/http_config.go OAuth2",
    {
        "audience": added(30, Text()),
        "claims": added(30, Mapped(Anything())),
        "client_certificate_key": added(30, Secret()),
        "client_certificate_key_file": added(30, FileName()),
        "client_certificate_key_id": added(30, Text()),
        "client_certificate_key_ref": added(30, Text()),
        "client_id": Text(),
        "client_secret": Secret(),
        "client_secret_file": FileName(beside=True),
        "client_secret_ref": added(28, Text()),
        "endpoint_params": Mapped(Text()),
        "grant_type": added(30, Text()),
        "iss": added(30, Text()),
        "scopes": Listed(Text()),
        "signature_algorithm": added(30, Text()),
        "tls_config": added(24, tls_config(beside=True, at_start=False)),
        "token_url": Text(),
        "proxy_url": added(25, PROXY_URL),
        **_PROXY_FIELDS,
    },
    [
        needs("client_id"),
        needs("token_url"),
        # Since 0.28, a client may do without a secret.
        needs("client_secret", "client_secret_file", which=before(28)),
        when(
            lambda values: not _is_jwt(values),
            one_at_most("client_secret", "client_secret_file", "client_secret_ref"),
        ),
        when(
            _is_jwt,
            one_at_most(
                "client_certificate_key",
                "client_certificate_key_file",
                "client_certificate_key_ref",
            ),
        ),
        when(_is_jwt, _known_algorithm),
        _oauth2_reference,
        *_PROXY_RULES,
    ],
)


def http_config(at_start: bool = True) -> Block:
    """Make the table of an http_config.

    at_start: whether Alertmanager makes the client when it reads the configuration.
    """
    return Block(
        "http_config",
        "prometheus/common config/http_config.go HTTPClientConfig",
        {
            "authorization": added(22, AUTHORIZATION),
            "basic_auth": BASIC_AUTH,
            "bearer_token": Secret(),
            "bearer_token_file": FileName(beside=True),
            "enable_http2": added(25, Bool()),
            "follow_redirects": added(22, Bool()),
            "http_headers": added(28, HTTP_HEADERS),
            "oauth2": added(22, OAUTH2),
            "proxy_url": Field(PROXY_URL, EVERY),
            "tls_config": tls_config(beside=True, at_start=at_start),
            **_PROXY_FIELDS,
        },
        [
            one_at_most("bearer_token", "bearer_token_file"),
            _one_authentication,
            *_PROXY_RULES,
        ],
    )


def _one_authentication(values: Values, context: Context) -> None:
    """Ask for one way of logging in."""
    ways = [key for key in _WAYS if values.get(key)]
    if len(ways) < 2 or set(ways) <= {"bearer_token", "bearer_token_file"}:
        return
    node, path = values.place(ways[-1])
    message = f"only one of {', '.join(ways[:-1])} and {ways[-1]} may be given"
    context.report.refuse(node, path, message, "take the others out")


_WAYS = ("basic_auth", "authorization", "oauth2", "bearer_token", "bearer_token_file")

HTTP_CONFIG = http_config()


def sends_authorization(values) -> bool:
    """Whether an http_config sets the Authorization header by anything but a password."""
    if not isinstance(values, Values):
        return False
    bearer = values.get("bearer_token") or values.get("bearer_token_file")
    return bool(values.get("authorization") or bearer)
