"""The event recorder (0.33)."""

from typing import Sequence

from ..go import durations
from ..version import since
from ..yaml.nodes import shown
from .containers import Array, Object, Rule, Table, Values, added
from .field_rules import asks_for, needs
from .http_config import make_http_config
from .tls_config import make_tls_config
from .value_types import Bool, Choice, Duration, Integer, Text, Url, items_of


def _make_outputs(name: str, source: str, table: Table, rules: Sequence[Rule] = ()) -> Array:
    """Make the table of a list of outputs, as Object does; since 0.35 each must have a name."""
    table = {added(35, Text()): "name", **table}
    output = Object(name, source, table, [*rules, needs("name", which=since(35))])
    return Array(output, "empty", crash=since(35))


FILE_OUTPUTS = _make_outputs(
    "a file output", "eventrecorder/file.go FileOutputConfig", {Text(): "path"}, [needs("path")]
)


def _batch(values: Values) -> None:
    """Ask for batch: true where its settings are given, and for no negative ones."""
    for key in ("batch_max_events", "batch_max_bytes", "batch_flush_interval"):
        value = values.get(key)
        if isinstance(value, int) and value < 0:
            values.at(key).refuse("cannot be negative")
        elif isinstance(value, int) or (value and durations.parse_prometheus(value)):
            asks_for(key, "batch")(values)


def _real_url(values: Values) -> None:
    if values.get("url") == "<secret>":
        values.at("url").refuse("must be the URL itself")


WEBHOOK_OUTPUTS = _make_outputs(
    "a webhook output",
    "eventrecorder/webhook.go WebhookOutputConfig",
    {
        Duration(): "retry_backoff timeout",
        Integer(): "max_retries workers",
        Url(placeholder=True): "url",
        make_http_config(at_start=False): "http_config",
        added(34, Bool()): "batch",
        added(34, Duration()): "batch_flush_interval",
        added(34, Integer()): "batch_max_bytes batch_max_events",
    },
    [needs("url"), _real_url, _batch],
)


def _brokers(values: Values) -> None:
    if "" in items_of(values.get("brokers")):
        values.at("brokers").refuse("has an empty item")


KAFKA_OUTPUTS = _make_outputs(
    "a Kafka output",
    "eventrecorder/kafka.go KafkaOutputConfig, kafka/kafka.go",
    {
        Choice("none", "leader", "all"): "acks",
        Array(Text()): "brokers",
        Integer(): "buffer_size",
        Text(): "client_id topic",
        Choice("none", "gzip", "snappy", "lz4", "zstd"): "compression",
        Choice("json", "protobuf"): "format",
        make_tls_config(beside=True, at_start=False): "tls_config",
    },
    [needs("brokers"), _brokers, needs("topic")],
)

_STDOUT_OUTPUTS = _make_outputs("a stdout output", "eventrecorder/stdout.go StdoutOutputConfig", {})


def _names_once(values: Values) -> None:
    for key in values:
        seen = set()
        for output in items_of(values[key]):
            name = output.get("name") if isinstance(output, Values) else None
            if name and name in seen:
                message = f"the name {shown(name)} is given twice"
                output.at("name").refuse(message, "give it another name", since(35))
            seen.add(name)


EVENT_RECORDER = Object(
    "event_recorder",
    "eventrecorder/config.go Config",
    {
        FILE_OUTPUTS: "file_outputs",
        KAFKA_OUTPUTS: "kafka_outputs",
        added(34, _STDOUT_OUTPUTS): "stdout_outputs",
        WEBHOOK_OUTPUTS: "webhook_outputs",
    },
    [_names_once],
)
