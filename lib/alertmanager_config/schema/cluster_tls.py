"""The file of --cluster.tls-config (0.24): TLS between the members of a cluster.

Sources: Alertmanager's cluster/tls_config.go and cluster/tls_transport.go; for the server's side
prometheus/exporter-toolkit's web/tls_config.go, of which 0.24 has v0.7, 0.25 v0.8, 0.26 v0.10, 0.27
v0.11 and 0.35 v0.20. What it names is read when Alertmanager starts, and looked for beside it.
"""

from typing import List, Mapping, Optional

from ..problem import Problem
from ..version import Version, before, is_future, since
from ..yaml.reader import parse_yaml
from .containers import Array, Object, Values, added
from .field_rules import needs
from .file_references import FileName
from .place import Context, Place
from .tls_config import TLS_VERSION, judge_pair, make_tls_config
from .value_types import Bool, Choice, Secret, Text, Word

_CIPHERS = (
    "TLS_AES_128_GCM_SHA256 TLS_AES_256_GCM_SHA384 TLS_CHACHA20_POLY1305_SHA256 "
    "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA "
    "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256 TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384 "
    "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256 "
    "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA "
    "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256 TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384 "
    "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256"
)
# Go 1.22, and so Alertmanager 0.28, came to call them insecure.
_FORMER_CIPHERS = (
    "TLS_RSA_WITH_AES_128_CBC_SHA TLS_RSA_WITH_AES_256_CBC_SHA "
    "TLS_RSA_WITH_AES_128_GCM_SHA256 TLS_RSA_WITH_AES_256_GCM_SHA384"
)


class _Cipher(Word):
    """A cipher suite that Go does not call insecure."""

    def _judge(self, text: str, place: Place) -> None:
        if text in _FORMER_CIPHERS.split():
            place.refuse("is a cipher suite that Go calls insecure", which=since(28))
        else:
            super()._judge(text, place)


def _has_pair(values: Values) -> None:
    """Ask for a certificate and its key, of which a file counts before a text."""
    for name in ("cert", "key"):
        if not values.has(f"{name}_file", name):
            values.place.refuse(f"needs {name}_file")
    judge_pair(values, beside=True, refuses=True)


def _authority_needs_policy(values: Values) -> None:
    for key in ("client_ca_file", "client_ca"):
        if values.get(key) and values.get("client_auth_type") in (None, "", "NoClientCert"):
            values.at(key).refuse(
                "needs client_auth_type as well", "RequireAndVerifyClientCert keeps strangers out"
            )


_SERVER = Object(
    "tls_server_config",
    "prometheus/exporter-toolkit web/tls_config.go TLSConfig",
    {
        Array(_Cipher(*_CIPHERS.split())): "cipher_suites",
        Array(Word("CurveP256", "CurveP384", "CurveP521", "X25519")): "curve_preferences",
        Bool(): "prefer_server_cipher_suites",
        Choice(
            *("NoClientCert", "RequestClientCert", "RequireAnyClientCert", "RequireClientCert"),
            *("VerifyClientCertIfGiven", "RequireAndVerifyClientCert"),
        ): "client_auth_type",
        FileName(beside=True, at_start=True): "cert_file client_ca_file key_file",
        TLS_VERSION: "max_version min_version",
        added(26, Array(Text())): "client_allowed_sans",
        added(27, Secret()): "key",
        added(27, Text()): "cert client_ca",
    },
    [_has_pair, _authority_needs_policy],
)


def _has_client(values: Values) -> None:
    """Refuse a null block, and until 0.25 one that is not there."""
    if "tls_client_config" not in values:
        values.place.refuse("needs tls_client_config", which=before(26))
    elif values["tls_client_config"] is None:
        values.at("tls_client_config").refuse("is null", "write {}, or take it out")


CLUSTER_TLS = Object(
    "the file of --cluster.tls-config",
    "cluster/tls_config.go TLSTransportConfig",
    {
        _SERVER: "tls_server_config",
        make_tls_config(beside=True, at_start=True): "tls_client_config",
    },
    [needs("tls_server_config"), _has_client],
)


def check_cluster_tls(
    text: str,
    name: str,
    option: str,
    version: Optional[Version],
    files: Mapping[str, Optional[bytes]],
) -> List[Problem]:
    """Say what is wrong with the text of the file that --cluster.tls-config names.

    name, option: what the problems call the file, and where it comes from. version and files are as
    check_document() has them; the file lies among the files. Alertmanager does not start unless
    all problems are warnings.
    """
    document = parse_yaml(text, option)
    problems = [problem._replace(path=name) for problem in document.problems]
    if document.root is None:
        return problems
    context = Context(version, strict=not is_future(version), files=files, features=())
    CLUSTER_TLS.check(Place(document.root, name, context))
    return sorted(problems + context.report.problems())
