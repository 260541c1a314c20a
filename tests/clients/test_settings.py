"""Kafka's names become the libraries' own, and what cannot be is refused by name."""

from __future__ import annotations

from typing import Any

import pytest
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer

from clients import CONFLUENT, KAFKA_PYTHON, LIBRARIES, MalformedSetting, UnknownSetting, UnsupportedSetting
from clients.settings import check_library, check_overlay, merged, translate
from clients.settings_table import SETTINGS


def translated(library: str, kind: str, **settings: object) -> dict[str, Any]:
    named = {name.replace("__", "."): value for name, value in settings.items()}
    return translate(library, kind, merged(kind, named, {}))


def test_nothing_named_leaves_the_library_its_defaults() -> None:
    for library in LIBRARIES:
        for kind in ("producer", "consumer", "admin"):
            assert translate(library, kind, {}) == {}


@pytest.mark.parametrize(
    ("kind", "name", "value", "python", "rdkafka"),
    [
        ("producer", "acks", "all", {"acks": -1}, {"acks": -1}),
        ("producer", "acks", 1, {"acks": 1}, {"acks": 1}),
        (
            "producer",
            "enable.idempotence",
            "false",
            {"enable_idempotence": False},
            {"enable.idempotence": False},
        ),
        ("producer", "compression.type", "none", {"compression_type": None}, {"compression.type": "none"}),
        ("producer", "batch.size", 1, {"batch_size": 1}, {"batch.size": 1, "batch.num.messages": 1}),
        ("producer", "batch.size", "0", {"batch_size": 0}, {"batch.size": 1, "batch.num.messages": 1}),
        ("producer", "partitioner.class", "default", {"partitioner": "default"}, {}),
        (
            "producer",
            "partitioner.class",
            "murmur2",
            {"partitioner": "murmur2"},
            {"partitioner": "murmur2_random"},
        ),
        (
            "producer",
            "request.timeout.ms",
            1000,
            {"request_timeout_ms": 1000},
            {"request.timeout.ms": 1000, "socket.timeout.ms": 1000},
        ),
        ("consumer", "request.timeout.ms", 1000, {"request_timeout_ms": 1000}, {"socket.timeout.ms": 1000}),
        (
            "consumer",
            "metadata.max.age.ms",
            1000,
            {"metadata_max_age_ms": 1000},
            {"topic.metadata.refresh.interval.ms": 1000, "metadata.max.age.ms": 3000},
        ),
        ("consumer", "fetch.max.wait.ms", "10", {"fetch_max_wait_ms": 10}, {"fetch.wait.max.ms": 10}),
        (
            "consumer",
            "auto.offset.reset",
            "none",
            {"auto_offset_reset": "none"},
            {"auto.offset.reset": "error"},
        ),
        (
            "consumer",
            "ssl.keystore.location",
            "/a.pem",
            {"ssl_certfile": "/a.pem"},
            {"ssl.certificate.location": "/a.pem", "ssl.key.location": "/a.pem"},
        ),
    ],
)
def test_a_setting_has_its_name_and_form_in_each_library(
    kind: str, name: str, value: object, python: dict[str, object], rdkafka: dict[str, object]
) -> None:
    values = merged(kind, {name: value}, {})
    assert translate(KAFKA_PYTHON, kind, values) == python
    assert translate(CONFLUENT, kind, values) == rdkafka


def test_a_key_that_stands_apart_wins_over_the_key_store() -> None:
    got = translated(CONFLUENT, "admin", ssl__keystore__location="/cert.pem", ssl__key__location="/key.pem")
    assert got == {"ssl.certificate.location": "/cert.pem", "ssl.key.location": "/key.pem"}


def test_an_overlay_wins() -> None:
    assert merged("producer", {"acks": "all", "retries": 3}, {"acks": "1"}) == {"acks": 1, "retries": 3}


def test_an_unknown_name_is_refused_with_the_closest_one() -> None:
    with pytest.raises(UnknownSetting, match=r"'enable\.idempotence'"):
        check_overlay(["enable_idempotense"], "producer")


def test_a_setting_of_another_kind_of_client_is_refused() -> None:
    with pytest.raises(UnknownSetting, match="setting of a consumer"):
        merged("producer", {"group.id": "g"}, {})


@pytest.mark.parametrize(
    ("name", "value"),
    [("acks", "2"), ("linger.ms", "soon"), ("linger.ms", True), ("enable.idempotence", "yes"),
     ("compression.type", "zip")],
)  # fmt: skip
def test_a_malformed_value_is_refused(name: str, value: object) -> None:
    with pytest.raises(MalformedSetting, match=name):
        merged("producer", {name: value}, {})


@pytest.mark.parametrize(
    ("library", "kind", "name", "value"),
    [
        (CONFLUENT, "producer", "max.block.ms", 100),
        (KAFKA_PYTHON, "producer", "buffer.memory", 1 << 20),
        (KAFKA_PYTHON, "consumer", "group.protocol", "consumer"),
        (KAFKA_PYTHON, "consumer", "enable.auto.offset.store", "false"),
    ],
)
def test_what_a_library_lacks_is_refused_with_its_name(
    library: str, kind: str, name: str, value: object
) -> None:
    with pytest.raises(UnsupportedSetting, match=library):
        translate(library, kind, merged(kind, {name: value}, {}))


def test_an_unknown_library_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ValueError, match="kafka-python, confluent-kafka"):
        check_library("aiokafka")


SAMPLES = {
    "partitioner.class": "murmur2",
    "compression.type": "gzip",
    "group.protocol": "classic",
    "auto.offset.reset": "earliest",
    "isolation.level": "read_committed",
    "security.protocol": "SSL",
    "ssl.endpoint.identification.algorithm": "https",
    "partition.assignment.strategy": "range",
    "value.serializer": "text",
    "value.deserializer": "text",
}
DEFAULTS = {
    "producer": KafkaProducer.DEFAULT_CONFIG,
    "consumer": KafkaConsumer.DEFAULT_CONFIG,
    "admin": KafkaAdminClient.DEFAULT_CONFIG,
}


@pytest.mark.parametrize("kind", DEFAULTS)
def test_every_keyword_of_the_table_is_one_that_kafka_python_has(kind: str) -> None:
    for setting in SETTINGS.values():
        if setting.python is None or kind not in setting.kinds:
            continue
        value = setting.parse(
            SAMPLES.get(setting.name, "true" if setting.parse.__name__ == "yes_no" else "1")
        )
        for keyword in setting.python(value, kind):
            assert keyword in DEFAULTS[kind], f"{setting.name} of a {kind}"


@pytest.mark.parametrize("kind", ["producer", "consumer", "admin"])
def test_every_property_of_the_table_is_one_that_confluent_kafka_has(kind: str) -> None:
    from confluent_kafka import DeserializingConsumer, KafkaException, SerializingProducer

    made = DeserializingConsumer if kind == "consumer" else SerializingProducer
    for setting in SETTINGS.values():
        if setting.rdkafka is None or kind not in setting.kinds or setting.name == "debug":
            continue
        value = setting.parse(
            SAMPLES.get(setting.name, "true" if setting.parse.__name__ == "yes_no" else "1")
        )
        options = {"group.id": "g"} if kind == "consumer" else {}
        try:
            made({**options, **setting.rdkafka(value, kind), "log_level": 0})
        except KafkaException as error:
            assert "No such configuration property" not in str(error), f"{setting.name} of a {kind}"
