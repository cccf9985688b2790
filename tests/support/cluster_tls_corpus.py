"""Files of --cluster.tls-config, and which versions of Alertmanager start with each.

What lies beside them is spoilt_fields.FILES. Alertmanager has the flag since 0.24.
"""

from typing import List, NamedTuple

from alertmanager_config.version import EVERY, VersionSet, before, since


class Case(NamedTuple):
    """A file. accepting: the versions that start with it. says: what the others say of it."""

    text: str
    accepting: VersionSet
    says: str = ""


_CLIENT = "tls_client_config: {ca_file: ca.pem}\n"
_PAIR = "cert_file: cert.pem, key_file: key.pem"


def _server(accepting: VersionSet, keys: str, says: str = "") -> Case:
    """A right client, and a server with these keys."""
    return Case(f"tls_server_config: {{{keys}}}\n{_CLIENT}", accepting, says)


def _more(accepting: VersionSet, keys: str, says: str = "") -> Case:
    """A server with these keys beside its certificate and key."""
    return _server(accepting, f"{_PAIR}, {keys}", says)


def _client(accepting: VersionSet, text: str, says: str = "") -> Case:
    """A right server, and other keys beside it."""
    return Case(f"tls_server_config: {{{_PAIR}}}\n{text}", accepting, says)


CASES: List[Case] = [
    _server(EVERY, _PAIR),
    _server(EVERY, "cert_file: /etc/alertmanager/cert.pem, key_file: ../alertmanager/key.pem"),
    # The two blocks.
    _client(since(26), "", "needs tls_client_config"),
    _client(EVERY, "tls_client_config: {}\n"),
    _client(EVERY, "tls_client_config: Null\n"),
    _client(0, "tls_client_config:\n", "is null"),
    _client(0, _CLIENT + _CLIENT, "is given twice"),
    _client(0, f"{_CLIENT}nope: 1\n", "has no key nope"),
    _client(EVERY, f"{_CLIENT}---\nmore: [\n"),
    Case(_CLIENT, 0, "needs tls_server_config"),
    Case(f"tls_server_config: ~\n{_CLIENT}", 0, "needs tls_server_config"),
    Case(f"tls_server_config: Null\n{_CLIENT}", 0, "needs cert_file"),
    Case("", 0, "is empty"),
    Case("x\n", 0, "must be a mapping"),
    Case("- x\n", 0, "must be a mapping"),
    # The server's certificate and key.
    _server(0, "", "needs cert_file"),
    _server(0, "cert_file: cert.pem", "needs key_file"),
    _server(0, "key_file: key.pem", "needs cert_file"),
    _server(0, "cert_file: nope, key_file: key.pem", "file nope is not in /etc/alertmanager"),
    _server(0, "cert_file: cert.pem, key_file: other.pem", "is not the key of the certificate"),
    _server(0, "cert_file: cert.pem, key_file: locked.pem", "is encrypted"),
    _server(0, "cert_file: key.pem, key_file: cert.pem", "holds no PEM certificate"),
    _server(0, "cert: x, key: y", "holds no PEM certificate"),
    _more(since(27), "cert: x"),
    _more(since(27), "key: x"),
    # Who is asked for a certificate.
    _more(EVERY, "client_auth_type: NoClientCert"),
    _more(EVERY, "client_auth_type: ''"),
    _more(0, "client_auth_type: nope", "must be NoClientCert"),
    _more(0, "client_auth_type: '~'", "must be NoClientCert"),
    _more(0, "client_ca_file: ca.pem", "needs client_auth_type"),
    _more(0, "client_ca_file: nope, client_auth_type: RequireAnyClientCert", "file nope is not"),
    _more(EVERY, "client_ca_file: token, client_auth_type: RequireAnyClientCert"),
    _more(since(27), "client_ca: x, client_auth_type: RequireAnyClientCert"),
    _more(0, "client_ca: x", "needs client_auth_type"),
    _more(since(26), "client_allowed_sans: [~, x]"),
    _more(0, "client_allowed_sans: {}", "must be a list"),
    # What is agreed on.
    _more(EVERY, "cipher_suites: [~, TLS_AES_128_GCM_SHA256]"),
    _more(EVERY, "cipher_suites: [TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256]"),
    _more(before(28), "cipher_suites: [TLS_RSA_WITH_AES_128_CBC_SHA]", "calls insecure"),
    _more(0, "cipher_suites: [TLS_RSA_WITH_3DES_EDE_CBC_SHA]", "must be TLS_AES_128"),
    _more(0, "cipher_suites: ['']", "must be TLS_AES_128"),
    _more(EVERY, "curve_preferences: [X25519, ~]"),
    _more(EVERY, "curve_preferences: ~"),
    _more(0, "curve_preferences: [X25519MLKEM768]", "must be CurveP256"),
    _more(0, "curve_preferences: ['~']", "must be CurveP256"),
    _more(EVERY, "min_version: ~, max_version: TLS12"),
    _more(EVERY, "min_version: TLS13, max_version: TLS12"),
    _more(0, "min_version: Null", "must be TLS10"),
    _more(0, "min_version: ''", "must be TLS10"),
    _more(0, "prefer_server_cipher_suites: x", "must be true or false"),
    _more(0, "nope: x", "has no key nope"),
    # The client.
    _client(EVERY, "tls_client_config: {server_name: x, insecure_skip_verify: true}\n"),
    _client(0, "tls_client_config: {ca_file: token}\n", "holds no certificate"),
    _client(0, "tls_client_config: {cert_file: cert.pem}\n", "needs key_file"),
    _client(
        0, "tls_client_config: {min_version: TLS13, max_version: TLS12}\n", "lower than min_version"
    ),
    _client(0, "tls_client_config: {ca_ref: x}\n", "ca_ref"),
]
