"""Groups against a real Kafka: patterns, and what a coordinator tells by hand."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from clients import CONFLUENT, KAFKA_PYTHON, LIBRARIES, Admin, ClientError, ClientPool
from clients.raw import RawConnection
from clients.raw_groups import commit_for, committed, describe_group, reassign, remove_member
from cluster.waiting import eventually
from history.events import read
from tests.clients.conftest import EARLY, PATIENCE, SOON, connected

pytestmark = [pytest.mark.cluster, pytest.mark.filterwarnings("ignore::DeprecationWarning")]
both = pytest.mark.parametrize("library", LIBRARIES)


@pytest.fixture
def topic(new_topic: Callable[..., str]) -> str:
    return new_topic(partitions=2)


def coordinator_of(bootstrap: str, group: str) -> RawConnection:
    """A raw connection to the broker that coordinates a group, once that one says so itself."""
    addresses = bootstrap.split(",")

    def found() -> int | None:
        with connected(addresses[0]) as first:
            error, broker = first.find_coordinator(group)
        return broker if error == 0 else None

    coordinator = connected(addresses[eventually(found, PATIENCE, "a coordinator") - 1])
    eventually(lambda: committed(coordinator, group, [], stable=False)[0] == 0, PATIENCE, "its answer")
    return coordinator


@both
def test_a_member_of_a_pattern_reads_what_matches_and_only_that(
    pool: ClientPool, topic: str, new_topic: Callable[..., str], library: str
) -> None:
    other = new_topic(f"other-{topic}")
    producer = pool.producer(library)
    producer.send(topic, range(5))
    producer.send(other, range(5, 10))
    consumer = pool.consumer(library, {"group.id": topic, **EARLY})
    consumer.subscribe_pattern(f"^{topic}.*")
    reads = consumer.poll(20, at_least=5)
    assert {one.topic for one in reads} == {topic} and len(reads) == 5
    assert consumer.assignment() == [(topic, 0), (topic, 1)]
    with consumer._spec.history.open() as lines:
        told = [(event.topic, event.partition) for event in read(lines) if event.f == "assign"]
    assert told == [(topic, 0), (topic, 1)]


@both
def test_an_assignment_by_itself_names_the_group_where_there_is_one(
    pool: ClientPool, topic: str, library: str
) -> None:
    member = pool.consumer(library, {"group.id": topic})
    for consumer, group in ((member, topic), (pool.reader(library), None)):
        consumer.assign([(topic, 0, "beginning")])
        with consumer._spec.history.open() as lines:
            assert [event.group for event in read(lines) if event.f == "assign"] == [group]


@both
def test_a_coordinator_tells_members_what_they_own_and_what_is_committed(
    pool: ClientPool, bootstrap: str, topic: str, library: str
) -> None:
    pool.producer(library).send(topic, range(3), partition=1)
    consumer = pool.consumer(library, {"group.id": topic, "group.instance.id": "me", **EARLY})
    consumer.subscribe(topic)
    consumer.poll(20, at_least=3)
    consumer.commit()
    with coordinator_of(bootstrap, topic) as coordinator:
        seen = describe_group(coordinator, topic)
        offsets = [committed(coordinator, topic, [(topic, 0), (topic, 1)], stable=flag) for flag in (True, False)]
    (member,) = seen.members
    assert seen.stable and seen.protocol == "range"
    assert (member.client_id, member.instance_id) == (consumer.client_id, "me")
    assert member.owned == {(topic, 0), (topic, 1)}
    assert all(error == 0 and told[topic, 1] == 3 for error, told in offsets)


def test_other_brokers_do_not_tell(pool: ClientPool, bootstrap: str, topic: str) -> None:
    consumer = pool.consumer(KAFKA_PYTHON, {"group.id": topic, **EARLY})
    consumer.commit({(topic, 0): 1})
    answers = []
    for address in bootstrap.split(","):
        with connected(address) as broker:
            answers.append(committed(broker, topic, [(topic, 0)], stable=False))
    assert sorted(error for error, _ in answers) == [0, 16, 16]


@both
def test_a_member_that_was_removed_is_told_that_it_lost_its_partitions(
    pool: ClientPool, bootstrap: str, topic: str, library: str
) -> None:
    pool.producer(library).send(topic, [1], partition=0)
    consumer = pool.consumer(library, {"group.id": topic, "heartbeat.interval.ms": 300, **EARLY})
    consumer.subscribe(topic)
    consumer.poll(20)
    with coordinator_of(bootstrap, topic) as coordinator:
        (member,) = describe_group(coordinator, topic).members
        assert remove_member(coordinator, topic, member.member_id) == 0
        assert remove_member(coordinator, topic, member.member_id) == 25
    consumer.poll(20)  # the record again, for it was not committed
    with consumer._spec.history.open() as lines:
        told = [event.text for event in read(lines) if event.f == "revoke"]
    assert told == ["rebalance: lost"] * 2


def test_a_partition_is_reassigned(admin: Admin, bootstrap: str, topic: str) -> None:
    def replicas() -> tuple[int, ...]:
        try:
            return admin.describe_topic(topic)[0].replicas
        except ClientError:
            return ()

    keep = eventually(replicas, PATIENCE, "replicas")[:1]
    with connected(bootstrap.split(",")[0]) as broker:
        assert reassign(broker, topic, 0, keep) == 0
        assert reassign(broker, topic, 7, keep) == 3
    eventually(replicas, PATIENCE, f"replicas {keep}", until=lambda seen: seen == keep)


@both
def test_a_group_is_changed_and_deleted_only_without_members(
    pool: ClientPool, bootstrap: str, topic: str, library: str
) -> None:
    where, admin = (topic, 0), pool.admin(library)
    pool.producer(library).send(topic, [1], partition=0)
    consumer = pool.consumer(library, {"group.id": topic, **EARLY})
    consumer.subscribe(topic)
    consumer.poll(20)
    for attempt, code in (
        (lambda: admin.alter_offsets(topic, {where: 7}), 25),
        (lambda: admin.delete_group(topic), 68),
    ):
        with pytest.raises(ClientError) as caught:
            attempt()
        assert (caught.value.problem.code, caught.value.problem.outcome) == (code, "fail")
    consumer.close()
    admin.alter_offsets(topic, {where: 7})
    with coordinator_of(bootstrap, topic) as coordinator:
        assert committed(coordinator, topic, [where], stable=True) == (0, {where: 7})
        admin.delete_group(topic)
        assert committed(coordinator, topic, [where], stable=True) == (0, {where: -1})


def test_an_offset_is_committed_for_a_time_by_hand(bootstrap: str, topic: str) -> None:
    where = (topic, 0)
    with coordinator_of(bootstrap, topic) as coordinator:
        assert commit_for(coordinator, topic, where, 7, 60_000) == 0
        assert committed(coordinator, topic, [where], stable=True) == (0, {where: 7})
        assert commit_for(coordinator, topic, where, 8, 60_000, "nobody", 1) == 25


def test_a_stored_offset_is_committed_by_the_library_itself(pool: ClientPool, topic: str) -> None:
    auto = {"enable.auto.commit": "true", "auto.commit.interval.ms": 100, "auto.offset.reset": "earliest", **SOON}
    pool.producer(CONFLUENT).send(topic, range(5), partition=0)
    by_hand = pool.consumer(CONFLUENT, {"group.id": topic, "enable.auto.offset.store": "false", **auto})
    by_hand.subscribe(topic)
    assert len(by_hand.poll(20, at_least=5)) == 5
    by_hand.store({(topic, 0): 3})
    eventually(lambda: by_hand.committed(topic), PATIENCE, "a commit", until=lambda found: found == 3)
    by_hand.close()
    by_itself = pool.consumer(CONFLUENT, {"group.id": topic, **auto})
    by_itself.subscribe(topic)
    by_itself.poll(20, at_least=2)
    by_itself.store({(topic, 0): 4})  # passed over, as the library stores offsets itself
    eventually(lambda: by_itself.committed(topic), PATIENCE, "a commit", until=lambda found: found == 5)
    with pytest.raises(ClientError, match="stores no offsets"):
        pool.consumer(KAFKA_PYTHON, {"group.id": topic}).store({(topic, 0): 1})
