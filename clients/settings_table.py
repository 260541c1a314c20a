"""One row a setting: Kafka's name, its type, which clients have it, and what each library calls it.

Sources: Kafka's "Producer Configs" and "Consumer Configs"; the DEFAULT_CONFIG of kafka-python 3.0.12's
classes; CONFIGURATION.md of librdkafka 2.16.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Target = Callable[[Any, str], dict[str, Any]]  # (value, kind) -> the library's own options


@dataclass(frozen=True)
class Setting:
    name: str
    parse: Callable[[object], Any]
    kinds: frozenset[str]
    python: Target | None  # None: the library lacks it
    rdkafka: Target | None


def whole(value: object) -> int:
    if isinstance(value, bool):
        raise ValueError("a whole number is wanted")
    try:
        return int(str(value))
    except ValueError:
        raise ValueError("a whole number is wanted") from None


def yes_no(value: object) -> bool:
    word = str(value).lower()
    if word not in ("true", "false"):
        raise ValueError("true or false is wanted")
    return word == "true"


def text(value: object) -> str:
    if isinstance(value, (list, tuple)):
        return ",".join(str(item) for item in value)
    return str(value)


def one_of(*words: str) -> Callable[[object], str]:
    def choose(value: object) -> str:
        if str(value) not in words:
            raise ValueError(f"one of {', '.join(words)} is wanted")
        return str(value)

    return choose


def reset_policy(value: object) -> str:
    """KIP-1106 has a fourth policy, with a duration: by_duration:PT1H."""
    word = str(value)
    return word if word.startswith("by_duration:P") else one_of("earliest", "latest", "none")(word)


def acks(value: object) -> int:
    """-1 for "all"."""
    if str(value) not in ("all", "-1", "1", "0"):
        raise ValueError("all, 1 or 0 is wanted")
    return -1 if str(value) == "all" else int(str(value))


def named(option: str) -> Target:
    """Passed on under another name."""
    return lambda value, kind: {option: value}


def several(*options: str) -> Target:
    return lambda value, kind: dict.fromkeys(options, value)


def only(*words: str, option: str | None = None) -> Target:
    """A library that knows only some of Kafka's words; without an option the word is its only way."""

    def check(value: Any, kind: str) -> dict[str, Any]:
        if value not in words:
            raise ValueError(f"it knows only {', '.join(words)}")
        return {option: value} if option else {}

    return check


def _one_record_a_batch(value: int, kind: str) -> dict[str, Any]:
    # librdkafka takes the first record of a batch whatever its size, and refuses 0.
    return {"batch.size": max(value, 1)} | ({"batch.num.messages": 1} if value <= 1 else {})


def _request_timeout(value: int, kind: str) -> dict[str, Any]:
    # Kafka's word covers the wait on the wire and what a produce request asks of the broker;
    # librdkafka has one property for each.
    on_wire = {"socket.timeout.ms": value}
    return on_wire | {"request.timeout.ms": value} if kind == "producer" else on_wire


def _metadata_age(value: int, kind: str) -> dict[str, Any]:
    """librdkafka forgets what it is not told again in time: after three times the age, as by its defaults."""
    return {"topic.metadata.refresh.interval.ms": value, "metadata.max.age.ms": 3 * value}


def _reset(value: str, kind: str) -> dict[str, Any]:
    return {"auto.offset.reset": "error" if value == "none" else value}


def _memory(value: int, kind: str) -> dict[str, Any]:
    return {"queue.buffering.max.kbytes": max(1, value // 1024)}


def _compression(value: str, kind: str) -> dict[str, Any]:
    return {"compression_type": None if value == "none" else value}


def _host_check(value: str, kind: str) -> dict[str, Any]:
    return {"ssl_check_hostname": value == "https"}


def _host_check_rdkafka(value: str, kind: str) -> dict[str, Any]:
    return {"ssl.endpoint.identification.algorithm": value or "none"}


_PRODUCER, _CONSUMER = frozenset({"producer"}), frozenset({"consumer"})
_CLIENTS, _ALL = _PRODUCER | _CONSUMER, frozenset({"producer", "consumer", "admin"})
_SAME = object()  # kafka-python: the name with underscores; librdkafka: Kafka's own name


def _row(
    kinds: frozenset[str],
    name: str,
    parse: Callable[[object], Any],
    python: Any = _SAME,
    rdkafka: Any = _SAME,
) -> Setting:
    keyword = named(name.replace(".", "_")) if python is _SAME else python
    return Setting(name, parse, kinds, keyword, named(name) if rdkafka is _SAME else rdkafka)


_ROWS = (
    _row(_PRODUCER, "acks", acks),
    _row(_PRODUCER, "enable.idempotence", yes_no),
    _row(_CLIENTS, "max.in.flight.requests.per.connection", whole),
    _row(_PRODUCER, "retries", whole),
    _row(_PRODUCER, "linger.ms", whole),
    _row(_PRODUCER, "batch.size", whole, rdkafka=_one_record_a_batch),
    _row(_PRODUCER, "delivery.timeout.ms", whole),
    _row(_ALL, "request.timeout.ms", whole, rdkafka=_request_timeout),
    _row(_ALL, "retry.backoff.ms", whole),
    _row(_ALL, "retry.backoff.max.ms", whole, python=None),
    _row(_PRODUCER, "compression.type", one_of("none", "gzip", "snappy", "lz4", "zstd"), _compression),
    _row(_PRODUCER, "transactional.id", text),
    _row(_PRODUCER, "transaction.timeout.ms", whole),
    _row(
        _PRODUCER,
        "partitioner.class",
        one_of("murmur2", "default"),
        only("murmur2", "default", option="partitioner"),
        lambda value, kind: {"partitioner": "murmur2_random"} if value == "murmur2" else {},
    ),
    _row(_PRODUCER, "max.block.ms", whole, rdkafka=None),
    _row(_PRODUCER, "max.request.size", whole, rdkafka=named("message.max.bytes")),
    # The libraries' own classes for text; the client's process makes them.
    _row(_PRODUCER, "value.serializer", one_of("text")),
    _row(_CONSUMER, "value.deserializer", one_of("text")),
    _row(_PRODUCER, "buffer.memory", whole, None, _memory),
    _row(_CONSUMER, "client.rack", text),
    _row(_ALL, "metadata.max.age.ms", whole, rdkafka=_metadata_age),
    _row(_ALL, "connections.max.idle.ms", whole),
    _row(_ALL, "socket.connection.setup.timeout.ms", whole, python=None),
    _row(_ALL, "reconnect.backoff.ms", whole),
    _row(_ALL, "reconnect.backoff.max.ms", whole),
    _row(_CONSUMER, "group.id", text),
    _row(_CONSUMER, "group.instance.id", text),
    _row(_CONSUMER, "group.protocol", one_of("classic", "consumer"), only("classic")),
    _row(_CONSUMER, "group.remote.assignor", text, python=None),
    _row(_CONSUMER, "auto.offset.reset", reset_policy, rdkafka=_reset),
    _row(_CONSUMER, "enable.auto.commit", yes_no),
    _row(_CONSUMER, "auto.commit.interval.ms", whole),
    _row(_CONSUMER, "isolation.level", one_of("read_committed", "read_uncommitted")),
    _row(_CONSUMER, "session.timeout.ms", whole),
    _row(_CONSUMER, "heartbeat.interval.ms", whole),
    _row(_CONSUMER, "max.poll.interval.ms", whole),
    # librdkafka has no such property: our consumer caps what it asks of one poll.
    _row(_CONSUMER, "max.poll.records", whole, rdkafka=lambda value, kind: {}),
    _row(_CONSUMER, "fetch.min.bytes", whole),
    _row(_CONSUMER, "fetch.max.bytes", whole),
    _row(_CONSUMER, "max.partition.fetch.bytes", whole),
    _row(_CONSUMER, "fetch.max.wait.ms", whole, rdkafka=named("fetch.wait.max.ms")),
    _row(_CONSUMER, "partition.assignment.strategy", text),
    _row(_CONSUMER, "check.crcs", yes_no),
    _row(_CLIENTS, "allow.auto.create.topics", yes_no),
    _row(_ALL, "security.protocol", one_of("PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL")),
    # PEM files. As in Kafka, the key store may hold certificate and key in one file;
    # ssl.key.location (librdkafka's word) names a key that stands apart.
    _row(_ALL, "ssl.truststore.location", text, named("ssl_cafile"), named("ssl.ca.location")),
    _row(
        _ALL,
        "ssl.keystore.location",
        text,
        named("ssl_certfile"),
        several("ssl.certificate.location", "ssl.key.location"),
    ),
    _row(_ALL, "ssl.key.location", text, named("ssl_keyfile")),
    _row(_ALL, "ssl.key.password", text, named("ssl_password")),
    _row(
        _ALL,
        "ssl.endpoint.identification.algorithm",
        one_of("https", ""),
        _host_check,
        _host_check_rdkafka,
    ),
    _row(_ALL, "sasl.mechanism", text),
    # kafka-python's own word for how long it looks for a first broker.
    _row(_ALL, "bootstrap.timeout.ms", whole, rdkafka=None),
    # librdkafka's own words, where a scenario is about one of them.
    _row(_ALL, "sasl.username", text, named("sasl_plain_username")),
    _row(_ALL, "sasl.password", text, named("sasl_plain_password")),
    _row(_CONSUMER, "enable.auto.offset.store", yes_no, python=None),
    _row(_PRODUCER, "sticky.partitioning.linger.ms", whole, python=None),
    _row(_PRODUCER, "enable.gapless.guarantee", yes_no, python=None),
    _row(_ALL, "debug", text, python=None),
    _row(_ALL, "test.mock.num.brokers", whole, python=None),
)

SETTINGS: dict[str, Setting] = {row.name: row for row in _ROWS}
