"""Each library's own serializer of text, and what becomes of what is no text."""

from __future__ import annotations

from pathlib import Path

import pytest

from clients import CONFLUENT, KAFKA_PYTHON, LIBRARIES, ClientError, ClientPool
from history.events import Event, value_of
from tests.clients.mock import TOPIC, events, mocked_producer

TEXT_IN, TEXT_OUT = {"value.serializer": "text"}, {"value.deserializer": "text"}
NO_TEXT = b"\xff no text"
both = pytest.mark.parametrize("library", LIBRARIES)


def sends(folder: Path, client: str) -> list[tuple[str, str | None, str | None]]:
    told: list[Event] = events(folder, client)
    return [(one.phase, one.value, one.error_name) for one in told if one.f == "send"]


def test_what_cannot_be_serialized_is_never_handed_to_kafka(tmp_path: Path) -> None:
    with ClientPool(tmp_path, "127.0.0.1:1", "alone") as pool:
        client = mocked_producer(pool, **{"value.serializer": "text"})
        (one,) = client.send_object(TOPIC, 42, number=7)
        assert (one.number, one.outcome, one.error_name) == (7, "fail", "_VALUE_SERIALIZATION")
        assert sends(tmp_path, client.name) == [
            ("invoke", None, None),
            ("fail", None, "_VALUE_SERIALIZATION"),
        ]
        assert [one.offset for one in client.send_object(TOPIC, "some text").acknowledged] == [0]


@pytest.mark.cluster
@both
def test_text_is_stored_as_the_bytes_that_a_sender_of_bytes_stores(
    pool: ClientPool, topic: str, tmp_path: Path, library: str
) -> None:
    client = pool.producer(library, TEXT_IN)
    client.send(topic, [1], size=100)
    (refused,) = client.send_object(topic, 42)
    client.send(topic, [2])
    assert (refused.outcome, refused.error_name) == ("fail", "_VALUE_SERIALIZATION")
    assert refused.text == "'int' object has no attribute 'encode'"
    as_bytes = pool.reader(library).read_to(topic, {0: 2})
    as_text = pool.reader(library, TEXT_OUT).read_to(topic, {0: 2})
    assert [one.value for one in as_bytes] == [value_of(client.name, number) for number in (1, 2)]
    assert as_text == as_bytes and len(as_text[0].content or b"") == 100


@pytest.mark.cluster
@pytest.mark.parametrize(("library", "position"), [(KAFKA_PYTHON, 1), (CONFLUENT, 2)])
def test_a_reader_fails_at_what_is_no_text_and_steps_over_it(
    pool: ClientPool, topic: str, library: str, position: int
) -> None:
    writer = pool.producer(CONFLUENT)
    for content in (b"one", NO_TEXT, b"two"):
        writer.send_bytes(topic, content)
    reader = pool.reader(library, TEXT_OUT)
    reader.assign([(topic, 0, "beginning")])
    assert [one.content for one in reader.poll(20)] == [b"one"]
    with pytest.raises(ClientError, match="invalid start byte") as caught:
        reader.poll(20)
    problem = caught.value.problem
    assert (problem.name, problem.outcome) == ("_VALUE_DESERIALIZATION", "fail")
    assert reader.position(topic) == position
    reader.seek(topic, 0, 2)
    assert [(one.offset, one.content) for one in reader.poll(20)] == [(2, b"two")]
    reader.seek(topic, 0, 1)
    with pytest.raises(ClientError, match="invalid start byte"):
        reader.poll(20)
