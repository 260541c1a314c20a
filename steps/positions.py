"""Where a consumer begins, how far it is, and what it leaves out."""

from __future__ import annotations

from collections.abc import Sequence

from pytest_bdd import given, then, when

from clients import Admin, ClientPool, Consumer
from fixtures import beginnings, positions
from fixtures.changes import delete_records
from fixtures.clients import Topic
from fixtures.faults import Faults
from fixtures.phrases import phrase
from fixtures.positions import Paused
from fixtures.reading import Consumers, require_same
from fixtures.sending import IDEMPOTENT, Producers, Sent
from fixtures.sessions import Opening, try_to_open
from fixtures.telling import Teller

NO_OFFSET = ("_AUTO_OFFSET_RESET", "_NO_OFFSET", "NoOffsetForPartitionError")
OUT_OF_RANGE = ("_AUTO_OFFSET_RESET", "OFFSET_OUT_OF_RANGE", "OffsetOutOfRangeError")


@when(
    phrase("a new {client:Client} group with auto.offset.reset {policy:Policy} reads"),
    target_fixture="consumer",
)
def new_group(consumers: Consumers, topic: Topic, client: str, policy: str) -> Consumer:
    """One member, which is given the partition and has nothing committed; it reads to the end of the log."""
    return beginnings.group_reads(consumers, client, topic, policy)


@when(
    phrase(
        "a {client:Client} consumer with auto.offset.reset {policy:Policy} reads from offset {offset:Number}"
    ),
    target_fixture="consumer",
)
def reads_from_offset(consumers: Consumers, topic: Topic, client: str, policy: str, offset: int) -> Consumer:
    """It is given the partition, and reads to the end of the log."""
    return beginnings.offset_reads(consumers, client, topic, policy, offset)


@then("it is told that it has no offset, and has read nothing")
def told_no_offset(consumer: Consumer, tell: Teller) -> None:
    """By the library's own error."""
    tell(beginnings.require_refusal(consumer, NO_OFFSET))


@then("it is told that its offset is out of range, and has read nothing")
def told_out_of_range(consumer: Consumer, tell: Teller) -> None:
    """By the library's own error."""
    tell(beginnings.require_refusal(consumer, OUT_OF_RANGE))


@given(phrase("the records before offset {offset:Number} are deleted"))
@when(phrase("the records before offset {offset:Number} are deleted"))
def records_deleted(admin: Admin, topic: Topic, offset: int) -> None:
    """By an admin client; the leader's log begins there then."""
    delete_records(admin, topic.name, 0, offset)


@given(
    phrase("a {client:Client} consumer that was at offset {offset:Number} and has asked for the latest one"),
    target_fixture="consumer",
)
def asked_for_latest(
    consumers: Consumers, faults: Faults, topic: Topic, client: str, offset: int
) -> Consumer:
    """auto.offset.reset=latest. The answer has come; it reads until it has 10 records."""
    return beginnings.at_latest(consumers, faults, client, topic, offset)


@given("records of these times in it:")
def timed_records(topic: Topic, datatable: list[list[str]]) -> None:
    """Record and time, of the day before; made by hand, a batch each, in this order."""
    beginnings.write_timed(topic, datatable)


@then(phrase("{client:Client} finds these offsets by time:"))
def found_by_time(consumers: Consumers, topic: Topic, client: str, datatable: list[list[str]]) -> None:
    """Time and offset."""
    beginnings.require_found(consumers.assigned(client, topic, [0]), topic, datatable)


@then(phrase("the offset of the largest time is {offset:Number}"))
def largest_time(topic: Topic, offset: int) -> None:
    """Asked by hand (KIP-734); neither client's consumer has the question."""
    beginnings.require_largest(topic, offset)


@when(
    phrase("a {client:Client} consumer reads from the offset of {clock:Clock} on"), target_fixture="consumer"
)
def reads_since(consumers: Consumers, topic: Topic, client: str, clock: str) -> Consumer:
    """It looks the time up, seeks there and reads to the end of the log."""
    return beginnings.read_since(consumers, client, topic, clock)


@when(
    phrase("a {client:Client} consumer is opened with auto.offset.reset {policy:Policy}"),
    target_fixture="opening",
)
def consumer_opened_with(clients: ClientPool, client: str, policy: str) -> Opening:
    """That setting alone, and a group."""
    return try_to_open(lambda: clients.consumer(client, {"group.id": "any", "auto.offset.reset": policy}))


@when(
    phrase("a {client:Client} consumer has fetched {fetched:Number} records and was handed {count:Number}"),
    target_fixture="consumer",
)
def fetched_and_handed(
    consumers: Consumers, faults: Faults, topic: Topic, client: str, fetched: int, count: int
) -> Consumer:
    """All in one answer of the leader, as it is far below fetch.max.bytes."""
    return positions.handed(consumers, faults, client, topic, fetched, count)


@then(phrase("its position is {offset:Number}"))
def position_is(consumer: Consumer, topic: Topic, offset: int) -> None:
    """As the library tells it."""
    positions.require_position(consumer, topic, offset)


@then(
    phrase(
        "after a commit another {client:Client} consumer of its group is handed record {number:Number} next"
    )
)
def next_after_commit(
    consumers: Consumers, consumer: Consumer, topic: Topic, client: str, number: int
) -> None:
    """A commit without offsets, which is one of the position."""
    consumer.commit()
    positions.require_next(consumers, client, topic, number)


@when(phrase("it commits its position and dies with records {done:Numbers} processed"))
def commits_and_dies(consumers: Consumers, consumer: Consumer, done: Sequence[int]) -> None:
    """It processes these of the records that it was handed. A commit without offsets, then SIGKILL."""
    positions.die_with(consumers, consumer, done)


@when(
    phrase("another {client:Client} consumer of its group processes the next record, which is {number:Number}")
)
def processes_next(consumers: Consumers, topic: Topic, client: str, number: int) -> None:
    """It starts where the group has committed."""
    positions.process_next(consumers, client, topic, number)


@when(
    phrase(
        "a {client:Client} consumer reads {count:Number} of partition 0, pauses it"
        " and reads partition 1 up"
    ),
    target_fixture="paused",
)
def reads_with_a_pause(consumers: Consumers, topic: Topic, client: str, count: int) -> Paused:
    """It is given both, and reads them from their beginning."""
    return positions.read_paused(consumers, client, topic, count)


@then("it was handed nothing of partition 0 meanwhile")
def nothing_meanwhile(paused: Paused, tell: Teller) -> None:
    """While it read the rest of partition 1."""
    tell(positions.require_silent(paused))


@then("once it resumes it reads the rest of partition 0 in order")
def reads_the_rest(consumers: Consumers, paused: Paused, topic: Topic) -> None:
    """Each record once, none left out."""
    positions.require_rest(consumers, paused, topic)


@when(phrase("it resumes partition 0, and records {numbers:Numbers} are written to partition 1"))
def resumes(paused: Paused, producers: Producers, sent: Sent, topic: Topic, numbers: Sequence[int]) -> None:
    """By an idempotent producer of their own."""
    positions.resume(paused, topic)
    sent.send(producers.open("confluent-kafka", IDEMPOTENT), topic, numbers, partition=1)
    sent.require_acknowledged(numbers)


@then(phrase("it reads records {numbers:Numbers}, and nothing of the {left:Number} left in partition 0"))
def starved(
    consumers: Consumers, paused: Paused, topic: Topic, numbers: Sequence[int], left: int, tell: Teller
) -> None:
    """Whatever was handed out until it had these records."""
    tell(positions.require_starved(consumers, paused, topic, len(numbers), left))


@when(
    phrase("a {client:Client} consumer reads {count:Number} records each from offsets {offsets:Numbers}"),
    target_fixture="numbers_read",
)
def reads_here_and_there(
    consumers: Consumers, topic: Topic, client: str, count: int, offsets: Sequence[int]
) -> list[int]:
    """One consumer, which seeks before each reading."""
    return positions.read_from(consumers, client, topic, offsets, count)


@then(phrase("it was handed records {one:Numbers}, then {two:Numbers}, then {three:Numbers}"))
def handed_in_turn(
    numbers_read: list[int], one: Sequence[int], two: Sequence[int], three: Sequence[int]
) -> None:
    """Nothing else in between."""
    require_same(numbers_read, [*one, *two, *three], "what it was handed")


@when(
    phrase("a {client:Client} consumer seeks offset {offset:Number} before it is told where partition 0 begins"),
    target_fixture="consumer",
)
def seeks_early(consumers: Consumers, faults: Faults, topic: Topic, client: str, offset: int) -> Consumer:
    """It was to read from the beginning, and the leader's answer where that is comes after the seek."""
    return positions.seek_early(consumers, faults, client, topic, offset)


@then(phrase("it is handed record {number:Number} all the same"))
def seek_undone(consumer: Consumer, topic: Topic, number: int, tell: Teller) -> None:
    """It reads until it has as many records as there are."""
    tell(positions.require_seek_undone(consumer, topic, number))


@then(phrase("it is handed records {numbers:Numbers}"))
def sought(consumers: Consumers, consumer: Consumer, numbers: Sequence[int], tell: Teller) -> None:
    """And none before them."""
    tell(positions.require_sought(consumers, consumer, numbers))
