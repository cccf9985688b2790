"""The blocks beside notification: tracing (0.30) and the event recorder (0.33)."""

from . import http
from .context import Context
from .kinds import (
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
)
from .rules import asks_for, needs


def _client_type(values: Values, context: Context) -> None:
    from ..yaml_nodes import Mapping, is_null

    kind = values.get("client_type")
    node = values.node.get("client_type") if isinstance(values.node, Mapping) else None
    # "~" in quotes is taken without a look.
    if is_null(node) or kind is BROKEN or kind in ("http", "grpc", "~", "null"):
        return
    context.report.refuse(*values.place("client_type"), "must be http or grpc")


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
        "tls_config": http.tls_config(beside=False, at_start=False),
    },
    [needs("endpoint"), _client_type],
)


_FILE_OUTPUT = Block(
    "a file output",
    "eventrecorder/file.go FileOutputConfig",
    {"path": Text()},
    [needs("path")],
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
    from . import durations

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
        "retry_backoff": Duration(),
        "timeout": Duration(),
        "url": Url(placeholder=True),
        "workers": Integer(),
    },
    [needs("url"), _real_url, _batch],
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
        "tls_config": http.tls_config(beside=True, at_start=False),
        "topic": Text(),
    },
    [needs("brokers"), _brokers, needs("topic")],
)

EVENT_RECORDER = Block(
    "event_recorder",
    "eventrecorder/config.go Config",
    {
        "file_outputs": Listed(_FILE_OUTPUT, "empty"),
        "kafka_outputs": Listed(_KAFKA_OUTPUT, "empty"),
        "stdout_outputs": added(
            34,
            Listed(
                Block("a stdout output", "eventrecorder/stdout.go StdoutOutputConfig", {}), "empty"
            ),
        ),
        "webhook_outputs": Listed(_WEBHOOK_OUTPUT, "empty"),
    },
)
