"""The tracing block (0.30)."""

from ..go import urls
from ..yaml.nodes import shown
from .containers import Map, Object, Values
from .field_rules import needs
from .file_references import FileName
from .http_config import make_header
from .tls_config import make_tls_config
from .value_types import BROKEN, Bool, Choice, Duration, Float, Text


def _client_type(values: Values) -> None:
    kind = values.get("client_type")
    if "client_type" in values and kind is not BROKEN and kind not in ("http", "grpc"):
        values.at("client_type").refuse("must be http or grpc")


def _endpoint(values: Values) -> None:
    """Ask for what grpc.NewClient can read, which is made of it while Alertmanager starts."""
    endpoint = values.get("endpoint")
    if endpoint and endpoint is not BROKEN and values.get("client_type") in (None, "grpc"):
        for fault in urls.find_url_faults("dns:///" + endpoint, any_scheme=True):
            values.at("endpoint").refuse(fault.message)


def _no_header_files(values: Values) -> None:
    headers = values.get("headers")
    for name, header in headers.items() if isinstance(headers, dict) else ():
        only_files = isinstance(header, Values) and not header.has("values", "secrets")
        if only_files and header.get("files"):
            message = f"the header {shown(name)} cannot come from a file here"
            values.at("headers").refuse(message, "give it in secrets")


TRACING = Object(
    "tracing",
    "tracing/config.go TracingConfig",
    {
        Text(): "client_type endpoint",
        Choice("gzip"): "compression",
        # The names of these headers are not looked at.
        Map(make_header(FileName(beside=True))): "headers",
        Bool(): "insecure",
        Float(): "sampling_fraction",
        Duration(): "timeout",
        make_tls_config(beside=False, at_start=True): "tls_config",
    },
    [needs("endpoint"), _client_type, _endpoint, _no_header_files],
)
