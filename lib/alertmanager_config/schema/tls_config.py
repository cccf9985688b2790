"""tls_config: prometheus/common's config/http_config.go, TLSConfig."""

from typing import Optional, Tuple

from ..go import certificates
from ..version import before, since
from .containers import Object, Values, added
from .field_rules import asks_for, makes_rules, one_source
from .file_references import FileName, look_up
from .place import Place
from .value_types import BROKEN, Bool, Secret, Text, Word

TLS_VERSION = Word("TLS10", "TLS11", "TLS12", "TLS13")


class SecretReference(Text):
    """The name of a secret in a secret manager, which Alertmanager does not have.

    at_start: whether it is looked up when the client is made.
    """

    def __init__(self, at_start: bool = True):
        self.at_start = at_start

    def _judge(self, text: str, place: Place) -> None:
        """Refuse it where a client is made of it; else no connection can be made later."""
        message = "refers to a secret manager, which Alertmanager does not have"
        place.refuse_or_warn(self.at_start and place.context.in_use, message, "use a file instead")


def make_tls_config(beside: bool, at_start: bool) -> Object:
    """Make the table of a tls_config.

    beside, at_start: what is done with the files that it names; see FileName.
    """
    return Object(
        "tls_config",
        "prometheus/common config/http_config.go TLSConfig",
        {
            FileName(beside, at_start): "ca_file cert_file key_file",
            Bool(): "insecure_skip_verify",
            Text(): "server_name",
            added(25, TLS_VERSION): "max_version min_version",
            added(26, Secret()): "key",
            added(26, Text()): "ca cert",
            added(28, SecretReference(at_start)): "ca_ref cert_ref key_ref",
        },
        [*one_source("ca cert key"), _fits(beside, at_start)],
    )


@makes_rules
def _fits(values: Values, beside: bool, at_start: bool) -> None:
    """Ask for what a TLS client can be made of.

    beside, at_start: as FileName has them. Where the client is not made at the start, no connection
    can be made later, which Alertmanager only logs.
    """
    refuses = at_start and values.place.context.in_use
    low, high = values.get("min_version"), values.get("max_version")
    if low in TLS_VERSION.words and high in TLS_VERSION.words and low > high:
        values.at("max_version").refuse_or_warn(refuses, "is lower than min_version")
    for one, other in (("cert", "key"), ("key", "cert")):
        file = f"{other}_file"
        asks_for(f"{one}_file", file, other, f"{other}_ref", which=since(26))(values)
        for spelling in (one, f"{one}_ref"):
            asks_for(spelling, other, file, f"{other}_ref")(values)
        # Until 0.25, that is looked at only when the client is made.
        if values.get(f"{one}_file") and not values.get(file):
            place = values.at(f"{one}_file")
            place.refuse_or_warn(refuses, f"needs {file} as well", which=before(26))
    key, authority = _read("ca", values, beside)
    fault = None if authority is None else certificates.find_authority_fault(authority)
    if fault:
        values.at(key).refuse_or_warn(refuses, fault, "give PEM text with BEGIN CERTIFICATE")
    judge_pair(values, beside, refuses)


def judge_pair(values: Values, beside: bool, refuses: bool) -> None:
    """Ask for a certificate and a key that belong together. beside: as FileName has it."""
    keys, texts = zip(*(_read(name, values, beside) for name in ("cert", "key")))
    found = None if None in texts else certificates.find_pair_fault(*texts)
    if found:
        key = keys[0] if found[0] == "certificate" else keys[1]
        hint = "give the PEM text of a certificate, and its key"
        values.at(key).refuse_or_warn(refuses, found[1], hint)


def _read(name: str, values: Values, beside: bool) -> Tuple[str, Optional[bytes]]:
    """Give the key that brings a certificate or key, and its text, None if not known."""
    text, file = values.get(name), values.get(f"{name}_file")
    if file and file is not BROKEN:
        return f"{name}_file", look_up(file, beside, values.place.context).content
    return name, text.encode("utf-8", "surrogatepass") if text and text is not BROKEN else None
