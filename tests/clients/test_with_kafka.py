"""Both libraries against a real Kafka: what the mock cannot show."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import pytest

from clients import (
    CONFLUENT,
    KAFKA_PYTHON,
    LIBRARIES,
    Admin,
    ClientDied,
    ClientError,
    ClientPool,
    Consumer,
    NotInTime,
    Producer,
)
from clients.producer_states import remembered
from clients.raw import EARLIEST, ProducerIdentity, RawConnection
from clients.record_batches import LARGEST_SEQUENCE, BatchSeen
from history.events import Event, read, value_of
from tests.clients.conftest import EARLY, connected, new_name

pytestmark = [pytest.mark.cluster, pytest.mark.filterwarnings("ignore::DeprecationWarning")]
both = pytest.mark.parametrize("library", LIBRARIES)
T = TypeVar("T")


def events(client: Producer | Consumer) -> list[Event]:
    with client._spec.history.open() as lines:
        return list(read(lines))


def leader_of(bootstrap: str, topic: str) -> RawConnection:
    """A raw connection to the leader of partition 0, once that one says so itself: metadata knows it sooner."""

    def found() -> Any:
        told = first.metadata(topic)
        (about,) = told.topics
        leader = about.partitions[0].leader_id if about.partitions else -1
        return next((one for one in told.brokers if one.node_id == leader), None)

    with connected(bootstrap.split(",")[0]) as first:
        broker = _when(found)
    leader = RawConnection(broker.host, broker.port, "tests.raw")
    _when(lambda: leader.list_offset(topic, 0)[0] == 0)
    return leader


def new_producer(leader: RawConnection) -> ProducerIdentity:
    """A broker that has run out of producer ids fetches more and asks to come again."""
    return _when(lambda: got if (got := leader.init_producer_id()).error == 0 else None)


def batches_of(bootstrap: str, topic: str) -> list[BatchSeen]:
    with leader_of(bootstrap, topic) as leader:
        return leader.fetch(topic, 0)[1]


@both
def test_what_is_sent_is_read_with_its_name_key_headers_and_offset(
    pool: ClientPool, topic: str, library: str
) -> None:
    producer = pool.producer(library, {"acks": "all"})
    report = producer.send(topic, range(10), key="k{n%3}", headers=[("h", b"v")], size=100)
    assert [one.offset for one in report.acknowledged] == list(range(10))
    reader = pool.reader(library)
    reads = reader.read_to(topic, {0: 10})
    assert [(one.offset, one.value, one.key) for one in reads] == [
        (number, value_of(producer.name, number), f"k{number % 3}".encode()) for number in range(10)
    ]
    assert all(one.headers == [("h", b"v")] and len(one.content or b"") == 100 for one in reads)
    final = [event for event in events(reader) if event.f == "final-read" and event.phase == "ok"]
    assert [(event.partition, event.offset) for event in final] == [(0, 10)]


def test_both_libraries_see_the_same_digest(pool: ClientPool, topic: str) -> None:
    producer = pool.producer(CONFLUENT)
    producer.send(topic, range(3), headers=[("h", b"v"), ("h", b"w")])
    producer.send_bytes(topic, None, key="tombstone")
    seen = [[one.digest for one in pool.reader(library).read_to(topic, {0: 4})] for library in LIBRARIES]
    assert seen[0] == seen[1]


@both
def test_one_record_a_batch(pool: ClientPool, bootstrap: str, topic: str, library: str) -> None:
    small = pool.producer(library, {"batch.size": 1})
    small.send(topic, range(10))
    assert [len(one.values) for one in batches_of(bootstrap, topic)] == [1] * 10


def test_kafka_python_can_send_some_records_one_a_batch(pool: ClientPool, bootstrap: str, topic: str) -> None:
    producer = pool.producer(KAFKA_PYTHON, {"linger.ms": 1000})
    producer.send(topic, range(5), one_per_batch=True)
    producer.send(topic, range(5, 10))
    assert [len(one.values) for one in batches_of(bootstrap, topic)] == [1] * 5 + [5]


def test_keys_go_where_javas_murmur2_puts_them(pool: ClientPool, new_topic: Callable[..., str]) -> None:
    name = new_topic(partitions=7)
    placed = []
    for library, settings in (
        (KAFKA_PYTHON, {}),
        (KAFKA_PYTHON, {"partitioner.class": "murmur2"}),
        (CONFLUENT, {"partitioner.class": "murmur2"}),
        (CONFLUENT, {}),
    ):
        report = pool.producer(library, settings).send(name, range(30), key="key-{n}")
        placed.append([one.partition for one in report.acknowledged])
    assert placed[0] == placed[1] == placed[2] and len(placed[0]) == 30
    assert placed[3] != placed[0], "its own default is CRC32"


@both
def test_a_final_read_passes_transaction_markers(pool: ClientPool, topic: str, library: str) -> None:
    producer = pool.producer(library, {"transactional.id": topic})
    producer.init_transactions()
    producer.begin()
    producer.send(topic, range(3))
    producer.commit()
    producer.begin()
    producer.send(topic, range(3, 6))
    producer.abort()
    committed = pool.reader(library, {"isolation.level": "read_committed"}).read_to(topic, {0: 8})
    uncommitted = pool.reader(library, {"isolation.level": "read_uncommitted"}).read_to(topic, {0: 8})
    assert [one.offset for one in committed] == [0, 1, 2]
    assert [one.offset for one in uncommitted] == [0, 1, 2, 4, 5, 6]
    told = [(event.f, event.phase) for event in events(producer) if event.f != "send"]
    assert told == [
        ("begin", "invoke"),
        ("begin", "ok"),
        ("commit-transaction", "invoke"),
        ("commit-transaction", "ok"),
        ("begin", "invoke"),
        ("begin", "ok"),
        ("abort-transaction", "invoke"),
        ("abort-transaction", "ok"),
    ]


@both
def test_a_final_read_that_cannot_end_says_where_it_stands(
    pool: ClientPool, topic: str, library: str
) -> None:
    pool.producer(library).send(topic, range(2))
    with pytest.raises(NotInTime, match="partition 0 at 2 of 3") as caught:
        pool.reader(library).read_to(topic, {0: 3}, within=3)
    assert [one.offset for one in caught.value.so_far] == [0, 1]


@both
def test_offsets_in_a_transaction(pool: ClientPool, topic: str, library: str) -> None:
    producer = pool.producer(library, {"transactional.id": topic})
    producer.init_transactions()
    producer.begin()
    producer.send(topic, range(3))
    producer.commit()
    consumer = pool.consumer(library, {"group.id": topic, "isolation.level": "read_committed", **EARLY})
    consumer.subscribe(topic)
    assert len(consumer.poll(20, at_least=3)) == 3
    producer.begin()
    producer.send_offsets({(topic, 0): 2}, consumer.group_metadata())
    producer.commit()
    # The marker in the offsets topic may come a moment after the commit's answer.
    found = next((at for _ in range(200) if (at := consumer.committed(topic)) is not None), None)
    assert found == 2


@both
def test_a_zombie_producer_is_fenced(pool: ClientPool, topic: str, library: str) -> None:
    zombie = pool.producer(library, {"transactional.id": topic})
    zombie.init_transactions()
    zombie.begin()
    zombie.send(topic, [1])
    successor = pool.producer(library, {"transactional.id": topic})
    successor.init_transactions()
    (late,) = zombie.send(topic, [2])
    assert (late.outcome, late.error_name) == ("fail", "INVALID_PRODUCER_EPOCH")
    with pytest.raises(ClientError) as caught:
        zombie.commit(5)
    assert caught.value.problem.outcome == "fail"
    assert pool.reader(library, {"isolation.level": "read_committed"}).read_to(topic, {0: 2}) == []


@both
def test_a_group_member_commits_and_its_successor_goes_on_from_there(
    pool: ClientPool, topic: str, library: str
) -> None:
    pool.producer(library).send(topic, range(10))
    settings = {"group.id": topic, **EARLY}
    first = pool.consumer(library, settings)
    first.subscribe(topic)
    assert [one.offset for one in first.poll(20, at_most=1)] == [0]
    assert [one.offset for one in first.poll(20, at_least=3, at_most=3)] == [1, 2, 3]
    assert first.assignment() == [(topic, 0)] and first.position(topic) == 4
    assert first.committed(topic) is None
    first.commit()
    assert first.committed(topic) == 4
    first.close()
    assert not first.alive
    second = pool.consumer(library, settings)
    second.subscribe(topic)
    assert second.poll(20)[0].offset == 4
    second.commit({(topic, 0): 7})
    assert second.committed(topic) == 7
    told = [
        (e.f, e.phase, e.partition, e.offset) for e in events(first) if e.f in ("assign", "revoke", "commit")
    ]
    assert told == [
        ("assign", "ok", 0, None),
        ("commit", "invoke", 0, 4),
        ("commit", "ok", 0, 4),
        ("revoke", "ok", 0, None),
    ]
    polls = [event for event in events(first) if event.f == "poll" and event.phase == "ok"]
    assert [row[1] for event in polls for row in event.records or ()] == [0, 1, 2, 3]


@both
def test_a_member_that_the_pool_ends_leaves_its_group(
    tmp_path: Path, bootstrap: str, topic: str, pool: ClientPool, library: str
) -> None:
    settings = {"group.id": topic, **EARLY}
    pool.producer(library).send(topic, [1])
    with ClientPool(tmp_path / "first", bootstrap, "first") as other:
        member = other.consumer(library, settings)
        member.subscribe(topic)
        assert member.poll(20)
    successor = pool.consumer(library, settings)
    successor.subscribe(topic)
    # A member that had not left would keep the partition for session.timeout.ms, 45 s.
    assert successor.poll(30)


@both
def test_a_member_can_commit_when_its_partitions_are_taken(
    pool: ClientPool, topic: str, library: str
) -> None:
    pool.producer(library).send(topic, range(3))
    settings = {"group.id": topic, "heartbeat.interval.ms": 300, **EARLY}
    first = pool.consumer(library, settings)
    first.subscribe(topic, commit_on_revoke=True)
    assert len(first.poll(20, at_least=3)) == 3
    second = pool.consumer(library, settings)
    second.subscribe(topic)
    revoked = first.stop_at("revoked", 1)
    with ThreadPoolExecutor(2) as waiting:
        # Both poll, so that the rebalance can go on; nobody has anything to read.
        polls = [waiting.submit(member.poll, 20) for member in (first, second)]
        revoked.wait(20)
        told = [(e.phase, e.offset) for e in events(first) if e.f == "commit"]
        first.kill()
        second.kill()
        assert all(isinstance(poll.exception(), ClientDied) for poll in polls)
    assert told == [("invoke", 3), ("ok", 3)]
    assert pool.consumer(library, settings).committed(topic) == 3


@both
def test_seek_and_pause(pool: ClientPool, topic: str, library: str) -> None:
    pool.producer(library).send(topic, range(10))
    consumer = pool.consumer(library, {"fetch.max.wait.ms": 10})
    consumer.assign([(topic, 0, 3)])
    assert consumer.poll(20, at_most=1)[0].offset == 3
    consumer.seek(topic, 0, 7)
    assert consumer.poll(20, at_most=1)[0].offset == 7
    consumer.pause_partitions([(topic, 0)])
    assert consumer.poll(0.3) == []
    consumer.resume_partitions([(topic, 0)])
    assert consumer.poll(20, at_most=1)[0].offset == 8
    consumer.seek(topic, 0, "beginning")
    assert consumer.poll(20, at_most=1)[0].offset == 0
    assert consumer.end_offsets([(topic, 0)]) == {(topic, 0): 10}
    assert consumer.beginning_offsets([(topic, 0)]) == {(topic, 0): 0}


@both
def test_without_a_reset_policy_a_bad_offset_is_an_error(pool: ClientPool, topic: str, library: str) -> None:
    pool.producer(library).send(topic, range(3))
    consumer = pool.consumer(library, {"auto.offset.reset": "none"})
    consumer.assign([(topic, 0, 100)])
    with pytest.raises(ClientError):
        consumer.poll(10)
    assert [event.phase for event in events(consumer) if event.f == "poll"] == ["invoke", "fail"]


@both
def test_a_consumer_killed_at_a_poll_leaves_what_it_had_read(
    pool: ClientPool, topic: str, library: str
) -> None:
    pool.producer(library).send(topic, range(10))
    consumer = pool.consumer(library)
    consumer.assign([(topic, 0, "beginning")])
    gate = consumer.on("poll", 2, consumer.kill)
    consumer.poll(20, at_most=3)
    with pytest.raises(ClientDied):
        consumer.poll(20, at_most=4)
    assert gate.wait(10).event == "poll"
    rows = [row[1] for event in events(consumer) if event.phase == "ok" for row in event.records or ()]
    assert rows[:7] == list(range(7)) and len(rows) == 7


@both
def test_a_producer_killed_at_an_acknowledgement(pool: ClientPool, topic: str, library: str) -> None:
    producer = pool.producer(library, {"acks": "all", "batch.size": 1})
    gate = producer.stop_at("ack", 50)
    producer.send(topic, range(500), wait=False)
    gate.wait(20)
    producer.kill()
    acknowledged = [event.value for event in events(producer) if event.phase == "ok"]
    assert acknowledged == [value_of(producer.name, number) for number in range(50)]
    reader = pool.reader(library)
    ends = reader.end_offsets([(topic, 0)])
    reads = reader.read_to(topic, {0: ends[topic, 0]})
    assert set(acknowledged) <= {one.value for one in reads}


@both
def test_what_is_too_large_or_nowhere_has_failed(pool: ClientPool, topic: str, library: str) -> None:
    producer = pool.producer(library)
    (large,) = producer.send(topic, [1], size=2_000_000)
    assert (large.outcome, large.error, large.error_name) == ("fail", 10, "MESSAGE_TOO_LARGE")
    producer.send(topic, [2])
    (nowhere,) = producer.send(topic, [3], partition=77)
    assert nowhere.outcome == "fail"


def test_kafka_python_warns_in_its_log_that_idempotence_is_off(pool: ClientPool) -> None:
    quiet, warned = pool.producer(KAFKA_PYTHON), pool.producer(KAFKA_PYTHON, {"acks": 1})
    assert not any("Idempotence will be disabled" in line for line in quiet.log_lines())
    assert any("Idempotence will be disabled" in line for line in warned.log_lines())
    with pytest.raises(ClientError, match="incompatible"):
        pool.producer(KAFKA_PYTHON, {"acks": 1, "enable.idempotence": True})


@both
def test_topics_and_configurations(pool: ClientPool, bootstrap: str, library: str) -> None:
    admin, name = pool.admin(library), new_name()
    brokers = sorted({node for state in _described(admin, "__consumer_offsets", pool) for node in state})
    # One replica each, so that it is known where it is.
    configs = {"retention.ms": "5000", "min.insync.replicas": "1"}
    admin.create_topic(name, assignment=[brokers[:1], brokers[-1:]], configs=configs)
    states = _when(lambda: admin.describe_topic(name))
    assert [(one.partition, one.replicas) for one in states] == [(0, (brokers[0],)), (1, (brokers[-1],))]
    assert all(one.leader in one.isr for one in states)

    def configured(setting: str) -> str | None:
        return admin.describe_configs("topic", name)[setting]

    # Each question may go to a broker that has heard less than the one before.
    assert _when(lambda: configured("retention.ms") == "5000")
    admin.alter_configs("topic", name, {"retention.ms": "6000", "max.message.bytes": "2000"})
    assert _when(lambda: configured("retention.ms") == "6000")
    assert _when(lambda: configured("max.message.bytes") == "2000")
    admin.alter_configs("topic", name, {"max.message.bytes": None})
    assert _when(lambda: configured("max.message.bytes") != "2000")
    (problem,) = admin.elect_leaders("preferred", [(name, 0)]).values()
    assert problem is not None and problem.name == "ELECTION_NOT_NEEDED"
    admin.create_partitions(name, 3)
    assert _when(lambda: len(admin.describe_topic(name)) == 3)
    producer = pool.producer(library)
    producer.send(name, range(4), partition=0)
    admin.delete_records({(name, 0): 3})
    reader = pool.reader(library)
    assert reader.beginning_offsets([(name, 0)]) == {(name, 0): 3}
    with pytest.raises(ClientError) as caught:
        admin.create_topic(name)
    assert (caught.value.problem.code, caught.value.problem.outcome) == (36, "fail")
    admin.delete_topic(name)


def _described(admin: Admin, topic: str, pool: ClientPool) -> list[tuple[int, ...]]:
    # A group makes the offsets topic, whose replicas are on all brokers that matter here.
    pool.consumer(KAFKA_PYTHON, {"group.id": "tests"}).committed(topic)
    return [state.replicas for state in _when(lambda: admin.describe_topic(topic))]


def _when(ask: Callable[[], T | None]) -> T:
    """The first true answer; a topic that brokers do not know yet is no answer."""
    deadline = time.monotonic() + 10
    while True:
        try:
            if answer := ask():
                return answer
        except ClientError:
            pass
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_broker_knows_the_last_five_batches_and_refuses_what_does_not_fit(
    bootstrap: str, topic: str
) -> None:
    with leader_of(bootstrap, topic) as leader:
        me = new_producer(leader)
        for number in range(7):
            sent = leader.produce_batch(topic, 0, [b"%d" % number], me.producer_id, me.epoch, number)
            assert sent == (0, number)
        again = [leader.produce_batch(topic, 0, [b"x"], me.producer_id, me.epoch, n) for n in (6, 2, 1, 8)]
        assert again == [(0, 6), (0, 2), (45, -1), (45, -1)]
        assert leader.list_offset(topic, 0) == (0, 7) and leader.list_offset(topic, 0, EARLIEST) == (0, 0)
        assert leader.list_offset(topic, 0, stored=True) == (0, 7)
        assert leader.produce_batch(topic, 0, [b"new"], me.producer_id, me.epoch + 1, 0) == (0, 7)
        assert leader.produce_batch(topic, 0, [b"old"], me.producer_id, me.epoch, 7) == (47, -1)
        assert [one.base_sequence for one in leader.fetch(topic, 0)[1]] == [0, 1, 2, 3, 4, 5, 6, 0]


def test_a_leader_tells_which_producers_it_remembers(bootstrap: str, topic: str) -> None:
    with leader_of(bootstrap, topic) as leader:
        assert remembered(leader, topic, 0) == []
        me = new_producer(leader)
        leader.produce_batch(topic, 0, [b"a"], me.producer_id, me.epoch, 0)
        assert remembered(leader, topic, 0) == [me.producer_id]
        with pytest.raises(ValueError, match=rf"error \d+ for {topic}-7"):
            remembered(leader, topic, 7)


def test_a_sequence_goes_on_from_0_after_the_largest(bootstrap: str, topic: str) -> None:
    with leader_of(bootstrap, topic) as leader:
        me = new_producer(leader)
        first = leader.produce_batch(topic, 0, [b"a", b"b"], me.producer_id, me.epoch, LARGEST_SEQUENCE - 1)
        assert first == (0, 0)
        assert leader.produce_batch(topic, 0, [b"c"], me.producer_id, me.epoch, 0) == (0, 2)


@both
def test_a_client_is_made_and_ten_thousand_records_are_sent_in_good_time(
    pool: ClientPool, topic: str, library: str
) -> None:
    pool.producer(library)
    begun = time.monotonic()
    producer = pool.producer(library)
    made = time.monotonic() - begun
    producer.send(topic, [0])
    begun = time.monotonic()
    assert len(producer.send(topic, range(1, 10_001)).acknowledged) == 10_000
    sent = time.monotonic() - begun
    # Far above what is measured (0.01 s and 1 s): this is to notice a mistake, not a busy machine.
    assert made < 5 and sent < 20
