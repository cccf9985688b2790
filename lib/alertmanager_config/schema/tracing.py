"""The blocks beside notification: tracing (0.30) and the event recorder (0.33)."""

from ..version import since
from ..yaml.nodes import Mapping, Node, Scalar, shown
from . import http
from .check_context import Context
from .field_rules import asks_for, needs
from .value_types import (
    BROKEN,
    Block,
    Bool,
    Choice,
    Duration,
    Float,
    Integer,
    Listed,
    Text,
    Url,
    Values,
    added,
    fields_of,
    is_set,
)


def _client_type(values: Values, context: Context) -> None:
    kind = values.get("client_type")
    if "client_type" in values and kind is not BROKEN and kind not in ("http", "grpc"):
        context.report.refuse(*values.place("client_type"), "must be http or grpc")


def _endpoint(values: Values, context: Context) -> None:
    """Ask for what grpc.NewClient can read, which is made of it while Alertmanager starts."""
    from ..go import urls

    endpoint = values.get("endpoint")
    if endpoint and endpoint is not BROKEN and values.get("client_type") in (None, "grpc"):
        for fault in urls.url_faults("dns:///" + endpoint, any_scheme=True):
            context.report.refuse(*values.place("endpoint"), fault.message)


def _no_header_files(values: Values, context: Context) -> None:
    headers = values.get("headers")
    for name, header in headers.items() if isinstance(headers, dict) else ():
        only_files = isinstance(header, Values) and not is_set(header, "values", "secrets")
        if only_files and header.get("files"):
            message = f"the header {shown(name)} cannot come from a file here"
            context.report.refuse(*values.place("headers"), message, "give it in secrets")


def tracing_uses_tls(tracing: Node) -> bool:
    """Whether Alertmanager makes a TLS client of the block."""
    insecure = tracing.get("insecure") if isinstance(tracing, Mapping) else None
    return not (isinstance(insecure, Scalar) and insecure.plain() is True)


TRACING = Block(
    "tracing",
    "tracing/config.go TracingConfig",
    {
        "client_type": Text(),
        "compression": Choice("gzip"),
        "endpoint": Text(),
        "headers": http.TRACING_HEADERS,
        "insecure": Bool(),
        "sampling_fraction": Float(),
        "timeout": Duration(),
        "tls_config": http.tls_config(beside=False, at_start=True),
    },
    [needs("endpoint"), _client_type, _endpoint, _no_header_files],
)


_NAME = added(35, Text())
_NEEDS_NAME = needs("name", which=since(35))

_FILE_OUTPUT = Block(
    "a file output",
    "eventrecorder/file.go FileOutputConfig",
    {"name": _NAME, "path": Text()},
    [needs("path"), _NEEDS_NAME],
)


def _batch(values: Values, context: Context) -> None:
    """Ask for batch: true where its settings are given, and for no negative ones."""
    for key in ("batch_max_events", "batch_max_bytes", "batch_flush_interval"):
        value = values.get(key)
        if isinstance(value, int) and value < 0:
            context.report.refuse(*values.place(key), "cannot be negative")
        elif value and not (key == "batch_flush_interval" and _is_nothing(value)):
            asks_for(key, "batch")(values, context)


def _is_nothing(duration: str) -> bool:
    from ..go import durations

    return duration is BROKEN or durations.prometheus(duration).zero


def _real_url(values: Values, context: Context) -> None:
    if values.get("url") == "<secret>":
        context.report.refuse(*values.place("url"), "must be the URL itself")


_WEBHOOK_OUTPUT = Block(
    "a webhook output",
    "eventrecorder/webhook.go WebhookOutputConfig",
    {
        "batch": added(34, Bool()),
        "batch_flush_interval": added(34, Duration()),
        "batch_max_bytes": added(34, Integer()),
        "batch_max_events": added(34, Integer()),
        "http_config": http.http_config(at_start=False),
        "max_retries": Integer(),
        "name": _NAME,
        "retry_backoff": Duration(),
        "timeout": Duration(),
        "url": Url(placeholder=True),
        "workers": Integer(),
    },
    [needs("url"), _real_url, _batch, _NEEDS_NAME],
)


def _brokers(values: Values, context: Context) -> None:
    if "" in fields_of(values.get("brokers")):
        context.report.refuse(*values.place("brokers"), "has an empty item")


_KAFKA_OUTPUT = Block(
    "a Kafka output",
    "eventrecorder/kafka.go KafkaOutputConfig, kafka/kafka.go",
    {
        "acks": Choice("none", "leader", "all"),
        "brokers": Listed(Text()),
        "buffer_size": Integer(),
        "client_id": Text(),
        "compression": Choice("none", "gzip", "snappy", "lz4", "zstd"),
        "format": Choice("json", "protobuf"),
        "name": _NAME,
        "tls_config": http.tls_config(beside=True, at_start=False),
        "topic": Text(),
    },
    [needs("brokers"), _brokers, needs("topic"), _NEEDS_NAME],
)

_STDOUT_OUTPUT = Block(
    "a stdout output",
    "eventrecorder/stdout.go StdoutOutputConfig",
    {"name": _NAME},
    [_NEEDS_NAME],
)


def _outputs(block: Block) -> Listed:
    # Since 0.35, what is null lacks a name.
    return Listed(block, "empty", crash=since(35))


def _names_once(values: Values, context: Context) -> None:
    for key in values:
        seen = set()
        for output in fields_of(values[key]):
            name = output.get("name") if isinstance(output, Values) else None
            if name and name in seen:
                message = f"the name {shown(name)} is here for the second time"
                place = output.place("name")
                context.report.refuse(*place, message, "give it another name", since(35))
            seen.add(name)


EVENT_RECORDER = Block(
    "event_recorder",
    "eventrecorder/config.go Config",
    {
        "file_outputs": _outputs(_FILE_OUTPUT),
        "kafka_outputs": _outputs(_KAFKA_OUTPUT),
        "stdout_outputs": added(34, _outputs(_STDOUT_OUTPUT)),
        "webhook_outputs": _outputs(_WEBHOOK_OUTPUT),
    },
    [_names_once],
)
